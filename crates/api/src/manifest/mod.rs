//! Manifests from text: what the API server would say, without an API server, and with file, line and column.
//!
//! Invariant: pure, and total. Any bytes give objects, problems and notes; one bad document takes nothing else with it;
//! an object that comes out has passed the schema and the CEL rules of its CustomResourceDefinition.

mod document;
mod encrypted;
mod expired;
mod listed;
mod metadata;
mod neighbour;
mod path;
mod problem;
mod refused;
pub mod relations;
mod rules;
mod scalar;
mod schema;
mod secret;
mod shorthand;
mod suggest;
mod text;
mod tree;
mod validate;
pub(crate) mod wording;
mod yaml;

use std::sync::Arc;

pub use self::{
    document::Checker,
    encrypted::Encrypted,
    expired::expired,
    listed::{Listed, MAX_LISTED},
    path::Places,
    problem::{Note, ObjectKey, Problem, printable},
    schema::SchemaError,
    secret::{SecretBytes, SecretData},
    suggest::closest,
    tree::Place,
};
pub use crate::kind::Object;

/// Largest file that is read. A manifest of the largest allowed size (every list full) takes some 100 kB and a Kubernetes
/// object at most 1.5 MiB, so only a file that is no manifest, or thousands of them in one, is larger.
pub const MAX_FILE_BYTES: usize = 8 * 1024 * 1024;

impl Object {
    /// Its identity.
    pub fn key(&self) -> ObjectKey {
        ObjectKey { kind: self.kind().into(), namespace: self.namespace().to_owned(), name: self.name().to_owned() }
    }
}

/// Where an object was read.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file, as it was named to the reader.
    pub file: Arc<str>,
    /// Where the object begins.
    pub place: Place,
    /// Where its fields are.
    pub places: Places,
}

/// An object and where it was read.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Where it was read.
    pub source: Source,
    /// The object.
    pub object: Object,
}

impl Manifest {
    /// A problem of this object, at the place of `field`.
    pub fn problem(&self, reason: crate::reason::Reason, field: &str, message: String) -> Problem {
        Problem {
            file: Arc::clone(&self.source.file),
            place: self.source.places.of(field).unwrap_or(self.source.place),
            object: Some(self.object.key()),
            field: Some(field.to_owned()),
            reason,
            message,
            remedy: reason.remedy().into(),
        }
    }
}

/// What a file holds.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The objects that are valid.
    pub manifests: Vec<Manifest>,
    /// What must be corrected: at most [`MAX_LISTED`], and how many more there are.
    pub problems: Vec<Problem>,
    /// What is worth knowing; as many.
    pub notes: Vec<Note>,
}
