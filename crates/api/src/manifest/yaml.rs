//! Reads a file's YAML documents into trees.
//!
//! Invariant: work and memory are bounded by constants times the file's size, whatever the file says: nesting, nodes and
//! what aliases copy have budgets. A document that is refused does not hide the next one of the same file.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use granit_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::{
    scalar,
    tree::{Key, Node, Place, Value},
};

/// Deepest nesting of lists and of objects. The deepest manifest of any kind here has nine levels; Kubernetes objects
/// that a shared folder holds besides stay under forty.
const MAX_DEPTH: usize = 64;

/// Most nodes a file may have: an 8 MiB file of real manifests has about 350,000. A node takes some 60 bytes, so this
/// keeps a hostile file of commas under 100 MiB.
const MAX_NODES: usize = 1_000_000;

/// Most nodes that aliases and merge keys may copy in a file. Enough for a shared block in each of some thousand
/// manifests, and far too little for an exponential one.
const MAX_COPIED: usize = 100_000;

/// Something wrong with a document's YAML.
#[derive(Debug)]
pub(super) struct YamlProblem {
    pub place: Place,
    pub message: Cow<'static, str>,
    pub remedy: &'static str,
}

/// One document of a file.
#[derive(Debug)]
pub(super) struct Document<'t> {
    pub place: Place,
    /// The tree; `None` where the document is empty or could not be read.
    pub root: Option<Node<'t>>,
    pub problems: Vec<YamlProblem>,
}

/// Reads every document.
pub(super) fn documents(text: &str) -> Vec<Document<'_>> {
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut documents = Vec::new();
    let mut builder = Builder::default();
    loop {
        match parser.next_event() {
            Some(Ok((Event::StreamEnd, _))) | None => break,
            Some(Ok((event, span))) => {
                if let Some(document) = builder.event(event, span.start) {
                    documents.push(document);
                }
                if builder.exhausted() {
                    documents.push(builder.refuse_rest());
                    break;
                }
            }
            Some(Err(error)) => {
                documents.push(builder.broken(&error));
                if !matches!(parser.proceed_next_document(), Ok(true)) {
                    break;
                }
            }
        }
    }
    documents
}

fn place(marker: Marker) -> Place {
    let clamp = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Place { line: clamp(marker.line()), column: clamp(marker.col()).saturating_add(1) }
}

/// A collection that is not closed yet.
enum Open<'t> {
    Seq { place: Place, anchor: usize, items: Vec<Node<'t>> },
    Map { place: Place, anchor: usize, entries: Vec<(Key<'t>, Node<'t>)>, key: Option<Key<'t>> },
}

#[derive(Default)]
struct Builder<'t> {
    start: Place,
    /// Where the last event began.
    at: Place,
    open: Vec<Open<'t>>,
    root: Option<Node<'t>>,
    problems: Vec<YamlProblem>,
    anchors: HashMap<usize, Node<'t>>,
    nodes: usize,
    copied: usize,
}

impl<'t> Builder<'t> {
    /// Takes one event; gives the document that it ends.
    fn event(&mut self, event: Event<'t>, at: Marker) -> Option<Document<'t>> {
        let at = place(at);
        self.at = at;
        match event {
            Event::DocumentStart(..) => self.start = at,
            Event::DocumentEnd => return Some(self.finish()),
            Event::Scalar(text, style, anchor, tag) => {
                self.nodes += 1;
                let expects_key = matches!(self.open.last(), Some(Open::Map { key: None, .. }));
                if expects_key && tag.is_none() {
                    self.key(text, style, anchor, at);
                } else {
                    let value = self.scalar(text, style, tag.as_deref(), at);
                    self.node(Node { place: at, value }, anchor);
                }
            }
            Event::Alias(id) => self.alias(id, at),
            Event::SequenceStart(_, anchor, tag) => {
                self.nodes += 1;
                self.collection_tag(tag.as_deref(), "seq", at);
                self.open.push(Open::Seq { place: at, anchor, items: Vec::new() });
            }
            Event::MappingStart(_, anchor, tag) => {
                self.nodes += 1;
                self.collection_tag(tag.as_deref(), "map", at);
                self.open.push(Open::Map { place: at, anchor, entries: Vec::new(), key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => {}
        }
        None
    }

    fn problem(&mut self, place: Place, message: impl Into<Cow<'static, str>>, remedy: &'static str) {
        self.problems.push(YamlProblem { place, message: message.into(), remedy });
    }

    fn key(&mut self, text: Cow<'t, str>, style: ScalarStyle, anchor: usize, at: Place) {
        let plain = style == ScalarStyle::Plain;
        let merge = plain && text == "<<";
        let text = if plain {
            // A key is typed before it becomes a JSON key, so a bare `on` is the key "true" for the API server.
            match scalar::resolve(text.clone()) {
                Value::Bool(value) => Cow::Borrowed(if value { "true" } else { "false" }),
                Value::Null => {
                    self.problem(at, "an object has a key without a name", "Give the key a name.");
                    text
                }
                _ => text,
            }
        } else {
            text
        };
        if anchor != 0 {
            self.anchors.insert(anchor, Node { place: at, value: Value::Text(text.clone()) });
        }
        if let Some(Open::Map { key, .. }) = self.open.last_mut() {
            *key = Some(Key { place: at, text, merge });
        }
    }

    fn scalar(&mut self, text: Cow<'t, str>, style: ScalarStyle, tag: Option<&Tag>, at: Place) -> Value<'t> {
        match tag.map(|tag| tag.core_suffix()) {
            None if style == ScalarStyle::Plain => scalar::resolve(text),
            None | Some(Some("str")) => Value::Text(text),
            Some(Some("int" | "float" | "bool" | "null")) => scalar::resolve(text),
            Some(_) if tag.is_some_and(|tag| tag.original() == "!") => Value::Text(text),
            Some(_) => {
                self.unknown_tag(at);
                Value::Null
            }
        }
    }

    fn collection_tag(&mut self, tag: Option<&Tag>, allowed: &str, at: Place) {
        if tag.is_some_and(|tag| tag.core_suffix() != Some(allowed) && tag.original() != "!") {
            self.unknown_tag(at);
        }
    }

    fn unknown_tag(&mut self, at: Place) {
        self.problem(at, "a YAML tag that Kubernetes does not know", "Remove the tag (the word that starts with `!`).");
    }

    fn alias(&mut self, id: usize, at: Place) {
        let Some(target) = self.anchors.get(&id) else {
            self.problem(at, "an alias inside the value it stands for", "Write the value out.");
            self.node(Node { place: at, value: Value::Null }, 0);
            return;
        };
        self.copied += target.size();
        if self.copied > MAX_COPIED {
            return; // `exhausted` ends the reading before the copy is made
        }
        let copy = Node { place: at, ..target.clone() };
        self.node(copy, 0);
    }

    /// Puts a finished node where it belongs.
    fn node(&mut self, node: Node<'t>, anchor: usize) {
        if anchor != 0 {
            self.copied += node.size();
            if self.copied > MAX_COPIED {
                return;
            }
            self.anchors.insert(anchor, node.clone());
        }
        let at = node.place;
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::Seq { items, .. }) => items.push(node),
            Some(Open::Map { entries, key: key @ Some(_), .. }) => entries.extend(key.take().map(|key| (key, node))),
            Some(Open::Map { .. }) => self.odd_key(node, at),
        }
    }

    /// A key with a tag, an alias or a collection.
    fn odd_key(&mut self, node: Node<'t>, at: Place) {
        let text = if let Value::Text(text) = node.value {
            text
        } else {
            self.problem(at, "a key that is not plain text", "Write the key as a word, in quotes.");
            Cow::Borrowed("?")
        };
        if let Some(Open::Map { key, .. }) = self.open.last_mut() {
            *key = Some(Key { place: at, text, merge: false });
        }
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::Seq { place, anchor, items }) => self.node(Node { place, value: Value::Seq(items) }, anchor),
            Some(Open::Map { place, anchor, entries, .. }) => {
                let entries = self.merged(entries);
                self.node(Node { place, value: Value::Map(entries) }, anchor);
            }
            None => {}
        }
    }

    /// Refuses a key that is there twice, and puts the entries of merge keys where no entry is.
    fn merged(&mut self, entries: Vec<(Key<'t>, Node<'t>)>) -> Vec<(Key<'t>, Node<'t>)> {
        let mut seen: HashSet<Cow<'t, str>> = HashSet::with_capacity(entries.len());
        let mut own = Vec::with_capacity(entries.len());
        let mut merges = Vec::new();
        for (key, node) in entries {
            if key.merge {
                merges.push(node);
            } else if seen.insert(key.text.clone()) {
                own.push((key, node));
            } else {
                let message = format!("duplicate key `{}`", super::problem::printable(&key.text));
                self.problem(
                    key.place,
                    message,
                    "Keep one of them: only one would count, and which one is not defined.",
                );
            }
        }
        for node in merges {
            let at = node.place;
            let sources = match node.value {
                Value::Seq(items) => items,
                value => vec![Node { place: at, value }],
            };
            for source in sources {
                let Value::Map(entries) = source.value else {
                    self.problem(
                        source.place,
                        "a merge key (`<<`) without an object",
                        "Merge an object, or write it out.",
                    );
                    continue;
                };
                own.extend(entries.into_iter().filter(|(key, _)| seen.insert(key.text.clone())));
            }
        }
        own
    }

    fn finish(&mut self) -> Document<'t> {
        self.open.clear();
        self.anchors.clear();
        Document { place: self.start, root: self.root.take(), problems: std::mem::take(&mut self.problems) }
    }

    /// The document in which the parser could not go on.
    fn broken(&mut self, error: &ScanError) -> Document<'t> {
        // The parser's messages name syntax, at most one character, and never a scalar.
        let message = format!("not YAML: {}", error.kind());
        self.problem(place(*error.marker()), message, "Correct the syntax at this place, or just before it.");
        let mut document = self.finish();
        document.root = None;
        document
    }

    fn exhausted(&self) -> bool {
        self.nodes > MAX_NODES || self.copied > MAX_COPIED
    }

    fn refuse_rest(&mut self) -> Document<'t> {
        let (message, remedy) = if self.copied > MAX_COPIED {
            (
                "aliases copy too much: the rest of the file is not read",
                "Write the values out instead of using `*alias`.",
            )
        } else {
            ("too many values: the rest of the file is not read", "Split the file.")
        };
        self.problem(self.at, message, remedy);
        let mut document = self.finish();
        document.root = None;
        document
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<(u32, u32, String)> {
        let documents = documents(text);
        let of = |document: &Document<'_>| {
            document.problems.iter().map(|p| (p.place.line, p.place.column, p.message.to_string())).collect::<Vec<_>>()
        };
        documents.iter().flat_map(of).collect()
    }

    #[test]
    fn nodes_and_keys_know_their_place() {
        let documents = documents("# note\n---\na:\n  b: [1, x]\n");
        let root = documents[0].root.as_ref().unwrap();
        let (key, a) = root.get("a").unwrap();
        assert_eq!((key.place.line, key.place.column), (3, 1));
        let (key, b) = a.get("b").unwrap();
        assert_eq!((key.place.line, key.place.column), (4, 3));
        let Value::Seq(items) = &b.value else { panic!() };
        assert_eq!((items[1].place.line, items[1].place.column), (4, 10));
    }

    #[test]
    fn a_broken_document_does_not_hide_the_next_one() {
        let documents = documents("a: 1\n---\nb: [1, 2\n---\nc: 3\n---\nd: 1\nd: 2\n---\ne: 5\n");
        let good: Vec<_> = documents.iter().filter(|d| d.problems.is_empty() && d.root.is_some()).collect();
        assert_eq!(good.len(), 3, "{documents:#?}");
        assert_eq!(documents.iter().map(|d| d.problems.len()).sum::<usize>(), 2);
    }

    #[test]
    fn a_duplicate_key_is_refused_at_its_place() {
        assert_eq!(problems("a:\n  x: 1\n  x: 2\n"), [(3, 3, "duplicate key `x`".to_owned())]);
    }

    #[test]
    fn aliases_copy_within_a_budget_and_merge_keys_give_way() {
        let documents = documents("base: &b {x: 1, z: 2}\nuse: {<<: *b, z: 3}\nsame: *b\n");
        let root = documents[0].root.as_ref().unwrap();
        assert!(documents[0].problems.is_empty());
        let used = root.get("use").unwrap().1;
        assert!(matches!(&used.get("z").unwrap().1.value, Value::Int(Some(n)) if n.as_u64() == Some(3)));
        assert!(used.get("x").is_some());
        assert!(root.get("same").unwrap().1.get("z").is_some());

        let level =
            |level: usize| format!("a{level}: &a{level} [{}]\n", format!("*a{},", level.wrapping_sub(1)).repeat(10));
        let bomb = (1..30).map(level).fold("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, line| text + &line);
        assert!(problems(&bomb)[0].2.contains("aliases copy too much"));
        assert!(problems("a: &a [*a]\n")[0].2.contains("inside the value"));
    }

    #[test]
    fn depth_and_size_are_bounded() {
        assert!(!problems(&"[".repeat(5000)).is_empty());
        assert!(!problems(&format!("{}{}", "[".repeat(100), "]".repeat(100))).is_empty());
        let deep = (0..200).map(|depth| " ".repeat(depth) + "a:\n").collect::<String>();
        assert!(!problems(&deep).is_empty());
        assert!(problems(&format!("[{}]", "1,".repeat(MAX_NODES + 1)))[0].2.contains("too many values"));
    }

    #[test]
    fn keys_and_tags_that_json_cannot_hold_are_refused() {
        assert_eq!(problems("? [a]\n: 1\n").len(), 1);
        assert_eq!(problems("a: !secret b\n").len(), 1);
        assert_eq!(problems("a: !!str 5\nb: !!int 5\nc: ! 5\n"), []);
        assert!(documents("on: 1\n")[0].root.as_ref().unwrap().get("true").is_some());
    }
}
