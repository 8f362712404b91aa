//! Licences of users: what they hold in detail, and `assignLicense`. Contract §2.
//!
//! Invariant: plans follow licences; the subscription's count of consumed units follows both.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    call::Call,
    error::GraphError,
    list,
    permissions::{LICENSES_READ, LICENSES_WRITE},
    request::Answer,
    users,
};
use crate::{
    ids,
    schema::{Entity, directory, facts, user},
    seed::{plan_service, plans_of},
    store::{record::Record, view::View},
};

/// The ids of the SKUs an account holds, as `assignedLicenses` says.
fn held(record: &Record) -> impl Iterator<Item = &Value> {
    record.get(user::ASSIGNED_LICENSES).and_then(Value::as_array).into_iter().flatten()
}

fn sku_id(licence: &Value) -> &str {
    licence.get("skuId").and_then(Value::as_str).unwrap_or_default()
}

fn sku<'a>(view: View<'a>, id: &str) -> Option<(&'a str, &'a Record)> {
    let mut all = view.range(Entity::Sku, None);
    all.find(|(_, sku)| sku.text(directory::SKU_ID) == Some(id)).map(|(key, sku)| (&**key, &**sku))
}

/// `GET /users/{id}/licenseDetails`.
pub(crate) fn details(call: &mut Call<'_>, key: &str) -> Result<Answer, GraphError> {
    call.require(LICENSES_READ)?;
    let view = call.view();
    let (id, record) = view.user(key).ok_or_else(|| GraphError::not_found(key))?;
    list::single_options(call.request, &[])?;
    let details: Vec<Value> = held(record)
        .map(|licence| {
            let found = sku(view, sku_id(licence)).map(|(_, sku)| sku);
            let details = json!({
                "id": ids::derive("licenseDetails", &format!("{id}{}", sku_id(licence))),
                "skuId": sku_id(licence),
                "skuPartNumber": found.and_then(|sku| sku.text(directory::SKU_PART_NUMBER)),
                "servicePlans": found.map_or_else(|| json!([]), plans_of),
            });
            list::shaped(call.request, &directory::LICENSE_DETAILS, details).map(Value::Object)
        })
        .collect::<Result<_, _>>()?;
    let context = call.context(&format!("users('{id}')/licenseDetails"));
    Ok(Answer::json(200, json!({"@odata.context": context, "value": details})))
}

/// `POST /users/{id}/assignLicense`. Texts and the status 200 are general knowledge (UNV).
pub(crate) fn assign(call: &mut Call<'_>, key: &str) -> Result<Answer, GraphError> {
    call.require(LICENSES_WRITE)?;
    list::single_options(call.request, &[])?;
    let body = call.body()?;
    if let Some(name) = body.keys().find(|name| !["addLicenses", "removeLicenses"].contains(&name.as_str())) {
        return Err(GraphError::bad(format!("The parameter '{name}' is not a parameter of 'assignLicense'.")));
    }
    let list = |name: &str| {
        let all = body.get(name).and_then(Value::as_array);
        all.ok_or_else(|| GraphError::bad(format!("A value is required for parameter '{name}'.")))
    };
    let (add, remove) = (list("addLicenses")?, list("removeLicenses")?);
    let view = call.truth();
    let (id, before) = view.user(key).ok_or_else(|| GraphError::not_found(key))?;
    let mut licences: Vec<Value> = held(before).cloned().collect();
    let mut touched = BTreeSet::new();
    for gone in remove {
        let gone = gone.as_str().unwrap_or_default().to_lowercase();
        let count = licences.len();
        licences.retain(|licence| sku_id(licence) != gone);
        if licences.len() == count {
            return Err(GraphError::bad("User does not have a corresponding license."));
        }
        touched.insert(gone);
    }
    if let Some(bad) = add.iter().find(|new| !facts::fits("graph.assignedLicense", new)) {
        return Err(GraphError::bad(format!("Invalid value '{bad}' specified for parameter 'addLicenses'.")));
    }
    for new in add {
        let wanted = sku_id(new).to_lowercase();
        let (_, known) = sku(view, &wanted).ok_or_else(|| {
            GraphError::bad(format!("License {wanted} does not correspond to a valid company License."))
        })?;
        let plans = plans_of(known);
        let exists =
            |id: &Value| plans.as_array().into_iter().flatten().any(|plan| plan.get("servicePlanId") == Some(id));
        let disabled: Vec<Value> = new.get("disabledPlans").and_then(Value::as_array).cloned().unwrap_or_default();
        if !disabled.iter().all(exists) {
            return Err(GraphError::bad("The disabledPlans contain a plan that the license does not have."));
        }
        let has = licences.iter().any(|licence| sku_id(licence) == wanted);
        if !has && !touched.contains(&wanted) && free(view, known, &wanted) == 0 {
            return Err(GraphError::bad(format!(
                "Subscription with SKU {wanted} does not have any available licenses."
            )));
        }
        if call.state.options.switches.licence_needs_usage_location
            && before.text(user::USAGE_LOCATION).is_none_or(str::is_empty)
        {
            return Err(GraphError::bad("License assignment cannot be done for user with invalid usage location."));
        }
        licences.retain(|licence| sku_id(licence) != wanted);
        licences.push(json!({"disabledPlans": disabled, "skuId": wanted}));
        touched.insert(wanted);
    }
    let mut after = Record::clone(before);
    let plans = plans(call, view, &licences, before);
    after.set(user::ASSIGNED_PLANS, Value::Array(plans));
    after.set(user::ASSIGNED_LICENSES, Value::Array(licences));
    let mut object = users::directory_object(Entity::User, &after);
    object.remove("@odata.type");
    object.insert("@odata.context".to_owned(), json!(format!("{}/$entity", call.context("users"))));
    call.commit(Entity::User, &id, Some(after));
    for touched in touched {
        recount(call, &touched);
    }
    Ok(Answer::json(200, Value::Object(object)))
}

/// Units left of a subscription.
fn free(view: View<'_>, known: &Record, id: &str) -> u64 {
    let enabled = known.get(directory::SKU_PREPAID).and_then(|units| units.get("enabled")).and_then(Value::as_u64);
    enabled.unwrap_or(0).saturating_sub(consumed(view, id))
}

/// Accounts that hold a licence; deleted ones do not.
fn consumed(view: View<'_>, id: &str) -> u64 {
    let living = view.living(Entity::User, None);
    living.filter(|(_, record)| held(record).any(|licence| sku_id(licence) == id)).count() as u64
}

fn recount(call: &mut Call<'_>, id: &str) {
    let Some((key, known)) = sku(call.truth(), id) else { return };
    let (key, mut record) = (key.to_owned(), known.clone());
    record.set(directory::SKU_CONSUMED, json!(consumed(call.truth(), id)));
    call.commit(Entity::Sku, &key, Some(record));
}

/// `assignedPlans`: enabled ones of the licences held, and as `Deleted` what the account had before.
fn plans(call: &Call<'_>, view: View<'_>, licences: &[Value], before: &Record) -> Vec<Value> {
    let now = call.state.clock.text();
    let old: Vec<&Value> = before.get(user::ASSIGNED_PLANS).and_then(Value::as_array).into_iter().flatten().collect();
    let mut plans: Vec<Value> = Vec::new();
    for licence in licences {
        let disabled = licence.get("disabledPlans").and_then(Value::as_array).cloned().unwrap_or_default();
        let offered = sku(view, sku_id(licence)).map(|(_, sku)| plans_of(sku));
        for plan in offered.as_ref().and_then(Value::as_array).into_iter().flatten() {
            let id = plan.get("servicePlanId").cloned().unwrap_or_default();
            if disabled.contains(&id) || plans.iter().any(|have| have.get("servicePlanId") == Some(&id)) {
                continue;
            }
            let kept =
                old.iter().find(|have| have.get("servicePlanId") == Some(&id) && have["capabilityStatus"] == "Enabled");
            plans.push(kept.map_or_else(
                || {
                    let name = plan.get("servicePlanName").and_then(Value::as_str).unwrap_or_default();
                    json!({"assignedDateTime": now, "capabilityStatus": "Enabled", "service": plan_service(name),
                        "servicePlanId": id})
                },
                |kept| Value::clone(kept),
            ));
        }
    }
    for had in old {
        if plans.iter().all(|plan| plan.get("servicePlanId") != had.get("servicePlanId")) {
            let mut gone = had.clone();
            gone["capabilityStatus"] = json!("Deleted");
            plans.push(gone);
        }
    }
    plans
}
