//! The right to write.

use std::time::Duration;

/// Says whether a request that may take `timeout` still ends within our right to write. Asked before every request, so
/// that a process that lost its lease sends nothing (design §4).
pub trait Fence: Send + Sync {
    /// Whether a write may leave now.
    fn permits(&self, timeout: Duration) -> bool;
}

/// No fence: the process holds the state file's lock, so it is the only writer as long as it lives.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFence;

impl Fence for NoFence {
    fn permits(&self, _timeout: Duration) -> bool {
        true
    }
}
