//! The latest HTTP requests and how each was answered: what tests read who ask when a client came back.
//!
//! Invariant: bounded; no query string, no body and no address gets in (ids and sign-in names in paths are left out by
//! the operation's name).

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// How many requests are remembered: a full pass over ten thousand accounts, in about a megabyte.
const KEPT: usize = 10_000;

/// One HTTP request; a batch is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestEntry {
    /// Number of the request, from 1.
    pub sequence: u64,
    /// Milliseconds from the start of the simulator to the moment the request was handled.
    pub at_ms: u64,
    /// As in the statistics, `GET users/{id}`.
    pub operation: String,
    /// Status of the answer; null where the connection was reset before the request took effect.
    pub status: Option<u16>,
    /// The `Retry-After` the answer carried.
    pub retry_after: Option<String>,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    last: VecDeque<RequestEntry>,
}

impl Requests {
    pub(crate) fn push(&mut self, entry: RequestEntry) {
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(entry);
    }

    /// Those after number `since`, oldest first.
    pub(crate) fn since(&self, since: u64) -> Vec<RequestEntry> {
        self.last.iter().filter(|entry| entry.sequence > since).cloned().collect()
    }
}
