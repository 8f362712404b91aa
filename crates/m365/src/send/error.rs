//! What can go wrong with a call.
//!
//! Invariant: no variant shows an address, a link, a body or a message of the service.

use std::time::Duration;

use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{GraphError, retry_after::told};
use crate::{
    auth::AuthError,
    graph::PageError,
    transport::{Reached, TransportError},
};

/// A call without a usable result.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// There is no token.
    #[error("authentication failed")]
    Auth(#[source] AuthError),
    /// The service said no.
    #[error(transparent)]
    Service(GraphError),
    /// Waiting is asked for, longer than the call may take.
    #[error("{}", told("the service", *retry_after))]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
        /// What the service said; absent where our own limiter spoke.
        error: Option<GraphError>,
    },
    /// No answer.
    #[error("the service could not be reached (client request {client_request_id})")]
    Transport {
        /// What happened.
        #[source]
        error: TransportError,
        /// Our id of the call.
        client_request_id: Uuid,
    },
    /// The answer is larger than the call allows.
    #[error("the answer is larger than {limit} bytes (client request {client_request_id})")]
    TooLarge {
        /// The call's limit, in bytes.
        limit: usize,
        /// Our id of the call.
        client_request_id: Uuid,
    },
    /// The answer is not what the interface promises.
    #[error("the answer could not be understood (client request {client_request_id})")]
    Malformed {
        /// Where reading stopped.
        #[source]
        error: DecodeError,
        /// Our id of the call.
        client_request_id: Uuid,
    },
    /// A link or redirect leads away from the service and was not followed.
    #[error("a link leads away from the service and was not followed")]
    ForeignLink,
    /// A redirect that is not followed: of a write, without an address, or the fourth in a row.
    #[error("the service redirects in a way that is not followed")]
    Redirect,
    /// The path does not form an address.
    #[error("the request's path is not valid")]
    InvalidPath,
    /// The body could not be written as JSON.
    #[error("the request's body cannot be written as JSON")]
    Unserializable,
    /// We are no longer entitled to write; nothing was sent.
    #[error("the write was held back: the lease ends too soon")]
    Fenced,
    /// A read was answered with a success that is not its answer, such as 202: what was asked for is still being made.
    #[error("the service answered {status}, which is no answer to a read (client request {client_request_id})")]
    NotAnswered {
        /// The HTTP status, 201 to 299.
        status: u16,
        /// Our id of the call.
        client_request_id: Uuid,
    },
    /// Paging goes wrong.
    #[error("the list could not be read to its end")]
    Paging(#[source] PageError),
}

impl Error {
    /// What the service said, if it spoke.
    pub fn service(&self) -> Option<&GraphError> {
        match self {
            Self::Service(error) => Some(error),
            Self::Throttled { error, .. } => error.as_ref(),
            _ => None,
        }
    }

    /// How long to wait, where somebody said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after, .. } | Self::Auth(AuthError::Throttled { retry_after }) => {
                Some(*retry_after)
            }
            Self::Service(error) => error.retry_after,
            _ => None,
        }
    }

    /// Whether the same call can succeed later without anybody mending anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Auth(error) => error.is_transient(),
            Self::Service(error) => error.status >= 500,
            Self::Throttled { .. } | Self::Fenced | Self::NotAnswered { .. } => true,
            Self::Transport { error, .. } => error.is_transient(),
            Self::Malformed { error, .. } => error.truncated,
            _ => false,
        }
    }

    /// Whether the request certainly had no effect, judged by the transport's word alone.
    pub(crate) fn before_send(error: &TransportError) -> bool {
        error.reached() == Reached::BeforeSend
    }
}

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
