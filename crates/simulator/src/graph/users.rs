//! Reading users. Contract §2.
//!
//! Invariant: unselected properties are absent, never null; a token with only User.ReadBasic.All learns no more.

use serde_json::{Map, Value, json};

use super::{
    call::Call,
    error::GraphError,
    expand,
    list::{self, Plan, Row, Rules},
    permissions::{USERS_BASIC, USERS_READ},
    request::Answer,
};
use crate::schema::Entity;

/// What `$expand` may name.
const EXPAND: &[&str] = &["manager", "memberOf", "transitiveMemberOf", "directReports", "ownedObjects"];
const RULES: Rules = Rules { expand: EXPAND, ..Rules::DIRECTORY };

/// Whether only the basic properties may be read; an error when none may.
fn restricted(call: &Call<'_>) -> Result<bool, GraphError> {
    if call.has(USERS_READ) {
        return Ok(false);
    }
    // Tokens that may write a property may not read all of them: only [PERM]'s list reads.
    call.require(USERS_BASIC).map(|()| true)
}

/// `GET /users`.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    let restricted = restricted(call)?;
    let plan = Plan::new(call, &[Entity::User], RULES, restricted)?;
    let view = call.view();
    let rows = view.living(Entity::User, plan.start()).map(|(id, record)| Row { entity: Entity::User, id, record });
    let page = plan.page(rows);
    let mut items = Vec::with_capacity(page.rows.len());
    for row in &page.rows {
        let mut item = plan.render(*row);
        expand::insert(call, *row, &plan.expand, &mut item)?;
        items.push(Value::Object(item));
    }
    Ok(plan.answer(call.request, &context(call), &page, items))
}

/// `GET /users/{id|userPrincipalName}`.
pub(crate) fn get(call: &mut Call<'_>, key: &str) -> Result<Answer, GraphError> {
    let restricted = restricted(call)?;
    list::single_options(call.request, EXPAND)?;
    let expands = list::expanded::read(call.request, EXPAND)?;
    let columns = list::columns(call.request, &[Entity::User])?;
    list::readable(call, &[Entity::User], &columns, false)?;
    let (id, record) = call.view().user(key).ok_or_else(|| GraphError::not_found(key))?;
    let row = Row { entity: Entity::User, id: &id, record };
    let mut object = list::render(Entity::User, record, &columns.concat(), restricted);
    expand::insert(call, row, &expands, &mut object)?;
    // [UL]: a single object's context ends in /$entity.
    object.insert("@odata.context".to_owned(), json!(format!("{}/$entity", context(call))));
    Ok(Answer::json(200, Value::Object(object)))
}

fn context(call: &Call<'_>) -> String {
    match call.request.option("$select") {
        Some(select) => call.context(&format!("users({select})")),
        None => call.context("users"),
    }
}

/// A directory object with its default properties and type.
pub(crate) fn directory_object(entity: Entity, record: &crate::store::record::Record) -> Map<String, Value> {
    let mut object = list::render(entity, record, &entity.schema().defaults("v1.0"), false);
    object.insert("@odata.type".to_owned(), json!(format!("#microsoft.graph.{}", entity.schema().type_name)));
    object
}
