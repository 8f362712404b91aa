//! The state that survives a restart: everything true, the end of the log, and which delta tokens are still good.
//!
//! Invariant: a file is written whole or not at all, and a state that was lost with a crash is never mistaken for one that
//! was kept: tokens that know more than the file are answered 410.

mod document;

use std::io;

pub(crate) use self::document::{Document, Kept, Problem};

use crate::seed::SeedError;

/// Why a state cannot be kept or taken up again.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The seed.
    #[error("the seed is not valid")]
    Seed(#[from] SeedError),
    /// The file cannot be read.
    #[error("the state {path} cannot be read")]
    Read {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is not a state that this version wrote.
    #[error("the state {path} is not one of this simulator")]
    Format {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The file's content does not fit.
    #[error("the state {path} does not fit: {problem}")]
    Content {
        /// The file.
        path: String,
        /// Kinds and property names only, no values.
        problem: String,
    },
    /// The file cannot be written.
    #[error("the state cannot be written to {path}")]
    Write {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}
