//! Two answers to one question, made by code that shares nothing: what the product says of a tenant that it read through its
//! own survey, and what becomes of mail in the simulated tenant itself. Over many random tenants they agree.
//!
//! With it what else is read of a whole tenant: the survey compared with the seed, and the example company's planted defects.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

mod agreement;
mod arrivals;
mod contoso_defects;
mod departed;
mod evidence;
mod garbled;
mod names;
mod permissions;
mod picture;
mod selections;
mod survey;
mod tally;
mod tangled;
mod truth;
