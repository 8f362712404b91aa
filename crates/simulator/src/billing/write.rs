//! Writing: `PATCH` of an account, `PUT` of a profile. `[BILL]`
//!
//! Invariant: a write that is accepted takes effect exactly once, when its operation ends.

use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::{error::ArmError, operation, operations::Operation, place::Place, read, role::Grant};
use crate::{
    auth::token::Claims,
    graph::request::{Answer, GraphRequest},
    schema::{Entity, billing},
    state::State,
    store::record::Record,
};

/// `PATCH billingAccounts/{name}`: display name and sold-to, what is sent.
pub(super) fn account(
    state: &mut State,
    request: &GraphRequest,
    claims: &Claims,
    place: &Place,
) -> Result<Answer, ArmError> {
    place.require(state, claims, Grant::Write)?;
    let before = state.store.truth().get(Entity::BillingAccount, &place.key()).map(|record| Record::clone(record));
    let mut after = before.ok_or_else(ArmError::not_found)?;
    let body = body(request)?;
    apply(Entity::BillingAccount, &mut after, &properties(&body)?)?;
    accept(state, request, claims, place, after, 202)
}

/// `PUT …/billingProfiles/{name}`: creates or replaces the whole writable set.
pub(super) fn profile(
    state: &mut State,
    request: &GraphRequest,
    claims: &Claims,
    place: &Place,
) -> Result<Answer, ArmError> {
    let before = state.store.truth().get(Entity::BillingProfile, &place.key()).map(|record| Record::clone(record));
    // A new profile is made by who may write the account.
    let needed = if before.is_some() { place.clone() } else { Place { profile: None, ..place.clone() } };
    needed.require(state, claims, Grant::Write)?;
    if state.store.truth().get(Entity::BillingAccount, &place.account).is_none() {
        return Err(ArmError::not_found());
    }
    let (status, mut after) = before.map_or_else(|| (201, fresh(place, request)), |before| (200, before));
    if !state.options.switches.billing_put_keeps_omitted {
        let schema = Entity::BillingProfile.schema();
        for number in (0..).take(schema.properties.len()) {
            if read::is_written(Entity::BillingProfile, number) {
                after.set(number, Value::Null);
            }
        }
    }
    let body = body(request)?;
    apply(Entity::BillingProfile, &mut after, &properties(&body)?)?;
    if let Some(tags @ Value::Object(_)) = body.get("tags") {
        after.set(billing::TAGS, tags.clone());
    }
    accept(state, request, claims, place, after, status)
}

/// A new profile, named as its path spells it.
fn fresh(place: &Place, request: &GraphRequest) -> Record {
    let mut record = Record::default();
    record.set(billing::PROFILE_NAME, json!(request.segments.last()));
    record.set(billing::PROFILE_ACCOUNT, json!(place.account));
    record
}

fn body(request: &GraphRequest) -> Result<Map<String, Value>, ArmError> {
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(ArmError::invalid("The request content was invalid and could not be deserialized.")),
    }
}

fn properties(body: &Map<String, Value>) -> Result<Map<String, Value>, ArmError> {
    match body.get("properties") {
        Some(Value::Object(properties)) => Ok(properties.clone()),
        None => Ok(Map::new()),
        Some(_) => Err(ArmError::invalid("'properties' must be an object.")),
    }
}

/// Read-only properties are ignored, as ARM does with what it sent itself; unknown ones are refused (UNV).
fn apply(entity: Entity, record: &mut Record, properties: &Map<String, Value>) -> Result<(), ArmError> {
    let schema = entity.schema();
    for (name, value) in properties {
        if ["provisioningState", "hasReadAccess", "targetClouds"].contains(&name.as_str()) {
            continue;
        }
        let found = schema.find(name).ok_or_else(|| ArmError::invalid(format!("Could not find member '{name}'.")))?;
        let (number, row) = found;
        if !row.accepts(value) {
            return Err(ArmError::invalid(format!("'{name}' has an invalid value.")));
        }
        if read::is_written(entity, number) {
            record.set(number, value.clone());
        }
    }
    Ok(())
}

/// 202 with the place to ask; by switch the answer at once, with `status`.
fn accept(
    state: &mut State,
    request: &GraphRequest,
    claims: &Claims,
    place: &Place,
    after: Record,
    status: u16,
) -> Result<Answer, ArmError> {
    let request_id = state.guid();
    let origin = state.asked(claims, request, request_id);
    if state.options.switches.billing_answers_at_once {
        state.commit(place.entity(), &place.key(), Some(after), origin);
        let view = state.store.truth();
        let record = view.get(place.entity(), &place.key()).ok_or_else(ArmError::not_found)?;
        let status = if status == 202 { 200 } else { status };
        return Ok(Answer::json(status, read::render(view, place, record, Grant::Write)));
    }
    let id = state.guid();
    let due = Instant::now() + state.options.billing_operation;
    let operation = Operation { place: place.clone(), actor: claims.oid.clone(), due, write: Some((after, origin)) };
    Ok(operation::accept(state, request, id, operation))
}
