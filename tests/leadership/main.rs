//! Two replicas on a real API server: one leads, the other stands by, and whatever happens to the one that leads, nothing is
//! written twice and nothing by the one that lost its lease.
//!
//! How long a take-over takes at most is proved on virtual clocks (`crates/engine/src/lease/tests.rs`); here it is printed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

#[path = "../support/cli/mod.rs"]
mod cli;
mod clock;
#[path = "../support/cluster/mod.rs"]
mod cluster;
#[path = "../support/line.rs"]
mod line;
#[path = "../support/operator/mod.rs"]
mod operator;
mod pair;
mod takeover;
