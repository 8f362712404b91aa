//! Reading users. Contract §2.
//!
//! Invariant: unselected properties are absent, never null; a token with only User.ReadBasic.All learns no more.

use serde_json::{Map, Value, json};

use super::{
    call::Call,
    error::GraphError,
    list::{self, Plan, Row, Rules},
    permissions::{USERS_BASIC, USERS_READ},
    request::{Answer, Content},
};
use crate::schema::{Entity, user};

const RULES: Rules = Rules { expand: &["manager"], ..Rules::DIRECTORY };

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
    let items = page
        .rows
        .iter()
        .map(|row| {
            let mut item = plan.render(*row);
            if !plan.expand.is_empty() {
                expand_manager(call, row.record.text(user::MANAGER), &mut item);
            }
            Value::Object(item)
        })
        .collect();
    Ok(plan.answer(call.request, &context(call), &page, items))
}

/// `GET /users/$count`: plain text, advanced queries only. [ADV]
pub(crate) fn count(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    restricted(call)?;
    if !call.request.is_eventual() {
        return Err(GraphError::odata("$count is not currently supported."));
    }
    let filter = call.request.option("$filter").map(|text| super::filter::parse(text, &user::SCHEMA)).transpose()?;
    let count = call
        .view()
        .living(Entity::User, None)
        .filter(|(_, record)| filter.as_ref().is_none_or(|filter| filter.matches(record)))
        .count();
    Ok(Answer { status: 200, content: Content::Text(count.to_string()), ..Answer::default() })
}

/// `GET /users/{id|userPrincipalName}`.
pub(crate) fn get(call: &mut Call<'_>, key: &str) -> Result<Answer, GraphError> {
    let restricted = restricted(call)?;
    list::known_options(call.request)?;
    let columns = list::columns(call.request, &[Entity::User])?.pop().unwrap_or_default();
    let (_, record) = call.view().user(key).ok_or_else(|| GraphError::not_found(key))?;
    let mut object = list::render(Entity::User, record, &columns, restricted);
    if let Some(expand) = call.request.option("$expand") {
        if expand.split('(').next() != Some("manager") {
            return Err(GraphError::odata("Parsing OData Select and Expand failed: only 'manager' can be expanded."));
        }
        expand_manager(call, record.text(user::MANAGER), &mut object);
    }
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

fn expand_manager(call: &Call<'_>, manager: Option<&str>, object: &mut Map<String, Value>) {
    // An absent relation is absent in the answer.
    if let Some((_, record)) = manager.and_then(|id| call.view().user(id)) {
        object.insert("manager".to_owned(), Value::Object(directory_object(Entity::User, record)));
    }
}

/// A directory object with its default properties and type.
pub(crate) fn directory_object(entity: Entity, record: &crate::store::record::Record) -> Map<String, Value> {
    let columns: Vec<u8> = (0..)
        .zip(entity.schema().properties)
        .filter(|(_, row)| row.by_default && !row.hidden)
        .map(|(number, _)| number)
        .collect();
    let mut object = list::render(entity, record, &columns, false);
    object.insert("@odata.type".to_owned(), json!(format!("#microsoft.graph.{}", entity.schema().type_name)));
    object
}
