//! Chance.

/// A source of random numbers, for jitter only.
pub trait Rng: Send + Sync {
    /// Any number.
    fn next(&self) -> u64;
}
