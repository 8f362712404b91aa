//! Reads a file's YAML documents into trees.
//!
//! Invariant: work and memory are bounded by constants times the file's size, whatever the file says: nesting, nodes and the
//! bytes that aliases copy have budgets. One document is held at a time. A document that is refused does not hide the next
//! one of the same file.

mod budget;

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use granit_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use self::budget::Budget;
use super::{
    listed::Listed,
    scalar,
    tree::{Key, Node, Place, Value},
    wording,
};

/// Deepest nesting of lists and of objects. The deepest manifest of any kind here has nine levels; Kubernetes objects
/// that a shared folder holds besides stay under forty.
const MAX_DEPTH: usize = 64;

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
    pub problems: Listed<YamlProblem>,
}

/// Reads every document, and gives each one to `take` before the next is read. `begin` is where the text begins in its file.
pub(super) fn documents<'t>(text: &'t str, begin: Place, take: &mut impl FnMut(Document<'t>)) {
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder { begin, ..Builder::default() };
    loop {
        match parser.next_event() {
            Some(Ok((Event::StreamEnd, _))) | None => break,
            Some(Ok((event, span))) => {
                if let Some(document) = builder.event(event, span.start) {
                    take(document);
                }
                if let Some((message, remedy)) = builder.budget.exhausted() {
                    take(builder.refuse_rest(message, remedy));
                    break;
                }
            }
            Some(Err(error)) => {
                take(builder.broken(&error, text));
                if !matches!(parser.proceed_next_document(), Ok(true)) {
                    break;
                }
            }
        }
    }
}

/// A place in the file, of one in a text that begins at `begin`.
fn place(begin: Place, marker: Marker) -> Place {
    let clamp = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let (line, column) = (clamp(marker.line()), clamp(marker.col()).saturating_add(1));
    let right = if line <= 1 { begin.column.saturating_sub(1) } else { 0 };
    Place { line: line.saturating_add(begin.line.saturating_sub(1)), column: column.saturating_add(right) }
}

/// The line of a text in which a marker stands, and the one before it.
fn lines_of<'t>(text: &'t str, marker: &Marker) -> [&'t str; 2] {
    let Some((before, behind)) = marker.byte_offset().and_then(|offset| text.split_at_checked(offset)) else {
        return ["", ""];
    };
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = behind.find('\n').unwrap_or(behind.len());
    let last = before[..start].trim_end_matches(['\r', '\n']).rsplit('\n').next().unwrap_or_default();
    [text[start..before.len() + end].trim_end_matches('\r'), last.trim_end_matches('\r')]
}

/// A collection that is not closed yet.
enum Open<'t> {
    Seq { place: Place, anchor: usize, items: Vec<Node<'t>> },
    Map { place: Place, anchor: usize, entries: Vec<(Key<'t>, Node<'t>)>, key: Option<Key<'t>> },
}

#[derive(Default)]
struct Builder<'t> {
    /// Where the text begins in its file.
    begin: Place,
    start: Place,
    /// Where the last event began.
    at: Place,
    open: Vec<Open<'t>>,
    root: Option<Node<'t>>,
    problems: Listed<YamlProblem>,
    anchors: HashMap<usize, Node<'t>>,
    budget: Budget,
}

impl<'t> Builder<'t> {
    /// Takes one event; gives the document that it ends.
    fn event(&mut self, event: Event<'t>, at: Marker) -> Option<Document<'t>> {
        let at = place(self.begin, at);
        self.at = at;
        match event {
            Event::DocumentStart(..) => self.start = at,
            Event::DocumentEnd => return Some(self.finish()),
            Event::Scalar(text, style, anchor, tag) => {
                self.budget.node();
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
                self.budget.node();
                self.collection_tag(tag.as_deref(), "seq", at);
                self.open.push(Open::Seq { place: at, anchor, items: Vec::new() });
            }
            Event::MappingStart(_, anchor, tag) => {
                self.budget.node();
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
        if anchor != 0 && self.budget.copy_text(&text) {
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
        if !self.budget.copy(target) {
            return; // the reading ends before the copy is made
        }
        let copy = Node { place: at, ..target.clone() };
        self.node(copy, 0);
    }

    /// Puts a finished node where it belongs.
    fn node(&mut self, node: Node<'t>, anchor: usize) {
        if anchor != 0 {
            if !self.budget.copy(&node) {
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
        let (merges, mut all): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| key.merge);
        let own = all.len();
        for (_, node) in merges {
            let at = node.place;
            let sources = match node.value {
                Value::Seq(items) => items,
                value => vec![Node { place: at, value }],
            };
            for source in sources {
                match source.value {
                    Value::Map(entries) => all.extend(entries),
                    _ => self.problem(
                        source.place,
                        "a merge key (`<<`) without an object",
                        "Merge an object, or write it out.",
                    ),
                }
            }
        }
        // Keys are compared where they stand: copies of them would double what a file of keys takes.
        let mut seen: HashSet<&str> = HashSet::with_capacity(all.len());
        let first: Vec<bool> = all.iter().map(|(key, _)| seen.insert(&key.text)).collect();
        for ((key, _), _) in all.iter().zip(&first).take(own).filter(|(_, first)| !**first) {
            let message = format!("duplicate key `{}`", super::problem::printable(&key.text));
            let remedy = "Keep one of them: only one would count, and which one is not defined.";
            self.problem(key.place, message, remedy);
        }
        let mut first = first.into_iter();
        all.retain(|_| first.next().unwrap_or(false));
        all
    }

    fn finish(&mut self) -> Document<'t> {
        self.open.clear();
        self.anchors.clear();
        Document { place: self.start, root: self.root.take(), problems: std::mem::take(&mut self.problems) }
    }

    /// The document in which the parser could not go on.
    fn broken(&mut self, error: &ScanError, text: &str) -> Document<'t> {
        // The parser's messages name syntax, at most one character, and never a scalar.
        let mut message = format!("not YAML: {}", error.kind());
        let lines = lines_of(text, error.marker());
        let remedy = match lines.into_iter().find_map(|line| wording::at(line, wording::is_invisible)) {
            Some(odd) => {
                message = format!("{message} (the line, or the one before it, has {odd}, which cannot be seen)");
                "Delete that character, or type the line again."
            }
            None => "Correct the syntax at this place, or just before it.",
        };
        self.problem(place(self.begin, *error.marker()), message, remedy);
        let mut document = self.finish();
        document.root = None;
        document
    }

    fn refuse_rest(&mut self, message: &'static str, remedy: &'static str) -> Document<'t> {
        self.problem(self.at, message, remedy);
        let mut document = self.finish();
        document.root = None;
        document
    }
}

#[cfg(test)]
mod tests;
