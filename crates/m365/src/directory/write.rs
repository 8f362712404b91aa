//! Writing: one PATCH per request, in batches, naming the given fields and no other.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tenant_contacts_api::{
    field::{Field, Surface},
    reason::Reason,
};
use tenant_contacts_core::{
    field,
    plan::{Change, Request},
    step::Target,
};
use tenant_contacts_engine::port::Outcome;

use super::{
    Access, Directory, problem,
    properties::{self, Property},
};
use crate::{
    graph::{BatchItem, ItemOutcome, Order, odata::Path, send_batch},
    send::Effect,
};

/// Carries out requests, each once. Requests to one object never share a batch: items of a batch run in parallel.
pub(super) async fn write(directory: &Directory, requests: &[Request]) -> Vec<Outcome> {
    let mut outcomes = vec![Outcome::Unknown; requests.len()];
    let mut open: Vec<usize> = (0..requests.len()).collect();
    while !open.is_empty() {
        let mut wave: Vec<usize> = Vec::new();
        open.retain(|&index| {
            let taken = wave.iter().any(|&other| requests[other].target == requests[index].target);
            if !taken {
                wave.push(index);
            }
            taken
        });
        // A batch is sent as one application.
        let mut waves: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        for index in wave {
            waves.entry(serving(directory, &requests[index])).or_default().push(index);
        }
        for (serving, wave) in waves {
            match serving.map(|index| &directory.accesses[index]) {
                Some(access) => send_wave(directory, access, requests, &wave, &mut outcomes).await,
                // Nothing is planned on a surface that no credential serves.
                None => turn_away(&wave, Reason::InvalidSpec, &mut outcomes),
            }
        }
    }
    outcomes
}

/// The place of the access whose surface a request writes.
fn serving(directory: &Directory, request: &Request) -> Option<usize> {
    directory.serving(request.surface())
}

fn turn_away(wave: &[usize], reason: Reason, outcomes: &mut [Outcome]) {
    for &index in wave {
        outcomes[index] = Outcome::NotDone { reason, retry_after: None };
    }
}

async fn send_wave(
    directory: &Directory,
    access: &Access,
    requests: &[Request],
    wave: &[usize],
    outcomes: &mut [Outcome],
) {
    let sender = match &access.sender {
        Ok(sender) => sender,
        Err(error) => {
            turn_away(wave, error.reason, outcomes);
            return;
        }
    };
    let mut sent = Vec::with_capacity(wave.len());
    let mut items = Vec::with_capacity(wave.len());
    for &index in wave {
        match item(directory, &requests[index]) {
            Some(item) => {
                sent.push(index);
                items.push(item);
            }
            None => {
                outcomes[index] =
                    Outcome::Refused { reason: Reason::Rejected, message: "the request cannot be written".into() };
            }
        }
    }
    let answers: Vec<ItemOutcome> = send_batch(sender, "write", &items, Order::Parallel).await;
    let grants = access.grants().await.ok();
    for (index, answer) in sent.into_iter().zip(answers) {
        let facts = requests[index].fields().first().and_then(|field| field::facts(*field));
        let held = grants.as_ref().zip(facts).and_then(|(grants, facts)| grants.allow(facts.write_permissions));
        outcomes[index] = problem::of_write(&answer, held);
    }
}

fn item(directory: &Directory, request: &Request) -> Option<BatchItem> {
    let path = match request.target {
        Target::Only(Surface::Organization) => Path::new("organization").key(&directory.tenant.to_string()),
        Target::Object(Surface::Users, id) => Path::new("users").key(&id.to_string()),
        _ => return None,
    };
    // PATCH names whole wanted values, so that a repeated one ends the same (Update user, Update organization).
    BatchItem::with_effect(http::Method::PATCH, path.ok()?, Effect::Absolute).json(&body(&request.change)?).ok()
}

/// Both surfaces are written by setting whole values, and in no other way.
fn body(change: &Change) -> Option<Value> {
    let Change::Set { set: fields, carry } = change else { return None };
    let mut body = Map::new();
    for (field, values) in fields.iter().chain(carry) {
        set(&mut body, *field, values)?;
    }
    Some(Value::Object(body))
}

fn set(body: &mut Map<String, Value>, field: Field, values: &[Box<str>]) -> Option<()> {
    let text = || values.first().map_or(Value::Null, |value| Value::from(&**value));
    match properties::of(field)? {
        Property::Collection(name) => {
            body.insert(name.into(), values.iter().map(|value| Value::from(&**value)).collect());
        }
        Property::Text(name) => {
            body.insert(name.into(), text());
        }
        Property::Member(name, member) => {
            let value = text();
            body.entry(name).or_insert_with(|| Value::Object(Map::new())).as_object_mut()?.insert(member.into(), value);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the table of fields: what can be written is read as well, in every way that there is, under the same name.
    #[test]
    fn a19_a_patch_of_a_field_names_one_property_that_is_selected() {
        for field in Field::ALL {
            let selected = match field::facts(field).map(|facts| facts.surface) {
                Some(Surface::Organization) => properties::ORGANIZATION.to_vec(),
                Some(Surface::Users) => properties::account(),
                _ => {
                    assert!(properties::of(field).is_none(), "{field:?}: has a property and no facts");
                    continue;
                }
            };
            let change = Change::Set { set: vec![(field, ["one".into()].into())], carry: Vec::new() };
            let body = body(&change).unwrap_or_else(|| panic!("{field:?}: has facts and no property"));
            let names: Vec<&String> = body.as_object().unwrap().keys().collect();
            assert_eq!(names.len(), 1, "{field:?}: {body}");
            assert!(selected.contains(&names[0].as_str()), "{field:?}: {} is written and never read", names[0]);
        }
    }

    #[test]
    fn a_patch_names_the_declared_fields_that_differ_and_no_other() {
        let change = Change::Set {
            set: vec![
                (Field::Technical, ["noc@contoso.com".into()].into()),
                (Field::PrivacyContact, ["dpo@contoso.com".into()].into()),
            ],
            carry: vec![(Field::PrivacyStatement, ["https://contoso.com/privacy".into()].into())],
        };
        let expected = serde_json::json!({
            "technicalNotificationMails": ["noc@contoso.com"],
            "privacyProfile": {"contactEmail": "dpo@contoso.com", "statementUrl": "https://contoso.com/privacy"},
        });
        assert_eq!(body(&change), Some(expected));
        let clear = Change::Set {
            set: vec![(Field::MobilePhone, [].into()), (Field::AlternateEmails, [].into())],
            carry: Vec::new(),
        };
        assert_eq!(body(&clear), Some(serde_json::json!({"mobilePhone": null, "otherMails": []})));
    }
}
