//! `/directory/deletedItems`: users and Microsoft 365 groups in their 30 days after deletion.
//!
//! Invariant: what is here is nowhere else; it keeps its addresses, so that nobody else can have them (contract §2).

use serde_json::{Map, Value, json};

use super::{
    call::Call,
    error::GraphError,
    list::{self, Plan, Row, Rules},
    permissions::{GROUPS_READ, GROUPS_WRITE, UNITS_READ, UNITS_WRITE, USERS_DELETE, USERS_READ},
    request::Answer,
    sensitive, user_write, users,
};
use crate::{
    schema::{Entity, user},
    store::{record::Record, view::View},
};

/// Kinds that are deleted softly.
const SOFT: [Entity; 3] = [Entity::User, Entity::Group, Entity::AdministrativeUnit];

/// A deleted object by id.
fn find<'a>(view: View<'a>, id: &str) -> Result<(Entity, String, &'a Record), GraphError> {
    let key = id.to_lowercase();
    let found = SOFT.into_iter().find_map(|entity| {
        let record = view.get(entity, &key).filter(|record| entity.is_deleted(record))?;
        Some((entity, key.clone(), &**record))
    });
    found.ok_or_else(|| GraphError::not_found(id))
}

/// `GET …/microsoft.graph.user` and `…/microsoft.graph.group`.
pub(crate) fn list(call: &mut Call<'_>, entity: Entity) -> Result<Answer, GraphError> {
    call.require(readers(entity))?;
    let plan = Plan::new(call, &[entity], Rules::DIRECTORY, false)?;
    let rows = call.view().range(entity, plan.start()).filter(|(_, record)| entity.is_deleted(record));
    let page = plan.page(rows.map(|(id, record)| Row { entity, id, record }));
    let items = page.rows.iter().map(|row| Value::Object(plan.render(*row))).collect();
    Ok(plan.answer(call.request, &call.context("directory/deletedItems"), &page, items))
}

/// `GET …/{id}`.
pub(crate) fn get(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    let (entity, _, record) = find(call.view(), id)?;
    call.require(readers(entity))?;
    list::single_options(call.request, &[])?;
    Ok(object(call, entity, record))
}

fn object(call: &Call<'_>, entity: Entity, record: &Record) -> Answer {
    let mut object = users::directory_object(entity, record);
    // The date is what a deleted object is read for.
    if let Some(number) = entity.schema().any("deletedDateTime") {
        object.insert("deletedDateTime".to_owned(), entity.schema().value(record, number).into_owned());
    }
    object.insert("@odata.context".to_owned(), json!(call.context("directoryObjects/$entity")));
    Answer::json(200, Value::Object(object))
}

fn readers(entity: Entity) -> &'static [&'static str] {
    match entity {
        Entity::User => USERS_READ,
        Entity::Group => GROUPS_READ,
        _ => UNITS_READ,
    }
}

/// Whether the caller may bring back or destroy the object.
fn permit(call: &Call<'_>, entity: Entity, id: &str) -> Result<(), GraphError> {
    list::single_options(call.request, &[])?;
    match entity {
        Entity::Group => return call.require(GROUPS_WRITE),
        Entity::AdministrativeUnit => return call.require(UNITS_WRITE),
        _ => {}
    }
    call.require(USERS_DELETE)?;
    sensitive::check(call, id)
}

/// `POST …/{id}/restore`. What a deleted object held nobody else got meanwhile, so there is no conflict to reconcile.
pub(crate) fn restore(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    let body = if call.request.body.is_empty() { Map::new() } else { call.body()? };
    let (entity, id, before) = find(call.truth(), id)?;
    permit(call, entity, &id)?;
    let mut after = before.clone();
    entity.set_deleted(&mut after, Value::Null);
    for (name, value) in &body {
        let known = match name.as_str() {
            "autoReconcileProxyConflict" => value.is_boolean(),
            "newUserPrincipalName" if entity == Entity::User && value.is_string() => {
                user_write::apply(call, &id, &mut after, user::USER_PRINCIPAL_NAME, value.clone())?;
                true
            }
            _ => false,
        };
        if !known {
            return Err(GraphError::bad(format!("The parameter '{name}' is not a parameter of 'restore'.")));
        }
    }
    if entity == Entity::User {
        user_write::unique_name(call, &id, after.text(user::USER_PRINCIPAL_NAME).unwrap_or_default())?;
    }
    let answer = object(call, entity, &after);
    call.commit(entity, &id, Some(after));
    Ok(answer)
}

/// `DELETE …/{id}`: for good.
pub(crate) fn purge(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    let (entity, id, _) = find(call.truth(), id)?;
    permit(call, entity, &id)?;
    call.commit(entity, &id, None);
    Ok(Answer::none())
}
