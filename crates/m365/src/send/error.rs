//! What can go wrong with a call.
//!
//! Invariant: no variant shows an address, a link, a body or a message of the service.

use std::time::Duration;

use uuid::Uuid;

use super::{decode::DecodeError, graph_error::GraphError, retry_after::told};
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
