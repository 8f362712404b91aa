//! Real Flux: its kustomize-controller applies the example from an artifact, and what it makes of the objects' health and of
//! pruning is what the status and the deletion policy of each say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

mod artifact;
#[path = "../support/cli/mod.rs"]
mod cli;
#[path = "../support/cluster/mod.rs"]
mod cluster;
#[path = "../support/contoso.rs"]
mod contoso;
mod controller;
mod crds;
#[path = "../support/operator/mod.rs"]
mod operator;
mod story;
