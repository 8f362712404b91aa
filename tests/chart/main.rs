//! The Helm chart: what it renders, what it asks of the cluster, and what its admission policies refuse, on a real API server.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking, its helpers as well

#[path = "../support/chart.rs"]
mod chart;
#[path = "../support/cluster/mod.rs"]
mod cluster;
mod crds;
mod image;
mod installed;
mod namespaces;
mod people;
mod pods;
mod policies;
mod rights;
mod values;
