//! Source text as Rust's tokens: comments and words in quotes are no code, and what tests alone compile is left out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A module's path from the root of its crate.
pub type Module = Vec<String>;

/// A crate's files by the modules that they are.
pub type Sources = BTreeMap<Module, TokenStream>;

/// The module that a file is, from its path below `src`.
fn module(path: &Path) -> Module {
    let mut parts: Module = path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") || parts == ["lib"] {
        parts.pop();
    }
    parts
}

/// What is shipped of a crate whose files these are.
pub fn shipped(src: &Path, files: &[PathBuf]) -> Sources {
    shipped_of(files.iter().map(|file| {
        let text = fs::read_to_string(file).unwrap();
        (file.strip_prefix(src).unwrap().to_owned(), text)
    }))
}

/// The same of text, by paths below `src`.
pub fn shipped_of(texts: impl IntoIterator<Item = (PathBuf, String)>) -> Sources {
    let mut tests = BTreeSet::new();
    let mut sources = Sources::new();
    for (path, text) in texts {
        let tokens: TokenStream = text.parse().unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let at = module(&path);
        let kept = without_tests(tokens, &at, &mut tests);
        sources.insert(at, kept);
    }
    sources.retain(|module, _| !tests.iter().any(|test| module.starts_with(test)));
    sources
}

/// Tokens without items of tests; the files that these declare are noted.
fn without_tests(tokens: TokenStream, at: &Module, tests: &mut BTreeSet<Module>) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut kept: Vec<TokenTree> = Vec::with_capacity(tokens.len());
    let mut place = 0;
    while place < tokens.len() {
        if let Some(behind) = attribute(&tokens, place)
            && is_for_tests(&tokens[behind - 1])
        {
            place = behind_item(&tokens, behind, at, tests);
            continue;
        }
        kept.push(match &tokens[place] {
            TokenTree::Group(group) => {
                let named = place.checked_sub(2).map(|before| (&tokens[before], &tokens[before + 1]));
                let inner = match named {
                    Some((TokenTree::Ident(word), TokenTree::Ident(name))) if word == "mod" => {
                        [&at[..], &[name.to_string()]].concat()
                    }
                    _ => at.clone(),
                };
                Group::new(group.delimiter(), without_tests(group.stream(), &inner, tests)).into()
            }
            other => other.clone(),
        });
        place += 1;
    }
    kept.into_iter().collect()
}

/// The place behind an item of tests.
fn behind_item(tokens: &[TokenTree], from: usize, at: &Module, tests: &mut BTreeSet<Module>) -> usize {
    let mut place = from;
    let mut elsewhere = None;
    while let Some(behind) = attribute(tokens, place) {
        let text = tokens[behind - 1].to_string();
        let path = text.strip_prefix("[path").and_then(|rest| rest.split('"').nth(1)).map(PathBuf::from);
        elsewhere = elsewhere.or(path);
        place = behind;
    }
    while place < tokens.len() {
        match &tokens[place] {
            TokenTree::Ident(word) if word == "mod" => {
                let name = tokens.get(place + 1).map(ToString::to_string).unwrap_or_default();
                tests.insert(match &elsewhere {
                    // A path is taken from the folder that the file is in.
                    Some(path) => [&at[..at.len().saturating_sub(1)], &module(path)].concat(),
                    None => [&at[..], &[name]].concat(),
                });
            }
            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => return place + 1,
            // A field, a variant or an argument ends with a comma.
            end if is_punct(end, ';') || is_punct(end, ',') => return place + 1,
            _ => {}
        }
        place += 1;
    }
    place
}

/// The place behind an attribute that begins here.
pub fn attribute(tokens: &[TokenTree], place: usize) -> Option<usize> {
    if !is_punct(tokens.get(place)?, '#') {
        return None;
    }
    let inner = usize::from(is_punct(tokens.get(place + 1)?, '!'));
    let group = place + 1 + inner;
    matches!(tokens.get(group)?, TokenTree::Group(body) if body.delimiter() == Delimiter::Bracket).then_some(group + 1)
}

/// Whether an attribute says that tests alone compile what follows.
fn is_for_tests(attribute: &TokenTree) -> bool {
    let text: String = attribute.to_string().chars().filter(|c| !c.is_whitespace()).collect();
    text == "[cfg(test)]"
}

pub fn is_punct(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}
