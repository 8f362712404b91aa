//! What goes wrong below HTTP, and whether the request may have had an effect.

use std::{error::Error as StdError, fmt, sync::Arc};

/// Whether a failed request may have had an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// It certainly did not leave: it may be sent again.
    BeforeSend,
    /// It may have been received and carried out.
    Unknown,
}

/// What went wrong below HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No connection: name resolution, TCP or TLS.
    Connect,
    /// No answer, or no complete answer, in time.
    Timeout,
    /// The connection broke while the request or the response was under way.
    Broken,
    /// The transport refuses everything that writes.
    ReadOnly,
    /// It would have gone over the network in plain text, with what it carries.
    PlainText,
    /// The request could not be put into words (an address or header that HTTP does not allow).
    Unsendable,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "no connection to the service",
            Self::Timeout => "no complete answer in time",
            Self::Broken => "the connection broke",
            Self::ReadOnly => "read-only: a request that writes was refused",
            Self::PlainText => "plain http to another machine was refused",
            Self::Unsendable => "the request could not be formed",
        })
    }
}

/// A request without a usable HTTP response.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{cause}")]
pub struct TransportError {
    reached: Reached,
    cause: Cause,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl TransportError {
    /// An error without a deeper reason.
    pub fn new(reached: Reached, cause: Cause) -> Self {
        Self { reached, cause, source: None }
    }

    /// An error with its reason. The reason must not carry the request's address or body.
    pub fn with_source(reached: Reached, cause: Cause, source: impl StdError + Send + Sync + 'static) -> Self {
        Self { reached, cause, source: Some(Arc::new(source)) }
    }

    /// The request was given up after its time.
    pub(crate) fn timed_out() -> Self {
        Self::new(Reached::Unknown, Cause::Timeout)
    }

    /// Whether the request may have had an effect.
    pub fn reached(&self) -> Reached {
        self.reached
    }

    /// What went wrong.
    pub fn cause(&self) -> Cause {
        self.cause
    }

    /// Whether another attempt can end differently.
    pub fn is_transient(&self) -> bool {
        matches!(self.cause, Cause::Connect | Cause::Timeout | Cause::Broken)
    }
}
