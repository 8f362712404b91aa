//! Skip tokens: where the next page begins.
//!
//! Invariant: opaque, and bound to the query it came from; it goes on at any replica.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::graph::{error::GraphError, request::GraphRequest};

/// Ties a token to the query it belongs to.
pub(super) fn digest(request: &GraphRequest) -> String {
    let mut hash = Sha256::new();
    hash.update(request.path.as_bytes());
    for name in ["$filter", "$orderby", "$search"] {
        hash.update([0]);
        hash.update(request.option(name).unwrap_or_default().as_bytes());
    }
    URL_SAFE_NO_PAD.encode(&hash.finalize()[..6])
}

pub(super) fn write(key: &str, id: &str, digest: &str) -> String {
    URL_SAFE_NO_PAD.encode(json!([digest, key, id]).to_string())
}

/// `Some(None)` is the token of an empty first page: go on at the beginning.
pub(super) fn read(token: &str, digest: &str) -> Result<Option<(String, String)>, GraphError> {
    // Text of the directory for a token it does not know (general knowledge, UNV).
    let refuse = || {
        GraphError::new(
            400,
            "Directory_ExpiredPageToken",
            "The specified page token value has expired and can no longer be included in your request.",
        )
    };
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| refuse())?;
    let [tied, key, id]: [String; 3] = serde_json::from_slice(&bytes).map_err(|_| refuse())?;
    if tied != digest {
        return Err(refuse());
    }
    Ok((!id.is_empty()).then_some((key, id)))
}
