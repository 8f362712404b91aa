//! Service principals, lifecycle policies, and directory objects by id.
//!
//! Invariant: applications come from the seed; of their service principals only properties change.

use serde_json::{Value, json};

use super::{
    call::Call,
    error::GraphError,
    list::{self, Plan, Rules},
    permissions::{LIFECYCLE_READ, LIFECYCLE_WRITE, PRINCIPALS_READ, PRINCIPALS_WRITE, USERS_READ},
    relations,
    request::Answer,
    route, write,
};
use crate::{schema::Entity, store::record::Record};

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

/// `PATCH /servicePrincipals/{id}`.
pub(crate) fn change_principal(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    change(call, Entity::ServicePrincipal, id, PRINCIPALS_WRITE)
}

/// `PATCH` of an object that has no rule beyond its table.
fn change(call: &mut Call<'_>, entity: Entity, id: &str, permissions: &[&str]) -> Result<Answer, GraphError> {
    call.require(permissions)?;
    list::single_options(call.request, &[])?;
    let body = call.body()?;
    let id = id.to_lowercase();
    let before = call.truth().get(entity, &id).ok_or_else(|| GraphError::not_found(&id))?;
    let mut after = Record::clone(before);
    for (number, _, value) in write::update(call, entity.schema(), &body, &after.clone())? {
        after.set(number, value);
    }
    call.commit(entity, &id, Some(after));
    Ok(Answer::none())
}

/// `/groupLifecyclePolicies…`: when groups expire, and who is told; a tenant has one (documented).
pub(crate) fn lifecycle(call: &mut Call<'_>, method: &str, segments: &[&str]) -> Result<Answer, GraphError> {
    const KIND: Entity = Entity::LifecyclePolicy;
    match (method, segments) {
        ("GET", []) => {
            call.require(LIFECYCLE_READ)?;
            let plan = Plan::new(call, &[KIND], Rules { filter: false, ..Rules::SHORT }, false)?;
            Ok(super::organization::whole(call, &plan, KIND))
        }
        ("GET", [id]) => {
            call.require(LIFECYCLE_READ)?;
            list::single(call, KIND, id, "groupLifecyclePolicies/$entity")
        }
        ("POST", []) => {
            call.require(LIFECYCLE_WRITE)?;
            list::single_options(call.request, &[])?;
            let body = call.body()?;
            let mut record = Record::default();
            for (number, _, value) in write::creation(call, KIND.schema(), &body)? {
                record.set(number, value);
            }
            if call.truth().range(KIND, None).next().is_some() {
                // Text UNV.
                return Err(GraphError::bad("A group lifecycle policy already exists in this tenant."));
            }
            let id = call.state.guid();
            // `id` is the first row of every table.
            record.set(0, json!(id));
            let mut object = list::render(KIND, &record, &KIND.schema().defaults("v1.0"), false);
            object.insert("@odata.context".to_owned(), json!(call.context("groupLifecyclePolicies/$entity")));
            call.commit(KIND, &id, Some(record));
            Ok(Answer::json(201, Value::Object(object)))
        }
        ("PATCH", [id]) => change(call, KIND, id, LIFECYCLE_WRITE),
        ("DELETE", [id]) => {
            call.require(LIFECYCLE_WRITE)?;
            let id = id.to_lowercase();
            call.truth().get(KIND, &id).ok_or_else(|| GraphError::not_found(&id))?;
            call.commit(KIND, &id, None);
            Ok(Answer::none())
        }
        (_, [] | [_]) => route::wrong_method(),
        (_, [_, other, ..]) => route::unknown(other),
    }
}

/// `GET /directoryObjects/{id}`, which Terraform's azuread asks to learn the type of a principal.
pub(crate) fn object(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    if !call.has(USERS_READ) {
        call.require(PRINCIPALS_READ)?;
    }
    list::single_options(call.request, &[])?;
    let view = call.view();
    let row = relations::find(view, id)
        .or_else(|| relations::row(view, Entity::AdministrativeUnit, &id.to_lowercase()))
        .ok_or_else(|| GraphError::not_found(id))?;
    let columns = list::columns(call.request, &[row.entity])?.concat();
    let mut object = list::render(row.entity, row.record, &columns, false);
    object.insert("@odata.type".to_owned(), json!(format!("#microsoft.graph.{}", row.entity.schema().type_name)));
    object.insert("@odata.context".to_owned(), json!(call.context("directoryObjects/$entity")));
    Ok(Answer::json(200, Value::Object(object)))
}
