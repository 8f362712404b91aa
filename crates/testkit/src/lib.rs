//! What the tests of several binaries share: tenants and what is declared of them, the engine on them in process, the command
//! line as a process, a real control plane, and an operator on it.
//!
//! Invariant: a development dependency and nothing else; nothing that is shipped is built on it.

// A test fails by panicking, its helpers as well; what they take and give is said where it does not go without saying.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

pub mod bad_objects;
pub mod chart;
pub mod cli;
pub mod cluster;
pub mod contoso;
pub mod declared;
pub mod dice;
pub mod line;
pub mod operator;
pub mod places;
pub mod random;
pub mod rehearsal;
pub mod rig;
pub mod scenario;
pub mod schemas;
pub mod seeds;
pub mod small;
pub mod stop;
mod surroundings;
pub mod witness;
pub mod world;
