//! Reading JSON, and where it could not be read.
//!
//! Invariant: no word of an answer stands in an error.

use serde::de::DeserializeOwned;

/// Where and how JSON could not be read. serde's own message quotes the data, so it is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} at line {line}, column {column}", self.what())]
pub struct DecodeError {
    /// Line of the answer, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// Whether it ended in the middle.
    pub truncated: bool,
    /// Whether it would come to more in memory than is held of one answer.
    pub too_large: bool,
}

impl DecodeError {
    fn what(&self) -> &'static str {
        match self {
            Self { too_large: true, .. } => "more JSON than is held",
            Self { truncated: true, .. } => "JSON ends early",
            _ => "unexpected JSON",
        }
    }

    pub(crate) fn of(error: &serde_json::Error, too_large: bool) -> Self {
        Self { line: error.line(), column: error.column(), truncated: error.is_eof(), too_large }
    }
}

/// Reads JSON straight from the bytes, after a byte order mark if there is one (Partner Center may send it).
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    serde_json::from_slice(body).map_err(|error| DecodeError::of(&error, false))
}
