//! From a file's bytes to objects: finds out what each document is and has it checked as that.
//!
//! Invariant: each document is judged alone. What is refused is named as far as it can be named.

use std::{borrow::Cow, sync::Arc};

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::core::cel::Validator;
use serde_json::Value as Json;

use super::{
    Encrypted, Listed, MAX_FILE_BYTES, Manifest, Note, Object, ObjectKey, Problem, Reading, Source, encrypted,
    metadata, neighbour,
    path::{Path, Places},
    rules,
    schema::{Schema, SchemaError},
    secret, suggest, text,
    tree::{Node, Place, Value},
    validate::{self, Finding, Sink, quoted},
    yaml,
};
use crate::{
    API_VERSION, GROUP,
    kind::{Declares, Refusal, WRITTEN},
    reason::Reason,
};

/// Checks files. Holds every kind's compiled schema and rules, so make one and use it for many files.
#[derive(Debug)]
pub struct Checker {
    kinds: Vec<(&'static str, Schema)>,
    validator: Validator,
}

/// Kinds that the operator writes, and that declare nothing.
const WRITTEN_BY_THE_OPERATOR: [&str; 1] = ["ContactReport"];

impl Checker {
    /// Compiles every kind's schema and rules. Fails only where a kind's own schema cannot be evaluated offline.
    pub fn new() -> Result<Self, SchemaError> {
        let mut kinds = Vec::new();
        let written = |crd: &CustomResourceDefinition| WRITTEN_BY_THE_OPERATOR.contains(&&*crd.spec.names.kind);
        for crd in crate::crds::all().into_iter().filter(|crd| !written(crd)) {
            let name = WRITTEN.iter().copied().find(|kind| *kind == crd.spec.names.kind).ok_or(SchemaError::Missing)?;
            let schema =
                crd.spec.versions.first().and_then(|version| version.schema.as_ref()).ok_or(SchemaError::Missing)?;
            let json = serde_json::to_value(&schema.open_api_v3_schema).map_err(|_| SchemaError::Missing)?;
            let spec = json.pointer("/properties/spec").ok_or(SchemaError::Missing)?;
            kinds.push((name, Schema::read(spec)?));
        }
        Ok(Self { kinds, validator: Validator::new() })
    }

    /// Reads a file. `file` is how problems name it.
    pub fn read(&self, file: &str, bytes: &[u8]) -> Reading {
        let mut reader = Reader {
            checker: self,
            file: file.into(),
            manifests: Vec::new(),
            problems: Listed::default(),
            notes: Listed::default(),
        };
        reader.file(bytes);
        let Reader { file, manifests, problems, notes, .. } = reader;
        Reading { manifests, problems: problems.ended(&file), notes: notes.ended(&file) }
    }
}

struct Reader<'c> {
    checker: &'c Checker,
    file: Arc<str>,
    manifests: Vec<Manifest>,
    problems: Listed<Problem>,
    notes: Listed<Note>,
}

/// `apiVersion`, `kind` and, where they are valid, namespace and name.
struct Header {
    api_version: String,
    kind: String,
}

impl Reader<'_> {
    fn file(&mut self, bytes: &[u8]) {
        if bytes.len() > MAX_FILE_BYTES {
            let message = format!("the file is larger than {} MiB, and is not read", MAX_FILE_BYTES / (1024 * 1024));
            return self.refuse(
                Place::default(),
                None,
                None,
                message,
                "Split it, or move what is no manifest elsewhere.",
            );
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text::without_marks(text),
            Err(error) => {
                let place = end_of(&bytes[..error.valid_up_to()]);
                return self.refuse(place, None, None, "the file is not UTF-8 text".to_owned(), "Save it as UTF-8.");
            }
        };
        let (mut empty, neighbour) = (true, neighbour::of(&self.file));
        let mut neighbours = false;
        let mut take = |document: yaml::Document<'_>| {
            let broken = !document.problems.is_empty();
            empty &= !broken && document.root.as_ref().is_none_or(|root| matches!(root.value, Value::Null));
            let object = document.root.as_ref().and_then(identity);
            let file = &self.file;
            self.problems.take(document.problems, |problem| Problem {
                file: Arc::clone(file),
                place: if problem.place.line == 0 { document.place } else { problem.place },
                object: object.clone(),
                field: None,
                reason: Reason::InvalidSpec,
                message: problem.message.into_owned(),
                remedy: problem.remedy.into(),
            });
            match (document.root, neighbour) {
                (Some(root), _) if broken => drop(root),
                (Some(root), Some(_)) if !is_object(&root) => neighbours = true,
                (Some(root), _) => self.document(&root, false),
                (None, _) => {}
            }
        };
        for (begin, part) in text::parts(&text) {
            yaml::documents(part, begin, &mut take);
        }
        if let Some(what) = neighbour.filter(|_| neighbours) {
            self.note(Place::default(), what.to_owned());
        }
        if empty {
            self.note(Place::default(), "the file has no objects".to_owned());
        }
    }

    fn document(&mut self, root: &Node<'_>, nested: bool) {
        if matches!(root.value, Value::Null) && !nested {
            return;
        }
        if !matches!(root.value, Value::Map(_)) {
            let message = format!("must be a Kubernetes object, and is {}", root.describe());
            return self.refuse(root.place, None, None, message, "Begin it with apiVersion, kind and metadata.");
        }
        if let Some(sops) = encrypted::by_sops(root) {
            return self.encrypted(root, sops.place);
        }
        let Some(header) = self.header(root) else { return };
        let (group, kind) = (header.api_version.split_once('/').map_or("", |(group, _)| group), header.kind.as_str());
        let is_list = kind == "List" || (group == GROUP && WRITTEN.iter().any(|known| kind == format!("{known}List")));
        match (header.api_version.as_str(), kind) {
            ("v1" | API_VERSION, _) if is_list && !nested => self.list(root),
            ("v1", "Secret") => self.secret(root),
            ("v1", "ServiceAccount") => self.service_account(root),
            (API_VERSION, _) if WRITTEN.contains(&kind) => self.object(root, kind),
            (API_VERSION, _) if WRITTEN_BY_THE_OPERATOR.contains(&kind) => {
                self.note(root.place, format!("{kind}: is written by the operator, and is ignored here"));
            }
            (API_VERSION, _) => {
                let remedy = suggest::closest(kind, WRITTEN.iter().copied()).map_or_else(
                    || format!("Use one of: {}.", WRITTEN.join(", ")),
                    |known| format!("Did you mean `{known}`?"),
                );
                let message = format!("{} is not a kind of {GROUP}", quoted(kind));
                self.refuse(place_of(root, "kind"), identity(root), Some("kind".to_owned()), message, remedy);
            }
            // A slip in the group's name must not make the object vanish with a note.
            _ if group == GROUP
                || (WRITTEN.contains(&kind) && suggest::closest(group, std::iter::once(GROUP)).is_some()) =>
            {
                let message = format!("{} is not an apiVersion of this product", quoted(&header.api_version));
                let remedy = format!("Use `{API_VERSION}`.");
                self.refuse(
                    place_of(root, "apiVersion"),
                    identity(root),
                    Some("apiVersion".to_owned()),
                    message,
                    remedy,
                );
            }
            (api_version, "Kustomization") if api_version.starts_with("kustomize.config.k8s.io/") => {
                self.note(root.place, neighbour::KUSTOMIZATION.to_owned());
            }
            (api_version, kind) => {
                let message =
                    format!("{} of {} is not for this product, and is ignored", quoted(kind), quoted(api_version));
                self.note(root.place, message);
            }
        }
    }

    fn header(&mut self, root: &Node<'_>) -> Option<Header> {
        let mut texts = [None, None];
        for (slot, name) in texts.iter_mut().zip(["apiVersion", "kind"]) {
            let (place, message) = match root.get(name) {
                Some((_, node)) if node.text().is_some_and(|text| !text.is_empty()) => {
                    *slot = node.text().map(str::to_owned);
                    continue;
                }
                Some((_, node)) => (node.place, format!("must be a name, and is {}", node.describe())),
                None => (root.place, "is required".to_owned()),
            };
            self.refuse(place, None, Some(name.to_owned()), message, "Every document needs apiVersion and kind.");
        }
        let [Some(api_version), Some(kind)] = texts else { return None };
        Some(Header { api_version, kind })
    }

    fn list(&mut self, root: &Node<'_>) {
        match root.get("items").map(|(_, node)| (&node.value, node)) {
            Some((Value::Seq(items), _)) => items.iter().for_each(|item| self.document(item, true)),
            Some((Value::Null, _)) | None => {}
            Some((_, node)) => {
                let message = format!("must be a list, and is {}", node.describe());
                self.refuse(
                    node.place,
                    None,
                    Some("items".to_owned()),
                    message,
                    "Write the objects below it, each with a dash.",
                );
            }
        }
    }

    fn secret(&mut self, root: &Node<'_>) {
        let mut sink = Sink::default();
        let metadata = metadata::read(root, &mut sink);
        let secret = secret::read(root, metadata, &mut sink);
        self.finish(root, sink, |_| Ok(Object::Secret(Box::new(secret))));
    }

    /// A document that SOPS encrypted. A Secret is known by its name, and its values stay what they are: nobody's. Of what
    /// is not encrypted in a repository nothing is lost by reading it, so anything else of this product is refused.
    fn encrypted(&mut self, root: &Node<'_>, sops: Place) {
        let (what, remedy) = (Encrypted::Sops.what(), Encrypted::Sops.remedy());
        let text = |name: &str| root.get(name).and_then(|(_, node)| node.text()).unwrap_or_default();
        if text("apiVersion") == API_VERSION && WRITTEN.contains(&text("kind")) {
            return self.refuse(sops, identity(root), None, format!("{what}, and cannot be checked"), remedy);
        }
        let named = match identity(root) {
            Some(key) if key.kind == "Secret" => {
                let metadata = metadata::read(root, &mut Sink::default());
                let secret = secret::encrypted(root, metadata);
                let source = Source { file: Arc::clone(&self.file), place: root.place, places: Places::default() };
                self.manifests.push(Manifest { source, object: Object::Secret(Box::new(secret)) });
                key.to_string()
            }
            _ => "a document".to_owned(),
        };
        self.note(sops, format!("{named}: {what}: its values are not used. {remedy}"));
    }

    fn service_account(&mut self, root: &Node<'_>) {
        let mut sink = Sink::default();
        let metadata = metadata::read(root, &mut sink);
        self.finish(root, sink, |_| Ok(Object::ServiceAccount(Box::new(metadata))));
    }

    fn object(&mut self, root: &Node<'_>, kind: &str) {
        let Some((kind, schema)) = self.checker.kinds.iter().find(|(name, _)| *name == kind) else { return };
        let mut sink = Sink::default();
        let metadata = metadata::read(root, &mut sink);
        let known = ["apiVersion", "kind", "metadata", "spec", "status"];
        for (key, _) in root.entries().iter().filter(|(key, _)| !known.contains(&key.text.as_ref())) {
            let remedy = || {
                suggest::closest(&key.text, known.into_iter())
                    .map_or("Remove it, or move it into `spec`.".to_owned(), |name| format!("Did you mean `{name}`?"))
            };
            sink.find_with(key.place, &Path::ROOT.field(&key.text), "is not a known field", remedy);
        }
        if let Some((key, _)) = root.get("status") {
            self.note(key.place, format!("{kind}: status is ignored: the operator writes it"));
        }
        let path = Path::ROOT.field("spec");
        let mut spec = None;
        if let Some((key, node)) = root.get("spec") {
            sink.places.add(&path, key.place);
            spec = validate::check(schema, node, &path, &mut sink);
        } else {
            sink.find(root.place, &path, "is required", "Add `spec:`.");
        }
        let mut nulls = std::mem::take(&mut sink.nulls);
        nulls.retain(|(place, _)| !sink.findings.iter().any(|finding| finding.place == *place));
        let file = &self.file;
        self.notes.take(nulls, |(place, field)| Note {
            file: Arc::clone(file),
            place,
            message: format!("{kind}: {field} is empty, and counts as left out"),
        });
        let validator = &self.checker.validator;
        self.finish(root, sink, |broken| {
            let spec = spec.unwrap_or(Json::Null);
            rules::evaluate(validator, schema, &spec, &path, broken);
            Object::typed(kind, metadata, spec)
        });
    }

    /// Reports what was found or, where nothing was, makes the object and looks at it as a whole.
    fn finish(
        &mut self,
        root: &Node<'_>,
        sink: Sink,
        made: impl FnOnce(&mut Vec<rules::Broken>) -> Result<Object, ()>,
    ) {
        if !sink.findings.is_empty() {
            let key = identity(root);
            let file = &self.file;
            self.problems.take(sink.findings, |Finding { place, field, message, remedy }| Problem {
                file: Arc::clone(file),
                place,
                object: key.clone(),
                field: Some(field),
                reason: Reason::InvalidSpec,
                message,
                remedy: remedy.into(),
            });
            return;
        }
        let source = Source { file: Arc::clone(&self.file), place: root.place, places: sink.places.build() };
        let mut broken = Vec::new();
        let object = made(&mut broken);
        let mut problems = Vec::new();
        let mut add = |field: String, reason: Reason, message: String, remedy: Cow<'static, str>| {
            let place = source.places.of(&field).unwrap_or(source.place);
            let (file, object) = (Arc::clone(&source.file), identity(root));
            problems.push(Problem { file, place, object, field: Some(field), reason, message, remedy });
        };
        for rules::Broken { field, message, reason } in broken {
            add(field, reason, message, reason.remedy().into());
        }
        match &object {
            Ok(object) => {
                for Refusal { reason, field, message, remedy } in
                    object.child().map(Declares::refused).unwrap_or_default()
                {
                    add(field, reason, message, remedy.into());
                }
            }
            // The schema is made from the types, so what passes it fits them. The error may quote values: it is not shown.
            Err(()) => add(
                "spec".to_owned(),
                Reason::InvalidSpec,
                "does not fit the kind's fields".to_owned(),
                Reason::InvalidSpec.remedy().into(),
            ),
        }
        match object {
            Ok(object) if problems.is_empty() => self.manifests.push(Manifest { source, object }),
            _ => self.problems.extend(problems),
        }
    }

    fn refuse(
        &mut self,
        place: Place,
        object: Option<ObjectKey>,
        field: Option<String>,
        message: String,
        remedy: impl Into<Cow<'static, str>>,
    ) {
        let file = Arc::clone(&self.file);
        let remedy = remedy.into();
        self.problems.push(Problem { file, place, object, field, reason: Reason::InvalidSpec, message, remedy });
    }

    fn note(&mut self, place: Place, message: String) {
        self.notes.push(Note { file: Arc::clone(&self.file), place, message });
    }
}

/// The identity of a document, where kind and name are what Kubernetes takes.
fn identity(root: &Node<'_>) -> Option<ObjectKey> {
    let kind = root.get("kind")?.1.text()?;
    let kind = WRITTEN.iter().copied().chain(["Secret", "ServiceAccount"]).find(|known| *known == kind)?;
    let (namespace, name) = metadata::names(root);
    Some(ObjectKey { kind: kind.into(), namespace: namespace?, name: name? })
}

/// Whether a document says what it is, as every Kubernetes object does.
fn is_object(root: &Node<'_>) -> bool {
    ["apiVersion", "kind"].into_iter().all(|name| root.get(name).is_some())
}

fn place_of(root: &Node<'_>, key: &str) -> Place {
    root.get(key).map_or(root.place, |(_, node)| node.place)
}

/// The place just after some bytes.
fn end_of(bytes: &[u8]) -> Place {
    let line_start = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |index| index + 1);
    let lines = bytes.split(|b| *b == b'\n').count();
    let column = String::from_utf8_lossy(&bytes[line_start..]).chars().count() + 1;
    let clamp = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Place { line: clamp(lines), column: clamp(column) }
}
