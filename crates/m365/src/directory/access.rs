//! One credential's way into the directory.

use std::{collections::BTreeSet, sync::Arc};

use tenant_contacts_api::{field::Surface, reason::Reason};
use tenant_contacts_core::model::{CredentialFacts, Fact, Failure, Grants, Unknown};
use tenant_contacts_engine::port::TenantError;
use uuid::Uuid;

use super::problem;
use crate::{auth, clock::Clock, send::Sender};

/// A credential, and how its requests leave.
pub struct Access {
    /// Where it stands in the Tenant's credentials.
    pub place: usize,
    /// The application's (client) id.
    pub client_id: Uuid,
    /// The surfaces it serves.
    pub surfaces: BTreeSet<Surface>,
    /// Sends as this application, to Graph's `v1.0`; or why it cannot: a Secret that is not there, say.
    pub sender: Result<Arc<Sender>, TenantError>,
}

impl Access {
    /// What the credential's present token says it may do.
    pub(super) async fn grants(&self) -> Result<Grants, TenantError> {
        let sender = self.sender.as_ref().map_err(Clone::clone)?;
        let token = sender.token().await.map_err(|error| problem::of_tenant(&error, "the access token"))?;
        Ok(grants_of(token.grants()))
    }

    /// What is to be said of it after it was used.
    pub(super) fn facts(&self, grants: Option<Grants>, failure: Option<&TenantError>) -> CredentialFacts {
        CredentialFacts {
            place: self.place,
            client_id: self.client_id,
            surfaces: self.surfaces.clone(),
            grants: grants.unwrap_or_default(),
            failure: failure.map(|error| Failure {
                reason: error.reason,
                message: error.message.clone(),
                retry_after: error.retry_after,
            }),
        }
    }
}

/// What a token says, as facts.
pub(crate) fn grants_of(grants: &auth::Grants) -> Grants {
    let unreadable = Unknown::ReadFailed("the access token's content".into());
    let set = |permissions: &BTreeSet<String>| permissions.iter().map(|one| one.as_str().into()).collect();
    Grants {
        permissions: match &grants.permissions {
            Some(held) => Fact::Present(set(held)),
            None => Fact::Unknown(unreadable.clone()),
        },
        directory_roles: grants.directory_roles.clone().map_or(Fact::Unknown(unreadable), Fact::Present),
    }
}

/// What reading with one credential takes.
pub(super) struct Reader<'a> {
    pub(super) sender: &'a Sender,
    pub(super) grants: &'a Grants,
    pub(super) surfaces: &'a BTreeSet<Surface>,
    /// Whether the domains are this credential's to read.
    pub(super) reads_domains: bool,
    pub(super) tenant: Uuid,
    pub(super) clock: &'a dyn Clock,
}

impl Reader<'_> {
    pub(super) fn serves(&self, surface: Surface) -> bool {
        self.surfaces.contains(&surface)
    }
}

/// The one error of a tenant of which no credential could be used: the reason that needs a person first, and what each said.
pub(super) fn all_failed(credentials: &[CredentialFacts]) -> Option<TenantError> {
    // One that only reads reports keeps nothing as declared: where it is all that is left, nothing is.
    let serves = |one: &&CredentialFacts| one.surfaces.iter().any(|surface| *surface != Surface::Report);
    let credentials: Vec<&CredentialFacts> = credentials.iter().filter(serves).collect();
    let failures: Vec<&Failure> = credentials.iter().filter_map(|one| one.failure.as_ref()).collect();
    if failures.is_empty() || failures.len() < credentials.len() {
        return None;
    }
    let stalled = |failure: &&&Failure| failure.reason.handling() == tenant_contacts_api::reason::Handling::Stalled;
    let leading: Reason = failures.iter().find(stalled).unwrap_or(&failures[0]).reason;
    let said = |one: &&CredentialFacts| Some(format!("{}: {}", one.name(), one.failure.as_ref()?.message));
    let message = match &failures[..] {
        [only] => only.message.clone(),
        _ => credentials.iter().filter_map(said).collect::<Vec<_>>().join("; "),
    };
    let retry_after = failures.iter().filter_map(|failure| failure.retry_after).min();
    Some(TenantError { reason: leading, message, retry_after })
}
