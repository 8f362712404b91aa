//! Wall time as a port.
//!
//! Invariant: wall time is used only where a service's own clock matters (HTTP dates, assertion life times). Every wait
//! and every expiry is measured on `tokio::time`, so tests run on paused time.

use jiff::Timestamp;

/// Where the time of day comes from.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
