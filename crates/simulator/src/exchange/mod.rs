//! Exchange Online beside the directory. Contract §6.
//!
//! Two stores with a lag both ways (contract §10.24): Exchange reads the directory as it was some time ago, and what is
//! written in Exchange reaches the directory some time later. A recipient that stands on an account or group of the
//! directory is not kept twice: its values are derived, and only what Exchange alone knows is stored.
//!
//! Invariant: every read goes through a [`view::Exchange`]; writes that the directory must hear of go through [`sync`].

pub(crate) mod api;
pub(crate) mod derive;
pub(crate) mod disturb;
pub(crate) mod kind;
pub(crate) mod print;
pub(crate) mod schema;
pub(crate) mod size;
pub(crate) mod sync;
pub(crate) mod under_way;
pub(crate) mod view;
