//! What the tests of the command line share: simulated tenants on loopback ports, folders of manifests, and the binary.

pub mod binary;
pub mod folder;
pub mod front;
pub mod office;
pub mod small;
pub mod state;
