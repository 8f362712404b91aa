//! Decisions, and nothing else: from what is declared and what was observed to a plan, and from a plan and what became of
//! it to a status.
//!
//! Invariant: every public function is a function of its arguments. No I/O, no clock, no randomness, no environment; equal
//! inputs give equal bytes (design §3). Every non-action is data with a typed reason.

pub mod answer;
pub mod approval;
pub mod attestation;
pub mod canonical;
pub mod consequences;
pub mod desired;
pub mod digest;
pub mod export;
pub mod field;
pub mod flight;
pub mod gate;
pub mod grant;
pub mod landscape;
pub mod lint;
pub mod model;
pub mod ownership;
pub mod permission;
pub mod plan;
pub mod policy;
mod privilege;
pub mod release;
pub mod routing;
pub mod status;
pub mod step;
pub mod surface;
pub mod suspension;
pub mod worklist;
