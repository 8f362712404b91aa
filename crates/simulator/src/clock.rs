//! The one clock of a simulator: tokio's time (so paused tests work) plus a wall-clock epoch fixed at start.
//!
//! Invariant: nothing else in the crate asks the machine for the date; tokio's `Instant` is the only other time.

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Duration, Instant};

/// Maps tokio's monotonic time to dates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: Instant,
    epoch: Timestamp,
}

impl Clock {
    /// Starts at `epoch`, or at the machine's present time when none is given.
    pub(crate) fn start(epoch: Option<Timestamp>) -> Self {
        Self { start: Instant::now(), epoch: epoch.unwrap_or_else(Timestamp::now) }
    }

    /// The simulated date and time.
    pub(crate) fn wall(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.start.elapsed()).unwrap_or(SignedDuration::MAX);
        self.epoch.saturating_add(elapsed).unwrap_or(Timestamp::MAX)
    }

    /// The simulated date and time as Graph prints it.
    pub(crate) fn text(&self) -> String {
        print(self.wall())
    }

    /// The point of tokio's time that lies `lag` before now (or the start, whichever is later).
    pub(crate) fn before(&self, lag: Duration) -> Option<Instant> {
        Instant::now().checked_sub(lag).filter(|at| *at >= self.start)
    }
}

/// Graph prints whole seconds in UTC.
pub(crate) fn print(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
