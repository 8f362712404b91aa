//! Lists of addresses and texts as sets with a mode.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a declared set relates to the live one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = super::patterns::undescribed)]
pub enum Mode {
    /// The live set is the declared set: other values are removed.
    Exact,
    /// The live set contains the declared set: other values are left alone.
    Contains,
}

/// One address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddressEntry {
    /// The SMTP address.
    #[schemars(length(max = 254), regex(pattern = crate::address::ADDRESS_PATTERN))]
    pub address: String,
}

/// A set of addresses. Order and case are never drift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[x_kube(validation = Rule::new("size(self.values) > 0 || (has(self.mode) && self.mode == 'Exact')")
    .message("an empty list clears the setting: write mode: Exact beside it, or leave the field out to leave it alone"))]
pub struct AddressList {
    /// `Exact` (other live values are removed) where left out, or `Contains` (they are left alone).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// The addresses; clearing is `mode: Exact` with an empty list.
    #[schemars(length(max = 250))]
    pub values: Vec<AddressEntry>,
}

/// A set of texts, phone numbers say. Order and punctuation of numbers are never drift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[x_kube(validation = Rule::new("size(self.values) > 0 || (has(self.mode) && self.mode == 'Exact')")
    .message("an empty list clears the setting: write mode: Exact beside it, or leave the field out to leave it alone"))]
pub struct TextList {
    /// `Exact` (other live values are removed) where left out, or `Contains` (they are left alone).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// The numbers, quoted in YAML; clearing is `mode: Exact` with an empty list.
    #[schemars(length(max = 50), inner(length(min = 3, max = 64), regex(pattern = super::patterns::PHONE)))]
    pub values: Vec<String>,
}
