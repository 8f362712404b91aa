//! The tenant port over Microsoft Graph: the organization object and the accounts.
//!
//! Invariant: reads what it is asked for and says what it could not read; writes exactly what a request names. It decides
//! only how to ask, by listing or one by one, whichever takes fewer requests.

mod accounts;
mod changes;
mod problem;
mod properties;
mod topology;
mod wire;
mod write;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use tenant_contacts_api::reason::Reason;
use tenant_contacts_core::{
    model::{Fact, Grants, Observation, Unknown},
    plan::Request,
};
use tenant_contacts_engine::port::{Outcome, Read, Scope, Tenant, TenantError};
use uuid::Uuid;

use crate::{
    clock::Clock,
    graph::MAX_BATCH,
    send::{RetryPolicy, Sender},
};

/// A tenant's directory.
pub struct Directory {
    sender: Sender,
    tenant: Uuid,
    clock: Arc<dyn Clock>,
    policy: RetryPolicy,
}

impl Directory {
    /// The directory of `tenant`, reached through `sender` (whose base address is Graph's `v1.0`). `policy` is the sender's.
    pub fn new(sender: Sender, tenant: Uuid, clock: Arc<dyn Clock>, policy: RetryPolicy) -> Self {
        Self { sender, tenant, clock, policy }
    }

    async fn grants(&self) -> Result<Grants, TenantError> {
        let token = self.sender.token().await.map_err(|error| problem::of_tenant(&error, "the access token"))?;
        let grants = token.grants();
        let unreadable = Unknown::ReadFailed("the access token's content".into());
        let set = |permissions: &BTreeSet<String>| permissions.iter().map(|one| one.as_str().into()).collect();
        Ok(Grants {
            permissions: match &grants.permissions {
                Some(held) => Fact::Present(set(held)),
                None => Fact::Unknown(unreadable.clone()),
            },
            directory_roles: grants.directory_roles.clone().map_or(Fact::Unknown(unreadable), Fact::Present),
        })
    }

    async fn observe_all(&self, scope: &Scope<'_>, observation: &mut Observation) -> Result<(), TenantError> {
        observation.grants = self.grants().await?;
        if scope.read != Read::Direct {
            topology::observe(self, scope, observation).await?;
        }
        if scope.accounts.is_empty() {
            return Ok(());
        }
        match self.observe_accounts(scope, observation).await {
            // Without the permission the accounts are unknown; the organization may be readable all the same.
            Err(error) if error.reason == Reason::PermissionMissing => {
                accounts::all_unknown(scope, observation);
                Ok(())
            }
            other => other,
        }
    }

    async fn observe_accounts(&self, scope: &Scope<'_>, observation: &mut Observation) -> Result<(), TenantError> {
        match scope.read {
            Read::Full => accounts::read_all(self, scope, observation).await,
            Read::Changes => {
                // What an earlier round told of; what this one tells is fresh.
                let again: BTreeSet<Uuid> = observation.mentioned.keys().copied().collect();
                match changes::follow(self, scope, observation).await? {
                    changes::Followed::Whole => {
                        accounts::read_missing(self, scope, &again, observation).await?;
                        changes::believe(&again, self.clock.now(), observation);
                        Ok(())
                    }
                    changes::Followed::TooOld => accounts::read_all(self, scope, observation).await,
                }
            }
            Read::Direct => accounts::read_missing(self, scope, &BTreeSet::new(), observation).await,
        }
    }
}

impl Tenant for Directory {
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

    fn batch(&self) -> usize {
        MAX_BATCH
    }

    fn write_timeout(&self) -> Duration {
        // Each further attempt asks the fence itself.
        self.policy.attempt_timeout
    }
}
