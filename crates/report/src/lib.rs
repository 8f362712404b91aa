//! What people and programs read, made from `core`'s types.
//!
//! Invariant: no I/O, and nothing is decided here. Equal plans give equal bytes. Private values are masked.

pub mod answers;
pub mod columns;
pub mod explain;
pub mod export;
pub mod grants;
pub mod plan;
mod printable;
pub mod published;
mod published_text;
mod schema;
mod text;
pub mod worklist;

pub use printable::printable;
pub use published_text::{published as published_text, waiting as waiting_text};
pub use schema::schemas;
pub use text::{Shown, applied, plan as plan_text};
