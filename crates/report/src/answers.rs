//! The short answers of verbs, for programs.

use schemars::JsonSchema;
use serde::Serialize;
use tenant_contacts_api::manifest::{Note, Problem};

use crate::published::FieldView;

/// Version of these forms. Members may be added without a new one.
pub const SCHEMA_VERSION: u32 = 1;

/// What `check` found in manifests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CheckView {
    /// Whether nothing is wrong.
    pub valid: bool,
    /// Files that were read.
    pub files: usize,
    /// Objects of the product's kinds, and Secrets, that are in order.
    pub objects: usize,
    /// What must be corrected.
    pub problems: Vec<Problem>,
    /// What is worth knowing and not wrong.
    pub notes: Vec<Note>,
}

/// What `approve` approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApprovedView {
    /// Version of this form.
    pub schema_version: u32,
    /// The Tenant, as `namespace/name`.
    pub tenant: String,
    /// Hash of the steps that were approved.
    pub hash: String,
    /// Who approved them.
    pub by: String,
    /// Until when the approval holds (RFC 3339, UTC).
    pub until: String,
    /// Whether they had been approved before.
    pub already: bool,
    /// What was approved: the fields that waited.
    pub steps: Vec<FieldView>,
}

/// What `suspend` and `resume` came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SuspensionView {
    /// Version of this form.
    pub schema_version: u32,
    /// The Tenant, as `namespace/name`.
    pub tenant: String,
    /// Whether it is suspended now.
    pub suspended: bool,
    /// Whether that was changed.
    pub changed: bool,
}

/// A line of `run`: an object's Ready condition turned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadyView {
    /// Kind of the object.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Status of its Ready condition: `True`, `False` or `Unknown`.
    #[schemars(extend("enum" = ["True", "False", "Unknown"]))]
    pub ready: String,
    /// Reason of the condition.
    pub reason: String,
    /// Message of the condition.
    pub message: String,
}
