//! Service principals and directory objects by id.
//!
//! Invariant: reads only; applications come from the seed.

use serde_json::{Value, json};

use super::{
    call::Call,
    error::GraphError,
    list::{self, Plan, Rules},
    permissions::{PRINCIPALS_READ, USERS_READ},
    relations,
    request::Answer,
    users,
};
use crate::schema::Entity;

/// `GET /servicePrincipals`.
pub(crate) fn principals(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(PRINCIPALS_READ)?;
    let plan = Plan::new(call, &[Entity::ServicePrincipal], Rules::DIRECTORY, false)?;
    Ok(super::organization::whole(call, &plan, Entity::ServicePrincipal))
}

/// `GET /servicePrincipals/{id}`.
pub(crate) fn principal(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    call.require(PRINCIPALS_READ)?;
    list::single(call, Entity::ServicePrincipal, id, "servicePrincipals/$entity")
}

/// `GET /directoryObjects/{id}`, which Terraform's azuread asks to learn the type of a principal.
pub(crate) fn object(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    if !call.has(USERS_READ) {
        call.require(PRINCIPALS_READ)?;
    }
    let row = relations::find(call.view(), id).ok_or_else(|| GraphError::not_found(id))?;
    let mut object = users::directory_object(row.entity, row.record);
    object.insert("@odata.context".to_owned(), json!(call.context("directoryObjects/$entity")));
    Ok(Answer::json(200, Value::Object(object)))
}
