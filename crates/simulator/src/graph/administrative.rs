//! Administrative units: objects with members, and roles that hold within them. Contract §4, §10.17.
//!
//! Invariant: a role within a unit is a role assignment with the unit as its scope; there is no second record of it.

use serde_json::{Map, Value, json};

use super::{
    call::Call,
    error::GraphError,
    expand,
    list::{self, Plan, Row, Rules},
    permissions::{ROLES_READ, ROLES_WRITE, UNITS_READ, UNITS_WRITE},
    relations::{self, PRINCIPALS},
    request::Answer,
    roles, route, write,
};
use crate::{
    schema::{Entity, directory, role},
    store::record::Record,
};

const RULES: Rules = Rules { expand: &["members"], ..Rules::DIRECTORY };

/// `…/directory/administrativeUnits/…`.
pub(crate) fn dispatch(call: &mut Call<'_>, method: &str, segments: &[&str]) -> Result<Answer, GraphError> {
    match (method, segments) {
        ("GET", []) => all(call),
        ("POST", []) => create(call),
        ("GET", [id]) => get(call, id),
        ("PATCH", [id]) => patch(call, id),
        ("DELETE", [id]) => delete(call, id),
        ("GET", [id, "members", cast @ ..]) if cast.len() < 2 => members(call, id, cast.first().copied()),
        ("POST", [id, "members", "$ref"]) => add(call, id),
        ("DELETE", [id, "members", member, "$ref"]) => remove(call, id, member),
        ("GET", [id, "scopedRoleMembers"]) => scoped(call, id),
        ("POST", [id, "scopedRoleMembers"]) => assign(call, id),
        ("GET", [id, "scopedRoleMembers", member]) => one(call, id, member),
        ("DELETE", [id, "scopedRoleMembers", member]) => unassign(call, id, member),
        (_, [] | [_] | [_, "members" | "scopedRoleMembers", ..]) => route::wrong_method(),
        (_, [_, other, ..]) => route::unknown(other),
    }
}

fn all(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(UNITS_READ)?;
    let plan = Plan::new(call, &[Entity::AdministrativeUnit], RULES, false)?;
    let rows = call.view().living(Entity::AdministrativeUnit, plan.start());
    let page = plan.page(rows.map(|(id, record)| Row { entity: Entity::AdministrativeUnit, id, record }));
    let mut items = Vec::with_capacity(page.rows.len());
    for row in &page.rows {
        let mut item = plan.render(*row);
        expand::insert(call, *row, &plan.expand, &mut item)?;
        items.push(Value::Object(item));
    }
    Ok(plan.answer(call.request, &call.context("directory/administrativeUnits"), &page, items))
}

fn get(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    call.require(UNITS_READ)?;
    list::single_options(call.request, RULES.expand)?;
    let expands = list::expanded::read(call.request, RULES.expand)?;
    let columns = list::columns(call.request, &[Entity::AdministrativeUnit])?.concat();
    let view = call.view();
    let row = relations::row(view, Entity::AdministrativeUnit, &id.to_lowercase());
    let row = row.ok_or_else(|| GraphError::not_found(id))?;
    let mut object = list::render(row.entity, row.record, &columns, false);
    expand::insert(call, row, &expands, &mut object)?;
    object.insert("@odata.context".to_owned(), json!(call.context("directory/administrativeUnits/$entity")));
    Ok(Answer::json(200, Value::Object(object)))
}

fn create(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(UNITS_WRITE)?;
    list::single_options(call.request, &[])?;
    let body = call.body()?;
    let mut record = Record::default();
    for (number, _, value) in write::creation(call, &directory::UNIT, &body)? {
        record.set(number, value);
    }
    let id = call.state.guid();
    record.set(directory::UNIT_ID, json!(id));
    let mut object = list::render(Entity::AdministrativeUnit, &record, &directory::UNIT.defaults("v1.0"), false);
    object.insert("@odata.context".to_owned(), json!(call.context("directory/administrativeUnits/$entity")));
    call.commit(Entity::AdministrativeUnit, &id, Some(record));
    Ok(Answer::json(201, Value::Object(object)))
}

/// The unit as it truly is, for whoever may change it.
fn writable(call: &Call<'_>, id: &str) -> Result<Record, GraphError> {
    call.require(UNITS_WRITE)?;
    list::single_options(call.request, &[])?;
    let found = relations::row(call.truth(), Entity::AdministrativeUnit, &id.to_lowercase());
    found.map(|row| Record::clone(row.record)).ok_or_else(|| GraphError::not_found(id))
}

fn keep(call: &mut Call<'_>, id: &str, record: Record) -> Answer {
    call.commit(Entity::AdministrativeUnit, &id.to_lowercase(), Some(record));
    Answer::none()
}

fn patch(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    let body = call.body()?;
    let mut record = writable(call, id)?;
    for (number, _, value) in write::update(call, &directory::UNIT, &body, &record)? {
        record.set(number, value);
    }
    Ok(keep(call, id, record))
}

fn delete(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    let mut record = writable(call, id)?;
    record.set(directory::UNIT_DELETED, json!(call.state.clock.text()));
    Ok(keep(call, id, record))
}

fn members(call: &mut Call<'_>, id: &str, cast: Option<&str>) -> Result<Answer, GraphError> {
    call.require(UNITS_READ)?;
    let entities = relations::casted(cast, &PRINCIPALS)?;
    let plan = Plan::new(call, &entities, Rules::DIRECTORY, false)?;
    let view = call.view();
    let unit = relations::row(view, Entity::AdministrativeUnit, &id.to_lowercase());
    let unit = unit.ok_or_else(|| GraphError::not_found(id))?;
    let members = unit.record.strings(directory::UNIT_MEMBERS).filter_map(|id| relations::find(view, id));
    let members = members.filter(|row| entities.contains(&row.entity)).collect();
    Ok(relations::answer(call, &plan, members, cast.is_none()))
}

fn add(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    let mut record = writable(call, id)?;
    let url = relations::reference(call)?;
    let found = relations::target(call.truth(), &url)?;
    // Users, groups and devices. Documented.
    if found.entity == Entity::ServicePrincipal {
        return Err(GraphError::bad("The object cannot be a member of an administrative unit."));
    }
    if !record.insert(directory::UNIT_MEMBERS, found.id) {
        return Err(GraphError::bad(
            "One or more added object references already exist for the following modified properties: 'members'.",
        ));
    }
    Ok(keep(call, id, record))
}

fn remove(call: &mut Call<'_>, id: &str, member: &str) -> Result<Answer, GraphError> {
    let mut record = writable(call, id)?;
    if !record.remove(directory::UNIT_MEMBERS, &member.to_lowercase()) {
        return Err(GraphError::not_found(member));
    }
    Ok(keep(call, id, record))
}

fn scope(id: &str) -> String {
    format!("/administrativeUnits/{}", id.to_lowercase())
}

/// Key of an assignment, and how a member prints.
type Scoped = (String, Map<String, Value>);

/// The unit's role assignments.
fn assignments(call: &Call<'_>, id: &str) -> Result<Vec<Scoped>, GraphError> {
    let view = call.view();
    relations::row(view, Entity::AdministrativeUnit, &id.to_lowercase()).ok_or_else(|| GraphError::not_found(id))?;
    let scope = scope(id);
    let own = view.range(Entity::RoleAssignment, None);
    let own = own.filter(|(_, record)| record.text(role::SCOPE_ID).is_some_and(|of| of.eq_ignore_ascii_case(&scope)));
    let mut all = Vec::new();
    for (key, record) in own {
        let activated = record.text(role::ROLE_ID).and_then(|role| view.get(Entity::DirectoryRole, role));
        let holder = record.text(role::PRINCIPAL_ID).and_then(|holder| relations::find(view, holder));
        if let (Some(activated), Some(holder)) = (activated, holder) {
            let name = holder.entity.schema().any("displayName").and_then(|number| holder.record.text(number));
            let object = json!({"id": **key, "administrativeUnitId": id.to_lowercase(),
                "roleId": activated.text(role::ACTIVATED_ID),
                "roleMemberInfo": {"id": **holder.id, "displayName": name}});
            all.push((key.to_string(), list::shaped(call.request, &directory::SCOPED_MEMBER, object)?));
        }
    }
    Ok(all)
}

fn scoped(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    call.require(ROLES_READ)?;
    list::single_options(call.request, &[])?;
    let items: Vec<Value> = assignments(call, id)?.into_iter().map(|(_, item)| Value::Object(item)).collect();
    Ok(Answer::json(200, json!({"@odata.context": call.context("scopedRoleMemberships"), "value": items})))
}

fn one(call: &mut Call<'_>, id: &str, member: &str) -> Result<Answer, GraphError> {
    call.require(ROLES_READ)?;
    list::single_options(call.request, &[])?;
    let found = assignments(call, id)?.into_iter().find(|(key, _)| key == member);
    let (_, mut object) = found.ok_or_else(|| GraphError::not_found(member))?;
    object.insert("@odata.context".to_owned(), json!(call.context("scopedRoleMemberships/$entity")));
    Ok(Answer::json(200, Value::Object(object)))
}

fn assign(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    call.require(ROLES_WRITE)?;
    list::single_options(call.request, &[])?;
    let body = call.body()?;
    write::creation(call, &directory::SCOPED_MEMBER, &body)?;
    let role = Call::required(&body, "roleId")?.to_lowercase();
    let member = body.get("roleMemberInfo").and_then(|member| member.get("id")).and_then(Value::as_str);
    let member = member.ok_or_else(|| write::invalid(&directory::SCOPED_MEMBER, "roleMemberInfo"))?.to_lowercase();
    let truth = call.truth();
    relations::row(truth, Entity::AdministrativeUnit, &id.to_lowercase()).ok_or_else(|| GraphError::not_found(id))?;
    let found = truth
        .range(Entity::DirectoryRole, None)
        .find(|(_, record)| record.text(role::ACTIVATED_ID) == Some(&role))
        .map(|(template, _)| template.to_string());
    let template = found.ok_or_else(|| GraphError::not_found(&role))?;
    let key = roles::grant(call, &template, &member, &scope(id))?;
    // The answer is what was written, whichever replica answers reads.
    let holder = relations::find(call.truth(), &member).ok_or_else(|| GraphError::not_found(&member))?;
    let name = holder.entity.schema().any("displayName").and_then(|number| holder.record.text(number));
    let object = json!({"@odata.context": call.context("scopedRoleMemberships/$entity"), "id": key,
        "administrativeUnitId": id.to_lowercase(), "roleId": role,
        "roleMemberInfo": {"id": member, "displayName": name}});
    Ok(Answer::json(201, object))
}

fn unassign(call: &mut Call<'_>, id: &str, member: &str) -> Result<Answer, GraphError> {
    call.require(ROLES_WRITE)?;
    let found = call.truth().get(Entity::RoleAssignment, member);
    let here =
        found.is_some_and(|record| record.text(role::SCOPE_ID).is_some_and(|of| of.eq_ignore_ascii_case(&scope(id))));
    if !here {
        return Err(GraphError::not_found(member));
    }
    call.commit(Entity::RoleAssignment, member, None);
    Ok(Answer::none())
}
