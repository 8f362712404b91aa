//! The command line as a plugin of kubectl: called through the real kubectl, against a real API server and, where there is
//! something to be done, a running operator.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

#[path = "../support/chart.rs"]
mod chart;
#[path = "../support/cli/mod.rs"]
mod cli;
#[path = "../support/cluster/mod.rs"]
mod cluster;
#[path = "../support/operator/mod.rs"]
mod operator;
#[path = "../support/schemas.rs"]
mod schemas;

mod approve;
mod call;
mod consequences;
mod glance;
mod plan;
mod reconcile;
mod rights;
mod suspension;
mod wrong;
