//! Randomness as a port: jitter and request ids.
//!
//! Invariant: nothing secret is ever derived from it, so a test may inject a predictable sequence.

use std::time::Duration;

use rand::RngCore;
use uuid::Uuid;

/// A source of random numbers that can be shared between tasks.
pub trait Rng64: Send + Sync {
    /// The next 64 uniformly distributed bits.
    fn next_u64(&self) -> u64;
}

/// The thread's own generator, seeded by the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRng;

impl Rng64 for SystemRng {
    fn next_u64(&self) -> u64 {
        rand::rng().next_u64()
    }
}

/// A version 4 UUID: the ids of requests and of assertions.
pub(crate) fn uuid(rng: &dyn Rng64) -> Uuid {
    let mut bytes = [0_u8; 16];
    let (high, low) = bytes.split_at_mut(8);
    high.copy_from_slice(&rng.next_u64().to_be_bytes());
    low.copy_from_slice(&rng.next_u64().to_be_bytes());
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// A duration between zero and `most`, both included ("full jitter").
pub(crate) fn jitter(rng: &dyn Rng64, most: Duration) -> Duration {
    let nanos = u64::try_from(most.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(match nanos.checked_add(1) {
        Some(bound) => rng.next_u64() % bound,
        None => rng.next_u64(),
    })
}
