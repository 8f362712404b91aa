//! A YAML document as a tree in which every node and key knows its line and column.
//!
//! Invariant: plain scalars are typed as the API server's client would type them, so what this tree calls text is text
//! for the API server as well.

use std::borrow::Cow;

/// A position in a file, counted from one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Node<'t> {
    pub place: Place,
    pub value: Value<'t>,
}

/// A key of a mapping.
#[derive(Clone, Debug)]
pub(super) struct Key<'t> {
    pub place: Place,
    pub text: Cow<'t, str>,
    /// A plain `<<`: the value's entries belong to the mapping itself.
    pub merge: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Value<'t> {
    Null,
    Bool(bool),
    /// A whole number; `None` where it needs more than 64 bits.
    Int(Option<serde_json::Number>),
    Float(f64),
    Text(Cow<'t, str>),
    Seq(Vec<Node<'t>>),
    Map(Vec<(Key<'t>, Node<'t>)>),
}

impl<'t> Node<'t> {
    /// The entry of a mapping; `None` where the node is no mapping or has no such key.
    pub fn get(&self, key: &str) -> Option<(&Key<'t>, &Node<'t>)> {
        self.entries().iter().find(|(k, _)| k.text == key).map(|(k, v)| (k, v))
    }

    /// The entries of a mapping; none where the node is no mapping.
    pub fn entries(&self) -> &[(Key<'t>, Node<'t>)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The text of a scalar that the API server reads as a string.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What the value is, in words that do not show it.
    pub fn describe(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing (null)",
            Value::Bool(_) => "a boolean",
            Value::Int(_) | Value::Float(_) => "a number",
            Value::Text(_) => "a string",
            Value::Seq(_) => "a list",
            Value::Map(_) => "an object",
        }
    }
}
