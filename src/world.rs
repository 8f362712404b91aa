//! The machine's clock and randomness, for the engine and for the transport.

use std::time::Duration;

use jiff::Timestamp;
use tenant_contacts_engine::port::{Clock, Fence, Rng};
use tenant_contacts_m365::{
    clock::Clock as WallClock,
    random::{Rng64, SystemRng},
};
use tokio::time::Instant;

/// Time as this process sees it. The wall clock is read once: after that it runs with tokio's clock, so that a clock that
/// is set back cannot make a write look older than a read, and so that paused tests see one time everywhere.
#[derive(Clone, Copy, Debug)]
pub struct ProcessClock {
    started: Instant,
    at: Timestamp,
}

impl ProcessClock {
    /// Starts at the machine's time.
    pub fn start() -> Self {
        Self::start_at(Timestamp::now())
    }

    /// Starts at a given time.
    pub fn start_at(at: Timestamp) -> Self {
        Self { started: Instant::now(), at }
    }

    fn timestamp(&self) -> Timestamp {
        let elapsed = jiff::SignedDuration::try_from(self.started.elapsed()).unwrap_or(jiff::SignedDuration::MAX);
        self.at.saturating_add(elapsed).unwrap_or(Timestamp::MAX)
    }
}

impl Clock for ProcessClock {
    fn now(&self) -> Timestamp {
        self.timestamp()
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

impl WallClock for ProcessClock {
    fn now(&self) -> Timestamp {
        self.timestamp()
    }
}

/// The machine's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chance;

impl Rng for Chance {
    fn next(&self) -> u64 {
        SystemRng.next_u64()
    }
}

/// The engine's fence as the transport asks for it.
pub struct TransportFence(pub std::sync::Arc<dyn Fence>);

impl tenant_contacts_m365::send::Fence for TransportFence {
    fn admits(&self, within: Duration) -> bool {
        self.0.permits(within)
    }
}
