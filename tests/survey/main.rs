//! A whole tenant, read from a simulated one and compared with its seed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

#[path = "../support/rig.rs"]
mod rig;

mod cadence;
mod contoso;
mod fleet;
mod folders;
mod permissions;
mod tenant;
mod traces;
