//! One logical call, as plain data.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header::CONTENT_TYPE};
use serde::Serialize;

use super::Error;
use crate::{budget::Cost, observe::Operation};

/// Largest answer that is held by default, in bytes. A page of 999 users with every property this product selects has
/// about 2 MiB; users may carry 250 alternate addresses of 250 characters each, so the limit leaves room for many such.
pub(crate) const DEFAULT_BODY_LIMIT: usize = 16 * 1024 * 1024;

/// What repeating a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it reads.
    Read,
    /// It ends the same: the request names the whole wanted state (PATCH of a property, PUT, DELETE of an id).
    Absolute,
    /// Something happens again: create, send.
    Once,
}

#[derive(Clone)]
pub(crate) enum Target {
    /// Percent-encoded path and query under the service's base address.
    Path(String),
    /// A link that the service gave us; followed only if it stays at the service.
    Link(String),
}

/// A request before it has a token, ids or an address.
#[derive(Clone)]
pub struct Call {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) target: Target,
    pub(crate) effect: Effect,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
    pub(crate) body_limit: usize,
    pub(crate) cost: Option<Cost>,
    batch: bool,
}

impl Call {
    fn new(operation: &'static str, method: Method, target: Target, effect: Effect) -> Self {
        Self {
            operation,
            method,
            target,
            effect,
            headers: HeaderMap::new(),
            body: None,
            body_limit: DEFAULT_BODY_LIMIT,
            cost: None,
            batch: false,
        }
    }

    /// Reads. `operation` is a constant name for logs and metrics; `path` is relative to the service's base address and
    /// already percent-encoded (see [`crate::graph::odata::Path`]).
    pub fn get(operation: &'static str, path: impl fmt::Display) -> Self {
        Self::new(operation, Method::GET, Target::Path(path.to_string()), Effect::Read)
    }

    /// A request with another method. The caller states what repeating it does.
    pub fn with_effect(operation: &'static str, method: Method, path: impl fmt::Display, effect: Effect) -> Self {
        Self::new(operation, method, Target::Path(path.to_string()), effect)
    }

    /// Reads from a link that the service gave (a next or delta link).
    pub fn follow(operation: &'static str, link: impl Into<String>) -> Self {
        Self::new(operation, Method::GET, Target::Link(link.into()), Effect::Read)
    }

    /// The same call to a link that the service gave: Exchange pages by posting the same body again.
    #[must_use]
    pub fn at_link(mut self, link: impl Into<String>) -> Self {
        self.target = Target::Link(link.into());
        self
    }

    /// Adds a JSON body.
    pub fn json<B: Serialize + ?Sized>(mut self, body: &B) -> Result<Self, Error> {
        self.body = Some(serde_json::to_vec(body).map_err(|_| Error::Unserializable)?.into());
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(self)
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Adds a preference (`Prefer`), such as `return=minimal`.
    #[must_use]
    pub fn prefer(mut self, preference: &'static str) -> Self {
        self.headers.append(HeaderName::from_static("prefer"), HeaderValue::from_static(preference));
        self
    }

    /// Asks for an advanced query: `ConsistencyLevel: eventual`. The query needs `$count=true` besides.
    #[must_use]
    pub fn eventual(mut self) -> Self {
        self.headers.insert(HeaderName::from_static("consistencylevel"), HeaderValue::from_static("eventual"));
        self
    }

    /// Holds at most this many bytes of the answer.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// It carries several requests.
    #[must_use]
    pub(crate) fn batch(mut self) -> Self {
        self.batch = true;
        self
    }

    /// What an observer hears that it is for.
    pub(crate) fn kind(&self) -> Operation {
        match self.effect {
            _ if self.batch => Operation::Batch,
            Effect::Read => Operation::Read,
            Effect::Absolute | Effect::Once => Operation::Write,
        }
    }

    /// States the cost for the client-side limits where it cannot be told from method and path.
    #[must_use]
    pub fn cost(mut self, cost: Cost) -> Self {
        self.cost = Some(cost);
        self
    }
}

impl fmt::Debug for Call {
    /// Without address and body: both may hold mail addresses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("effect", &self.effect)
            .finish_non_exhaustive()
    }
}
