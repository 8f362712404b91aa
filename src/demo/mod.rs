//! The demonstration: `run` on `examples/contoso` with an embedded tenant, told step by step.
//!
//! Invariant: nothing here helps the engine. It gets a folder and an address; whoever disturbs the tenant, and whoever
//! compares the end state with the files, are clients of their own that share no code with it but the HTTP library.

mod end_state;
mod files;
mod other_client;
mod story;

pub use files::FILES;
pub use story::{DemoError, tell};
