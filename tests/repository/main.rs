//! What holds of the repository itself: who may know what, what pages name and examples promise, what is generated.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

mod architecture;
mod crds;
mod examples;
