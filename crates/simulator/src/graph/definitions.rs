//! Roles of the tenant's own. `POST`, `PATCH`, `DELETE …/roleManagement/directory/roleDefinitions`.
//!
//! Invariant: a built-in role never changes.

use serde_json::{Value, json};

use super::{call::Call, error::GraphError, list, permissions::ROLES_WRITE, request::Answer, write};
use crate::{
    schema::{Entity, role},
    store::record::Record,
};

/// Creates a role. That it takes Entra ID P1 is not modelled.
pub(super) fn create(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(ROLES_WRITE)?;
    list::single_options(call.request, &[])?;
    let body = call.body()?;
    let changes = write::creation(call, &role::DEFINITION, &body)?;
    let mut record = Record::default();
    for (number, _, value) in changes {
        record.set(number, value);
    }
    // The template id can be chosen, and is the id (documented with the role definition; as in the examples).
    let id = match record.text(role::ROLE_TEMPLATE).map(str::to_lowercase) {
        Some(template) if crate::ids::is_guid(&template) => template,
        Some(_) => return Err(write::invalid(&role::DEFINITION, "templateId")),
        None => call.state.guid(),
    };
    taken(call, &record, &id)?;
    record.set(role::DEFINITION_ID, json!(id));
    record.set(role::ROLE_TEMPLATE, json!(id));
    record.set(role::ROLE_BUILT_IN, json!(false));
    if record.get(role::ROLE_SCOPES).is_none() {
        record.set(role::ROLE_SCOPES, json!(["/"]));
    }
    let mut object = list::render(Entity::RoleDefinition, &record, &role::DEFINITION.defaults("v1.0"), false);
    let context = call.context("roleManagement/directory/roleDefinitions/$entity");
    object.insert("@odata.context".to_owned(), json!(context));
    call.commit(Entity::RoleDefinition, &id, Some(record));
    Ok(Answer::json(201, Value::Object(object)))
}

/// Refuses a name or id that another role has (text UNV).
fn taken(call: &Call<'_>, record: &Record, id: &str) -> Result<(), GraphError> {
    let name = record.text(role::ROLE_NAME).unwrap_or_default();
    let same = |(other, known): (&std::sync::Arc<str>, &std::sync::Arc<Record>)| {
        **other == *id || known.text(role::ROLE_NAME).is_some_and(|other| other.eq_ignore_ascii_case(name))
    };
    if call.truth().range(Entity::RoleDefinition, None).any(same) {
        return Err(GraphError::bad(
            "A conflicting object with one or more of the specified property values is present in the directory.",
        ));
    }
    Ok(())
}

/// A role that the caller may change.
fn writable(call: &Call<'_>, id: &str) -> Result<Record, GraphError> {
    call.require(ROLES_WRITE)?;
    list::single_options(call.request, &[])?;
    let found = call.truth().get(Entity::RoleDefinition, &id.to_lowercase());
    let found = found.ok_or_else(|| GraphError::not_found(id))?;
    if found.is_true(role::ROLE_BUILT_IN) {
        // Status and text UNV.
        return Err(GraphError::bad("Built-in role definitions cannot be changed or deleted."));
    }
    Ok(Record::clone(found))
}

pub(super) fn patch(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    let body = call.body()?;
    let before = writable(call, id)?;
    let mut after = before.clone();
    for (number, _, value) in write::update(call, &role::DEFINITION, &body, &before)? {
        after.set(number, value);
    }
    call.commit(Entity::RoleDefinition, &id.to_lowercase(), Some(after));
    Ok(Answer::none())
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    writable(call, id)?;
    let id = id.to_lowercase();
    let mut all = call.truth().range(Entity::RoleAssignment, None);
    if all.any(|(_, record)| record.text(role::ROLE_ID) == Some(&id)) {
        // Text UNV.
        return Err(GraphError::bad("The role definition has assignments and cannot be deleted."));
    }
    drop(all);
    call.commit(Entity::RoleDefinition, &id, None);
    Ok(Answer::none())
}
