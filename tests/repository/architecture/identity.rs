//! How a value is printed for developers (`{:?}`) is nobody's name: nothing is found, ordered, compared or shown by it.

use std::path::{Path, PathBuf};

use super::{
    root, rust_files,
    source::{Token, shipped, shipped_of},
};

/// Macros whose words end a program, or go to a log alone.
const FOR_DEVELOPERS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "panic",
    "unreachable",
    "trace",
    "debug",
    "info",
    "warn",
    "error",
];

/// Files that may print a value so beside implementations of `Debug`, each with the reason. There is none.
const ALLOWED: &[(&str, &str)] = &[];

/// What is printed by `Debug` in a piece of code, outside of implementations of it and of what is for developers.
fn printed(tokens: &[Token], found: &mut Vec<String>) {
    let mut place = 0;
    while place < tokens.len() {
        match (&tokens[place], tokens.get(place + 1)) {
            (Token::Word(word), _) if word == "impl" => {
                let is_body = |at: &usize| matches!(tokens[*at], Token::Group('{', _));
                let body = (place..tokens.len()).find(is_body).unwrap_or(tokens.len());
                if tokens[place..body].windows(2).any(|pair| pair[0].is_word("Debug") && pair[1].is_word("for")) {
                    place = body;
                }
            }
            (Token::Word(word), Some(Token::Sign('!'))) if FOR_DEVELOPERS.contains(&word.as_str()) => place += 2,
            (Token::Word(word), Some(Token::Sign(':'))) if word == "Debug" => {
                if tokens.get(place + 3).is_some_and(|name| name.is_word("fmt")) {
                    found.push("Debug::fmt".to_owned());
                }
            }
            (Token::Literal(text), _) if text.contains(":?}") || text.contains(":#?}") => found.push(text.clone()),
            (Token::Group(_, inside), _) => printed(inside, found),
            (Token::Word(_) | Token::Sign(_) | Token::Literal(_), _) => {}
        }
        place += 1;
    }
}

/// What files print so, by file.
fn printing(src: &Path, files: &[PathBuf]) -> Vec<String> {
    let of = |(module, tokens): (Vec<String>, Vec<Token>)| {
        let mut found = Vec::new();
        printed(&tokens, &mut found);
        found.into_iter().map(move |text| format!("{}: {text}", module.join("/"))).collect::<Vec<_>>()
    };
    shipped(src, files).into_iter().flat_map(of).collect()
}

#[test]
fn nothing_is_known_or_shown_by_how_it_is_printed_for_developers() {
    let mut all = printing(&root().join("src"), &rust_files(&root().join("src")));
    for entry in std::fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path()) {
        // What tests share is for developers.
        if !entry.ends_with("testkit") {
            let src = entry.join("src");
            all.extend(printing(&src, &rust_files(&src)));
        }
    }
    all.retain(|one| !ALLOWED.iter().any(|(file, _)| one.split_once(": ").is_some_and(|(named, _)| named == *file)));
    assert!(all.is_empty(), "{all:#?}");
}

#[test]
fn what_is_printed_so_is_found() {
    let of = |text: &str| {
        let mut found = Vec::new();
        for tokens in shipped_of([(PathBuf::from("a.rs"), text.to_owned())]).into_values() {
            printed(&tokens, &mut found);
        }
        found.len()
    };
    for text in [
        "fn f() { let key = format!(\"{:?}\", cloud); }",
        "fn f() { a.sort_by_key(|a| format!(\"{a:?}\")); }",
        "fn f() { write!(out, r#\"\"{one:#?}\"\"#) }",
        "impl fmt::Display for A { fn fmt(&self) { write!(f, \"{:?}\", self.0) } }",
        "impl fmt::Display for A { fn fmt(&self, f: &mut F) { fmt::Debug::fmt(&self.0, f) } }",
        "#[derive(Error)] enum E { #[error(\"it is {0:?}\")] One(A) }",
    ] {
        assert_eq!(of(text), 1, "{text}");
    }
    for text in [
        "impl fmt::Debug for A { fn fmt(&self) { write!(f, \"{:?}\", self.0) } }",
        "impl<T: Clone> std::fmt::Debug for A<T> { fn fmt(&self, f: &mut F) { std::fmt::Debug::fmt(self.0, f) } }",
        "fn f() { tracing::debug!(\"{a:?}\"); debug_assert_eq!(a, b, \"{a:?}\"); }",
        "/// Without names: a `{:?}` ends in logs.\nfn f() {} // {:?}",
        "#[cfg(test)] mod tests { fn f() { format!(\"{:?}\", a) } }",
    ] {
        assert_eq!(of(text), 0, "{text}");
    }
}
