//! Relations between directory objects: manager, memberOf, members, owners.
//!
//! Invariant: a relation is read at one replica position, its both ends alike; what is deleted is in no relation.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    call::Call,
    error::GraphError,
    groups,
    list::{Plan, Row, Rules},
    permissions::{GROUPS_READ, MEMBERS_WRITE, ROLES_READ, USERS_READ, USERS_WRITE},
    request::Answer,
    sensitive, users,
};
use crate::{
    schema::{Entity, group, role, user},
    store::{record::Record, view::View},
};

/// Kinds a group may contain, and a cast may name.
const PRINCIPALS: [Entity; 3] = [Entity::User, Entity::Group, Entity::ServicePrincipal];

/// A living directory object by id.
pub(crate) fn find<'a>(view: View<'a>, id: &str) -> Option<Row<'a>> {
    let id = id.to_lowercase();
    PRINCIPALS.iter().find_map(|entity| {
        let record = view.get(*entity, &id).filter(|record| !entity.is_deleted(record))?;
        // The map's own key, so that the row lives as long as the view.
        let (key, _) = view.at(*entity, &id)?;
        Some(Row { entity: *entity, id: key, record })
    })
}

/// `GET /users/{id}/manager`.
pub(crate) fn manager(call: &mut Call<'_>, key: &str) -> Result<Answer, GraphError> {
    call.require(USERS_READ)?;
    let (_, record) = call.view().user(key).ok_or_else(|| GraphError::not_found(key))?;
    let manager = record.text(user::MANAGER).and_then(|id| call.view().user(id));
    let (_, manager) = manager.ok_or_else(|| GraphError::not_found("manager"))?;
    let mut object = users::directory_object(Entity::User, manager);
    object.insert("@odata.context".to_owned(), json!(call.context("directoryObjects/$entity")));
    Ok(Answer::json(200, Value::Object(object)))
}

/// `PUT` (with body) or `DELETE /users/{id}/manager/$ref`.
pub(crate) fn set_manager(call: &mut Call<'_>, key: &str, remove: bool) -> Result<Answer, GraphError> {
    call.require(USERS_WRITE)?;
    let manager = if remove { Value::Null } else { json!(reference(call)?) };
    let (id, before) = call.truth().user(key).ok_or_else(|| GraphError::not_found(key))?;
    let mut after = Record::clone(before);
    if let Some(manager) = manager.as_str() {
        call.truth().user(manager).ok_or_else(|| GraphError::not_found(manager))?;
    } else if after.get(user::MANAGER).is_none() {
        return Err(GraphError::not_found("manager"));
    }
    after.set(user::MANAGER, manager);
    call.commit(Entity::User, &id, Some(after));
    Ok(Answer::none())
}

/// The object id at the end of the body's `@odata.id`.
fn reference(call: &Call<'_>) -> Result<String, GraphError> {
    let body: Value = serde_json::from_slice(&call.request.body)
        .map_err(|_| GraphError::odata("Unable to read JSON request payload."))?;
    let url = body.get("@odata.id").and_then(Value::as_str);
    let id =
        url.and_then(|url| url.trim_end_matches('/').rsplit(['/', '\'']).find(|part| !part.is_empty() && *part != ")"));
    let id = id.map(str::to_lowercase).filter(|id| crate::ids::is_guid(id));
    id.ok_or_else(|| GraphError::odata("Invalid entity reference: '@odata.id' must be the URL of a directory object."))
}

/// `GET /{users|groups}/{id}/memberOf` and `…/transitiveMemberOf`: groups, and the directory roles held directly.
pub(crate) fn member_of(
    call: &mut Call<'_>,
    id: &str,
    transitive: bool,
    cast: Option<&str>,
) -> Result<Answer, GraphError> {
    if !call.has(GROUPS_READ) {
        call.require(USERS_READ)?;
    }
    let kinds = [Entity::Group, Entity::DirectoryRole];
    let entities = casted(cast, &kinds)?;
    let plan = Plan::new(call, &entities, Rules::DIRECTORY, false)?;
    let view = call.view();
    let principal =
        view.user(id).map(|(id, _)| id.to_string()).or_else(|| find(view, id).map(|row| row.id.to_string()));
    let principal = principal.ok_or_else(|| GraphError::not_found(id))?;
    let groups = if transitive {
        sensitive::groups_of(view, &principal)
    } else {
        let direct = view.living(Entity::Group, None);
        let direct = direct.filter(|(_, record)| record.strings(group::MEMBERS).any(|member| member == principal));
        direct.map(|(id, _)| id.to_string()).collect()
    };
    // Roles show as memberships only where RoleManagement.Read.Directory or the like is held.
    let roles: BTreeSet<String> = if call.has(ROLES_READ) {
        view.range(Entity::RoleAssignment, None)
            .filter(|(_, assignment)| assignment.text(role::SCOPE_ID) == Some("/"))
            .filter(|(_, assignment)| {
                let holder = assignment.text(role::PRINCIPAL_ID).unwrap_or_default();
                holder == principal || (transitive && groups.contains(holder))
            })
            .filter_map(|(_, assignment)| assignment.text(role::ROLE_ID).map(str::to_owned))
            .collect()
    } else {
        BTreeSet::new()
    };
    let rows = groups.iter().filter_map(|id| row(view, Entity::Group, id));
    let rows = rows.chain(roles.iter().filter_map(|id| row(view, Entity::DirectoryRole, id)));
    Ok(answer(call, &plan, rows.filter(|row| entities.contains(&row.entity)).collect(), cast.is_none()))
}

fn row<'a>(view: View<'a>, entity: Entity, id: &str) -> Option<Row<'a>> {
    view.at(entity, id).map(|(id, record)| Row { entity, id, record })
}

/// `GET /groups/{id}/members`, `…/transitiveMembers`, `…/owners`, with or without a cast.
pub(crate) fn members(
    call: &mut Call<'_>,
    id: &str,
    property: u8,
    transitive: bool,
    cast: Option<&str>,
) -> Result<Answer, GraphError> {
    call.require(GROUPS_READ)?;
    let entities = casted(cast, &PRINCIPALS)?;
    let plan = Plan::new(call, &entities, Rules::DIRECTORY, false)?;
    let view = call.view();
    let group = view.group(id).ok_or_else(|| GraphError::not_found(id))?;
    let mut ids: BTreeSet<String> = group.strings(property).map(str::to_owned).collect();
    if transitive {
        let mut open: Vec<String> = ids.iter().cloned().collect();
        while let Some(next) = open.pop() {
            for member in view.group(&next).into_iter().flat_map(|nested| nested.strings(group::MEMBERS)) {
                if ids.insert(member.to_owned()) {
                    open.push(member.to_owned());
                }
            }
        }
    }
    let rows = ids.iter().filter_map(|id| find(view, id)).filter(|row| entities.contains(&row.entity)).collect();
    Ok(answer(call, &plan, rows, cast.is_none()))
}

/// The kinds that remain after an OData cast.
fn casted(cast: Option<&str>, all: &[Entity]) -> Result<Vec<Entity>, GraphError> {
    let Some(cast) = cast else { return Ok(all.to_vec()) };
    let name = cast.trim_start_matches("microsoft.graph.");
    let found: Vec<Entity> = all.iter().copied().filter(|entity| entity.schema().type_name == name).collect();
    if found.is_empty() {
        Err(GraphError::odata(format!("Resource not found for the segment '{cast}'.")))
    } else {
        Ok(found)
    }
}

/// A page of directory objects; `typed` adds `@odata.type`.
pub(crate) fn answer(call: &Call<'_>, plan: &Plan, mut rows: Vec<Row<'_>>, typed: bool) -> Answer {
    rows.sort_by(|left, right| left.id.cmp(right.id));
    let page = plan.page(rows.into_iter());
    let items = page
        .rows
        .iter()
        .map(|row| {
            let mut item = plan.render(*row);
            if typed {
                item.insert(
                    "@odata.type".to_owned(),
                    json!(format!("#microsoft.graph.{}", row.entity.schema().type_name)),
                );
            }
            Value::Object(item)
        })
        .collect();
    plan.answer(call.request, &call.context("directoryObjects"), &page, items)
}

/// `POST /groups/{id}/members/$ref`.
pub(crate) fn add_member(call: &mut Call<'_>, id: &str, property: u8) -> Result<Answer, GraphError> {
    let mut group = groups::writable(call, id, MEMBERS_WRITE)?;
    let member = reference(call)?;
    find(call.truth(), &member).ok_or_else(|| GraphError::not_found(&member))?;
    if !group.insert(property, &member) {
        return Err(GraphError::bad(
            "One or more added object references already exist for the following modified properties: 'members'.",
        ));
    }
    call.commit(Entity::Group, &id.to_lowercase(), Some(group));
    Ok(Answer::none())
}

/// `DELETE /groups/{id}/members/{member}/$ref`.
pub(crate) fn remove_member(call: &mut Call<'_>, id: &str, member: &str, property: u8) -> Result<Answer, GraphError> {
    let mut group = groups::writable(call, id, MEMBERS_WRITE)?;
    if !group.remove(property, &member.to_lowercase()) {
        return Err(GraphError::not_found(member));
    }
    call.commit(Entity::Group, &id.to_lowercase(), Some(group));
    Ok(Answer::none())
}
