//! What is asked for in a batch.

use std::fmt;

use http::Method;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    budget::Cost,
    send::{Effect, Error},
};

/// How the items of a batch depend on each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Not at all: the service may carry them out in any order.
    Parallel,
    /// Each after the one before it; after a failure the rest is not carried out.
    Sequential,
}

/// One request of a batch.
#[derive(Clone)]
pub struct BatchItem {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) effect: Effect,
    pub(super) headers: Vec<(&'static str, &'static str)>,
    pub(super) body: Option<Box<RawValue>>,
}

impl BatchItem {
    /// Reads.
    pub fn get(path: impl fmt::Display) -> Self {
        Self::with_effect(Method::GET, path, Effect::Read)
    }

    /// Another method. The caller states what repeating it does.
    pub fn with_effect(method: Method, path: impl fmt::Display, effect: Effect) -> Self {
        Self { method, path: format!("/{path}"), effect, headers: Vec::new(), body: None }
    }

    /// Adds a JSON body.
    pub fn json<B: Serialize + ?Sized>(mut self, body: &B) -> Result<Self, Error> {
        self.body = Some(serde_json::value::to_raw_value(body).map_err(|_| Error::Unserializable)?);
        // Without it the service refuses the item.
        self.headers.push(("Content-Type", "application/json"));
        Ok(self)
    }

    /// Sets a header of the item.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(super) fn cost(&self) -> Cost {
        Cost::of_relative(&self.method, &self.path)
    }
}

impl fmt::Debug for BatchItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchItem").field("method", &self.method).field("effect", &self.effect).finish_non_exhaustive()
    }
}
