//! What the tests of the command line share: simulated tenants on loopback ports, folders of manifests, and the binary.

#![allow(dead_code)] // each test file uses a part of it

pub mod binary;
pub mod folder;
pub mod front;
pub mod office;
pub mod small;
pub mod state;
#[path = "../surroundings.rs"]
#[allow(clippy::duplicate_mod)] // a test may use a cluster beside the command line
mod surroundings;
