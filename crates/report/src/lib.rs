//! What people and programs read, made from `core`'s types.
//!
//! Invariant: no I/O, and nothing is decided here. Equal plans give equal bytes. Private values are masked.

pub mod plan;
mod text;

pub use text::plan as plan_text;
