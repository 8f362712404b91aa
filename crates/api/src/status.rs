//! Status: what is true of an object, said in `metav1.Condition`s that kstatus understands (design §5).

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    digest::Digest,
    field::{Field, Surface},
    memory::Memory,
    notice::{Category, Reach},
    reason::Reason,
};

/// Condition types.
pub mod condition {
    /// What the operator may and can write is as declared.
    pub const READY: &str = "Ready";
    /// The live tenant equals what is declared, whether or not it may be written.
    pub const IN_SYNC: &str = "InSync";
    /// Present while the operator works, or waits for an approval.
    pub const RECONCILING: &str = "Reconciling";
    /// Present while only a commit or a grant can mend it.
    pub const STALLED: &str = "Stalled";
    /// What no API tells was attested by a person, and recently.
    pub const ATTESTED: &str = "Attested";
    /// Mail to the account would land where somebody reads it. Present where `mail` is declared.
    pub const DELIVERABLE: &str = "Deliverable";
}

/// The generation that a status speaks of before anybody has looked at the object: none. The API server sets it, because
/// what reads status by Kubernetes' conventions (Flux, Argo CD, `kstatus`) takes an object without any status for one that
/// needs none, and calls it healthy.
pub const UNOBSERVED: i64 = -1;

/// Status of a child of a Tenant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChildStatus {
    /// The generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Standard conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
    /// Each managed field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldStatus>,
    /// What the operator remembers. Written as a whole: half of an old memory and half of a new one is neither.
    #[serde(default, skip_serializing_if = "Memory::is_empty")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub memory: Memory,
    /// The last `tenantcontacts.dev/requestedAt` token that was served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_handled_reconcile_at: Option<String>,
}

/// State of one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum FieldState {
    /// As declared.
    InSync,
    /// Differs, and will be written.
    Pending,
    /// Written, not verified yet.
    Verifying,
    /// Differs, and waits for an approval.
    AwaitingApproval,
    /// Differs, and is not written; the reason says why.
    Blocked,
    /// Not known.
    Unknown,
    /// Has no API.
    Manual,
}

/// One field's state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldStatus {
    /// Which field.
    pub field: Field,
    /// The key of an entry, where the field is a map. Never a private value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Its state.
    pub state: FieldState,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What is known in words: never a private value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The live values, masked where they are private.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<Vec<String>>,
}

/// Status of a Tenant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantStatus {
    /// The generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Standard conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
    /// The plan, as far as it was not carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanStatus>,
    /// Each credential that serves a surface: what it may do, against what its surfaces need.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credentials: Vec<CredentialStatus>,
    /// What the operator remembers of the tenant as a whole.
    #[serde(default, skip_serializing_if = "TenantMemory::is_empty")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub memory: TenantMemory,
    /// The last `tenantcontacts.dev/requestedAt` token that was served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_handled_reconcile_at: Option<String>,
}

/// Summary of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanStatus {
    /// Steps that need no approval.
    pub steps: u32,
    /// Steps that wait for an approval.
    pub gated: u32,
    /// Fields that differ and are not written, for the reasons their objects give.
    pub blocked: u32,
    /// The hash an approval must name. Absent when nothing waits for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub approval_hash: Option<Digest>,
    /// What it would do to who receives notices: first what asks for an approval. Absent where nothing changes, and where the
    /// tenant was not read as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consequences: Vec<ConsequenceStatus>,
}

/// What a plan would do to one kind of notices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsequenceStatus {
    /// The kind of notices.
    pub category: Category,
    /// Whom it reaches now.
    pub before: Reach,
    /// Whom it would reach.
    pub after: Reach,
    /// How many people certainly receive it now.
    pub people_before: u32,
    /// How many certainly would.
    pub people_after: u32,
    /// How many certainly receive it now, and would not any more.
    pub people_lost: u32,
    /// Why it asks for an approval. Absent where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Reason>,
    /// Names of people who would be left: five at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    /// Names of people who would not receive it any more: five at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loses: Vec<String>,
}

/// A credential and what it may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CredentialStatus {
    /// The application's (client) id.
    #[schemars(with = "String")]
    pub client_id: Uuid,
    /// The surfaces it serves.
    pub surfaces: Vec<Surface>,
    /// Why it is of no use now. Absent while it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The same in words: never a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What it may do. Absent while its token does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<PermissionStatus>,
}

/// Application permissions by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PermissionStatus {
    /// Held, as the token says.
    pub held: Vec<String>,
    /// Needed for what is declared, and not held.
    pub missing: Vec<MissingPermission>,
    /// Held, and not needed for what is declared.
    pub excess: Vec<String>,
}

/// A permission that is needed and not held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MissingPermission {
    /// The least privileged one that will do.
    pub permission: String,
    /// What it would tell or allow.
    pub purpose: String,
}

/// What must be remembered of a tenant as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TenantMemory {
    /// Hashes of approvals that were used: an approval is used once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub used_approvals: Vec<UsedApproval>,
    /// Objects changed in the last hour, for the mass-change limit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recent_changes: Vec<RecentChange>,
    /// How many more objects were changed in the last hour than those: a fleet is not named one by one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub more_changes: Vec<MoreChanges>,
    /// What protected accounts were resolved to: a rename does not unprotect.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub protected: Vec<ProtectedId>,
    /// Head of the audit chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit_head: Option<AuditHead>,
}

impl TenantMemory {
    /// Whether there is anything to remember.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Brings times of what has happened that lie ahead of `now` back to it, as [`Memory::not_after`] does.
    pub fn not_after(&mut self, now: Timestamp) {
        let named = self.recent_changes.iter_mut().map(|change| &mut change.at);
        for at in named.chain(self.more_changes.iter_mut().map(|more| &mut more.at)) {
            *at = (*at).min(now);
        }
    }
}

/// The object id that a protected account's name was resolved to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProtectedId {
    /// Digest of the declared name: when the name is no longer declared, the id is no longer protected.
    #[schemars(with = "String")]
    pub name: Digest,
    /// The account.
    #[schemars(with = "String")]
    pub id: Uuid,
}

/// An approval that was used, and the steps it covered that are not done yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsedApproval {
    /// Its hash.
    #[schemars(with = "String")]
    pub hash: Digest,
    /// Who approved.
    #[serde(default)]
    pub by: String,
    /// Until when its remaining steps may be carried out.
    #[schemars(with = "String")]
    pub until: Timestamp,
    /// Digests of the approved steps that are still to be carried out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub open: Vec<Digest>,
}

/// An object that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecentChange {
    /// Digest of the changed object's identity.
    #[schemars(with = "String")]
    pub object: Digest,
    /// When it was last changed.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

/// Objects that were changed at about the same time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MoreChanges {
    /// When the first of them was changed.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// How many.
    pub objects: u32,
}

/// Head of the audit chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditHead {
    /// Number of the last record.
    pub sequence: u64,
    /// Its hash.
    #[schemars(with = "String")]
    pub hash: Digest,
}
