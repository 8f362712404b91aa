//! The three ports through which this crate meets the outside: requests, wall time, randomness.

use std::{fmt, sync::Arc};

use crate::{
    clock::{Clock, SystemClock},
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
}

impl Ports {
    /// The machine's own clock and randomness over a transport.
    pub fn system(transport: Arc<dyn Transport>) -> Self {
        Self { transport, clock: Arc::new(SystemClock), rng: Arc::new(SystemRng) }
    }
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ports(..)")
    }
}
