//! `v1` Secrets, so that a folder with credentials and private values is complete without a cluster.
//!
//! Invariant: what a Secret holds is shown by nothing here, `Debug` included.

use std::{collections::BTreeMap, fmt};

use base64::Engine as _;
use kube::core::ObjectMeta;

use super::{
    path::Path,
    suggest,
    tree::{Node, Value},
    validate::Sink,
};

/// Bytes that nothing shows.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretBytes(Vec<u8>);

impl SecretBytes {
    /// The bytes, for whoever needs them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for SecretBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(…)")
    }
}

/// A `v1` Secret.
#[derive(Clone, Debug, PartialEq)]
pub struct SecretData {
    /// Name, namespace, labels and annotations.
    pub metadata: ObjectMeta,
    /// Its type, `Opaque` where left out.
    pub type_: String,
    /// Its data, decoded; `stringData` wins over `data`, as in the API server.
    pub data: BTreeMap<String, SecretBytes>,
    /// Whether the document was encrypted as a whole: then its values are as they stand there, and none is one.
    pub encrypted: bool,
}

/// Reads the parts of a Secret beside its metadata.
pub(super) fn read(root: &Node<'_>, metadata: ObjectMeta, sink: &mut Sink) -> SecretData {
    let mut secret = SecretData { metadata, type_: "Opaque".to_owned(), data: BTreeMap::new(), encrypted: false };
    let known = ["apiVersion", "kind", "metadata", "type", "data", "stringData", "immutable"];
    for (key, node) in root.entries() {
        let field = Path::ROOT.field(&key.text);
        sink.places.add(&field, key.place);
        match key.text.as_ref() {
            "type" => match node.text() {
                Some(text) => text.clone_into(&mut secret.type_),
                None => sink.find(node.place, &field, "must be a string", "Write the type as text, in quotes."),
            },
            "immutable" if matches!(node.value, Value::Bool(_)) => {}
            "immutable" => sink.find(node.place, &field, "must be true or false", "Write `true` or `false`."),
            name if known.contains(&name) => {}
            name => {
                let remedy = || {
                    suggest::closest(name, known.into_iter())
                        .map_or("Remove it.".to_owned(), |name| format!("Did you mean `{name}`?"))
                };
                sink.find_with(key.place, &field, "is not a known field", remedy);
            }
        }
    }
    entries(root, "data", &mut secret, sink, |text| {
        // Line breaks are allowed: long values are often wrapped.
        let joined: String = text.split_ascii_whitespace().collect();
        base64::engine::general_purpose::STANDARD.decode(joined).ok()
    });
    entries(root, "stringData", &mut secret, sink, |text| Some(text.as_bytes().to_vec()));
    secret
}

/// A Secret that was encrypted as a whole: every value as it stands there.
pub(super) fn encrypted(root: &Node<'_>, metadata: ObjectMeta) -> SecretData {
    let mut secret = SecretData { metadata, type_: "Opaque".to_owned(), data: BTreeMap::new(), encrypted: true };
    let sections = ["data", "stringData"].into_iter().filter_map(|section| root.get(section));
    for (key, value) in sections.flat_map(|(_, node)| node.entries()) {
        let bytes = value.text().unwrap_or_default().as_bytes().to_vec();
        secret.data.insert(key.text.clone().into_owned(), SecretBytes(bytes));
    }
    secret
}

fn entries(
    root: &Node<'_>,
    section: &str,
    secret: &mut SecretData,
    sink: &mut Sink,
    decode: impl Fn(&str) -> Option<Vec<u8>>,
) {
    let Some((_, node)) = root.get(section) else { return };
    let path = Path::ROOT.field(section);
    if !matches!(node.value, Value::Map(_) | Value::Null) {
        sink.find(
            node.place,
            &path,
            format!("must be an object, and is {}", node.describe()),
            "Write `key: \"value\"` below it.",
        );
    }
    for (key, value) in node.entries() {
        let field = path.field(&key.text);
        sink.places.add(&field, key.place);
        if !key.text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
            || key.text.is_empty()
        {
            sink.find(
                key.place,
                &field,
                "is not a key that Kubernetes takes",
                "Use letters, digits, `-`, `_` and `.`.",
            );
        }
        let bytes = match &value.value {
            Value::Text(text) => decode(text),
            Value::Null => Some(Vec::new()),
            _ => {
                sink.find(
                    value.place,
                    &field,
                    format!("must be quoted: without quotes YAML reads it as {}", value.describe()),
                    "Put the value in quotes.",
                );
                continue;
            }
        };
        match bytes {
            Some(bytes) => {
                secret.data.insert(key.text.clone().into_owned(), SecretBytes(bytes));
            }
            None => sink.find(
                value.place,
                &field,
                "is not base64",
                "Encode it (`printf %s \"$VALUE\" | base64`), or move the plain text to `stringData`.",
            ),
        }
    }
}
