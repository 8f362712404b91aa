//! Directory roles: unified role management, activated roles and their members, PIM reads. Contract §4.
//!
//! Invariant: an active assignment to a built-in role implies that the role is activated.

use serde_json::{Map, Value, json};

use super::{
    call::Call,
    definitions,
    error::GraphError,
    expand,
    list::{self, Plan, Row, Rules},
    organization::whole,
    permissions::{ELIGIBILITY_READ, ROLES_READ, ROLES_WRITE, SCHEDULES_READ},
    relations,
    request::Answer,
    route, users, write,
};
use crate::{
    ids,
    schema::{
        Entity, directory,
        role::{self, GLOBAL_ADMINISTRATOR},
    },
    seed::{activated, assignment_record},
    store::record::Record,
};

/// Role assignments are paged and take `$top`; `principal` and `roleDefinition` can be expanded.
const ASSIGNMENTS: Rules =
    Rules { top: true, paged: true, expand: &["principal", "roleDefinition", "directoryScope"], ..Rules::SHORT };

/// `…/roleManagement/directory/…`.
pub(crate) fn dispatch(call: &mut Call<'_>, method: &str, segments: &[&str]) -> Result<Answer, GraphError> {
    match (method, segments) {
        ("GET", ["roleDefinitions"]) => {
            call.require(ROLES_READ)?;
            let plan = Plan::new(call, &[Entity::RoleDefinition], Rules { top: true, ..Rules::SHORT }, false)?;
            Ok(whole(call, &plan, Entity::RoleDefinition))
        }
        ("GET", ["roleDefinitions", id]) => {
            call.require(ROLES_READ)?;
            list::single(call, Entity::RoleDefinition, id, "roleManagement/directory/roleDefinitions/$entity")
        }
        ("GET", ["roleAssignments"]) => {
            call.require(ROLES_READ)?;
            assignments(call, Entity::RoleAssignment, "roleAssignments", |_| {})
        }
        ("POST", ["roleDefinitions"]) => definitions::create(call),
        ("PATCH", ["roleDefinitions", id]) => definitions::patch(call, id),
        ("DELETE", ["roleDefinitions", id]) => definitions::delete(call, id),
        ("POST", ["roleAssignments"]) => assign(call),
        ("GET", ["roleAssignments", id]) => {
            call.require(ROLES_READ)?;
            list::single_options(call.request, ASSIGNMENTS.expand)?;
            let expands = list::expanded::read(call.request, ASSIGNMENTS.expand)?;
            let columns = list::columns(call.request, &[Entity::RoleAssignment])?.concat();
            let row = relations::row(call.view(), Entity::RoleAssignment, id);
            let row = row.ok_or_else(|| GraphError::not_found(id))?;
            let mut object = list::render(row.entity, row.record, &columns, false);
            expand::insert(call, row, &expands, &mut object)?;
            let context = call.context("roleManagement/directory/roleAssignments/$entity");
            object.insert("@odata.context".to_owned(), json!(context));
            Ok(Answer::json(200, Value::Object(object)))
        }
        ("DELETE", ["roleAssignments", id]) => unassign(call, id),
        ("GET", [name @ ("roleEligibilitySchedules" | "roleEligibilityScheduleInstances")]) => {
            call.require(ELIGIBILITY_READ)?;
            licensed(call)?;
            let instances = name.ends_with("Instances");
            assignments(call, Entity::RoleEligibility, name, |item| {
                schedule(item, instances, "roleEligibilityScheduleId");
            })
        }
        ("GET", [name @ ("roleAssignmentSchedules" | "roleAssignmentScheduleInstances")]) => {
            call.require(SCHEDULES_READ)?;
            licensed(call)?;
            let instances = name.ends_with("Instances");
            assignments(call, Entity::RoleAssignment, name, |item| {
                item.insert("assignmentType".to_owned(), json!("Assigned"));
                item.insert("memberType".to_owned(), json!("Direct"));
                schedule(item, instances, "roleAssignmentScheduleId");
            })
        }
        (_, [known, ..]) if ["roleDefinitions", "roleAssignments"].contains(known) => route::wrong_method(),
        (_, [other, ..]) => route::unknown(other),
        (_, []) => route::unknown("directory"),
    }
}

/// PIM is part of Entra ID P2. Contract §4, several 3P.
fn licensed(call: &Call<'_>) -> Result<(), GraphError> {
    let has = |sku: &Record| {
        let plans = sku.get(directory::SKU_PLANS).and_then(Value::as_array).into_iter().flatten();
        plans.filter_map(|plan| plan.get("servicePlanName")).any(|name| name == "AAD_PREMIUM_P2")
    };
    if call.truth().range(Entity::Sku, None).any(|(_, sku)| has(sku)) {
        return Ok(());
    }
    Err(GraphError::new(
        400,
        "AadPremiumLicenseRequired",
        "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
    ))
}

/// Schedules carry `scheduleInfo`, instances start and end. [CSDL]
fn schedule(item: &mut Map<String, Value>, instance: bool, reference: &str) {
    let start = item.get("startDateTime").cloned().unwrap_or(Value::Null);
    if instance {
        let id = item.get("id").cloned().unwrap_or(Value::Null);
        item.insert(reference.to_owned(), id);
        item.insert("startDateTime".to_owned(), start);
        item.entry("endDateTime").or_insert(Value::Null);
    } else {
        item.remove("startDateTime");
        item.remove("endDateTime");
        item.insert("status".to_owned(), json!("Provisioned"));
        item.insert("scheduleInfo".to_owned(), json!({"startDateTime": start, "expiration": {"type": "noExpiration"}}));
    }
}

fn assignments(
    call: &mut Call<'_>,
    entity: Entity,
    name: &str,
    complete: impl Fn(&mut Map<String, Value>),
) -> Result<Answer, GraphError> {
    let plan = Plan::new(call, &[entity], ASSIGNMENTS, false)?;
    let view = call.view();
    let rows = view.range(entity, plan.start()).filter(|(_, record)| {
        // An assignment of a deleted account does not show while the account can be restored; then it is an orphan.
        record
            .text(role::PRINCIPAL_ID)
            .is_some_and(|id| relations::find(view, id).is_some() || !relations::is_kept(view, id))
    });
    let page = plan.page(rows.map(|(id, record)| Row { entity, id, record }));
    if plan.expand.iter().any(|expand| expand.name == "principal")
        && call.state.options.switches.orphaned_assignment_fails_expansion
    {
        let principals = page.rows.iter().filter_map(|row| row.record.text(role::PRINCIPAL_ID));
        if let Some(gone) = principals.into_iter().find(|id| relations::find(view, id).is_none()) {
            return Err(GraphError::not_found(gone));
        }
    }
    let mut items = Vec::with_capacity(page.rows.len());
    for row in &page.rows {
        let mut item = plan.render(*row);
        complete(&mut item);
        expand::insert(call, *row, &plan.expand, &mut item)?;
        items.push(Value::Object(item));
    }
    Ok(plan.answer(call.request, &call.context(&format!("roleManagement/directory/{name}")), &page, items))
}

/// `POST …/roleAssignments`. [RA]
fn assign(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(ROLES_WRITE)?;
    list::single_options(call.request, &[])?;
    let body = call.body()?;
    let changes = write::creation(call, &role::ASSIGNMENT, &body)?;
    if changes.iter().any(|(_, row, _)| row.name == "appScopeId" || row.name == "condition") {
        return Err(GraphError::bad("Only directoryScopeId is supported for assignments of directory roles."));
    }
    let role = Call::required(&body, "roleDefinitionId")?.to_lowercase();
    let principal = Call::required(&body, "principalId")?.to_lowercase();
    let scope = Call::required(&body, "directoryScopeId")?.to_owned();
    let id = grant(call, &role, &principal, &scope)?;
    let record = assignment_record(&id, &role, &principal, &scope);
    let columns = list::columns(call.request, &[Entity::RoleAssignment])?.pop().unwrap_or_default();
    let mut object = list::render(Entity::RoleAssignment, &record, &columns, false);
    let context = call.context("roleManagement/directory/roleAssignments/$entity");
    object.insert("@odata.context".to_owned(), json!(context));
    Ok(Answer::json(201, Value::Object(object)))
}

/// Assigns a role; the id of the assignment.
pub(super) fn grant(call: &mut Call<'_>, role: &str, principal: &str, scope: &str) -> Result<String, GraphError> {
    let truth = call.truth();
    truth.get(Entity::RoleDefinition, role).ok_or_else(|| GraphError::not_found(role))?;
    let found = relations::find(truth, principal).ok_or_else(|| GraphError::not_found(principal))?;
    if found.entity == Entity::Group && !found.record.is_true(crate::schema::group::IS_ASSIGNABLE_TO_ROLE) {
        return Err(GraphError::bad(
            "The group must have the isAssignableToRole property set to true to be assigned to a role.",
        ));
    }
    // Scopes: `/`, `/administrativeUnits/{id}`, `/{app object id}`. [RA]
    let unit = scope.strip_prefix("/administrativeUnits/");
    let object = unit.or_else(|| scope.strip_prefix('/'));
    if object.is_none_or(|id| !id.is_empty() && !ids::is_guid(id)) {
        return Err(GraphError::bad("The directoryScopeId is invalid."));
    }
    if let Some(unit) = unit {
        relations::row(truth, Entity::AdministrativeUnit, &unit.to_lowercase())
            .ok_or_else(|| GraphError::not_found(unit))?;
    }
    let id = ids::assignment(role, principal, scope);
    if truth.get(Entity::RoleAssignment, &id).is_some() {
        let message =
            "A conflicting object with one or more of the specified property values is present in the directory.";
        // Which of the two: UNV, switch.
        return Err(if call.state.options.switches.duplicate_assignment_is_conflict {
            GraphError::new(409, "Request_MultipleObjectsWithSameKeyValue", message)
        } else {
            GraphError::bad(message)
        });
    }
    call.commit(Entity::RoleAssignment, &id, Some(assignment_record(&id, role, principal, scope)));
    activate_role(call, role);
    Ok(id)
}

fn activate_role(call: &mut Call<'_>, template: &str) {
    if call.truth().get(Entity::DirectoryRole, template).is_none()
        && let Some(record) = activated(template)
    {
        call.commit(Entity::DirectoryRole, template, Some(record));
    }
}

/// `DELETE …/roleAssignments/{id}`.
fn unassign(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    call.require(ROLES_WRITE)?;
    list::single_options(call.request, &[])?;
    let truth = call.truth();
    let record = truth.get(Entity::RoleAssignment, id).ok_or_else(|| GraphError::not_found(id))?;
    if record.text(role::ROLE_ID) == Some(GLOBAL_ADMINISTRATOR) {
        let own = record.text(role::PRINCIPAL_ID) == Some(call.claims.oid.as_str());
        let others = truth
            .range(Entity::RoleAssignment, None)
            .filter(|(other, record)| ***other != *id && record.text(role::ROLE_ID) == Some(GLOBAL_ADMINISTRATOR))
            .count();
        if own || others == 0 {
            // Refused (contract §4); text UNV.
            return Err(GraphError::bad(
                "Removing self or the last member from the Global Administrator built-in role is not allowed.",
            ));
        }
    }
    call.commit(Entity::RoleAssignment, id, None);
    Ok(Answer::none())
}

/// `/directoryRoles…`: only activated roles. [GD21]
pub(crate) fn activated_roles(call: &mut Call<'_>, method: &str, segments: &[&str]) -> Result<Answer, GraphError> {
    match (method, segments) {
        ("GET", []) => {
            call.require(ROLES_READ)?;
            // Refuses $top (3P, live).
            let rules = Rules { expand: &["members"], ..Rules::SHORT };
            let plan = Plan::new(call, &[Entity::DirectoryRole], rules, false)?;
            let view = call.view();
            let rows = view.range(Entity::DirectoryRole, None);
            let page = plan.page(rows.map(|(id, record)| Row { entity: Entity::DirectoryRole, id, record }));
            let mut items = Vec::with_capacity(page.rows.len());
            for row in &page.rows {
                let mut item = plan.render(*row);
                expand::insert(call, *row, &plan.expand, &mut item)?;
                items.push(Value::Object(item));
            }
            Ok(plan.answer(call.request, &call.context("directoryRoles"), &page, items))
        }
        ("POST", []) => {
            call.require(ROLES_WRITE)?;
            list::single_options(call.request, &[])?;
            let body = call.body()?;
            write::creation(call, &role::DIRECTORY_ROLE, &body)?;
            let template = Call::required(&body, "roleTemplateId")?.to_lowercase();
            let record = activated(&template).ok_or_else(|| GraphError::not_found(&template))?;
            if call.truth().get(Entity::DirectoryRole, &template).is_some() {
                return Err(GraphError::bad(
                    "A conflicting object with one or more of the specified property values is present in the directory.",
                ));
            }
            let mut object = users::directory_object(Entity::DirectoryRole, &record);
            object.insert("@odata.context".to_owned(), json!(call.context("directoryRoles/$entity")));
            call.commit(Entity::DirectoryRole, &template, Some(record));
            Ok(Answer::json(201, Value::Object(object)))
        }
        ("GET", [key]) => {
            call.require(ROLES_READ)?;
            let template = template_of(call, key)?;
            list::single(call, Entity::DirectoryRole, &template, "directoryRoles/$entity")
        }
        ("GET", [key, "members", cast @ ..]) if cast.len() < 2 => {
            call.require(ROLES_READ)?;
            let template = template_of(call, key)?;
            let kinds = relations::casted(cast.first().copied(), &relations::PRINCIPALS)?;
            let plan = Plan::new(call, &kinds, Rules::SHORT, false)?;
            let rows = relations::holders(call.view(), &template);
            let rows = rows.into_iter().filter(|row| kinds.contains(&row.entity)).collect();
            Ok(relations::answer(call, &plan, rows, cast.is_empty()))
        }
        ("POST", [key, "members", "$ref"]) => {
            call.require(ROLES_WRITE)?;
            list::single_options(call.request, &[])?;
            let template = template_of(call, key)?;
            let url = relations::reference(call)?;
            let holder = relations::target(call.truth(), &url)?.id.to_string();
            grant(call, &template, &holder, "/")?;
            Ok(Answer::none())
        }
        ("DELETE", [key, "members", holder, "$ref"]) => {
            let template = template_of(call, key)?;
            let id = ids::assignment(&template, &holder.to_lowercase(), "/");
            unassign(call, &id)
        }
        (_, [] | [_] | [_, "members", ..]) => route::wrong_method(),
        (_, [_, other, ..]) => route::unknown(other),
    }
}

/// The template of an activated role, by object id, `roleTemplateId=…`, or neither: 404, for "not activated".
fn template_of(call: &Call<'_>, key: &str) -> Result<String, GraphError> {
    let wanted = key.strip_prefix("roleTemplateId=").map(str::to_lowercase);
    let id = key.to_lowercase();
    call.view()
        .range(Entity::DirectoryRole, None)
        .find(|(template, record)| {
            wanted
                .as_ref()
                .map_or_else(|| record.text(role::ACTIVATED_ID) == Some(&id), |wanted| ***template == **wanted)
        })
        .map(|(template, _)| template.to_string())
        .ok_or_else(|| GraphError::not_found(key.trim_start_matches("roleTemplateId=")))
}

/// `GET /directoryRoleTemplates`: all built-in roles. Refuses `$top` (3P, live).
pub(crate) fn templates(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(ROLES_READ)?;
    let rules = Rules { filter: false, ..Rules::SHORT };
    let plan = Plan::new(call, &[Entity::DirectoryRoleTemplate], rules, false)?;
    Ok(whole(call, &plan, Entity::DirectoryRoleTemplate))
}

/// `GET /directoryRoleTemplates/{id}`.
pub(crate) fn template(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    call.require(ROLES_READ)?;
    list::single(call, Entity::DirectoryRoleTemplate, id, "directoryRoleTemplates/$entity")
}
