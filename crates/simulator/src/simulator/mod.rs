//! The simulator itself: what programs and tests ask of it, and the levers that tests pull.
//!
//! Invariant: the HTTP server and in-process callers go through [`Simulator::handle`]; there is no second way in. What is here
//! knows the parts, and no part knows it: they work on the state alone.

mod admin;
mod connection;
mod handle;
mod levers;
mod mail;
mod persist;
mod server;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::{
    billing,
    clock::Clock,
    exchange::sync,
    journal::{JournalEntry, Statistics},
    mailflow,
    options::Options,
    password_reset::{self, PasswordResetRecipients},
    requests::RequestEntry,
    seed::{self, Seed, SeedError},
    state::State,
};

/// A simulated tenant. Clones share it.
#[derive(Clone, Debug)]
pub struct Simulator {
    state: Arc<Mutex<State>>,
    /// Held while the state is written to a file: two writers would spoil each other's.
    saving: Arc<Mutex<()>>,
}

impl Simulator {
    /// A tenant as the seed describes it.
    pub fn new(seed: &Seed, options: Options) -> Result<Self, SeedError> {
        let clock = Clock::start(options.epoch);
        let loaded = seed::load(seed, options.seed, clock.wall())?;
        let mut state = State::new(loaded, options, clock);
        mailflow::plant_sent(&mut state);
        Ok(Self { state: Arc::new(Mutex::new(state)), saving: Arc::default() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A handler that panicked left the store between two commits at worst, which is a state like any other.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        sync::settle(&mut state);
        state
    }

    /// Writes that reached the store after position `since` (0 = all), oldest first.
    pub fn journal(&self, since: u64) -> Vec<JournalEntry> {
        let mut state = self.lock();
        billing::operation::settle(&mut state);
        state.store.log_since(since).map(|(_, commit)| commit.journal.clone()).collect()
    }

    /// Counters since start.
    pub fn statistics(&self) -> Statistics {
        self.lock().statistics.clone()
    }

    /// HTTP requests after number `since` (0 = all that are remembered: the last 10,000), oldest first.
    pub fn requests(&self, since: u64) -> Vec<RequestEntry> {
        self.lock().requests.since(since)
    }

    /// The whole authoritative state, by entity set.
    pub fn truth(&self) -> Value {
        let mut state = self.lock();
        billing::operation::settle(&mut state);
        state.truth()
    }

    /// Who gets the mail of somebody who asks an administrator for a new password, at this moment.
    pub fn password_reset_recipients(&self) -> PasswordResetRecipients {
        password_reset::recipients(&self.lock())
    }

    /// The tenant's id.
    pub fn tenant_id(&self) -> String {
        self.lock().tenant_id.clone()
    }
}
