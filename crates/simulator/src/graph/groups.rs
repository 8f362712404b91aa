//! Groups themselves; their members are in `relations`.
//!
//! Invariant: a group that can hold roles is changed only with the permission to manage roles.

use serde_json::{Map, Value, json};

use super::{
    call::Call,
    error::GraphError,
    list::{self, Plan, Row, Rules},
    permissions::{GROUPS_CREATE, GROUPS_READ, GROUPS_WRITE, ROLES_WRITE},
    request::Answer,
};
use crate::{
    schema::{Entity, Write, group},
    store::record::Record,
};

/// `GET /groups`.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(GROUPS_READ)?;
    let plan = Plan::new(call, &[Entity::Group], Rules::DIRECTORY, false)?;
    let rows = call.view().living(Entity::Group, plan.start());
    let page = plan.page(rows.map(|(id, record)| Row { entity: Entity::Group, id, record }));
    let items = page.rows.iter().map(|row| Value::Object(plan.render(*row))).collect();
    Ok(plan.answer(call.request, &call.context("groups"), &page, items))
}

/// `GET /groups/{id}`.
pub(crate) fn get(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    call.require(GROUPS_READ)?;
    call.view().group(id).ok_or_else(|| GraphError::not_found(id))?;
    list::single(call, Entity::Group, id, "groups/$entity")
}

/// `POST /groups`.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(GROUPS_CREATE)?;
    let body = call.body()?;
    for name in ["displayName", "mailEnabled", "mailNickname", "securityEnabled"] {
        if body.get(name).is_none_or(Value::is_null) {
            return Err(GraphError::bad(format!("A value is required for property '{name}' of resource 'Group'.")));
        }
    }
    if body.get("isAssignableToRole") == Some(&Value::Bool(true)) {
        call.require(ROLES_WRITE)?;
    }
    let id = call.state.guid();
    let mut record = Record::default();
    record.set(group::ID, json!(id));
    record.set(group::CREATED_DATE_TIME, json!(call.state.clock.text()));
    apply(&mut record, &body, Write::Create)?;
    let unified = record.strings(group::GROUP_TYPES).any(|kind| kind == "Unified");
    let mail_enabled = body.get("mailEnabled") == Some(&Value::Bool(true));
    if mail_enabled && !unified {
        // Distribution lists are Exchange's.
        return Err(GraphError::bad(
            "The service does not currently support creating mail-enabled groups that are not Microsoft 365 groups. Please ensure that the mailEnabled property is set to false and try again.",
        ));
    }
    if unified {
        let nickname = Call::required(&body, "mailNickname")?;
        let domain = call.state.domains.first().cloned().unwrap_or_default();
        let mail = format!("{nickname}@{domain}");
        if call.truth().holder(&mail).is_some() {
            return Err(GraphError::bad(
                "Another object with the same value for property mailNickname already exists.",
            ));
        }
        record.set(group::PROXY_ADDRESSES, json!([format!("SMTP:{mail}")]));
        record.set(group::MAIL, json!(mail));
    }
    let columns = list::columns(call.request, &[Entity::Group])?.pop().unwrap_or_default();
    let mut object = list::render(Entity::Group, &record, &columns, false);
    object.insert("@odata.context".to_owned(), json!(call.context("groups/$entity")));
    call.commit(Entity::Group, &id, Some(record));
    Ok(Answer::json(201, Value::Object(object)))
}

/// `PATCH /groups/{id}`.
pub(crate) fn patch(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    let body = call.body()?;
    let mut record = writable(call, id, GROUPS_WRITE)?;
    apply(&mut record, &body, Write::Patch)?;
    call.commit(Entity::Group, &id.to_lowercase(), Some(record));
    Ok(Answer::none())
}

/// `DELETE /groups/{id}`: Microsoft 365 groups softly, for 30 days, others for good (general knowledge, UNV).
pub(crate) fn delete(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    let mut record = writable(call, id, GROUPS_WRITE)?;
    let unified = record.strings(group::GROUP_TYPES).any(|kind| kind == "Unified");
    record.set(group::DELETED_DATE_TIME, json!(call.state.clock.text()));
    call.commit(Entity::Group, &id.to_lowercase(), unified.then_some(record));
    Ok(Answer::none())
}

/// A group that the caller may change with one of the permissions.
pub(super) fn writable(call: &Call<'_>, id: &str, permissions: &[&str]) -> Result<Record, GraphError> {
    call.require(permissions)?;
    let record = call.truth().group(id).ok_or_else(|| GraphError::not_found(id))?;
    // Whoever changes a role-assignable group, or its members, gives its roles.
    if record.is_true(group::IS_ASSIGNABLE_TO_ROLE) {
        call.require(ROLES_WRITE)?;
    }
    Ok(Record::clone(record))
}

fn apply(record: &mut Record, body: &Map<String, Value>, least: Write) -> Result<(), GraphError> {
    for (name, value) in body {
        let (number, row) =
            group::SCHEMA.find(name).ok_or_else(|| GraphError::bad(format!("Invalid property '{name}'.")))?;
        if row.write != Write::Patch && (row.write != Write::Create || least != Write::Create) {
            return Err(GraphError::bad(format!("Property '{name}' is read-only and cannot be set.")));
        }
        if !row.accepts(value) {
            return Err(GraphError::bad(format!("Invalid value specified for property '{name}' of resource 'Group'.")));
        }
        record.set(number, value.clone());
    }
    Ok(())
}
