//! What is declared, reduced to what decisions need: compact, since a fleet declares a hundred thousand accounts.

mod approvals;
mod children;
mod credentials;
mod tenant;

use std::{collections::BTreeSet, sync::Arc};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use tenant_contacts_api::{
    REQUESTED_AT_ANNOTATION,
    digest::Digest,
    field::{Field, Surface},
    manifest::Encrypted,
    reason::Reason,
    v1alpha1::{AccountRef, Cloud, DeletionPolicy, MailUse, SecretKeyRef},
};
use uuid::Uuid;

use crate::{canonical, digest, field};

pub use approvals::{ApprovalProblem, DesiredApproval};
pub use children::{child, is_phone};
pub use credentials::{CredentialProblem, DesiredCredential, assign};
pub use tenant::tenant;
pub use tenant_contacts_api::kind::Kind;

/// A tenant's identity: passes, claims and audit go by it, not by a Kubernetes name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantKey {
    /// National cloud.
    pub cloud: Cloud,
    /// Directory id.
    pub id: Uuid,
}

/// Names a declaring object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace. Shared, since a key stands in the declaration, in memory and in the standings.
    pub namespace: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
}

impl ObjectKey {
    /// Reads what [`Display`](std::fmt::Display) writes.
    pub fn read(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(' ')?;
        let (namespace, name) = rest.split_once('/')?;
        Some(Self { kind: Kind::of(kind)?, namespace: namespace.into(), name: name.into() })
    }
}

impl std::fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}/{}", self.kind.as_str(), self.namespace, self.name)
    }
}

/// A declared tenant.
#[derive(Clone, Debug)]
pub struct DesiredTenant {
    /// The declaring object.
    pub object: ObjectKey,
    /// Its generation.
    pub generation: Option<i64>,
    /// The tenant.
    pub key: TenantKey,
    /// Which credential serves which surface, or why that cannot be said.
    pub credentials: Result<Vec<DesiredCredential>, CredentialProblem>,
    /// Surfaces that may be written.
    pub enforce: BTreeSet<Surface>,
    /// Whether nothing is to be done.
    pub suspend: bool,
    /// Seconds between passes.
    pub interval_seconds: u64,
    /// Domains the company controls beside the verified ones, lower case.
    pub own_domains: BTreeSet<Box<str>>,
    /// Accounts that are never written.
    pub protected: Vec<AccountRef>,
    /// Objects that may change in a sliding hour without approval.
    pub mass_objects: u32,
    /// The same as percent of the declared objects; the larger of the two holds.
    pub mass_percent: u32,
    /// Fewest recipients a notice list may be left with without approval.
    pub minimum_recipients: u32,
    /// Approvals.
    pub approvals: Vec<DesiredApproval>,
    /// Approvals that cannot be read; the rest of the tenant goes on.
    pub approval_problems: Vec<ApprovalProblem>,
    /// The token of the last request for a pass, echoed in status once it is served.
    pub requested_at: Option<Box<str>>,
}

/// What an object declares values of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DesiredTarget {
    /// The organization.
    Organization,
    /// An account.
    Account {
        /// Its declared name.
        name: Box<str>,
        /// Its declared id.
        id: Option<Uuid>,
    },
    /// Systems before the mailboxes, which have no API.
    Gateways(Box<[GatewayClaim]>),
    /// Something that is known by a name of its surface.
    Thing {
        /// The surface.
        surface: Surface,
        /// Its name, in normal form.
        name: Box<str>,
    },
}

impl DesiredTarget {
    /// The surface and the name of what is known by one.
    pub fn named(&self) -> Option<(Surface, &str)> {
        match self {
            Self::Thing { surface, name } => Some((*surface, name)),
            Self::Organization | Self::Account { .. } | Self::Gateways(_) => None,
        }
    }

    /// The surface it lies on. `None`: it has no API, and so is never out of reach.
    pub fn surface(&self) -> Option<Surface> {
        match self {
            Self::Organization => Some(Surface::Organization),
            Self::Account { .. } => Some(Surface::Users),
            Self::Gateways(_) => None,
            Self::Thing { surface, .. } => Some(*surface),
        }
    }

    /// The declared gateways; none of another target.
    pub fn gateways(&self) -> &[GatewayClaim] {
        match self {
            Self::Organization | Self::Account { .. } | Self::Thing { .. } => &[],
            Self::Gateways(gateways) => gateways,
        }
    }
}

/// What a person says of a system before the mailboxes (DOMAIN E4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GatewayClaim {
    /// What people call it.
    pub name: Box<str>,
    /// The domains whose mail it takes, lower case; all of the tenant's where there are none.
    pub domains: Box<[Box<str>]>,
    /// Who saw that it lets Microsoft's senders through.
    pub attestation: Option<Attested>,
}

/// A declaring object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredObject {
    /// The object.
    pub key: ObjectKey,
    /// Its generation.
    pub generation: Option<i64>,
    /// What it declares values of.
    pub target: DesiredTarget,
    /// What happens to fields that are no longer declared.
    pub deletion: DeletionPolicy,
    /// Declared fields, in field order.
    pub fields: Vec<DesiredField>,
    /// Whether the object is gone, or going: it declares nothing, and its withdrawn fields are restored or forgotten.
    pub removed: bool,
    /// The declared business email (no API).
    pub business_email: Option<BusinessEmailClaim>,
    /// Whether the account is meant to receive mail, and where its notices are read if not (DOMAIN E2).
    pub mail: Option<Box<MailUse>>,
    /// The token of the last request for a pass, echoed in status once it is served.
    pub requested_at: Option<Box<str>>,
}

/// What a person says of a business email.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BusinessEmailClaim {
    /// The address that should be set.
    pub address: Box<str>,
    /// Who saw that it is.
    pub attestation: Option<Attested>,
}

/// Without the address: a `{:?}` ends in logs.
impl std::fmt::Debug for BusinessEmailClaim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BusinessEmailClaim").field("attestation", &self.attestation).finish_non_exhaustive()
    }
}

/// A person's word.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attested {
    /// The day. `None` if it is not one.
    pub on: Option<jiff::civil::Date>,
    /// Who.
    pub by: Box<str>,
    /// Where it can be seen.
    pub evidence: Option<Box<str>>,
}

/// A declared field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredField {
    /// Which.
    pub field: Field,
    /// Which entry of it, where one is meant. Declared fields are whole; planning takes them apart.
    pub entry: Option<Box<str>>,
    /// What is wanted of it.
    pub want: Want,
    /// Whether a value comes from a Secret: never shown, never restored.
    pub from_secret: bool,
    /// Whether addresses inside the organization's domains are declared with a reason (DOMAIN A1).
    pub inside_allowed: bool,
}

impl DesiredField {
    /// A field as a whole.
    pub fn whole(field: Field, want: Want) -> Self {
        Self { field, entry: None, want, from_secret: false, inside_allowed: false }
    }

    /// What is wanted of one entry of a field that is a map: nothing, where the entry is not declared.
    pub fn of_entry(&self, key: &str) -> Self {
        let wanted = match &self.want {
            Want::Entries { wanted, .. } => {
                wanted.binary_search_by(|one| (*one.key).cmp(key)).ok().map(|at| &wanted[at])
            }
            Want::Exact(_) | Want::Contains(_) | Want::Unresolved { .. } => None,
        };
        Self {
            field: self.field,
            entry: Some(key.into()),
            want: Want::Exact(wanted.map_or_else(|| [].into(), |one| one.values.clone())),
            from_secret: self.from_secret,
            inside_allowed: self.inside_allowed,
        }
    }

    /// Digest of what is wanted, to tell drift from a changed declaration. `None`: it cannot be said.
    pub fn digest(&self) -> Option<Digest> {
        let facts = field::facts(self.field)?;
        let (mode, values) = match &self.want {
            Want::Exact(values) => ("exact", values),
            Want::Contains(values) => ("contains", values),
            Want::Entries { .. } | Want::Unresolved { .. } => return None,
        };
        let values = canonical::digest(self.field, facts.shape, values);
        Some(digest::of("declared", [mode.as_bytes(), &values.0]))
    }
}

/// An entry that is wanted in a field that is a map.
#[derive(Clone, PartialEq, Eq)]
pub struct WantedEntry {
    /// Its key, in normal form.
    pub key: Box<str>,
    /// Its values: the key itself, where being there is all that an entry is.
    pub values: Box<[Box<str>]>,
}

/// What is wanted of a field's values.
#[derive(Clone, PartialEq, Eq)]
pub enum Want {
    /// These and no others.
    Exact(Box<[Box<str>]>),
    /// At least these.
    Contains(Box<[Box<str>]>),
    /// These entries of a field that is a map.
    Entries {
        /// In the order of their keys.
        wanted: Box<[WantedEntry]>,
        /// Whether there are to be no others.
        exact: bool,
    },
    /// It cannot be said: a value is missing or malformed.
    Unresolved {
        /// Why.
        reason: Reason,
        /// What and where; never a value.
        message: Box<str>,
    },
}

/// Without the values: they may be private, and a `{:?}` ends in logs.
impl std::fmt::Debug for Want {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exact(values) => write!(f, "Exact({} values)", values.len()),
            Self::Contains(values) => write!(f, "Contains({} values)", values.len()),
            Self::Entries { wanted, .. } => write!(f, "Entries({})", wanted.len()),
            Self::Unresolved { reason, message } => write!(f, "Unresolved({reason}: {message})"),
        }
    }
}

/// Answer to a look-up of a Secret's key.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretValue {
    /// The value.
    Found(Box<str>),
    /// The Secret, or its key, does not exist.
    Missing,
    /// What the Secret holds is no text.
    NotText,
    /// The Secret does not carry the label that allows its use.
    NotAllowed,
    /// What the Secret holds stands for the value, and is not it.
    Encrypted(Encrypted),
}

/// Looks a Secret's key up in the object's namespace.
pub type SecretLookup<'a> = &'a dyn Fn(&SecretKeyRef) -> SecretValue;

/// Longest token of a request for a pass that is echoed: timestamps and ids are far shorter, and status is no place for more.
const LONGEST_TOKEN: usize = 256;

/// The token that asks for a pass now, if the object carries one.
fn requested_at(metadata: &ObjectMeta) -> Option<Box<str>> {
    let token = metadata.annotations.as_ref()?.get(REQUESTED_AT_ANNOTATION)?;
    Some(token.chars().take(LONGEST_TOKEN).collect::<String>().into())
}
