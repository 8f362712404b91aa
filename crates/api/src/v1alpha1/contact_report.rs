//! `ContactReport`: who really receives a tenant's notices, written by the operator, one per Tenant.
//!
//! Invariant: bounded, whatever the size of the tenant (see the limits here); an address outside the organization is shown
//! masked, since it is somebody's private one as a rule.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tenant_ref::TenantRef;
use crate::{
    notice::{Category, Reach, Severity},
    obstacle::Obstacle,
    rule::Rule as RuleName,
};

/// Findings that a report names, the gravest first: what a person reads through. `explain` has them all.
pub const MOST_FINDINGS: usize = 50;

/// Gaps that a report names. There are fewer kinds of facts than that.
pub const MOST_GAPS: usize = 30;

/// Longest message of a report, in characters: what fits on a screen.
pub const LONGEST_MESSAGE: usize = 400;

/// The report about a Tenant. The operator writes it; `explain` tells more.
#[derive(CustomResource, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[kube(
    group = "tenantcontacts.dev",
    version = "v1alpha1",
    kind = "ContactReport",
    plural = "contactreports",
    shortname = "creport",
    category = "tenantcontacts",
    namespaced,
    status = "ContactReportStatus",
    printcolumn = r#"{"name":"Ready","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].status"}"#,
    printcolumn = r#"{"name":"Reached","type":"string","jsonPath":".status.summary.reached"}"#,
    printcolumn = r#"{"name":"Unknown","type":"integer","jsonPath":".status.summary.unknownCategories"}"#,
    printcolumn = r#"{"name":"Errors","type":"integer","jsonPath":".status.summary.errors"}"#,
    printcolumn = r#"{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}"#,
    printcolumn = r#"{"name":"Nobody","type":"string","jsonPath":".status.summary.nobody"}"#,
    printcolumn = r#"{"name":"Nobody Known","type":"string","jsonPath":".status.summary.nobodyKnown"}"#,
    printcolumn = r#"{"name":"One Person","type":"string","priority":1,"jsonPath":".status.summary.onePerson"}"#,
    printcolumn = r#"{"name":"Not Known","type":"string","priority":1,"jsonPath":".status.summary.unknown"}"#,
    printcolumn = r#"{"name":"Tenant","type":"string","priority":1,"jsonPath":".spec.tenantRef.name"}"#,
    printcolumn = r#"{"name":"Message","type":"string","priority":1,"jsonPath":".status.conditions[?(@.type==\"Ready\")].message"}"#
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactReportSpec {
    /// The Tenant. Immutable.
    #[x_kube(validation = Rule::new("self == oldSelf").message("tenantRef is immutable: delete the object and create it anew"))]
    pub tenant_ref: TenantRef,
}

/// Condition types of a report, beside `Ready`, which says that the tenant was read and the report is current.
pub mod report_condition {
    /// Every category of notices reaches somebody: `False` where one certainly reaches nobody, `Unknown` where that cannot be
    /// said of one, or one reaches nobody who can be read. Never turns `Ready`.
    pub const CATEGORIES_REACHED: &str = "CategoriesReached";
}

/// What the report says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactReportStatus {
    /// The generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Standard conditions: `Ready`, `CategoriesReached`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
    /// The report in a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<ReportSummary>,
    /// One entry per category of notices, those first that reach nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CategoryReport>,
    /// The gravest findings, 50 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingReport>,
    /// What could not be read, 30 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<GapReport>,
}

/// The report in a line: what `kubectl get contactreports` shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportSummary {
    /// Categories that certainly reach somebody, of those that apply: `9/11`.
    pub reached: String,
    /// Categories that certainly reach nobody, each with what stands in the way most often: `Billing (EmptyList)`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nobody: String,
    /// Categories that reach nobody who can be read, while others that cannot be read may be notified; the same way.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nobody_known: String,
    /// Categories that certainly reach one person, and nobody else certainly.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub one_person: String,
    /// Categories of which it cannot be said whether they reach anybody.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unknown: String,
    /// How many these are.
    pub unknown_categories: u32,
    /// Findings of severity Error that no exception covers.
    pub errors: u32,
    /// Those of severity Warning.
    pub warnings: u32,
    /// Those of severity Info.
    pub infos: u32,
    /// Findings that an exception covers.
    pub excepted: u32,
}

/// Who receives one category of notices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CategoryReport {
    /// Which.
    pub category: Category,
    /// The answer in a word.
    pub reach: Reach,
    /// People who certainly receive it.
    pub certain: u32,
    /// People who may receive it beside those.
    pub possible: u32,
    /// Recipients that it would not reach.
    pub undeliverable: u32,
    /// Recipients of which that cannot be said.
    pub unknown: u32,
    /// What stands in the way most often, where something does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obstacle: Option<Obstacle>,
    /// Why, in one line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// What to do about it, where there is something to do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remedy: String,
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingReport {
    /// The rule: one of those under docs/rules.
    pub rule: RuleName,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about: `Account`, `Address`, `Recipient`, `Category`, `Principal`, `Policy` or `Tenant`.
    pub subject: String,
    /// What is wrong, in one sentence.
    pub message: String,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GapReport {
    /// What was to be read.
    pub what: String,
    /// The permission that would tell, where one would.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// What knowing it would tell.
    pub tells: String,
}
