//! The ports through which this crate meets the outside: requests, wall time, randomness, and who hears of requests.

use std::{fmt, sync::Arc};

use crate::{
    clock::{Clock, SystemClock},
    observe::{Observer, Unobserved},
    random::{Rng64, SystemRng},
    transport::Transport,
};

/// The ports together; clones share them.
#[derive(Clone)]
pub struct Ports {
    /// How requests leave.
    pub transport: Arc<dyn Transport>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Jitter and request ids.
    pub rng: Arc<dyn Rng64>,
    /// Who hears of every request.
    pub observer: Arc<dyn Observer>,
}

impl Ports {
    /// The machine's own clock and randomness over a transport, and nobody who listens.
    pub fn system(transport: Arc<dyn Transport>) -> Self {
        Self { transport, clock: Arc::new(SystemClock), rng: Arc::new(SystemRng), observer: Arc::new(Unobserved) }
    }
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ports(..)")
    }
}
