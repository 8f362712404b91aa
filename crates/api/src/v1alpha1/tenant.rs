//! `Tenant`: which tenant, by which credentials, within which guard rails.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::account::AccountRef;
use crate::{field::Surface, status::TenantStatus};

/// A Microsoft 365 tenant. `enforce: []` observes and writes nothing.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize, KubeSchema)]
#[kube(
    group = "tenantcontacts.dev",
    version = "v1alpha1",
    kind = "Tenant",
    plural = "tenants",
    category = "tenantcontacts",
    namespaced,
    status = "TenantStatus",
    printcolumn = r#"{"name":"Tenant Id","type":"string","jsonPath":".spec.tenantId"}"#,
    printcolumn = r#"{"name":"Ready","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].status"}"#,
    printcolumn = r#"{"name":"Reason","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].reason"}"#,
    printcolumn = r#"{"name":"In Sync","type":"string","jsonPath":".status.conditions[?(@.type==\"InSync\")].status"}"#,
    printcolumn = r#"{"name":"Steps","type":"integer","jsonPath":".status.plan.steps"}"#,
    printcolumn = r#"{"name":"Gated","type":"integer","jsonPath":".status.plan.gated"}"#,
    printcolumn = r#"{"name":"Blocked","type":"integer","jsonPath":".status.plan.blocked"}"#,
    printcolumn = r#"{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}"#,
    printcolumn = r#"{"name":"Approval Hash","type":"string","priority":1,"jsonPath":".status.plan.approvalHash"}"#,
    printcolumn = r#"{"name":"Message","type":"string","priority":1,"jsonPath":".status.conditions[?(@.type==\"Ready\")].message"}"#
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[x_kube(validation = Rule::new("self.enforce.all(s, self.credentials.exists(c, !has(c.surfaces) || size(c.surfaces) == 0 || s in c.surfaces))")
    .message("every surface in enforce needs a credential: name it in a credential's surfaces, or leave surfaces out of one").field_path(".enforce"))]
pub struct TenantSpec {
    /// The directory (tenant) id. Immutable.
    #[schemars(with = "String", regex(pattern = super::patterns::UUID))]
    #[x_kube(validation = Rule::new("self == oldSelf").message("tenantId is immutable: declare another Tenant"))]
    pub tenant_id: Uuid,
    /// Which national cloud. Immutable.
    #[serde(default)]
    #[x_kube(validation = Rule::new("self == oldSelf").message("cloud is immutable: declare another Tenant"))]
    pub cloud: Cloud,
    /// How to authenticate: one credential for everything, or one per surface. What two entries name equally (application and
    /// secret) is one credential.
    #[schemars(length(min = 1, max = 8))]
    #[x_kube(validation = Rule::new("self.exists_one(c, !has(c.surfaces) || size(c.surfaces) == 0) || self.all(c, has(c.surfaces) && size(c.surfaces) > 0)")
        .message("at most one credential may be without surfaces: it serves what no other credential names"))]
    #[x_kube(validation = Rule::new("self.all(c, !has(c.surfaces) || c.surfaces.all(s, self.exists_one(d, has(d.surfaces) && s in d.surfaces)))")
        .message("a surface is served by one credential only: two name the same"))]
    pub credentials: Vec<Credential>,
    /// The surfaces that may be written. Required; an empty list observes only.
    #[schemars(length(max = 8))]
    #[x_kube(validation = Rule::new("!('Report' in self)").message("Report is only read: name it in a credential's surfaces"))]
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub enforce: Vec<Surface>,
    /// Stops reading and writing until unset. Status is kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspend: bool,
    /// How often the tenant is compared with what is declared: `10m` where left out, at least `10s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 2, max = 20), regex(pattern = crate::duration::DURATION_PATTERN))]
    #[x_kube(validation = Rule::new("duration(self) >= duration('10s')").message("the interval is at least 10s"))]
    #[x_kube(validation = Rule::new("duration(self) <= duration('24h')").message("the interval is at most 24h"))]
    pub interval: Option<String>,
    /// Domains the company controls beside the tenant's verified ones: addresses there are corporate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 200), inner(length(max = 253), regex(pattern = super::patterns::DOMAIN)))]
    pub own_domains: Vec<String>,
    /// What stops a plan and asks a person.
    #[serde(default)]
    pub guard_rails: GuardRails,
    /// Approvals of gated steps, each used once. Keyed by hash, so that git and the command line can each own entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["hash".into()]))]
    pub approvals: Vec<Approval>,
}

/// A national cloud. Tokens are not interchangeable between them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Cloud {
    /// The worldwide cloud, GCC included.
    #[default]
    Global,
    /// US Government L4.
    GccHigh,
    /// US Government L5.
    DoD,
    /// Operated by 21Vianet.
    China,
}

impl Cloud {
    /// The cloud as a part of the name of an object in Kubernetes: lower case.
    pub const fn lower_case(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::GccHigh => "gcchigh",
            Self::DoD => "dod",
            Self::China => "china",
        }
    }
}

/// How to authenticate as an application: exactly one of the three ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[x_kube(validation = Rule::new("(has(self.clientSecret) ? 1 : 0) + (has(self.certificate) ? 1 : 0) + (has(self.workloadIdentity) ? 1 : 0) == 1")
    .message("give exactly one of clientSecret, certificate and workloadIdentity"))]
pub struct Credential {
    /// The application's (client) id.
    #[schemars(with = "String", regex(pattern = super::patterns::UUID))]
    pub client_id: Uuid,
    /// The surfaces this credential is for; left out, it serves every surface no other credential names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8))]
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub surfaces: Vec<Surface>,
    /// A client secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<ClientSecretRef>,
    /// A certificate whose public half is registered with the application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateRef>,
    /// A ServiceAccount of this namespace, through the TokenRequest API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workload_identity: Option<WorkloadIdentity>,
}

/// A Secret by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretRef {
    /// Name of the Secret in the Tenant's namespace; it carries the label `tenantcontacts.dev/allow: <tenant>`.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
}

/// A client secret in a Secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientSecretRef {
    /// The Secret's key.
    pub secret_key_ref: super::private_value::SecretKeyRef,
}

/// A certificate and key in a Secret of type `kubernetes.io/tls` (`tls.crt`, `tls.key`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CertificateRef {
    /// The Secret.
    pub secret_ref: SecretRef,
}

/// Workload identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkloadIdentity {
    /// The ServiceAccount in the Tenant's namespace; it carries the label `tenantcontacts.dev/allow: <tenant>`.
    #[schemars(length(min = 1, max = 253))]
    pub service_account_name: String,
}

/// What stops a plan and asks a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GuardRails {
    /// Break-glass accounts: never written, whatever is declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub protected_accounts: Vec<AccountRef>,
    /// How many objects may change in a sliding hour without approval.
    #[serde(default)]
    pub mass_change: MassChange,
    /// The fewest recipients a notice category may be left with without approval. 2 where left out: one person is absent
    /// some day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub minimum_recipients: Option<u32>,
}

/// The mass-change limit: the larger of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MassChange {
    /// Objects in a sliding hour; 10 where left out: what a person can still look through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub objects: Option<u32>,
    /// Percent of the declared objects in a sliding hour; 10 where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub percent: Option<u32>,
}

/// An approval of exactly the gated steps that have this hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Approval {
    /// The approval hash that `plan` and `status.plan.approvalHash` show.
    #[schemars(regex(pattern = super::patterns::HASH))]
    pub hash: String,
    /// Who approves.
    #[schemars(length(min = 1, max = 254))]
    pub by: String,
    /// Until when the approval may be used (RFC 3339).
    #[schemars(length(max = 40), extend("format" = "date-time"))]
    pub until: String,
}
