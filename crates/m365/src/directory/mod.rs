//! The tenant port over Microsoft Graph: the organization object and the accounts.
//!
//! Invariant: reads what it is asked for and says what it could not read; writes exactly what a request names. It decides
//! only how to ask, by listing or one by one, whichever takes fewer requests. A surface is read and written with its own
//! credential and no other: no batch holds requests of two, and what stops one stops its surfaces alone.

pub(crate) mod access;
pub(crate) mod accounts;
pub(crate) mod assignments;
mod changes;
mod feed;
pub(crate) mod problem;
pub(crate) mod properties;
pub(crate) mod rest;
mod tenant;
pub(crate) mod topology;
pub(crate) mod user;
pub(crate) mod wire;
mod write;

use std::{collections::BTreeSet, time::Duration};

use futures::future::BoxFuture;
use tenant_contacts_api::{field::Surface, reason::Reason};
use tenant_contacts_core::{
    model::{CredentialFacts, Observation, reads_domains},
    plan::Request,
};
use tenant_contacts_engine::port::{Limits, Outcome, Read, Scope, SurfacePort, TenantError};
use tokio::time::timeout;
use uuid::Uuid;

pub use access::Access;
pub use tenant::Directory;

use access::Reader;

use crate::graph::{BATCHES_AT_ONCE, MAX_BATCH};

/// How long one credential reads for one pass. A hundred thousand accounts are a hundred pages, and a page takes a second where a
/// service is slow; one whose every page takes as long as it may, or whose lists have no end, would hold up the pass for hours
/// while status tells of things that were so before.
const READ_WITHIN: Duration = Duration::from_mins(5);

impl Directory {
    async fn observe_all(&self, scope: &Scope<'_>, observation: &mut Observation) -> Result<(), TenantError> {
        if scope.read == Read::Direct {
            return self.observe_again(scope, observation).await;
        }
        let mut credentials = Vec::with_capacity(self.accesses.len());
        for access in &self.accesses {
            credentials.push(self.observe_with(access, scope, observation).await);
        }
        observation.credentials = credentials;
        access::all_failed(&observation.credentials).map_or(Ok(()), Err)
    }

    /// Reads accounts directly within a pass. What fails then puts the accounts out of reach, and no other surface.
    async fn observe_again(&self, scope: &Scope<'_>, observation: &mut Observation) -> Result<(), TenantError> {
        if let Some(serving) = self.serving(Surface::Users) {
            let facts = self.observe_with(&self.accesses[serving], scope, observation).await;
            if let Some(known) = observation.credentials.iter_mut().find(|known| known.place == facts.place) {
                *known = facts;
            }
        }
        Ok(())
    }

    /// Reads with one credential what its surfaces are wanted of, and says what became of the credential.
    async fn observe_with(&self, access: &Access, scope: &Scope<'_>, observation: &mut Observation) -> CredentialFacts {
        if let Ok(facts) = timeout(READ_WITHIN, self.observe_to_the_end(access, scope, observation)).await {
            return facts;
        }
        let message = format!(
            "reading took longer than {} minutes and was given up: the service answers slowly, or one of its lists has no end",
            READ_WITHIN.as_secs() / 60
        );
        access.facts(None, Some(&TenantError { reason: Reason::TenantUnreachable, message, retry_after: None }))
    }

    async fn observe_to_the_end(
        &self,
        access: &Access,
        scope: &Scope<'_>,
        observation: &mut Observation,
    ) -> CredentialFacts {
        let (sender, grants) = match (&access.sender, access.grants().await) {
            (Ok(sender), Ok(grants)) => (sender, grants),
            (Err(error), _) => return access.facts(None, Some(error)),
            (Ok(_), Err(error)) => return access.facts(None, Some(&error)),
        };
        let reader = Reader {
            sender,
            grants: &grants,
            surfaces: &access.surfaces,
            reads_domains: reads_domains(&access.surfaces, self.accesses.iter().map(|other| &other.surfaces)),
            tenant: self.tenant,
            clock: &*self.clock,
        };
        let failure = observe_parts(&reader, scope, observation).await.err();
        access.facts(Some(grants), failure.as_ref())
    }
}

async fn observe_parts(
    reader: &Reader<'_>,
    scope: &Scope<'_>,
    observation: &mut Observation,
) -> Result<(), TenantError> {
    if scope.read != Read::Direct {
        topology::observe(reader, scope, observation).await?;
    }
    if scope.accounts.is_empty() || !reader.serves(Surface::Users) {
        return Ok(());
    }
    match observe_accounts(reader, scope, observation).await {
        // Without the permission the accounts are unknown; the organization may be readable all the same.
        Err(error) if error.reason == Reason::PermissionMissing => {
            accounts::all_unknown(scope, observation);
            Ok(())
        }
        other => other,
    }
}

async fn observe_accounts(
    reader: &Reader<'_>,
    scope: &Scope<'_>,
    observation: &mut Observation,
) -> Result<(), TenantError> {
    match scope.read {
        Read::Full => accounts::read_all(reader, scope, observation).await,
        Read::Changes => {
            // What an earlier round told of; what this one tells is fresh.
            let again: BTreeSet<Uuid> = observation.mentioned.keys().copied().collect();
            match changes::follow(reader, scope, observation).await? {
                changes::Followed::Whole => {
                    accounts::read_missing(reader, scope, &again, observation).await?;
                    changes::believe(&again, reader.clock.now(), observation);
                    Ok(())
                }
                changes::Followed::TooOld => accounts::read_all(reader, scope, observation).await,
            }
        }
        Read::Direct => accounts::read_missing(reader, scope, &BTreeSet::new(), observation).await,
    }
}

impl SurfacePort for Directory {
    fn surfaces(&self) -> &'static [Surface] {
        &[Surface::Organization, Surface::Users]
    }

    fn observe<'a>(
        &'a self,
        scope: &'a Scope<'a>,
        observation: &'a mut Observation,
    ) -> BoxFuture<'a, Result<(), TenantError>> {
        Box::pin(self.observe_all(scope, observation))
    }

    fn write<'a>(&'a self, requests: &'a [Request]) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(write::write(self, requests))
    }

    fn limits(&self) -> Limits {
        // Each further attempt asks the fence itself.
        Limits { batch: MAX_BATCH * BATCHES_AT_ONCE, write_timeout: self.policy.attempt_timeout }
    }
}
