//! Who sends requests.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;

use super::{body::Body, error::TransportError};

/// Sends requests. Implementations: [`crate::net::NetTransport`] over the network, a router in process, a script in
/// tests.
pub trait Transport: Send + Sync {
    /// Sends one request and returns as soon as the response's head is there.
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        (**self).send(request)
    }
}
