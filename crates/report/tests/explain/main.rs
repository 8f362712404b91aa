//! Every form of the answer to "who really receives it".

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

mod json;
mod scene;
mod text;
