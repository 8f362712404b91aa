//! Keeps a Microsoft 365 tenant's contact state as declared in YAML: a Kubernetes operator, and a command line on the same
//! engine.
//!
//! Invariant: wiring only. What the kinds mean is in `tenant-contacts-api`; this package reads files, parses arguments,
//! prints, and starts things.

pub mod cli;
pub mod connect;
#[cfg(feature = "simulator")]
pub mod demo;
pub mod directory;
pub mod driver;
pub mod gather;
pub mod logging;
pub mod operator;
#[cfg(feature = "simulator")]
pub mod simulated;
pub mod state;
pub mod survey;
pub mod world;
