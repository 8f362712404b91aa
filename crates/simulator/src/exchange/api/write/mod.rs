//! Cmdlets that write. Contract §6.3, §10.20–26, §10.30.
//!
//! Invariant: a refused call changes nothing; a call that changes nothing succeeds and says so.

pub(crate) mod addresses;
pub(crate) mod create;
pub(crate) mod entries;
pub(crate) mod list;
pub(crate) mod mailbox;
pub(crate) mod permissions;
pub(crate) mod settings;
