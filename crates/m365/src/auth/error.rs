//! Why there is no token.

use std::time::Duration;

use super::{aadsts::Refusal, credential::CredentialError};
use crate::{send::told, transport::TransportError};

/// Why there is no token.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AuthError {
    /// Our side has nothing to show.
    #[error("no usable credential")]
    Credential(#[source] CredentialError),
    /// The login service said no.
    #[error("{0}")]
    Refused(Refusal),
    /// The login service wants us to wait longer than the caller is willing to.
    #[error("{}", told("the login service", *retry_after))]
    Throttled {
        /// How long.
        retry_after: Duration,
    },
    /// No answer.
    #[error("the login service could not be reached")]
    Transport(#[source] TransportError),
    /// The answer is not a token.
    #[error("the login service's answer is not a token")]
    Malformed,
}

impl AuthError {
    /// Whether waiting can mend it, without a person doing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Throttled { .. } => true,
            Self::Transport(error) => error.is_transient(),
            Self::Refused(refusal) => refusal.status >= 500 || refusal.status == 429,
            Self::Credential(_) | Self::Malformed => false,
        }
    }
}
