//! The command line: the real binary on folders of manifests, against simulated tenants on loopback ports.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

mod apply_killed;
mod bad_objects_plan;
mod check;
mod check_bounds;
mod credentials;
mod examples_end_to_end;
mod leaks;
mod plan_apply;
mod proxies;
mod read;
mod run;
