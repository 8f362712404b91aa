//! The operator as its own process on a real API server: what is applied with kubectl is kept in the tenant.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

#[path = "../support/bad_objects.rs"]
mod bad_objects;
#[path = "../support/cli/mod.rs"]
mod cli;
#[path = "../support/cluster/mod.rs"]
mod cluster;
#[path = "../support/line.rs"]
mod line;
#[path = "../support/operator/mod.rs"]
mod operator;

mod credentials;
mod deletion;
mod deletion_orders;
mod deletion_originals;
mod deletion_unreachable;
mod gateways;
mod idle;
mod leadership;
mod leaks;
mod refused;
mod report;
mod report_faults;
mod story;
