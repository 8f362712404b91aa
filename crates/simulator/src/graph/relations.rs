//! Relations between directory objects: manager, memberOf, members, owners, and what `$expand` names.
//!
//! Invariant: a relation is read at one replica position, its both ends alike; what is deleted is in no relation.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Value, json};

use super::{
    call::Call,
    error::GraphError,
    group_kind::{is_dynamic, is_unified, writable},
    list::{self, Plan, Row, Rules},
    permissions::{GROUPS_READ, HIDDEN_MEMBERS_READ, MEMBERS_WRITE, ROLES_READ, USERS_READ, USERS_WRITE},
    request::{Answer, Content},
    sensitive,
};
use crate::{
    schema::{Entity, directory, group, role, user},
    store::{record::Record, view::View},
};

/// Kinds a group may contain, and a cast may name.
pub(crate) const PRINCIPALS: [Entity; 3] = [Entity::User, Entity::Group, Entity::ServicePrincipal];

/// The other end of a relation.
pub(crate) enum Related<'a> {
    One(Option<Row<'a>>),
    Many(Vec<Row<'a>>),
}

/// A living directory object by id.
pub(crate) fn find<'a>(view: View<'a>, id: &str) -> Option<Row<'a>> {
    let id = id.to_lowercase();
    PRINCIPALS.iter().find_map(|entity| row(view, *entity, &id))
}

/// A living object of a kind, with the map's own key, so that the row lives as long as the view.
pub(crate) fn row<'a>(view: View<'a>, entity: Entity, id: &str) -> Option<Row<'a>> {
    let (id, record) = view.at(entity, id)?;
    (!entity.is_deleted(record)).then_some(Row { entity, id, record })
}

/// An object's kind; for a name that one kind has and another has not, see [`list::columns`].
pub(crate) fn kinds(entity: Entity) -> [Entity; 1] {
    [entity]
}

/// What `$expand` puts into an object.
pub(crate) fn related<'a>(call: &'a Call<'_>, of: Row<'a>, name: &str) -> Related<'a> {
    let view = call.view();
    let text = |property: u8| of.record.text(property);
    match (of.entity, name) {
        (Entity::User, "manager") => Related::One(text(user::MANAGER).and_then(|id| row(view, Entity::User, id))),
        (Entity::User, "directReports") => {
            let all = view.living(Entity::User, None);
            let all = all.filter(|(_, record)| record.text(user::MANAGER) == Some(&**of.id));
            Related::Many(all.map(|(id, record)| Row { entity: Entity::User, id, record }).collect())
        }
        (Entity::User, "ownedObjects") => {
            let all = view.living(Entity::Group, None);
            let all = all.filter(|(_, record)| record.strings(group::OWNERS).any(|owner| owner == &**of.id));
            Related::Many(all.map(|(id, record)| Row { entity: Entity::Group, id, record }).collect())
        }
        (_, "memberOf") => Related::Many(memberships(call, of.id, false)),
        (_, "transitiveMemberOf") => Related::Many(memberships(call, of.id, true)),
        (Entity::Group, "owners") => Related::Many(listed(view, of.record, group::OWNERS)),
        // A group of hidden membership has no members for a token that may not see them: 200, and not 403 (contract §4, 3P).
        (Entity::Group, "members" | "transitiveMembers") if !shows_members(call, of.record) => {
            Related::Many(Vec::new())
        }
        (Entity::Group, "members") => Related::Many(listed(view, of.record, group::MEMBERS)),
        (Entity::Group, "transitiveMembers") => Related::Many(nested(call, of.record)),
        (Entity::AdministrativeUnit, "members") => Related::Many(listed(view, of.record, directory::UNIT_MEMBERS)),
        (Entity::DirectoryRole, "members") => {
            Related::Many(holders(view, text(role::ACTIVATED_TEMPLATE).unwrap_or_default()))
        }
        (_, "principal") => Related::One(text(role::PRINCIPAL_ID).and_then(|id| find(view, id))),
        (_, "roleDefinition") => Related::One(text(role::ROLE_ID).and_then(|id| row(view, Entity::RoleDefinition, id))),
        // The tenant itself is no directory object.
        (_, "directoryScope") => Related::One(text(role::SCOPE_ID).and_then(|scope| {
            let unit = scope.strip_prefix("/administrativeUnits/");
            unit.map_or_else(
                || find(view, scope.trim_start_matches('/')),
                |id| row(view, Entity::AdministrativeUnit, &id.to_lowercase()),
            )
        })),
        _ => Related::Many(Vec::new()),
    }
}

fn listed<'a>(view: View<'a>, record: &Record, property: u8) -> Vec<Row<'a>> {
    let ids: BTreeSet<&str> = record.strings(property).collect();
    ids.into_iter().filter_map(|id| find(view, id)).collect()
}

/// Whether the token sees who is in a group.
fn shows_members(call: &Call<'_>, group: &Record) -> bool {
    call.has(HIDDEN_MEMBERS_READ) || !group::hides_members(group)
}

fn nested<'a>(call: &'a Call<'_>, record: &Record) -> Vec<Row<'a>> {
    let view = call.view();
    let mut ids: BTreeSet<String> = record.strings(group::MEMBERS).map(str::to_owned).collect();
    let mut open: Vec<String> = ids.iter().cloned().collect();
    while let Some(next) = open.pop() {
        let nested = view.group(&next).filter(|nested| shows_members(call, nested));
        for member in nested.into_iter().flat_map(|nested| nested.strings(group::MEMBERS)) {
            if ids.insert(member.to_owned()) {
                open.push(member.to_owned());
            }
        }
    }
    ids.iter().filter_map(|id| find(view, id)).collect()
}

/// Who holds a directory role for the whole tenant, directly.
pub(crate) fn holders<'a>(view: View<'a>, template: &str) -> Vec<Row<'a>> {
    let all = view
        .range(Entity::RoleAssignment, None)
        .filter(|(_, record)| record.text(role::ROLE_ID) == Some(template) && record.text(role::SCOPE_ID) == Some("/"));
    let ids: BTreeSet<&str> = all.filter_map(|(_, record)| record.text(role::PRINCIPAL_ID)).collect();
    ids.into_iter().filter_map(|id| find(view, id)).collect()
}

/// Groups, administrative units, and the directory roles held directly.
fn memberships<'a>(call: &'a Call<'_>, principal: &str, transitive: bool) -> Vec<Row<'a>> {
    let view = call.view();
    let groups = if transitive {
        sensitive::groups_of(view, principal)
    } else {
        let direct = view.living(Entity::Group, None);
        let direct = direct.filter(|(_, record)| record.strings(group::MEMBERS).any(|member| member == principal));
        direct.map(|(id, _)| id.to_string()).collect()
    };
    let within = |id: &str| id == principal || (transitive && groups.contains(id));
    let units = view.living(Entity::AdministrativeUnit, None);
    let units = units.filter(|(_, unit)| unit.strings(directory::UNIT_MEMBERS).any(within));
    let units: Vec<Row<'a>> =
        units.map(|(id, record)| Row { entity: Entity::AdministrativeUnit, id, record }).collect();
    // Roles show as memberships only where RoleManagement.Read.Directory or the like is held.
    let roles: BTreeSet<String> = if call.has(ROLES_READ) {
        view.range(Entity::RoleAssignment, None)
            .filter(|(_, assignment)| assignment.text(role::SCOPE_ID) == Some("/"))
            .filter(|(_, assignment)| within(assignment.text(role::PRINCIPAL_ID).unwrap_or_default()))
            .filter_map(|(_, assignment)| assignment.text(role::ROLE_ID).map(str::to_owned))
            .collect()
    } else {
        BTreeSet::new()
    };
    let groups = groups.iter().filter_map(|id| row(view, Entity::Group, id));
    groups.chain(roles.iter().filter_map(|id| row(view, Entity::DirectoryRole, id))).chain(units).collect()
}

/// Whether a directory object is there, living or deleted and still to be restored.
pub(crate) fn is_kept(view: View<'_>, id: &str) -> bool {
    let id = id.to_lowercase();
    PRINCIPALS.iter().any(|entity| view.get(*entity, &id).is_some())
}

/// `GET /users/{id}/manager`.
pub(crate) fn manager(call: &mut Call<'_>, key: &str) -> Result<Answer, GraphError> {
    call.require(USERS_READ)?;
    list::single_options(call.request, &[])?;
    let (_, record) = call.view().user(key).ok_or_else(|| GraphError::not_found(key))?;
    let manager = record.text(user::MANAGER).and_then(|id| call.view().user(id));
    let (_, manager) = manager.ok_or_else(|| GraphError::not_found("manager"))?;
    let columns = list::columns(call.request, &[Entity::User])?.concat();
    let mut object = list::render(Entity::User, manager, &columns, false);
    object.insert("@odata.type".to_owned(), json!("#microsoft.graph.user"));
    object.insert("@odata.context".to_owned(), json!(call.context("directoryObjects/$entity")));
    Ok(Answer::json(200, Value::Object(object)))
}

/// `PUT` (with body) or `DELETE /users/{id}/manager/$ref`.
pub(crate) fn set_manager(call: &mut Call<'_>, key: &str, remove: bool) -> Result<Answer, GraphError> {
    call.require(USERS_WRITE)?;
    list::single_options(call.request, &[])?;
    let url = if remove { None } else { Some(reference(call)?) };
    let (id, before) = call.truth().user(key).ok_or_else(|| GraphError::not_found(key))?;
    let mut after = Record::clone(before);
    let manager = match &url {
        Some(url) => {
            let found = target(call.truth(), url)?;
            if found.entity != Entity::User {
                return Err(GraphError::not_found(found.id));
            }
            json!(&**found.id)
        }
        None if after.get(user::MANAGER).is_none() => return Err(GraphError::not_found("manager")),
        None => Value::Null,
    };
    after.set(user::MANAGER, manager);
    call.commit(Entity::User, &id, Some(after));
    Ok(Answer::none())
}

/// The URL of a body that is a reference, and nothing else.
pub(crate) fn reference(call: &Call<'_>) -> Result<String, GraphError> {
    let body: Value = serde_json::from_slice(&call.request.body)
        .map_err(|_| GraphError::odata("Unable to read JSON request payload."))?;
    match body.as_object().map(|object| (object.len(), object.get("@odata.id").and_then(Value::as_str))) {
        Some((1, Some(url))) => Ok(url.to_owned()),
        _ => Err(GraphError::odata("Invalid entity reference: '@odata.id' must be the URL of a directory object.")),
    }
}

/// The living directory object that a URL names: `…/directoryObjects/{id}`, or the set of its kind.
pub(crate) fn target<'a>(view: View<'a>, url: &str) -> Result<Row<'a>, GraphError> {
    let refuse =
        || GraphError::odata(format!("Invalid entity reference: '{url}' is not the URL of a directory object."));
    // `set/{id}`, `set('{id}')`, or the URL by which clients in wide use name an object: `{tenant}/directoryObjects/{id}/Type`.
    let parts: Vec<&str> = url.split(['/', '(', ')', '\'']).filter(|part| !part.is_empty()).collect();
    let at = parts.iter().rposition(|part| crate::ids::is_guid(part)).filter(|at| *at > 0).ok_or_else(refuse)?;
    let (set, id) = (parts.get(at - 1).copied().unwrap_or_default(), parts.get(at).copied().unwrap_or_default());
    let found = find(view, id).ok_or_else(|| GraphError::not_found(id))?;
    match set {
        "directoryObjects" => Ok(found),
        set if PRINCIPALS.iter().any(|entity| entity.schema().set == set) => {
            if found.entity.schema().set == set {
                Ok(found)
            } else {
                Err(GraphError::not_found(id))
            }
        }
        _ => Err(refuse()),
    }
}

/// `GET /{users|groups}/{id}/memberOf` and `…/transitiveMemberOf`.
pub(crate) fn member_of(
    call: &mut Call<'_>,
    id: &str,
    transitive: bool,
    cast: Option<&str>,
) -> Result<Answer, GraphError> {
    if !call.has(GROUPS_READ) {
        call.require(USERS_READ)?;
    }
    let entities = casted(cast, &[Entity::Group, Entity::DirectoryRole, Entity::AdministrativeUnit])?;
    let plan = Plan::new(call, &entities, Rules::DIRECTORY, false)?;
    let view = call.view();
    let principal =
        view.user(id).map(|(id, _)| id.to_string()).or_else(|| find(view, id).map(|row| row.id.to_string()));
    let principal = principal.ok_or_else(|| GraphError::not_found(id))?;
    let rows = memberships(call, &principal, transitive);
    Ok(answer(call, &plan, rows.into_iter().filter(|row| entities.contains(&row.entity)).collect(), cast.is_none()))
}

/// `GET /users/{id}/directReports` and `…/ownedObjects`.
pub(crate) fn of_user(call: &mut Call<'_>, id: &str, name: &str, cast: Option<&str>) -> Result<Answer, GraphError> {
    call.require(USERS_READ)?;
    let entities = casted(cast, if name == "directReports" { &[Entity::User] } else { &[Entity::Group] })?;
    let plan = Plan::new(call, &entities, Rules::DIRECTORY, false)?;
    let view = call.view();
    let (id, record) = view.user(id).ok_or_else(|| GraphError::not_found(id))?;
    let id: &Arc<str> = &id;
    let Related::Many(rows) = related(call, Row { entity: Entity::User, id, record }, name) else {
        return Err(GraphError::not_found(name));
    };
    Ok(answer(call, &plan, rows, cast.is_none()))
}

/// `GET /groups/{id}/members`, `…/transitiveMembers`, `…/owners`, with or without a cast.
pub(crate) fn members(call: &mut Call<'_>, id: &str, relation: &str, cast: Option<&str>) -> Result<Answer, GraphError> {
    call.require(GROUPS_READ)?;
    let entities = casted(cast, &PRINCIPALS)?;
    let plan = Plan::new(call, &entities, Rules::DIRECTORY, false)?;
    let view = call.view();
    let group = row(view, Entity::Group, &id.to_lowercase()).ok_or_else(|| GraphError::not_found(id))?;
    let Related::Many(rows) = related(call, group, relation) else { return Err(GraphError::not_found(relation)) };
    let rows = rows.into_iter().filter(|row| entities.contains(&row.entity)).collect();
    Ok(answer(call, &plan, rows, cast.is_none()))
}

/// The kinds that remain after an OData cast.
pub(crate) fn casted(cast: Option<&str>, all: &[Entity]) -> Result<Vec<Entity>, GraphError> {
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

/// `GET /groups/{id}/members/$ref` and `…/owners/$ref`: where the objects are, without what they are.
pub(crate) fn references(call: &mut Call<'_>, id: &str, relation: &str) -> Result<Answer, GraphError> {
    let mut answer = members(call, id, relation, None)?;
    let (origin, version) = (&call.request.origin, &call.request.version);
    let context = call.context("Collection($ref)");
    if let Content::Json(body) = &mut answer.content {
        body["@odata.context"] = json!(context);
        for item in body["value"].as_array_mut().into_iter().flatten() {
            let id = item["id"].as_str().unwrap_or_default();
            *item = json!({"@odata.id": format!("{origin}/{version}/directoryObjects/{id}")});
        }
    }
    Ok(answer)
}

/// The property of a group that keeps a relation.
pub(crate) fn number(relation: &str) -> u8 {
    if relation == "owners" { group::OWNERS } else { group::MEMBERS }
}

/// Adds a member or owner to a group, if it may be one.
pub(crate) fn admit(group: &mut Record, property: u8, found: Row<'_>) -> Result<(), GraphError> {
    let name = if property == group::OWNERS { "owners" } else { "members" };
    // Documented with adding owners and members: owners are users and service principals, members of Microsoft 365 groups are
    // users, and those of dynamic groups are the rule's affair. Texts UNV.
    let fits = match (property, found.entity) {
        (group::OWNERS, Entity::Group) => false,
        (group::MEMBERS, _) if is_dynamic(group) => false,
        (group::MEMBERS, entity) if is_unified(group) => entity == Entity::User,
        _ => true,
    };
    if !fits {
        return Err(GraphError::bad(format!(
            "The object '{}' cannot be added to the property '{name}' of this group.",
            found.id
        )));
    }
    if group.insert(property, found.id) {
        return Ok(());
    }
    Err(GraphError::bad(format!(
        "One or more added object references already exist for the following modified properties: '{name}'."
    )))
}

/// `POST /groups/{id}/members/$ref`.
pub(crate) fn add_member(call: &mut Call<'_>, id: &str, property: u8) -> Result<Answer, GraphError> {
    list::single_options(call.request, &[])?;
    let mut group = writable(call, id, MEMBERS_WRITE)?;
    let url = reference(call)?;
    admit(&mut group, property, target(call.truth(), &url)?)?;
    call.commit(Entity::Group, &id.to_lowercase(), Some(group));
    Ok(Answer::none())
}

/// `DELETE /groups/{id}/members/{member}/$ref`.
pub(crate) fn remove_member(call: &mut Call<'_>, id: &str, member: &str, property: u8) -> Result<Answer, GraphError> {
    list::single_options(call.request, &[])?;
    let mut group = writable(call, id, MEMBERS_WRITE)?;
    if !group.remove(property, &member.to_lowercase()) {
        return Err(GraphError::not_found(member));
    }
    call.commit(Entity::Group, &id.to_lowercase(), Some(group));
    Ok(Answer::none())
}
