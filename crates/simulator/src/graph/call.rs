//! A request being handled: who asks, on which replica, under which request id.
//!
//! Invariant: reads go through [`Call::view`], writes through [`Call::commit`]; a handler has no other access.

use serde_json::{Map, Value};

use super::{error::GraphError, request::GraphRequest};
use crate::{
    auth::token::Claims,
    schema::Entity,
    state::State,
    store::{record::Record, view::View},
};

/// See the module.
pub(crate) struct Call<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) request: &'a GraphRequest,
    pub(crate) claims: Claims,
    pub(crate) request_id: String,
    /// Log position of the replica that answers.
    pub(crate) position: u64,
}

impl Call<'_> {
    /// What the replica shows.
    pub(crate) fn view(&self) -> View<'_> {
        self.state.store.view(self.position)
    }

    /// What is true; writes are checked against it.
    pub(crate) fn truth(&self) -> View<'_> {
        self.state.store.truth()
    }

    /// Whether the token carries one of the permissions.
    pub(crate) fn has(&self, permissions: &[&str]) -> bool {
        self.claims.roles.iter().any(|role| permissions.contains(&role.as_str()))
    }

    pub(crate) fn require(&self, permissions: &[&str]) -> Result<(), GraphError> {
        if self.has(permissions) { Ok(()) } else { Err(GraphError::denied()) }
    }

    pub(crate) fn commit(&mut self, entity: Entity, id: &str, after: Option<Record>) {
        let origin = self.state.asked(&self.claims, self.request, self.request_id.clone());
        self.state.commit(entity, id, after, origin);
    }

    /// The request's JSON object, without OData annotations.
    pub(crate) fn body(&self) -> Result<Map<String, Value>, GraphError> {
        if self.request.body.is_empty() {
            return Err(GraphError::odata("Empty Payload. JSON content expected."));
        }
        match serde_json::from_slice(&self.request.body) {
            Ok(Value::Object(mut map)) => {
                map.retain(|key, _| !key.contains('@'));
                Ok(map)
            }
            _ => Err(GraphError::odata(
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
            )),
        }
    }

    /// A text of the body that must be there.
    pub(crate) fn required<'m>(body: &'m Map<String, Value>, name: &str) -> Result<&'m str, GraphError> {
        body.get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| GraphError::bad(format!("A value is required for property '{name}' of the resource.")))
    }

    /// The `@odata.context` of a set or entity.
    pub(crate) fn context(&self, of: &str) -> String {
        format!("{}/{}/$metadata#{of}", self.request.origin, self.request.version)
    }
}
