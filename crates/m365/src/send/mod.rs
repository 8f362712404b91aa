//! The one way a request leaves: token, ids, time-outs, retries, throttling, redirects, errors.
//!
//! Invariant: a write of unknown outcome is never sent again unless its caller said that repeating it ends the same
//! ([`Effect::Absolute`]); a token never goes to another host than its service's; no wait is longer than the policy's.

pub(crate) mod attempts;
mod call;
mod decode;
mod error;
mod exchange_error;
mod graph_error;
pub(crate) mod known;
mod policy;
mod retry_after;
mod sender;

pub use call::{Call, Effect};
pub use decode::DecodeError;
pub use error::Error;
pub use graph_error::{ErrorKind, GraphError};
pub use policy::{Fence, RetryPolicy};
pub use sender::{Outcome, Reply, Sender};

pub(crate) use decode::decode;
pub(crate) use retry_after::{believed, parse as parse_retry_after, told};

#[cfg(test)]
mod boundary_tests;
#[cfg(test)]
mod tests;
