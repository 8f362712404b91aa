//! One token bucket, kept as the moment at which it will be full again.
//!
//! Invariant: integer durations only, so equal calls at equal times give equal answers.

use std::time::Duration;

use tokio::time::Instant;

/// Slowest pace that throttling can drive us to, in thousandths of the interval: an eighth of the configured rate.
const MAX_STRETCH: u32 = 8000;

/// The configured pace.
const NO_STRETCH: u32 = 1000;

#[derive(Debug)]
pub(super) struct Bucket {
    /// Time that one unit takes to come back.
    interval: Duration,
    /// Time that the whole bucket takes to come back: how far ahead of the pace a burst may run.
    burst: Duration,
    full_at: Option<Instant>,
    blocked_until: Option<Instant>,
    stretch: u32,
}

impl Bucket {
    pub(super) fn new(interval: Duration, burst: Duration) -> Self {
        Self { interval, burst, full_at: None, blocked_until: None, stretch: NO_STRETCH }
    }

    /// How long until `units` may be taken. More units than the bucket holds may go when it is full: a request cannot
    /// be cut into pieces.
    pub(super) fn wait(&self, units: u32, now: Instant) -> Duration {
        if units == 0 {
            return Duration::ZERO;
        }
        let blocked = self.blocked_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        let debt = self.full_at.map_or(Duration::ZERO, |full| full.saturating_duration_since(now));
        blocked.max((debt + self.price(units)).saturating_sub(self.burst).min(debt))
    }

    pub(super) fn take(&mut self, units: u32, now: Instant) {
        if units > 0 {
            self.full_at = Some(self.full_at.map_or(now, |full| full.max(now)) + self.price(units));
        }
    }

    /// The service refused: nothing for `pause`, then slower.
    pub(super) fn refused(&mut self, pause: Duration, now: Instant) {
        let until = now + pause;
        self.blocked_until = Some(self.blocked_until.map_or(until, |earlier| earlier.max(until)));
        self.stretch = (self.stretch + self.stretch / 2).min(MAX_STRETCH);
    }

    /// The service says how much of its limit is used, in thousandths.
    pub(super) fn pressure(&mut self, permille: u32) {
        if permille >= NO_STRETCH {
            self.stretch = self.stretch.max(permille.min(MAX_STRETCH));
        }
    }

    /// An undisturbed answer: a fiftieth back to the configured pace. Some 20 answers undo one refusal.
    pub(super) fn relax(&mut self) {
        self.stretch = (self.stretch - self.stretch / 50).max(NO_STRETCH);
    }

    fn price(&self, units: u32) -> Duration {
        self.interval.saturating_mul(units).saturating_mul(self.stretch) / NO_STRETCH
    }
}
