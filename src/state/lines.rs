//! The lines of a state file: one JSON object each, the last one of a subject holds.

use serde::{Deserialize, Serialize};
use tenant_contacts_api::{
    memory::Memory,
    status::{ChildStatus, TenantMemory, TenantStatus},
};
use tenant_contacts_core::desired::{Kind, ObjectKey};

/// What a line is about: the Tenant object, and one of its children or itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Subject {
    /// Namespace of the Tenant and all its children.
    pub(super) namespace: String,
    /// Name of the Tenant.
    pub(super) tenant: String,
    /// Kind of the subject.
    pub(super) kind: String,
    /// Name of the subject.
    pub(super) name: String,
    /// Memory or status.
    pub(super) part: Part,
}

/// Which half of a subject a line holds. Memory changes more often and must be kept before a request leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Part {
    Memory,
    Status,
}

/// What a line says of its subject.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Content {
    Child(Memory),
    ChildStatus(Box<ChildStatus>),
    Tenant(TenantMemory),
    TenantStatus(Box<TenantStatus>),
    /// The subject is forgotten.
    Released,
}

/// A line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line {
    #[serde(flatten)]
    pub(super) subject: Subject,
    pub(super) content: Content,
}

impl Subject {
    pub(super) fn of(tenant: &ObjectKey, key: &ObjectKey, part: Part) -> Self {
        Self {
            namespace: tenant.namespace.to_string(),
            tenant: tenant.name.to_string(),
            kind: key.kind.as_str().to_owned(),
            name: key.name.to_string(),
            part,
        }
    }

    /// The subject's object, if its kind is known to this version.
    pub(super) fn object(&self) -> Option<ObjectKey> {
        let kind = Kind::of(&self.kind)?;
        Some(ObjectKey { kind, namespace: self.namespace.as_str().into(), name: self.name.as_str().into() })
    }
}
