//! The tenant: reading and writing it. One implementation, over a transport.

use std::{collections::BTreeSet, time::Duration};

use futures::future::BoxFuture;
use tenant_contacts_api::reason::Reason;
use tenant_contacts_core::{model::Observation, plan::Request};
use uuid::Uuid;

/// An account that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountQuery<'a> {
    /// Its declared name.
    pub name: &'a str,
    /// Its id, where it is known.
    pub id: Option<Uuid>,
}

/// How the accounts are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// All of them, directly.
    Full,
    /// What changed since the last time, and directly what is asked for.
    Changes,
    /// Directly what is asked for, and nothing else.
    Direct,
}

/// What is wanted of an observation.
#[derive(Clone, Debug)]
pub struct Scope<'a> {
    /// The accounts, in a stable order.
    pub accounts: Vec<AccountQuery<'a>>,
    /// Whether the organization's contact properties are wanted.
    pub organization: bool,
    /// How to read.
    pub read: Read,
    /// Accounts to be read directly now, whatever the change feed says.
    pub direct: BTreeSet<Uuid>,
}

/// The tenant could not be observed at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {message}")]
pub struct TenantError {
    /// The reason.
    pub reason: Reason,
    /// What happened: never a secret, a token or an address.
    pub message: String,
    /// How long the service asked to wait.
    pub retry_after: Option<Duration>,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The service took it.
    Done,
    /// The service refused it, and would again.
    Refused {
        /// Why.
        reason: Reason,
        /// What it objected to; never a value.
        message: String,
    },
    /// It was not carried out, and may be tried again.
    NotDone {
        /// Why.
        reason: Reason,
        /// How long the service asked to wait.
        retry_after: Option<Duration>,
    },
    /// It may or may not have been carried out.
    Unknown,
}

/// A Microsoft 365 tenant.
pub trait Tenant: Send + Sync {
    /// Reads what `scope` wants into `observation`. What could not be read becomes unknown there, with the reason; a
    /// credential that could not be used says so among the observation's credentials, and stops its own surfaces only. An
    /// error is only what makes everything unknown.
    fn observe<'a>(
        &'a self,
        scope: &'a Scope<'a>,
        observation: &'a mut Observation,
    ) -> BoxFuture<'a, Result<(), TenantError>>;

    /// Carries requests out, each once, and says what became of each, in their order. At most [`Tenant::batch`] at a time.
    fn write<'a>(&'a self, requests: &'a [Request]) -> BoxFuture<'a, Vec<Outcome>>;

    /// How many requests one call carries out together.
    fn batch(&self) -> usize;

    /// The longest that a request of [`Tenant::write`] is under way, for the fence. What is sent again asks the fence again.
    fn write_timeout(&self) -> Duration;
}
