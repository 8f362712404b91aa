//! Two replicas on a real API server: one leads, the other stands by, and whatever happens to the one that leads, nothing is
//! written twice and nothing by the one that lost its lease.
//!
//! How long a take-over takes at most is proved on virtual clocks (`crates/engine/src/lease/tests.rs`); here it is printed.

mod clock;
mod pair;
mod takeover;
