//! How long a request may take and how often it may be tried.

use std::time::Duration;

use crate::{random, random::Rng64};

/// Limits of one logical call. All waiting is on `tokio::time`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Time for one attempt, from sending to the last byte of the answer.
    pub attempt_timeout: Duration,
    /// Attempts at most, the first one included. A repeated attempt with a new token after a 401 does not count.
    pub max_attempts: u32,
    /// Time for the whole call, waits included: no attempt begins that could end later.
    pub total: Duration,
    /// Longest wait inside a call. What asks for more is returned as throttled, so that a pass never sleeps long.
    pub longest_wait: Duration,
    /// Upper end of the first random wait where the service does not say how long.
    pub first_backoff: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            // Graph's own gateway gives up after about a minute; what has not answered in 30 s rarely does.
            attempt_timeout: Duration::from_secs(30),
            // Waits of at most 0.25, 0.5 and 1 s: enough for a dropped connection, too little to hide an outage.
            max_attempts: 4,
            total: Duration::from_secs(90),
            // Typical Retry-After values in steady state are 1 to 3 s; longer ones belong to the scheduler.
            longest_wait: Duration::from_secs(5),
            first_backoff: Duration::from_millis(250),
        }
    }
}

impl RetryPolicy {
    /// Wait before attempt `made + 1`: exponential, and half of it random, so that clients which failed together do not come
    /// back together, and none of them at once.
    pub(crate) fn backoff(&self, made: u32, rng: &dyn Rng64) -> Duration {
        let factor = 2_u32.saturating_pow(made.saturating_sub(1));
        let half = self.first_backoff.saturating_mul(factor).min(self.longest_wait) / 2;
        half + random::jitter(rng, half)
    }
}

/// Says whether a write may leave now. Asked before every attempt of a write, repeated ones included: a leader that has
/// lost its lease while waiting must not write.
pub trait Fence: Send + Sync {
    /// Whether a write that ends within `within` from now ends while we are still entitled to it.
    fn admits(&self, within: Duration) -> bool;
}
