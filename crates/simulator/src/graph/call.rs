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

/// URLs that a body binds, by relation.
pub(crate) type Bound = Vec<(&'static str, Vec<String>)>;

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

    /// The request's JSON object. Annotations that only tell what the object is are taken off, all others refused.
    pub(crate) fn body(&self) -> Result<Map<String, Value>, GraphError> {
        let (body, bound) = self.body_and_relations(&[])?;
        debug_assert!(bound.is_empty());
        Ok(body)
    }

    /// Like [`Self::body`], with the URLs that `{relation}@odata.bind` names, for these relations.
    pub(crate) fn body_and_relations(
        &self,
        relations: &[&'static str],
    ) -> Result<(Map<String, Value>, Bound), GraphError> {
        /// What an object carries as it was read.
        const CONTROL: &[&str] =
            &["@odata.type", "@odata.context", "@odata.id", "@odata.etag", "@odata.editLink", "@odata.readLink"];
        if self.request.body.is_empty() {
            return Err(GraphError::odata("Empty Payload. JSON content expected."));
        }
        let Ok(Value::Object(object)) = serde_json::from_slice(&self.request.body) else {
            return Err(GraphError::odata(
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
            ));
        };
        let mut body = Map::with_capacity(object.len());
        let mut bound = Vec::new();
        for (key, value) in object {
            let Some((name, annotation)) = key.split_once('@') else {
                body.insert(key, value);
                continue;
            };
            let refuse =
                || GraphError::bad(format!("The annotation '{key}' is not supported, or its value is not valid."));
            if annotation == "odata.bind" {
                let relation = relations.iter().find(|relation| **relation == name).ok_or_else(refuse)?;
                let urls: Option<Vec<String>> =
                    value.as_array().and_then(|all| all.iter().map(|url| url.as_str().map(str::to_owned)).collect());
                bound.push((*relation, urls.ok_or_else(refuse)?));
            } else if !(value.is_string() && (CONTROL.contains(&key.as_str()) || annotation == "odata.type")) {
                return Err(refuse());
            }
        }
        Ok((body, bound))
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
