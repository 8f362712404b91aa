//! Cmdlets that read.
//!
//! Invariant: nothing here writes.

pub(crate) mod mailbox;
pub(crate) mod members;
pub(crate) mod objects;
pub(crate) mod protection;
pub(crate) mod recipients;
