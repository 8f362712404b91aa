//! The kinds of `tenantcontacts.dev/v1alpha1`, and the words everything else speaks in.
//!
//! Invariant: what a user writes and reads, and nothing more. No I/O, no runtime, no cluster client; a rule the API
//! server enforces is a string here, and the same string is evaluated offline.

pub mod address;
pub mod crds;
pub mod digest;
pub mod duration;
pub mod field;
pub mod kind;
pub mod manifest;
pub mod memory;
pub mod notice;
pub mod obstacle;
pub mod reason;
pub mod rule;
pub mod status;
pub mod v1alpha1;

/// API group of every kind.
pub const GROUP: &str = "tenantcontacts.dev";

/// `apiVersion` of every kind.
pub const API_VERSION: &str = "tenantcontacts.dev/v1alpha1";

/// Label by which a Secret or ServiceAccount opts in to being used by a Tenant; its value is the Tenant's name.
pub const ALLOW_LABEL: &str = "tenantcontacts.dev/allow";

/// Finalizer of objects under `deletionPolicy: Restore` that have an original to be put back.
pub const RESTORE_FINALIZER: &str = "tenantcontacts.dev/restore";

/// Annotation that asks for a pass now; its value is an arbitrary token, echoed in `status.lastHandledReconcileAt`.
pub const REQUESTED_AT_ANNOTATION: &str = "tenantcontacts.dev/requestedAt";
