//! What the operator may do in a cluster, and what it does: the same. And what it cannot be used for by somebody who may
//! declare things in one namespace.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

#[path = "../support/cli/mod.rs"]
mod cli;
#[path = "../support/cluster/mod.rs"]
mod cluster;
mod equal;
mod federation;
mod neighbours;
#[path = "../support/operator/mod.rs"]
mod operator;
mod tokens;
