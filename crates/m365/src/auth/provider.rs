//! Tokens per scope, kept until shortly before they end.
//!
//! Invariant: at most one token request per scope is under way, however many callers wait; they share its result, a
//! failure too, so that a wrong secret is not tried a hundred times in a row and the application is not locked out.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{sync::Mutex as AsyncMutex, time::Instant};
use url::Url;

use super::{
    CredentialSource,
    error::AuthError,
    identity::Identity,
    token::{Token, endpoint, request},
};
use crate::{
    cloud::{Endpoints, Scope},
    ports::Ports,
    send::{RetryPolicy, attempts::Attempts},
};

/// Hands out tokens of one application in one tenant.
pub struct TokenProvider {
    ports: Ports,
    policy: RetryPolicy,
    endpoint: Option<Url>,
    identity: Identity,
    source: Arc<dyn CredentialSource>,
    slots: Mutex<HashMap<Scope, Arc<Slot>>>,
}

#[derive(Default)]
struct Slot {
    /// Held during a request: whoever comes second waits here.
    flight: AsyncMutex<()>,
    state: Mutex<State>,
    /// Requests that have ended. A waiter who saw a smaller number was waiting for the last of them.
    ended: AtomicU64,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    failed: Option<(u64, AuthError)>,
}

impl Slot {
    fn with<R>(&self, work: impl FnOnce(&mut State) -> R) -> R {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn fresh(&self) -> Option<Token> {
        self.with(|state| state.token.clone()).filter(|token| Instant::now() < token.refresh)
    }

    fn valid(&self) -> Option<Token> {
        self.with(|state| state.token.clone()).filter(|token| Instant::now() < token.expires)
    }
}

impl TokenProvider {
    /// A provider without a token yet. Nothing is sent before the first [`Self::token`].
    pub fn new(
        ports: Ports,
        policy: RetryPolicy,
        endpoints: &Endpoints,
        identity: Identity,
        source: Arc<dyn CredentialSource>,
    ) -> Self {
        let endpoint = endpoint(endpoints.login(), &identity);
        Self { ports, policy, endpoint, identity, source, slots: Mutex::default() }
    }

    /// Which application of which tenant.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// A token for `scope`: the one at hand, or a new one if it is about to end.
    pub async fn token(&self, scope: &Scope) -> Result<Token, AuthError> {
        let slot = self.slot(scope);
        if let Some(token) = slot.fresh() {
            return Ok(token);
        }
        let seen = slot.ended.load(Ordering::SeqCst);
        let _flight = slot.flight.lock().await;
        if let Some(token) = slot.fresh() {
            return Ok(token);
        }
        // A failure that ended while we were waiting is ours too.
        if let Some((number, error)) = slot.with(|state| state.failed.clone())
            && number > seen
        {
            return slot.valid().ok_or(error);
        }
        let answer = self.fetch(scope).await;
        let number = slot.ended.fetch_add(1, Ordering::SeqCst) + 1;
        match answer {
            Ok(token) => {
                slot.with(|state| *state = State { token: Some(token.clone()), failed: None });
                Ok(token)
            }
            Err(error) => {
                slot.with(|state| state.failed = Some((number, error.clone())));
                // The old token is near its end, not past it: a login service that is down is nobody's problem yet.
                slot.valid().ok_or(error)
            }
        }
    }

    /// Forgets a token that a service has refused. A newer token that somebody fetched meanwhile stays.
    pub fn invalidate(&self, scope: &Scope, refused: &Token) {
        self.slot(scope).with(|state| {
            if state.token.as_ref().is_some_and(|token| token.is_same(refused)) {
                state.token = None;
            }
        });
    }

    async fn fetch(&self, scope: &Scope) -> Result<Token, AuthError> {
        let endpoint = self.endpoint.as_ref().ok_or(AuthError::Malformed)?;
        let attempts = Attempts { ports: &self.ports, policy: &self.policy, fence: None, limiter: None };
        request(&attempts, endpoint, &self.identity, &*self.source, scope).await
    }

    fn slot(&self, scope: &Scope) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(scope.clone()).or_default())
    }
}

impl fmt::Debug for TokenProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenProvider").field("identity", &self.identity).finish_non_exhaustive()
    }
}
