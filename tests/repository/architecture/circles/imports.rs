//! Which file of a crate imports which: `use` trees and paths in the code, through re-exports, to where an item stands.
//!
//! A module is no item: what counts is what is named in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use super::super::source::{Module, Sources, Token, attribute, shipped};

/// Which file imports which, by the modules that they are, with one path for each pair as it stands in the importing file.
pub type Imports = BTreeMap<Module, BTreeMap<Module, String>>;

/// One name of a `use` declaration.
struct Use {
    /// The module that it stands in.
    at: Module,
    path: Vec<String>,
    /// What it is called here. `None`: everything that is in there.
    name: Option<String>,
    public: bool,
}

/// What a file says.
#[derive(Default)]
struct Said {
    uses: Vec<Use>,
    /// Paths outside of `use` declarations, with the module that they stand in.
    paths: Vec<(Module, Vec<String>)>,
    /// All other names.
    names: BTreeSet<String>,
    /// Items of its modules.
    items: BTreeSet<(Module, String)>,
    /// Modules that stand in it.
    inline: BTreeSet<Module>,
}

/// A crate's files, by module.
pub struct Crate {
    files: BTreeMap<Module, Said>,
    /// Every module, with that of the file in which it stands.
    modules: BTreeMap<Module, Module>,
}

impl Crate {
    /// All Rust files of a folder.
    pub fn read(src: &Path, files: &[PathBuf]) -> Self {
        Self::of(shipped(src, files))
    }

    /// A crate of these files.
    pub fn of(sources: Sources) -> Self {
        let mut files = BTreeMap::new();
        for (at, tokens) in sources {
            let mut said = Said::default();
            said.read(&tokens, &at, true);
            files.insert(at, said);
        }
        let mut modules: BTreeMap<Module, Module> = files.keys().map(|file| (file.clone(), file.clone())).collect();
        for (file, said) in &files {
            modules.extend(said.inline.iter().map(|inline| (inline.clone(), file.clone())));
        }
        Self { files, modules }
    }

    /// How many files are looked at.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Which file imports which.
    pub fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for (file, said) in &self.files {
            let mut found: BTreeMap<Module, String> = BTreeMap::new();
            let mut add = |at: &Module, path: &[String]| {
                if let Some(to) = self.file_of(at, path).filter(|to| to != file) {
                    found.entry(to).or_insert_with(|| path.join("::"));
                }
            };
            for one in &said.uses {
                match &one.name {
                    // What is only handed on is not imported.
                    Some(name) if one.public && !said.names.contains(name) => {}
                    Some(_) => add(&one.at, &one.path),
                    None if one.public => {}
                    None => {
                        for name in &said.names {
                            let path = [&one.path[..], std::slice::from_ref(name)].concat();
                            if self.has(&one.at, &path) {
                                add(&one.at, &path);
                            }
                        }
                    }
                }
            }
            for (at, path) in &said.paths {
                add(at, path);
            }
            imports.insert(file.clone(), found);
        }
        imports
    }

    /// The path as one from the root of the crate. `None`: it leads into another crate, or is a type's.
    fn absolute(&self, at: &Module, path: &[String]) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([at, rest].concat()),
            "super" => {
                let mut to = at.clone();
                to.pop();
                let mut rest = rest;
                while let Some((_, behind)) = rest.split_first().filter(|(next, _)| *next == "super") {
                    to.pop();
                    rest = behind;
                }
                Some([&to, rest].concat())
            }
            _ => {
                let child = [at, std::slice::from_ref(first)].concat();
                let known = self.modules.contains_key(&child) || self.used(at, first).is_some();
                known.then(|| [at, path].concat())
            }
        }
    }

    /// The declaration by which a module has a name from elsewhere.
    fn used(&self, module: &Module, name: &str) -> Option<&Use> {
        let said = &self.files[self.modules.get(module)?];
        said.uses.iter().find(|one| one.at == *module && one.name.as_deref() == Some(name))
    }

    /// The file in which the item stands that a path names. `None`: a module, or nothing of this crate.
    fn file_of(&self, at: &Module, path: &[String]) -> Option<Module> {
        self.locate(&self.absolute(at, path)?, &mut BTreeSet::new())
    }

    /// Whether a path names anything of this crate.
    fn has(&self, at: &Module, path: &[String]) -> bool {
        let Some(path) = self.absolute(at, path) else { return false };
        let Some((name, module)) = path.split_last() else { return false };
        self.stands_in(&module.to_vec(), name, &mut BTreeSet::new())
    }

    fn stands_in(&self, module: &Module, name: &str, seen: &mut BTreeSet<Module>) -> bool {
        let Some(file) = self.modules.get(module) else { return false };
        if !seen.insert(module.clone()) {
            return false;
        }
        let said = &self.files[file];
        said.items.contains(&(module.clone(), name.to_owned()))
            || self.used(module, name).is_some()
            || self.globs(module).iter().any(|glob| self.stands_in(glob, name, seen))
    }

    /// Modules of which a module has everything.
    fn globs(&self, module: &Module) -> Vec<Module> {
        let Some(file) = self.modules.get(module) else { return Vec::new() };
        let globs = self.files[file].uses.iter().filter(|one| one.at == *module && one.name.is_none());
        globs.filter_map(|one| self.absolute(module, &one.path)).collect()
    }

    fn locate(&self, path: &[String], seen: &mut BTreeSet<Vec<String>>) -> Option<Module> {
        if !seen.insert(path.to_vec()) {
            return None;
        }
        let mut module = Module::new();
        for (place, name) in path.iter().enumerate() {
            let file = self.modules.get(&module)?;
            let rest = &path[place + 1..];
            let is_item = self.files[file].items.contains(&(module.clone(), name.clone()));
            // A function may be called as a module is; what something more is named in is the module.
            if is_item && rest.is_empty() {
                return Some(file.clone());
            }
            let child = [&module[..], std::slice::from_ref(name)].concat();
            if self.modules.contains_key(&child) {
                module = child;
                continue;
            }
            if let Some(target) = self.used(&module, name).map(|one| self.absolute_of(one)) {
                return self.locate(&[&target?, rest].concat(), seen);
            }
            if is_item {
                return Some(file.clone());
            }
            let glob = self.globs(&module).into_iter().find(|glob| self.stands_in(glob, name, &mut BTreeSet::new()));
            return match glob {
                Some(glob) => self.locate(&[&glob, &path[place..]].concat(), seen),
                None => Some(file.clone()),
            };
        }
        None
    }

    /// Where a declaration leads. A name that is declared by itself (`use name::name`) leads on.
    fn absolute_of(&self, one: &Use) -> Option<Vec<String>> {
        let first = one.path.first()?;
        if one.name.as_ref() == Some(first) {
            // The module of this name, or another crate.
            let child = [&one.at[..], std::slice::from_ref(first)].concat();
            return self.modules.contains_key(&child).then(|| [&one.at[..], &one.path].concat());
        }
        self.absolute(&one.at, &one.path)
    }
}

/// The circles of a graph: sets of files that each lead to all others, each as the shortest way around.
pub fn circles(imports: &Imports) -> Vec<(Vec<Module>, Vec<Module>)> {
    let reached: BTreeMap<&Module, BTreeSet<&Module>> =
        imports.keys().map(|from| (from, reached(imports, from))).collect();
    let mut found = Vec::new();
    let mut done: BTreeSet<&Module> = BTreeSet::new();
    for (from, to) in &reached {
        if !to.contains(from) || done.contains(from) {
            continue;
        }
        let all: Vec<Module> =
            to.iter().filter(|other| reached[**other].contains(from)).map(|one| (*one).clone()).collect();
        done.extend(to.iter().filter(|other| reached[**other].contains(from)));
        let ways = all.iter().filter_map(|start| around(imports, start));
        let shortest = ways.min_by_key(Vec::len).unwrap_or_default();
        found.push((all, shortest));
    }
    found
}

/// What a file imports, and what that imports in turn.
pub fn reached<'g>(imports: &'g Imports, from: &'g Module) -> BTreeSet<&'g Module> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&Module> = vec![from];
    while let Some(one) = open.pop() {
        open.extend(imports.get(one).into_iter().flat_map(BTreeMap::keys).filter(|next| found.insert(*next)));
    }
    found
}

/// The shortest way from a file back to it, with that file at both ends.
fn around(imports: &Imports, start: &Module) -> Option<Vec<Module>> {
    let mut ways: Vec<Vec<&Module>> = vec![vec![start]];
    let mut met: BTreeSet<&Module> = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for next in imports.get(*way.last()?).into_iter().flat_map(BTreeMap::keys) {
                let on: Vec<&Module> = way.iter().copied().chain([next]).collect();
                if next == start {
                    return Some(on.into_iter().cloned().collect());
                }
                if met.insert(next) {
                    longer.push(on);
                }
            }
        }
        ways = longer;
    }
    None
}

/// Words that make the next name an item of the module.
const ITEMS: &[&str] = &["struct", "enum", "union", "fn", "trait", "type", "const", "static", "macro_rules"];

impl Said {
    /// Reads the tokens of a module (`top`), or of what stands in one.
    fn read(&mut self, tokens: &[Token], at: &Module, top: bool) {
        let mut place = 0;
        while place < tokens.len() {
            if let Some(behind) = attribute(tokens, place) {
                self.attribute(&tokens[behind - 1], at);
                place = behind;
                continue;
            }
            match (&tokens[place], tokens.get(place + 1)) {
                (Token::Word(word), _) if word == "use" => {
                    let end = (place..tokens.len()).find(|end| tokens[*end].is_sign(';')).unwrap_or(tokens.len());
                    let public = is_public(&tokens[..place]);
                    self.declare(&tokens[place + 1..end], &[], at, public);
                    place = end + 1;
                }
                (Token::Word(word), Some(Token::Word(name))) if word == "mod" => {
                    if let Some(Token::Group(_, body)) = tokens.get(place + 2) {
                        let child = [&at[..], std::slice::from_ref(name)].concat();
                        self.inline.insert(child.clone());
                        self.read(body, &child, true);
                        place += 1;
                    }
                    place += 2;
                }
                (Token::Word(word), _) => {
                    if top && ITEMS.contains(&word.as_str()) {
                        let next = tokens[place + 1..].iter().find_map(|token| match token {
                            Token::Word(name) if !["fn", "mut", "_"].contains(&name.as_str()) => Some(name.clone()),
                            _ => None,
                        });
                        self.items.extend(next.map(|name| (at.clone(), name)));
                    }
                    let (path, behind) = path(word, tokens, place);
                    // A method or a field is of its type, whatever it is called.
                    let is_called = place > 0 && tokens[place - 1].is_sign('.');
                    let is_member = is_called || tokens.get(behind).is_some_and(|next| next.is_sign(':'));
                    if path.len() > 1 {
                        self.names.insert(path[0].clone());
                        self.paths.push((at.clone(), path));
                    } else if !is_member {
                        self.names.insert(word.clone());
                    }
                    place = behind;
                }
                (Token::Group(_, inside), _) => {
                    self.read(inside, at, false);
                    place += 1;
                }
                (Token::Sign(_) | Token::Literal(_), _) => place += 1,
            }
        }
    }

    /// Paths in quotes, as derived code takes them.
    fn attribute(&mut self, token: &Token, at: &Module) {
        match token {
            Token::Literal(text) => {
                let path = text.trim_matches('"');
                if path.contains("::") && path.chars().all(|c| c.is_alphanumeric() || "_:".contains(c)) {
                    self.paths.push((at.clone(), path.split("::").map(str::to_owned).collect()));
                }
            }
            Token::Group(_, inside) => inside.iter().for_each(|token| self.attribute(token, at)),
            Token::Word(name) => _ = self.names.insert(name.clone()),
            Token::Sign(_) => {}
        }
    }

    /// A `use` tree below a path.
    fn declare(&mut self, tree: &[Token], below: &[String], at: &Module, public: bool) {
        let mut path = below.to_vec();
        for (place, token) in tree.iter().enumerate() {
            match token {
                Token::Word(word) if word == "as" => {
                    let name = tree.get(place + 1).and_then(|name| match name {
                        Token::Word(name) => Some(name.clone()),
                        _ => None,
                    });
                    self.uses.push(Use { at: at.clone(), path, name, public });
                    return;
                }
                Token::Word(word) => path.push(word.clone()),
                Token::Sign('*') => {
                    self.uses.push(Use { at: at.clone(), path, name: None, public });
                    return;
                }
                Token::Group(_, inside) => {
                    for one in inside.split(|token| token.is_sign(',')).filter(|one| !one.is_empty()) {
                        self.declare(one, &path, at, public);
                    }
                    return;
                }
                Token::Sign(_) | Token::Literal(_) => {}
            }
        }
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let name = path.last().cloned();
        self.uses.push(Use { at: at.clone(), path, name, public });
    }
}

/// Whether what stands before an item makes it public to any module beside its own.
fn is_public(before: &[Token]) -> bool {
    match before {
        [.., word, Token::Group('(', _)] | [.., word] => word.is_word("pub"),
        [] => false,
    }
}

/// The path that begins with a word, and the place behind it.
fn path(first: &str, tokens: &[Token], from: usize) -> (Vec<String>, usize) {
    let mut path = vec![first.to_owned()];
    let mut place = from + 1;
    while let Some([Token::Sign(':'), Token::Sign(':'), Token::Word(next)]) = tokens.get(place..place + 3) {
        path.push(next.clone());
        place += 3;
    }
    (path, place)
}
