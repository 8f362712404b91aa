//! What every child of a Tenant has.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Names the Tenant, always in the object's own namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TenantRef {
    /// Name of the Tenant.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
}

/// What happens in the tenant when the object, or one of its fields, goes away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum DeletionPolicy {
    /// The live values stay as they are. Nothing is written.
    #[default]
    Orphan,
    /// The values from before our first write come back, where the live value is still ours. Never for values from
    /// Secrets. What cannot be put back within fifteen minutes of the object's end is given up, and the object let go.
    Restore,
}
