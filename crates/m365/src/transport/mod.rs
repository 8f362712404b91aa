//! One HTTP request in, one response out: the seam between everything this crate decides and the network.
//!
//! Invariant: a transport neither retries, nor follows redirects, nor adds credentials. It says honestly whether a
//! request that failed may have reached the service, because that decides whether a write may be sent again.

mod body;
mod error;
mod port;
mod read_only;

pub use body::{Body, BodyError};
pub use error::{Cause, Reached, TransportError};
pub use port::Transport;
pub use read_only::ReadOnly;
