//! Time.

use std::time::Duration;

use jiff::Timestamp;

/// Tells the time. Wall-clock time is for records that people read; durations are measured on the monotonic clock.
pub trait Clock: Send + Sync {
    /// Now, by the wall clock.
    fn now(&self) -> Timestamp;
    /// Time since some fixed moment; never goes back.
    fn monotonic(&self) -> Duration;
}
