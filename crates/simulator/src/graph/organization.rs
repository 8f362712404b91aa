//! The organization, its domains and subscriptions. Contract §5.
//!
//! Invariant: a token without the permission sees null, not an error; a PATCH replaces whole collections.

use serde_json::{Value, json};

use super::{
    call::Call,
    error::GraphError,
    list::{self, Plan, Row, Rules},
    permissions::{DOMAINS_READ, ORGANIZATION_BASIC, ORGANIZATION_READ, ORGANIZATION_WRITE, SKUS_READ},
    request::Answer,
};
use crate::{
    schema::{Entity, Write, organization},
    store::record::Record,
};

fn restricted(call: &Call<'_>) -> Result<bool, GraphError> {
    if call.has(ORGANIZATION_READ) {
        return Ok(false);
    }
    call.require(ORGANIZATION_BASIC).map(|()| true)
}

/// `GET /organization`: a collection of one.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    let restricted = restricted(call)?;
    let rules = Rules { filter: false, ..Rules::SHORT };
    let plan = Plan::new(call, &[Entity::Organization], rules, restricted)?;
    Ok(whole(call, &plan, Entity::Organization))
}

/// `GET /organization/{id}`.
pub(crate) fn get(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    let restricted = restricted(call)?;
    list::known_options(call.request)?;
    let columns = list::columns(call.request, &[Entity::Organization])?.pop().unwrap_or_default();
    let record = call.view().get(Entity::Organization, &id.to_lowercase()).ok_or_else(|| GraphError::not_found(id))?;
    let mut object = list::render(Entity::Organization, record, &columns, restricted);
    object.insert("@odata.context".to_owned(), json!(call.context("organization/$entity")));
    Ok(Answer::json(200, Value::Object(object)))
}

/// `PATCH /organization/{id}`. [OU]
pub(crate) fn patch(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    let body = call.body()?;
    call.require(ORGANIZATION_WRITE)?;
    let id = id.to_lowercase();
    let before = call.truth().get(Entity::Organization, &id).ok_or_else(|| GraphError::not_found(&id))?;
    let mut after = Record::clone(before);
    for (name, value) in &body {
        let invalid =
            || GraphError::bad(format!("Invalid value specified for property '{name}' of resource 'Organization'."));
        let (number, row) =
            organization::SCHEMA.find(name).ok_or_else(|| GraphError::bad(format!("Invalid property '{name}'.")))?;
        if row.write != Write::Patch {
            return Err(GraphError::bad(format!("Property '{name}' is read-only and cannot be set.")));
        }
        if !row.accepts(value) {
            return Err(invalid());
        }
        if let Some(profile) = value.as_object() {
            let known = |(key, value): (&String, &Value)| {
                ["contactEmail", "statementUrl"].contains(&key.as_str()) && (value.is_string() || value.is_null())
            };
            if !profile.iter().all(known) {
                return Err(invalid());
            }
        }
        after.set(number, value.clone());
    }
    call.commit(Entity::Organization, &id, Some(after));
    Ok(Answer::none())
}

/// `GET /domains`.
pub(crate) fn domains(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(DOMAINS_READ)?;
    let plan = Plan::new(call, &[Entity::Domain], Rules { filter: false, ..Rules::SHORT }, false)?;
    Ok(whole(call, &plan, Entity::Domain))
}

/// `GET /domains/{id}`.
pub(crate) fn domain(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    call.require(DOMAINS_READ)?;
    let columns = list::columns(call.request, &[Entity::Domain])?.pop().unwrap_or_default();
    let record = call.view().get(Entity::Domain, &id.to_lowercase()).ok_or_else(|| GraphError::not_found(id))?;
    let mut object = list::render(Entity::Domain, record, &columns, false);
    object.insert("@odata.context".to_owned(), json!(call.context("domains/$entity")));
    Ok(Answer::json(200, Value::Object(object)))
}

/// `GET /subscribedSkus`: refuses `$top` (3P, live).
pub(crate) fn skus(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(SKUS_READ)?;
    let plan = Plan::new(call, &[Entity::Sku], Rules { filter: false, ..Rules::SHORT }, false)?;
    Ok(whole(call, &plan, Entity::Sku))
}

/// All objects of a kind that fit the plan.
pub(crate) fn whole(call: &Call<'_>, plan: &Plan, entity: Entity) -> Answer {
    let rows = call.view().range(entity, plan.start()).map(|(id, record)| Row { entity, id, record });
    let page = plan.page(rows);
    let items = page.rows.iter().map(|row| Value::Object(plan.render(*row))).collect();
    plan.answer(call.request, &call.context(entity.schema().set), &page, items)
}
