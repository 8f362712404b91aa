//! `PUT` of a whole profile. Contract §7.
//!
//! Invariant: what is not sent is gone; a refused PUT changes nothing.

use serde_json::{Map, Value, json};

use super::{
    error::PartnerError,
    profile::{self, Kind},
};
use crate::{
    auth::token::Claims,
    graph::request::{Answer, GraphRequest},
    schema::{Entity, partner},
    state::State,
    store::record::Record,
};

/// What an address or a contact may consist of. `[PC]` utility resources.
const PARTS: [&str; 12] = [
    "country",
    "region",
    "city",
    "state",
    "addressLine1",
    "addressLine2",
    "postalCode",
    "firstName",
    "lastName",
    "phoneNumber",
    "email",
    "middleName",
];

/// See the module. 200 with the updated resource.
pub(super) fn put(
    state: &mut State,
    request: &GraphRequest,
    claims: &Claims,
    kind: &Kind,
) -> Result<Answer, PartnerError> {
    let body = match serde_json::from_slice(&request.body) {
        Ok(Value::Object(body)) => camel(body),
        _ => return Err(PartnerError::invalid("The request body is not a valid resource.")),
    };
    let before = state.store.truth().get(Entity::PartnerProfile, kind.name).map(|record| Record::clone(record));
    let before = before.ok_or_else(PartnerError::not_found)?;
    check_etag(request, kind, &body, &before)?;
    let mut after = before.clone();
    for name in kind.written {
        let value = body.get(*name).cloned().unwrap_or(Value::Null);
        if value.is_null() && kind.required.contains(name) {
            return Err(PartnerError::invalid(format!("{name} is required.")));
        }
        let number = partner::PROFILE.any(name);
        let row = number.and_then(|number| Some((number, partner::PROFILE.row(number)?)));
        let (number, row) = row.ok_or_else(PartnerError::not_found)?;
        let parts = value.as_object().is_none_or(|object| {
            object.iter().all(|(key, value)| PARTS.contains(&key.as_str()) && (value.is_string() || value.is_null()))
        });
        if !row.accepts(&value) || !parts {
            return Err(PartnerError::invalid(format!("{name} has an invalid value.")));
        }
        after.set(number, value);
    }
    let changed = after != before;
    if changed {
        let version = before.get(partner::VERSION).and_then(Value::as_u64).unwrap_or_default();
        after.set(partner::VERSION, json!(version + 1));
    }
    if changed && kind.name == "legalbusiness" && state.options.switches.legal_change_restarts_vetting {
        after.set(partner::VETTING_STATUS, json!("pending"));
        after.set(partner::VETTING_SUB_STATUS, json!("emailOwnership"));
    }
    let request_id = request.header("ms-requestid").map_or_else(|| state.guid(), str::to_owned);
    let origin = state.asked(claims, request, request_id);
    let answer = Answer::json(200, profile::render(kind, &after));
    state.commit(Entity::PartnerProfile, kind.name, Some(after), origin);
    Ok(answer)
}

/// An ETag is temporary; one that is sent must be the present one, in the body's attributes or as `If-Match` in quotes.
fn check_etag(
    request: &GraphRequest,
    kind: &Kind,
    body: &Map<String, Value>,
    before: &Record,
) -> Result<(), PartnerError> {
    let inside = body.get("attributes").and_then(|attributes| attributes.get("etag")).and_then(Value::as_str);
    let header = request.header("if-match").map(|value| value.trim_matches('"'));
    let present = profile::etag(before);
    if kind.etag && inside.into_iter().chain(header).any(|sent| sent != present) {
        return Err(PartnerError::stale());
    }
    Ok(())
}

/// The samples send `PascalCase` and get camelCase: both are read. `[PC]`
fn camel(object: Map<String, Value>) -> Map<String, Value> {
    object
        .into_iter()
        .map(|(key, value)| {
            let mut letters = key.chars();
            let first = letters.next().map(|letter| letter.to_ascii_lowercase());
            let key = first.into_iter().chain(letters).collect();
            let value = match value {
                Value::Object(inner) => Value::Object(camel(inner)),
                other => other,
            };
            (key, value)
        })
        .collect()
}
