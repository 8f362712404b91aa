//! One engine: a pass observes a tenant, plans, writes what the plan allows, verifies what was written, and says what is
//! true. Operator, directory mode, `plan`, `apply` and the tests all drive this same pass.
//!
//! Invariant: decisions are `core`'s; this crate decides only *when* (what to read now, how much to write in a pass, when
//! to come back). It knows neither Kubernetes nor a wire format. A pass never sleeps and never waits for a condition.

pub mod audit;
pub mod lease;
pub mod port;
pub mod reading;
pub mod survey;
pub mod worker;

pub use worker::{Mode, PassReport, TenantWorker};
