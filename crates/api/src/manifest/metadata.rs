//! The checks the API server makes on `metadata`.
//!
//! Invariant: a name or namespace that comes out of here is a DNS name, so it may be shown, logged and used as a key.

use std::collections::BTreeMap;

use kube::core::ObjectMeta;

use super::{
    path::Path,
    suggest,
    tree::{Key, Node, Value},
    validate::{Sink, quoted},
};

/// Longest name of an object (RFC 1123 subdomain).
const MAX_SUBDOMAIN: usize = 253;

/// Longest DNS label, and longest name part and value of a Kubernetes label.
const MAX_LABEL: usize = 63;

/// Fields of `metadata` that a manifest may carry and that say nothing to a check: the server sets or checks them.
const IGNORED: [&str; 12] = [
    "annotations",
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "finalizers",
    "generateName",
    "generation",
    "managedFields",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// The namespace of an object that names none.
const DEFAULT_NAMESPACE: &str = "default";

/// Reads `metadata`; the name is absent from the result where it is not valid.
pub(super) fn read(root: &Node<'_>, sink: &mut Sink) -> ObjectMeta {
    let path = Path::ROOT.field("metadata");
    let mut meta = ObjectMeta::default();
    let Some((key, metadata)) = root.get("metadata") else {
        sink.find(root.place, &path, "is required", "Add `metadata:` with a `name`.");
        return meta;
    };
    sink.places.add(&path, key.place);
    if !matches!(metadata.value, Value::Map(_)) {
        sink.find(
            metadata.place,
            &path,
            format!("must be an object, and is {}", metadata.describe()),
            "Write `name: …` below it.",
        );
        return meta;
    }
    for (key, node) in metadata.entries() {
        let field = path.field(&key.text);
        sink.places.add(&field, key.place);
        match key.text.as_ref() {
            "name" => meta.name = dns_name(node, &field, MAX_SUBDOMAIN, true, sink),
            "namespace" if matches!(node.value, Value::Null) => {}
            "namespace" => meta.namespace = dns_name(node, &field, MAX_LABEL, false, sink),
            "labels" => meta.labels = labels(node, &field, sink),
            "annotations" => meta.annotations = texts(node, &field, sink),
            name if IGNORED.contains(&name) => {}
            name => unknown(key, name, &field, sink),
        }
    }
    if metadata.get("name").is_none() {
        sink.find(
            key.place,
            &path.field("name"),
            "is required",
            "Add a `name`: the object is known by it (generateName is not enough).",
        );
    }
    if metadata.get("namespace").is_none_or(|(_, node)| matches!(node.value, Value::Null)) {
        meta.namespace = Some(DEFAULT_NAMESPACE.to_owned());
    }
    meta
}

fn unknown(key: &Key<'_>, name: &str, field: &Path<'_>, sink: &mut Sink) {
    let known = IGNORED.iter().copied().chain(["name", "namespace", "labels"]);
    let remedy =
        || suggest::closest(name, known).map_or("Remove it.".to_owned(), |name| format!("Did you mean `{name}`?"));
    sink.find_with(key.place, field, "is not a known field", remedy);
}

/// Namespace and name alone, as [`read`] gives them: a document is named in every one of its problems.
pub(super) fn names(root: &Node<'_>) -> (Option<String>, Option<String>) {
    let Some((_, metadata)) = root.get("metadata").filter(|(_, node)| matches!(node.value, Value::Map(_))) else {
        return (None, None);
    };
    let mut sink = Sink::default();
    let mut read = |key, longest, dots| {
        let node = metadata.get(key).map(|(_, node)| node);
        node.and_then(|node| dns_name(node, &Path::ROOT, longest, dots, &mut sink))
    };
    let name = read("name", MAX_SUBDOMAIN, true);
    let namespace = match metadata.get("namespace") {
        Some((_, node)) if !matches!(node.value, Value::Null) => read("namespace", MAX_LABEL, false),
        _ => Some(DEFAULT_NAMESPACE.to_owned()),
    };
    (namespace, name)
}

fn dns_name(node: &Node<'_>, field: &Path<'_>, longest: usize, dots: bool, sink: &mut Sink) -> Option<String> {
    let Some(text) = node.text() else {
        let (message, remedy) = match node.value {
            Value::Bool(_) | Value::Int(_) | Value::Float(_) => (
                format!("must be quoted: without quotes YAML reads it as {}", node.describe()),
                "Put the name in quotes.",
            ),
            _ => (format!("must be a name, and is {}", node.describe()), "Write a name."),
        };
        sink.find(node.place, field, message, remedy);
        return None;
    };
    let label = |part: &str| {
        let bytes = part.as_bytes();
        let inner = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
        !bytes.is_empty() && bytes.iter().all(inner) && !part.starts_with('-') && !part.ends_with('-')
    };
    let valid = text.len() <= longest && if dots { text.split('.').all(label) } else { label(text) };
    if !valid {
        let allowed =
            if dots { "lower-case letters, digits, `-` and `.`" } else { "lower-case letters, digits and `-`" };
        sink.find(
            node.place,
            field,
            "is not a name that Kubernetes takes",
            format!("Use at most {longest} {allowed}, beginning and ending with a letter or digit."),
        );
    }
    valid.then(|| text.to_owned())
}

fn texts(node: &Node<'_>, field: &Path<'_>, sink: &mut Sink) -> Option<BTreeMap<String, String>> {
    match &node.value {
        Value::Null => return None,
        Value::Map(_) => {}
        _ => {
            sink.find(
                node.place,
                field,
                format!("must be an object, and is {}", node.describe()),
                "Write `key: \"value\"` below it.",
            );
            return None;
        }
    }
    let mut map = BTreeMap::new();
    for (key, value) in node.entries() {
        match value.text() {
            Some(text) => {
                map.insert(key.text.clone().into_owned(), text.to_owned());
            }
            None => sink.find(
                value.place,
                &field.field(&key.text),
                format!("must be quoted: a string is expected, and this is {}", value.describe()),
                "Put the value in quotes.",
            ),
        }
    }
    Some(map)
}

fn labels(node: &Node<'_>, field: &Path<'_>, sink: &mut Sink) -> Option<BTreeMap<String, String>> {
    let map = texts(node, field, sink)?;
    for (key, value) in node.entries() {
        let name = key.text.rsplit_once('/').map_or(key.text.as_ref(), |(_, name)| name);
        if name.is_empty() || !label_text(name) {
            sink.find(
                key.place,
                field,
                format!("the label {} has a name that Kubernetes does not take", quoted(&key.text)),
                "Use at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit.",
            );
        }
        if value.text().is_some_and(|text| !label_text(text)) {
            sink.find(
                value.place,
                &field.field(&key.text),
                "is not a label value that Kubernetes takes",
                "Use at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit.",
            );
        }
    }
    Some(map)
}

fn label_text(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_alphanumeric();
    text.len() <= MAX_LABEL
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && (text.is_empty() || (text.starts_with(edge) && text.ends_with(edge)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{MAX_LISTED, tree::Place, yaml};

    #[test]
    fn a_document_is_named_as_its_metadata_is_read() {
        for metadata in [
            "{name: a, namespace: b}",
            "{name: a}",
            "{name: a, namespace: null}",
            "{name: a, namespace: 7}",
            "{name: A, namespace: b}",
            "{namespace: b.c}",
            "{}",
            "[name]",
            "null",
        ] {
            let text = format!("metadata: {metadata}\n");
            yaml::documents(&text, Place { line: 1, column: 1 }, &mut |document| {
                let root = document.root.unwrap();
                let read = read(&root, &mut Sink::default());
                assert_eq!(names(&root), (read.namespace, read.name), "{metadata}");
            });
        }
    }

    #[test]
    fn for_what_is_not_listed_no_remedy_is_looked_for() {
        let (mut sink, mut asked) = (Sink::default(), 0);
        for _ in 0..3 * MAX_LISTED {
            sink.find_with(Place::default(), &Path::ROOT, "is not known", || {
                asked += 1;
                "Remove it."
            });
        }
        assert_eq!((asked, sink.found), (MAX_LISTED, 3 * MAX_LISTED));
    }
}
