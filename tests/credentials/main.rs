//! One application per surface: each request leaves as the application whose surface it is about, what stops one stops no
//! other, and status says of each what it holds, lacks and has in excess.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

#[path = "../support/cli/mod.rs"]
mod cli;
#[path = "../support"]
mod support {
    pub mod rig;
    pub mod small;
}

mod binary;
mod failing;
mod permissions;
mod requests;
mod scene;
