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
    write,
};
use crate::{
    schema::{Entity, organization},
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
    list::single_options(call.request, &[])?;
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
    list::single_options(call.request, &[])?;
    let id = id.to_lowercase();
    let before = call.truth().get(Entity::Organization, &id).ok_or_else(|| GraphError::not_found(&id))?;
    let before = Record::clone(before);
    let mut after = before.clone();
    for (number, _, value) in write::update(call, &organization::SCHEMA, &body, &before)? {
        after.set(number, value);
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
    list::single(call, Entity::Domain, id, "domains/$entity")
}

/// `GET /subscribedSkus`: refuses `$top` (3P, live).
pub(crate) fn skus(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(SKUS_READ)?;
    let plan = Plan::new(call, &[Entity::Sku], Rules { filter: false, ..Rules::SHORT }, false)?;
    Ok(whole(call, &plan, Entity::Sku))
}

/// `GET /subscribedSkus/{id}`.
pub(crate) fn one_sku(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    call.require(SKUS_READ)?;
    list::single(call, Entity::Sku, id, "subscribedSkus/$entity")
}

/// All objects of a kind that fit the plan.
pub(crate) fn whole(call: &Call<'_>, plan: &Plan, entity: Entity) -> Answer {
    let rows = call.view().range(entity, plan.start()).map(|(id, record)| Row { entity, id, record });
    let page = plan.page(rows);
    let items = page.rows.iter().map(|row| Value::Object(plan.render(*row))).collect();
    plan.answer(call.request, &call.context(entity.schema().set), &page, items)
}
