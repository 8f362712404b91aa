//! The simulator against the contract (docs/contract), and against what its own documents promise of mail and notices.
//!
//! One binary: the tests share nothing but code, and linking the simulator once a file took longer than running it.

// A test fails by panicking, its helpers as well; they take what `json!` makes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::needless_pass_by_value)]

mod billing;
mod clients;
mod consistency;
mod exchange;
mod exchange_directory;
mod exchange_seed;
mod exchange_write;
mod faults;
mod http;
mod licences;
mod limits;
mod mailflow;
mod mailflow_edge;
mod mailflow_forwarding;
mod mailflow_readers;
mod mailflow_rules;
mod mailflow_tangled;
mod notices;
mod partner;
mod password_reset;
mod permissions;
mod queries;
mod roles;
mod schema;
mod seed_bounds;
mod state;
mod support;
mod tokens;
mod users;
