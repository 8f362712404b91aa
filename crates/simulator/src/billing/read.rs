//! Reading: accounts, profiles, who holds which role. `[BILL]`
//!
//! Invariant: lists show only what the caller may read.

use serde_json::{Map, Value, json};

use super::{
    error::ArmError,
    place::{Place, ROOT},
    role::{self, BillingRole, Grant},
};
use crate::{
    auth::token::Claims,
    graph::request::Answer,
    schema::{Entity, Write, billing, user},
    state::State,
    store::{record::Record, view::View},
};

fn items(values: Vec<Value>) -> Answer {
    Answer::json(200, json!({"value": Value::Array(values)}))
}

/// The account or profile in the spelling it was made with.
pub(super) fn path(view: View<'_>, place: &Place) -> String {
    let account = view.get(Entity::BillingAccount, &place.account);
    let account = account.and_then(|record| record.text(billing::ACCOUNT_NAME)).unwrap_or(&place.account);
    let mut path = format!("/{ROOT}/billingAccounts/{account}");
    if let Some(profile) = &place.profile {
        let record = view.get(Entity::BillingProfile, &place.key());
        let name = record.and_then(|record| record.text(billing::PROFILE_NAME)).unwrap_or(profile);
        path.extend(["/billingProfiles/", name]);
    }
    path
}

/// The resource of an account or profile.
pub(super) fn render(view: View<'_>, place: &Place, record: &Record, grant: Grant) -> Value {
    let schema = place.entity().schema();
    let mut properties = Map::new();
    for (number, value) in record.iter() {
        let row = schema.row(number);
        // The name is the resource's, and tags stand beside the properties.
        if row.is_some_and(|row| !row.hidden && !["name", "tags"].contains(&row.name)) {
            properties.insert(schema.name(number).to_owned(), value.clone());
        }
    }
    let (kind, name, tags) = if place.profile.is_some() {
        ("Microsoft.Billing/billingAccounts/billingProfiles", billing::PROFILE_NAME, record.get(billing::TAGS))
    } else {
        properties.insert("hasReadAccess".to_owned(), json!(grant >= Grant::Read));
        ("Microsoft.Billing/billingAccounts", billing::ACCOUNT_NAME, None)
    };
    properties.insert("provisioningState".to_owned(), json!("Succeeded"));
    let mut resource = json!({"id": path(view, place), "name": record.text(name), "type": kind,
        "properties": properties});
    if let Some(tags) = tags {
        resource["tags"] = tags.clone();
    }
    resource
}

/// `GET billingAccounts`.
pub(super) fn accounts(state: &mut State, claims: &Claims) -> Answer {
    let position = state.next_position();
    let view = state.store.view(position);
    let shown = view.range(Entity::BillingAccount, None).filter_map(|(key, record)| {
        let place = Place::of(key);
        let grant = place.grant(state, claims);
        (grant > Grant::Nothing).then(|| render(view, &place, record, grant))
    });
    items(shown.collect())
}

/// `GET billingAccounts/{name}`.
pub(super) fn account(state: &mut State, claims: &Claims, place: &Place) -> Result<Answer, ArmError> {
    one(state, claims, place, Grant::See)
}

/// `GET …/billingProfiles/{name}`.
pub(super) fn profile(state: &mut State, claims: &Claims, place: &Place) -> Result<Answer, ArmError> {
    one(state, claims, place, Grant::Read)
}

fn one(state: &mut State, claims: &Claims, place: &Place, needed: Grant) -> Result<Answer, ArmError> {
    place.require(state, claims, needed)?;
    let position = state.next_position();
    let view = state.store.view(position);
    let record = view.get(place.entity(), &place.key()).ok_or_else(ArmError::not_found)?;
    Ok(Answer::json(200, render(view, place, record, place.grant(state, claims))))
}

/// `GET …/billingProfiles`.
pub(super) fn profiles(state: &mut State, claims: &Claims, place: &Place) -> Result<Answer, ArmError> {
    place.require(state, claims, Grant::See)?;
    let position = state.next_position();
    let view = state.store.view(position);
    let own = view.range(Entity::BillingProfile, None);
    let own = own.filter(|(_, record)| record.text(billing::PROFILE_ACCOUNT) == Some(place.account.as_str()));
    let shown = own.filter_map(|(key, record)| {
        let profile = Place::of(key);
        let grant = profile.grant(state, claims);
        (grant >= Grant::Read).then(|| render(view, &profile, record, grant))
    });
    Ok(items(shown.collect()))
}

/// `GET …/billingRoleAssignments` of an account or a profile.
pub(super) fn role_assignments(state: &mut State, claims: &Claims, place: &Place) -> Result<Answer, ArmError> {
    place.require(state, claims, Grant::Read)?;
    let position = state.next_position();
    let view = state.store.view(position);
    let (base, key) = (path(view, place), place.key());
    let own = view.range(Entity::BillingRoleAssignment, None);
    let own = own.filter(|(_, record)| record.text(billing::ROLE_SCOPE) == Some(key.as_str()));
    let shown = own.map(|(_, record)| {
        let name = record.text(billing::ROLE_NAME).unwrap_or_default();
        let principal = record.text(billing::ROLE_PRINCIPAL).unwrap_or_default();
        let role = record.text(billing::ROLE_ID).unwrap_or_default();
        let user = view.get(Entity::User, principal);
        let kind = match (user, view.get(Entity::Group, principal)) {
            (Some(_), _) => "User",
            (None, Some(_)) => "Group",
            (None, None) => "ServicePrincipal",
        };
        json!({"id": format!("{base}/billingRoleAssignments/{name}"), "name": name,
            "type": format!("{}/billingRoleAssignments", kind_of(place)),
            "properties": {"principalId": principal, "principalTenantId": state.tenant_id, "principalType": kind,
                "roleDefinitionId": format!("{base}/billingRoleDefinitions/{role}"), "scope": base,
                "createdOn": record.text(billing::ROLE_CREATED), "provisioningState": "Succeeded",
                "userEmailAddress": user.and_then(|user| user.text(user::MAIL_ADDRESS))}})
    });
    Ok(items(shown.collect()))
}

fn kind_of(place: &Place) -> &'static str {
    if place.profile.is_some() {
        "Microsoft.Billing/billingAccounts/billingProfiles"
    } else {
        "Microsoft.Billing/billingAccounts"
    }
}

fn definition(view: View<'_>, place: &Place, role: &BillingRole) -> Value {
    json!({"id": format!("{}/billingRoleDefinitions/{}", path(view, place), role.id), "name": role.id,
        "type": format!("{}/billingRoleDefinitions", kind_of(place)),
        "properties": {"roleName": role.name, "description": role.name, "permissions": []}})
}

/// `GET …/billingRoleDefinitions`.
pub(super) fn role_definitions(state: &mut State, claims: &Claims, place: &Place) -> Result<Answer, ArmError> {
    place.require(state, claims, Grant::Read)?;
    let view = state.store.truth();
    let own = role::ROLES.iter().filter(|role| role.of_profiles == place.profile.is_some());
    Ok(items(own.map(|role| definition(view, place, role)).collect()))
}

/// `GET …/billingRoleDefinitions/{id}`.
pub(super) fn role_definition(state: &mut State, claims: &Claims, place: &Place, id: &str) -> Result<Answer, ArmError> {
    place.require(state, claims, Grant::Read)?;
    let role = role::find(id).filter(|role| role.of_profiles == place.profile.is_some());
    let role = role.ok_or_else(ArmError::not_found)?;
    Ok(Answer::json(200, definition(state.store.truth(), place, role)))
}

/// Whether clients may write a property.
pub(super) fn is_written(entity: Entity, number: u8) -> bool {
    entity.schema().row(number).is_some_and(|row| row.write == Write::Patch)
}
