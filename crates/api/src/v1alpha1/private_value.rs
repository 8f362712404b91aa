//! Values that are somebody's private data: written in place, or taken from a Secret so that git need not hold them.

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use super::lists::Mode;

/// A key of a Secret in the object's own namespace. The Secret must carry the label `tenantcontacts.dev/allow`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretKeyRef {
    /// Name of the Secret.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// Key in the Secret's data.
    #[schemars(length(min = 1, max = 253))]
    pub key: String,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ValueFrom {
    /// A key of a Secret.
    pub secret_key_ref: SecretKeyRef,
}

/// A private value: exactly one of `value` and `valueFrom`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[x_kube(validation = Rule::new("has(self.value) != has(self.valueFrom)").message("give exactly one of value and valueFrom"))]
pub struct PrivateValue {
    /// The value itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 250))]
    pub value: Option<String>,
    /// The Secret that holds it. Values from Secrets are never shown, and never restored on deletion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_from: Option<ValueFrom>,
}

/// Never shows the value.
impl std::fmt::Debug for PrivateValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrivateValue").field("from", &self.value_from).finish_non_exhaustive()
    }
}

/// A set of private values. Order and case are never drift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[x_kube(validation = Rule::new("size(self.values) > 0 || (has(self.mode) && self.mode == 'Exact')")
    .message("an empty list clears the setting: write mode: Exact beside it, or leave the field out to leave it alone"))]
pub struct PrivateList {
    /// `Contains` (other live values are left alone) where left out, or `Exact` (they are removed).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// The values. At most 250, Graph's limit for `otherMails`.
    #[schemars(length(max = 250))]
    pub values: Vec<PrivateValue>,
    /// Why one of the addresses may lie inside the organization's own domains, where it cannot help when the tenant is
    /// out of reach (DOMAIN A1). Without a reason such an address is not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 10, max = 500))]
    pub inside_reason: Option<String>,
}
