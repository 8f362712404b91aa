//! Service principals, deleted users and directory objects by id.
//!
//! Invariant: reads only; applications come from the seed.

use serde_json::{Value, json};

use super::{
    call::Call,
    error::GraphError,
    list::{self, Plan, Row, Rules},
    permissions::{PRINCIPALS_READ, USERS_READ},
    relations,
    request::Answer,
    users,
};
use crate::schema::{Entity, user};

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

/// `GET /directory/deletedItems/microsoft.graph.user`.
pub(crate) fn deleted_users(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(USERS_READ)?;
    let plan = Plan::new(call, &[Entity::User], Rules::DIRECTORY, false)?;
    let rows = call
        .view()
        .range(Entity::User, plan.start())
        .filter(|(_, record)| record.get(user::DELETED_DATE_TIME).is_some())
        .map(|(id, record)| Row { entity: Entity::User, id, record });
    let page = plan.page(rows);
    let items = page.rows.iter().map(|row| Value::Object(plan.render(*row))).collect();
    Ok(plan.answer(call.request, &call.context("directory/deletedItems"), &page, items))
}

/// `GET /directory/deletedItems/{id}`.
pub(crate) fn deleted_user(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    call.require(USERS_READ)?;
    let record = call.view().get(Entity::User, &id.to_lowercase());
    let record = record.filter(|record| record.get(user::DELETED_DATE_TIME).is_some());
    let mut object = users::directory_object(Entity::User, record.ok_or_else(|| GraphError::not_found(id))?);
    object.insert("@odata.context".to_owned(), json!(call.context("directoryObjects/$entity")));
    Ok(Answer::json(200, Value::Object(object)))
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
