//! What was observed of the credentials: what their tokens allow, and whether they are of use.

use std::{collections::BTreeSet, time::Duration};

use tenant_contacts_api::{field::Surface, reason::Reason};
use uuid::Uuid;

use super::fact::Fact;

/// What was observed of one credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialFacts {
    /// Where it stands in `spec.credentials`.
    pub place: usize,
    /// The application's (client) id.
    pub client_id: Uuid,
    /// The surfaces it serves.
    pub surfaces: BTreeSet<Surface>,
    /// What it may do.
    pub grants: Grants,
    /// Why what it serves could not be read, if it could not.
    pub failure: Option<Failure>,
}

/// Why a credential is of no use now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The reason.
    pub reason: Reason,
    /// What happened; never a secret, a token or an address.
    pub message: String,
    /// How long the service asked to wait.
    pub retry_after: Option<Duration>,
}

/// What a credential may do, as far as its token says. The content of an access token is not documented as an interface for
/// clients, so an unreadable token makes this unknown, not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Application permissions by name.
    pub permissions: Fact<BTreeSet<Box<str>>>,
    /// Directory roles of the application's service principal, by template id.
    pub directory_roles: Fact<BTreeSet<Uuid>>,
}

impl Grants {
    /// Whether one of `any_of` is held; `None` if that is not known.
    pub fn allow(&self, any_of: &[&str]) -> Option<bool> {
        match self.permissions.known() {
            Ok(Some(held)) => Some(any_of.iter().any(|permission| held.contains(*permission))),
            Ok(None) => Some(false),
            Err(_) => None,
        }
    }
}

impl CredentialFacts {
    /// Names it for a person: its place in the Tenant, the application, and what it is for.
    pub fn name(&self) -> String {
        let surfaces: Vec<&str> = self.surfaces.iter().map(|surface| surface.as_str()).collect();
        format!("credentials[{}] (application {}, for {})", self.place, self.client_id, surfaces.join(" and "))
    }
}

/// Which credential reads what several surfaces ask about. Domains, directory roles and the members of groups are known for
/// the sake of accounts: whether an address lies inside the organization, and whose account is privileged. So they go with
/// the credential of `Users`; a Tenant that has none for `Users` reads the domains with the one of `Organization`.
/// `served` are the surfaces of this credential, `all` those of every one.
pub fn reads_domains<'a>(served: &BTreeSet<Surface>, mut all: impl Iterator<Item = &'a BTreeSet<Surface>>) -> bool {
    served.contains(&Surface::Users)
        || (served.contains(&Surface::Organization) && !all.any(|one| one.contains(&Surface::Users)))
}
