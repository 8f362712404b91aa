//! Two answers to one question, made by code that shares nothing: what the product says of a tenant that it read through its
//! own survey, and what becomes of mail in the simulated tenant itself. Over many random tenants they agree.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

#[path = "../support/dice.rs"]
mod dice;
#[path = "../support/rig.rs"]
mod rig;
#[allow(dead_code)] // each test file uses its part
#[path = "../survey/tenant.rs"]
mod tenant;

mod agreement;
mod arrivals;
mod departed;
mod evidence;
mod garbled;
mod names;
mod permissions;
mod picture;
mod selections;
mod tally;
mod tangled;
mod truth;
