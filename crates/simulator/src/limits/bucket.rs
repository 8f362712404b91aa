//! One quota: what was used of it lately, draining evenly.
//!
//! Invariant: use never exceeds the most a percentage header can say, so that even a client that hammers gets in again.

use tokio::time::{Duration, Instant};

/// The percentage header ends at 1.8 `[THR]`: use beyond that is not remembered.
const MOST: f64 = 1.8;

/// A token bucket, kept as what is missing from it: `used` drains by `capacity` per `window`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    capacity: f64,
    window: Duration,
    used: f64,
    at: Instant,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Taken {
    /// Use after the request, as a part of the capacity.
    pub(crate) part: f64,
    /// None when it fits; else the time after which the same request would.
    pub(crate) wait: Option<Duration>,
}

impl Bucket {
    pub(crate) fn new(capacity: f64, window: Duration, now: Instant) -> Self {
        Self { capacity, window, used: 0.0, at: now }
    }

    /// Charges `cost`, whether it fits or not.
    pub(crate) fn take(&mut self, cost: f64, now: Instant) -> Taken {
        let rate = self.capacity / self.window.as_secs_f64();
        self.used = (self.used - rate * now.saturating_duration_since(self.at).as_secs_f64()).max(0.0);
        self.at = now;
        let fits = self.used + cost <= self.capacity;
        self.used = (self.used + cost).min(self.capacity * MOST);
        let wait = (!fits).then(|| Duration::from_secs_f64((self.used + cost - self.capacity).max(0.0) / rate));
        Taken { part: self.used / self.capacity, wait }
    }
}
