//! Records of directory mode: what in a cluster is `status.memory`, status and events.
//!
//! Invariant: when a call returns, what it was given survives a crash of the process; a file that was being appended to
//! when the process died is read up to its last whole line.

mod ephemeral;
mod file;
mod lines;
mod place;
mod trail;

pub use ephemeral::{Ephemeral, Kept};
pub use file::{StateError, StateFile, verify};
pub use place::PlaceError;
pub use trail::{TrailError, Verified};
