//! By which connection a request came.

use std::net::SocketAddr;

/// The address of this end of the connection that a request came by; requests in process have none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Here(pub(super) SocketAddr);

/// The scheme a request came by; the URI of an HTTP/1.1 request does not say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scheme(pub(super) &'static str);
