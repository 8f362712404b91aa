//! Random input for everything that tenant-contacts reads: one module a target, and what they share.
//!
//! A target gets bytes and fails by panicking. It checks what the product promises of any input, not only that nothing panics:
//! a file that is not ours stays as it is, a credential goes to its own service alone, what was read once reads the same again.
//!
//! Invariant: the same bytes always do the same, so that a file that libFuzzer keeps is a whole report.

pub mod billing;
pub mod bounded;
pub mod exchange;
pub mod graph;
pub mod manifests;
pub mod partner;
mod recipe;
mod scratch;
pub mod seed;
pub mod seeds;
mod service;
mod splice;
pub mod state;
mod tenant;
pub mod trail;

/// Whatever is read, the whole process never holds more than its bound.
#[global_allocator]
static ALLOCATOR: bounded::Bounded = bounded::Bounded;
