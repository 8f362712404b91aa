//! Every form of the answer to "who really receives it".

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

mod grants;
mod html;
mod json;
mod junit;
mod markdown;
mod sarif;
mod scene;
mod text;
