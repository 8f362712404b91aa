//! When not to ask: a service that asks to wait, or does not answer, is not asked for everything else all the same.
//!
//! Invariant: who asks to wait is left alone that long, but never so long that a broken clock ends reading for good.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::send::Error;

/// Shortest time that a service which asks to wait is left alone: calls have waited in vain before, some four times.
const SHORTEST: Duration = Duration::from_secs(5);

/// Longest such time. One request in ten minutes is no load, and tells when it is over.
const LONGEST: Duration = Duration::from_mins(10);

/// How long a service that does not answer is left alone. A call tries four times and takes up to five minutes to find that
/// out, and a reading makes a hundred calls.
const SILENT: Duration = Duration::from_mins(1);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<Option<Closed>>);

#[derive(Debug)]
struct Closed {
    until: Instant,
    error: Error,
}

impl Gate {
    /// Whether a call may be made now; the error is that of the call that closed the gate.
    pub(super) fn admit(&self) -> Result<(), Error> {
        let mut closed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if closed.as_ref().is_some_and(|closed| closed.until <= now) {
            *closed = None;
        }
        match &*closed {
            None => Ok(()),
            Some(Closed { until, error: Error::Throttled { error, .. } }) => {
                Err(Error::Throttled { retry_after: *until - now, error: error.clone() })
            }
            Some(Closed { error, .. }) => Err(error.clone()),
        }
    }

    /// Takes note of how a call ended.
    pub(super) fn learn<T>(&self, ended: &Result<T, Error>) {
        let mut closed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = match ended {
            Err(Error::Throttled { retry_after, .. }) => (*retry_after).clamp(SHORTEST, LONGEST),
            Err(Error::Transport { error, .. }) if error.is_transient() => SILENT,
            // It answers: what was silence is over; what was asked for, waiting, is not.
            _ if closed.as_ref().is_some_and(|closed| !matches!(closed.error, Error::Throttled { .. })) => {
                *closed = None;
                return;
            }
            _ => return,
        };
        if let Err(error) = ended {
            *closed = Some(Closed { until: Instant::now() + wait, error: error.clone() });
        }
    }
}
