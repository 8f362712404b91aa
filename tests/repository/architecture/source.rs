//! Source text taken apart as Rust does: comments and words in quotes are no code, and what tests alone compile is left out.
//!
//! By hand, and without a crate for it: one that is built for tests and for derived code alike would build everything anew.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A module's path from the root of its crate.
pub type Module = Vec<String>;

/// A crate's files by the modules that they are.
pub type Sources = BTreeMap<Module, Vec<Token>>;

/// A piece of Rust's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A name or a keyword.
    Word(String),
    /// One sign.
    Sign(char),
    /// Words in quotes, as they stand there, or a number.
    Literal(String),
    /// What stands between brackets, with the opening one.
    Group(char, Vec<Self>),
}

impl Token {
    /// Whether it is this word.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own == word)
    }

    /// Whether it is this sign.
    pub fn is_sign(&self, sign: char) -> bool {
        *self == Self::Sign(sign)
    }
}

/// Takes text apart. `file` is named where it is no Rust.
fn tokens(text: &str, file: &Path) -> Vec<Token> {
    let characters: Vec<char> = text.chars().collect();
    let mut open: Vec<(char, Vec<Token>)> = Vec::new();
    let mut read = Vec::new();
    let mut place = 0;
    let at = |place: usize| characters.get(place).copied().unwrap_or(' ');
    while place < characters.len() {
        let start = place;
        let literal = |end: usize| Token::Literal(characters[start..end.min(characters.len())].iter().collect());
        match at(place) {
            c if c.is_whitespace() => place += 1,
            '/' if at(place + 1) == '/' => {
                while place < characters.len() && at(place) != '\n' {
                    place += 1;
                }
            }
            '/' if at(place + 1) == '*' => {
                let mut depth = 0_usize;
                while place < characters.len() {
                    match (at(place), at(place + 1)) {
                        ('/', '*') => depth += 1,
                        ('*', '/') => depth -= 1,
                        _ => {
                            place += 1;
                            continue;
                        }
                    }
                    place += 2;
                    if depth == 0 {
                        break;
                    }
                }
            }
            '"' => {
                place = behind_quoted(&characters, place);
                read.push(literal(place));
            }
            // A character; else a lifetime, whose name is a word.
            '\'' if at(place + 1) == '\\' || at(place + 2) == '\'' => {
                place += if at(place + 1) == '\\' { 3 } else { 2 };
                while place < characters.len() && at(place) != '\'' {
                    place += 1;
                }
                place += 1;
                read.push(literal(place));
            }
            c if c.is_ascii_digit() => {
                while at(place).is_alphanumeric()
                    || at(place) == '_'
                    || (at(place) == '.' && at(place + 1).is_ascii_digit())
                {
                    place += 1;
                }
                read.push(literal(place));
            }
            c if c.is_alphabetic() || c == '_' => {
                while at(place).is_alphanumeric() || at(place) == '_' {
                    place += 1;
                }
                let word: String = characters[start..place].iter().collect();
                let is_raw = matches!(word.as_str(), "r" | "br" | "cr");
                let signs = (place..characters.len()).take_while(|next| at(*next) == '#').count();
                if is_raw && at(place + signs) == '"' {
                    place = behind_raw(&characters, place + signs + 1, signs);
                    read.push(literal(place));
                } else if matches!(word.as_str(), "b" | "c") && at(place) == '"' {
                    place = behind_quoted(&characters, place);
                    read.push(literal(place));
                } else if word == "r" && signs == 1 {
                    // A keyword as a name.
                    place += 1;
                } else if word == "b" && at(place) == '\'' {
                    // A byte is read as a character.
                } else {
                    read.push(Token::Word(word));
                }
            }
            bracket @ ('(' | '[' | '{') => {
                open.push((bracket, std::mem::take(&mut read)));
                place += 1;
            }
            ')' | ']' | '}' => {
                let (bracket, before) = open.pop().unwrap_or_else(|| panic!("{}: a bracket too many", file.display()));
                let inside = std::mem::replace(&mut read, before);
                read.push(Token::Group(bracket, inside));
                place += 1;
            }
            sign => {
                read.push(Token::Sign(sign));
                place += 1;
            }
        }
    }
    assert!(open.is_empty(), "{}: a bracket stays open", file.display());
    read
}

/// The place behind words in quotes that begin here.
fn behind_quoted(characters: &[char], from: usize) -> usize {
    let mut place = from + 1;
    while place < characters.len() && characters[place] != '"' {
        place += if characters[place] == '\\' { 2 } else { 1 };
    }
    place + 1
}

/// The place behind raw words that begin here, and end with so many signs.
fn behind_raw(characters: &[char], from: usize, signs: usize) -> usize {
    let is_end = |place: usize| {
        characters[place] == '"'
            && characters[place + 1..].iter().take_while(|c| **c == '#').take(signs).count() == signs
    };
    let end = (from..characters.len()).find(|place| is_end(*place)).unwrap_or(characters.len());
    end + 1 + signs
}

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
    let mut of_tests = BTreeSet::new();
    let mut sources = Sources::new();
    for (path, text) in texts {
        let at = module(&path);
        let kept = without_tests(&tokens(&text, &path), &at, &mut of_tests);
        sources.insert(at, kept);
    }
    sources.retain(|module, _| !of_tests.iter().any(|test| module.starts_with(test)));
    sources
}

/// Tokens without items of tests; the files that these declare are noted.
fn without_tests(tokens: &[Token], at: &Module, tests: &mut BTreeSet<Module>) -> Vec<Token> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut place = 0;
    while place < tokens.len() {
        if let Some(behind) = attribute(tokens, place)
            && is_for_tests(&tokens[behind - 1])
        {
            place = behind_item(tokens, behind, at, tests);
            continue;
        }
        kept.push(match &tokens[place] {
            Token::Group(bracket, inside) => {
                let named = place.checked_sub(2).map(|before| (&tokens[before], &tokens[before + 1]));
                let inner = match named {
                    Some((word, Token::Word(name))) if word.is_word("mod") => {
                        [&at[..], std::slice::from_ref(name)].concat()
                    }
                    _ => at.clone(),
                };
                Token::Group(*bracket, without_tests(inside, &inner, tests))
            }
            other => other.clone(),
        });
        place += 1;
    }
    kept
}

/// The place behind an item of tests.
fn behind_item(tokens: &[Token], from: usize, at: &Module, tests: &mut BTreeSet<Module>) -> usize {
    let mut place = from;
    let mut elsewhere = None;
    while let Some(behind) = attribute(tokens, place) {
        if let Token::Group(_, inside) = &tokens[behind - 1]
            && let [word, _, Token::Literal(path)] = inside.as_slice()
            && word.is_word("path")
        {
            elsewhere = Some(PathBuf::from(path.trim_matches('"')));
        }
        place = behind;
    }
    while place < tokens.len() {
        match (&tokens[place], tokens.get(place + 1)) {
            (word, Some(Token::Word(name))) if word.is_word("mod") => {
                tests.insert(match &elsewhere {
                    // A path is taken from the folder that the file is in.
                    Some(path) => [&at[..at.len().saturating_sub(1)], &module(path)].concat(),
                    None => [&at[..], std::slice::from_ref(name)].concat(),
                });
            }
            // A field, a variant or an argument ends with a comma.
            (Token::Group('{', _) | Token::Sign(';' | ','), _) => return place + 1,
            _ => {}
        }
        place += 1;
    }
    place
}

/// The place behind an attribute that begins here.
pub fn attribute(tokens: &[Token], place: usize) -> Option<usize> {
    if !tokens.get(place)?.is_sign('#') {
        return None;
    }
    let group = place + 1 + usize::from(tokens.get(place + 1)?.is_sign('!'));
    matches!(tokens.get(group)?, Token::Group('[', _)).then_some(group + 1)
}

/// Whether an attribute says that tests alone compile what follows.
fn is_for_tests(attribute: &Token) -> bool {
    let word = |word: &str| Token::Word(word.to_owned());
    *attribute == Token::Group('[', vec![word("cfg"), Token::Group('(', vec![word("test")])])
}

#[test]
fn text_is_taken_apart_as_rust_does() {
    let of = |text: &str| tokens(text, Path::new("a.rs"));
    let word = |word: &str| Token::Word(word.to_owned());
    let literal = |text: &str| Token::Literal(text.to_owned());
    assert_eq!(of("// one\n/* two /* three */ */ four"), [word("four")]);
    assert_eq!(of("r\"a\\\" b"), [literal("r\"a\\\""), word("b")]);
    assert_eq!(of("r#\"a\"b\"# c"), [literal("r#\"a\"b\"#"), word("c")]);
    assert_eq!(of("\"a\\\"b\" b\"c\" d"), [literal("\"a\\\"b\""), literal("b\"c\""), word("d")]);
    assert_eq!(of("'\"' '\\'' b'x' '{'"), [literal("'\"'"), literal("'\\''"), literal("'x'"), literal("'{'")]);
    assert_eq!(of("&'a T"), [Token::Sign('&'), Token::Sign('\''), word("a"), word("T")]);
    assert_eq!(
        of("1..2 1.5 0x1f_u8"),
        [literal("1"), Token::Sign('.'), Token::Sign('.'), literal("2"), literal("1.5"), literal("0x1f_u8"),]
    );
    assert_eq!(of("r#type"), [word("type")]);
    assert_eq!(of("a[(b)]"), [word("a"), Token::Group('[', vec![Token::Group('(', vec![word("b")])])]);
}
