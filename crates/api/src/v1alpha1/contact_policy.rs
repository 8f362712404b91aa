//! `ContactPolicy`: what a team says of the built-in rules: which count, how much, and what may be so for a while.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::{patterns, tenant_ref::TenantRef};
use crate::{notice::Severity, rule::Rule as RuleName};

/// Rules that count days, and how many where no policy says otherwise.
///
/// - An attestation is valid for 180 days, as everywhere in this product: twice a year somebody looks.
/// - Mail stays unread for 7 days at most: a verification link of Microsoft's is valid for seven ("Prepare your Microsoft
///   Teams store submission").
/// - A gateway's attestation is spoken of at 150 days, a month before it ends: when it has ended nobody can say any more whether
///   a notice arrives, and to look again takes somebody who administers the gateway.
pub const RULES_WITH_DAYS: &[(RuleName, u16)] =
    &[(RuleName::BusinessEmailUnattested, 180), (RuleName::UnreadMail, 7), (RuleName::GatewayUnattested, 150)];

/// What a team says of the built-in rules of a tenant. Rules hold without any policy: a policy turns one off, gives it
/// another severity, or names what may be so for a while. Where several policies of a Tenant speak of one rule, the stricter
/// word holds, and their exceptions are taken together.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize, KubeSchema)]
#[kube(
    group = "tenantcontacts.dev",
    version = "v1alpha1",
    kind = "ContactPolicy",
    plural = "contactpolicies",
    shortname = "cpol",
    category = "tenantcontacts",
    namespaced,
    status = "ContactPolicyStatus",
    printcolumn = r#"{"name":"Tenant","type":"string","jsonPath":".spec.tenantRef.name"}"#,
    printcolumn = r#"{"name":"Ready","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].status"}"#,
    printcolumn = r#"{"name":"Reason","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].reason"}"#,
    printcolumn = r#"{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}"#,
    printcolumn = r#"{"name":"Message","type":"string","priority":1,"jsonPath":".status.conditions[?(@.type==\"Ready\")].message"}"#
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactPolicySpec {
    /// The Tenant. Immutable.
    #[x_kube(validation = Rule::new("self == oldSelf").message("tenantRef is immutable: delete the object and create it anew"))]
    pub tenant_ref: TenantRef,
    /// The rules that this policy speaks of, each once. A rule that no policy names is on, with its own severity.
    #[schemars(length(max = 64))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub rules: Vec<RulePolicy>,
}

/// What is said of one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[x_kube(validation = Rule::new(days_where_they_count()).message("only rules that count days take days: BusinessEmailUnattested, UnreadMail and GatewayUnattested").field_path(".days"))]
pub struct RulePolicy {
    /// The rule: one of those under docs/rules.
    pub name: RuleName,
    /// Whether it is on; `true` where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// How much a finding of it matters; the rule's own severity where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// After how many days the rule finds something: how old an attestation may be (180; that of a gateway 150), how long
    /// mail may stay unread (7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3650))]
    pub days: Option<u16>,
    /// What may be so for a while. The finding stays, and does not count; when the exception has ended it counts again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 200))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["subject".into()]))]
    pub exceptions: Vec<RuleException>,
}

/// Somebody's word that a finding may be so.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleException {
    /// Whom or what it is about, as the finding names it: a sign-in name, an address, a category, the name of a list or of a
    /// policy, or `tenant`. Upper and lower case are the same.
    #[schemars(length(min = 1, max = 1024))]
    pub subject: String,
    /// Who answers for it.
    #[schemars(length(min = 1, max = 254))]
    pub owner: String,
    /// Why it may be so.
    #[schemars(length(min = 10, max = 500))]
    pub reason: String,
    /// The last day on which it holds, as YYYY-MM-DD.
    #[schemars(regex(pattern = patterns::DATE), extend("format" = "date"))]
    pub until: String,
}

/// Without subject and owner: a `{:?}` ends in logs.
impl std::fmt::Debug for RuleException {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RuleException").field("until", &self.until).finish_non_exhaustive()
    }
}

/// Status of a ContactPolicy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactPolicyStatus {
    /// The generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Standard conditions: `Ready` says whether the policy applies to its Tenant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
}

/// The CEL rule that lets only rules that count days take `days`.
fn days_where_they_count() -> String {
    let names: Vec<String> = RULES_WITH_DAYS.iter().map(|(rule, _)| format!("'{rule}'")).collect();
    format!("!has(self.days) || self.name in [{}]", names.join(", "))
}
