//! The engine on simulated tenants, in process and on paused time: whatever breaks, lags, is random or is taken away, the
//! tenant ends as declared, and nothing is written that was not declared and kept.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

mod consequences;
mod crash;
mod faults;
mod leaves;
mod properties;
mod publishing;
mod records_fail;
mod rehearsal;
mod release;
mod replicas;
mod scenarios;
mod slow;
mod unseen;
