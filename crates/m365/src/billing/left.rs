//! What a reading of billing may still take.
//!
//! Invariant: lists lead to lists, so it is the whole reading that has limits: of requests, and of what is made of their answers.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{graph::PageError, send::Error};

/// Most requests of a reading. A thousand accounts with a thousand profiles each are a million lists; an account and its
/// profiles take two requests and one for each profile.
const MOST_REQUESTS: usize = 2_000;

/// Most that is made of the answers of a reading, in bytes: thousands of objects with a hundred members each.
const MOST_MADE: usize = 64 * 1024 * 1024;

/// What may still be read.
#[derive(Debug)]
pub(super) struct Left {
    requests: AtomicUsize,
    bytes: AtomicUsize,
}

impl Default for Left {
    fn default() -> Self {
        Self { requests: AtomicUsize::new(MOST_REQUESTS), bytes: AtomicUsize::new(MOST_MADE) }
    }
}

impl Left {
    /// Begins a reading.
    pub(super) fn begin(&self) {
        self.requests.store(MOST_REQUESTS, Ordering::Relaxed);
        self.bytes.store(MOST_MADE, Ordering::Relaxed);
    }

    /// Takes note of a request that is about to leave, if one may.
    pub(super) fn ask(&self) -> Result<(), Error> {
        let spent = self.requests.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        spent.map_or(Err(Error::Paging(PageError::TooMany { limit: MOST_REQUESTS })), |_| Ok(()))
    }

    /// Takes note of what was made of an answer.
    pub(super) fn made(&self, bytes: usize) {
        let spend = |left: usize| Some(left.saturating_sub(bytes));
        let _ = self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend); // always `Ok`: `spend` gives a number
    }

    /// How many bytes may still be made of answers.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}
