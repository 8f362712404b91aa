//! The tenant's surfaces: reading and writing them. A port serves the surfaces that are read and written in one way.

use std::{collections::BTreeSet, time::Duration};

use futures::future::BoxFuture;
use tenant_contacts_api::{field::Surface, reason::Reason};
use tenant_contacts_core::{flight::Progress, model::Observation, plan::Request};
use uuid::Uuid;

/// An account that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountQuery<'a> {
    /// Its declared name.
    pub name: &'a str,
    /// Its id, where it is known.
    pub id: Option<Uuid>,
}

/// A thing of a surface that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThingQuery<'a> {
    /// The surface.
    pub surface: Surface,
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
    /// Things that are known by a name of their surface, or by an object id.
    pub things: Vec<ThingQuery<'a>>,
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
    /// The service took it, and carries it out by itself.
    Accepted {
        /// The address under which it says how far it is.
        operation: Box<str>,
    },
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

/// How requests leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many requests one call of [`SurfacePort::write`] carries out together.
    pub batch: usize,
    /// The longest that a request is under way, for the fence. What is sent again asks the fence again.
    pub write_timeout: Duration,
}

/// Surfaces of a tenant that are read and written in one way.
pub trait SurfacePort: Send + Sync {
    /// The surfaces that it serves. No two ports of a tenant serve the same.
    fn surfaces(&self) -> &'static [Surface];

    /// Reads what `scope` wants into `observation`. What could not be read becomes unknown there, with the reason; a
    /// credential that could not be used says so among the observation's credentials, and stops its own surfaces only. An
    /// error is only what makes everything unknown that it serves.
    fn observe<'a>(
        &'a self,
        scope: &'a Scope<'a>,
        observation: &'a mut Observation,
    ) -> BoxFuture<'a, Result<(), TenantError>>;

    /// Carries requests out, each once, and says what became of each, in their order. At most [`Limits::batch`] at a time.
    fn write<'a>(&'a self, requests: &'a [Request]) -> BoxFuture<'a, Vec<Outcome>>;

    /// How far a service is with an operation that it accepted. A port that never says [`Outcome::Accepted`] is never asked.
    fn poll<'a>(&'a self, surface: Surface, operation: &'a str) -> BoxFuture<'a, Progress> {
        let _ = (surface, operation);
        Box::pin(async { Progress::Forgotten })
    }

    /// How requests leave.
    fn limits(&self) -> Limits;
}
