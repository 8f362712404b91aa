//! What reading one file may make.
//!
//! Invariant: counted before it is made, and in bytes: ten aliases of a scalar of a megabyte are ten megabytes.

use super::super::tree::{Key, Node, Value};

/// Most nodes a file may have: an 8 MiB file of real manifests has about 350,000. A node takes some 80 bytes, so this
/// keeps a hostile file of commas under 100 MiB.
pub(super) const MAX_NODES: usize = 1_000_000;

/// Most bytes that anchors, aliases and merge keys may copy in a file: as much as the largest file, so that a shared block
/// of ten fields fits some thousand times, and what is written once and repeated takes at most what could be written out.
pub(super) const MAX_COPIED: usize = super::super::MAX_FILE_BYTES;

/// What a node costs beside its text.
const NODE: usize = size_of::<(Key<'_>, Node<'_>)>();

/// What was made of one file so far.
#[derive(Default)]
pub(super) struct Budget {
    nodes: usize,
    copied: usize,
}

impl Budget {
    /// A node that the file itself writes. Its text is at most one and a half times what the file holds of it (`\L`).
    pub fn node(&mut self) {
        self.nodes += 1;
    }

    /// A copy of a tree that is about to be made; false where it must not be.
    pub fn copy(&mut self, node: &Node<'_>) -> bool {
        self.add(weight(node))
    }

    /// A copy of a scalar that is about to be made; false where it must not be.
    pub fn copy_text(&mut self, text: &str) -> bool {
        self.add(NODE + text.len())
    }

    fn add(&mut self, bytes: usize) -> bool {
        self.copied = self.copied.saturating_add(bytes);
        self.copied <= MAX_COPIED
    }

    /// Why reading ends here, and what to do.
    pub fn exhausted(&self) -> Option<(&'static str, &'static str)> {
        if self.copied > MAX_COPIED {
            Some((
                "aliases copy too much: the rest of the file is not read",
                "Write the values out instead of using `*alias`.",
            ))
        } else if self.nodes > MAX_NODES {
            Some(("too many values: the rest of the file is not read", "Split the file."))
        } else {
            None
        }
    }
}

/// The bytes that a copy of a tree takes. Text that the file lends counts too: whoever uses it makes it his own.
fn weight(node: &Node<'_>) -> usize {
    NODE + match &node.value {
        Value::Text(text) => text.len(),
        Value::Seq(items) => items.iter().map(weight).sum(),
        Value::Map(entries) => entries.iter().map(|(key, value)| key.text.len() + weight(value)).sum(),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => 0,
    }
}
