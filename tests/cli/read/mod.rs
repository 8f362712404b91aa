//! The verbs that read any tenant, as processes: `explain`, `export` and `worklist`, on an embedded tenant and on a served
//! one that is reached as a real one is.

// The probe's own tests use more of it.
#[allow(dead_code)]
#[path = "../../../crates/probe/tests/server/mod.rs"]
mod dns;

mod cost;
mod explain;
mod export;
mod forms;
mod gateways;
mod grants;
mod nothing_known;
mod reader;
mod refused;
mod schemas_cli;
mod worklist;
