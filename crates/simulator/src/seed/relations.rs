//! The tenant itself, its subscriptions, roles and groups, and what relates the objects of a seed.
//!
//! Invariant: relations are made after all objects exist, so the order inside a seed does not matter.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    catalogue,
    error::SeedError,
    licences::Sku,
    names::{Names, assignment_record, guid, set},
    types::Seed,
};
use crate::{
    clock, ids,
    schema::{Entity, directory, group, role, user},
    store::{Store, record::Record},
};

/// Plants organization and domains; returns the verified domains.
pub(super) fn plant_tenant(
    store: &mut Store,
    seed: &Seed,
    tenant_id: &str,
    created: Timestamp,
) -> Result<Vec<String>, SeedError> {
    let domains = &seed.tenant.domains;
    if domains.is_empty() {
        return Err(SeedError::Invalid {
            place: "tenant.domains".to_owned(),
            value: "[]".to_owned(),
            expected: "a list with at least one domain",
        });
    }
    let initial = domains.iter().position(|domain| domain.initial).unwrap_or(0);
    let default = domains.iter().position(|domain| domain.default).unwrap_or(0);
    let mut verified = Vec::new();
    let mut shown = Vec::new();
    for (index, domain) in domains.iter().enumerate() {
        let place = format!("tenant.domains[{index}]");
        let name = domain.name.to_lowercase();
        if store.truth().get(Entity::Domain, &name).is_some() {
            return Err(SeedError::Duplicate { place, kind: "domain", name });
        }
        let mut record = Record::default();
        for (property, value) in [
            ("id", json!(name)),
            ("authenticationType", json!("Managed")),
            ("isAdminManaged", json!(true)),
            ("isDefault", json!(index == default)),
            ("isInitial", json!(index == initial)),
            ("isRoot", json!(true)),
            ("isVerified", json!(domain.verified)),
            ("supportedServices", json!(["Email", "OfficeCommunicationsOnline"])),
        ] {
            set(Entity::Domain, &mut record, &place, property, value)?;
        }
        store.plant(Entity::Domain, &name, record);
        if domain.verified {
            shown.push(json!({"capabilities": "Email, OfficeCommunicationsOnline", "isDefault": index == default,
                "isInitial": index == initial, "name": name, "type": "Managed"}));
            verified.push(name);
        }
    }
    let mut record = Record::default();
    let organization = &seed.organization;
    let place = "organization";
    for (property, value) in [
        ("id", json!(tenant_id)),
        ("displayName", json!(seed.tenant.display_name)),
        ("createdDateTime", json!(clock::print(created))),
        ("verifiedDomains", Value::Array(shown)),
        ("tenantType", json!("AAD")),
        ("technicalNotificationMails", json!(organization.technical_notification_mails)),
        ("marketingNotificationEmails", json!(organization.marketing_notification_emails)),
        ("securityComplianceNotificationMails", json!(organization.security_compliance_notification_mails)),
        ("securityComplianceNotificationPhones", json!(organization.security_compliance_notification_phones)),
        ("businessPhones", json!(organization.business_phones)),
        ("privacyProfile", json!(organization.privacy_profile)),
    ] {
        set(Entity::Organization, &mut record, place, property, value)?;
    }
    for (property, value) in &organization.properties {
        set(Entity::Organization, &mut record, place, property, value.clone())?;
    }
    store.plant(Entity::Organization, tenant_id, record);
    Ok(verified)
}

/// Plants the subscriptions; returns them by lower-case part number.
pub(super) fn plant_skus(store: &mut Store, seed: &Seed, tenant_id: &str) -> Result<HashMap<String, Sku>, SeedError> {
    let mut skus = HashMap::new();
    for (index, sku) in seed.skus.iter().enumerate() {
        let place = format!("skus[{index}]");
        let part = &sku.sku_part_number;
        let known = catalogue::known_sku(part);
        let id = match (&sku.sku_id, known) {
            (Some(id), _) => guid(&format!("{place}.skuId"), id)?,
            (None, Some(known)) => known.id.to_owned(),
            (None, None) => ids::derive("sku", part),
        };
        let names: Vec<&str> = if sku.service_plans.is_empty() {
            known.map(|known| known.plans.to_vec()).unwrap_or_default()
        } else {
            sku.service_plans.iter().map(String::as_str).collect()
        };
        let plans: Vec<_> = names.iter().map(|name| catalogue::plan_of(name)).collect();
        let shown: Vec<Value> = names
            .iter()
            .zip(&plans)
            .map(|(name, (id, _))| {
                json!({"appliesTo": "User", "provisioningStatus": "Success", "servicePlanId": id,
                "servicePlanName": name})
            })
            .collect();
        let used = seed.users.iter().filter(|user| user.licences.iter().any(|l| l.eq_ignore_ascii_case(part))).count();
        let key = format!("{tenant_id}_{id}");
        let mut record = Record::default();
        for (property, value) in [
            ("id", json!(key)),
            ("accountId", json!(tenant_id)),
            ("accountName", json!(seed.tenant.display_name)),
            ("appliesTo", json!("User")),
            ("capabilityStatus", json!("Enabled")),
            ("consumedUnits", json!(used)),
            ("prepaidUnits", json!({"enabled": sku.enabled, "lockedOut": 0, "suspended": 0, "warning": 0})),
            ("servicePlans", Value::Array(shown)),
            ("skuId", json!(id)),
            ("skuPartNumber", json!(part)),
        ] {
            set(Entity::Sku, &mut record, &place, property, value)?;
        }
        store.plant(Entity::Sku, &key, record);
        if skus.insert(part.to_lowercase(), Sku { id, plans }).is_some() {
            return Err(SeedError::Duplicate { place, kind: "SKU", name: part.clone() });
        }
    }
    Ok(skus)
}

/// Plants built-in and custom role definitions.
pub(super) fn plant_roles(store: &mut Store, seed: &Seed, names: &mut Names) -> Result<(), SeedError> {
    let mut templates = Vec::with_capacity(role::BUILT_IN.len());
    let mut plant = |place: &str, id: &str, name: &str, built_in: bool| -> Result<(), SeedError> {
        names.take_role(place, name, id)?;
        let mut record = Record::default();
        record.set(role::ROLE_NAME, json!(name));
        record.set(role::ROLE_BUILT_IN, json!(built_in));
        record.set(role::ROLE_DESCRIPTION, json!(name));
        for (property, value) in [
            ("id", json!(id)),
            ("templateId", json!(id)),
            ("isEnabled", json!(true)),
            ("resourceScopes", json!(["/"])),
            ("version", json!("1")),
        ] {
            set(Entity::RoleDefinition, &mut record, place, property, value)?;
        }
        store.plant(Entity::RoleDefinition, id, record);
        Ok(())
    };
    for known in role::BUILT_IN.iter() {
        plant("built-in roles", known.template, known.name, true)?;
        let mut record = Record::default();
        for (property, value) in [("id", known.template), ("description", known.name), ("displayName", known.name)] {
            set(Entity::DirectoryRoleTemplate, &mut record, "built-in roles", property, json!(value))?;
        }
        templates.push((known.template, record));
    }
    for (index, custom) in seed.custom_roles.iter().enumerate() {
        let place = format!("customRoles[{index}]");
        let id = match &custom.id {
            Some(id) => guid(&format!("{place}.id"), id)?,
            None => ids::derive("role", &custom.name),
        };
        plant(&place, &id, &custom.name, false)?;
    }
    for (id, record) in templates {
        store.plant(Entity::DirectoryRoleTemplate, id, record);
    }
    Ok(())
}

/// Plants groups without their members.
pub(super) fn plant_groups(
    store: &mut Store,
    seed: &Seed,
    names: &mut Names,
    created: Timestamp,
) -> Result<(), SeedError> {
    for (index, seed) in seed.groups.iter().enumerate() {
        let place = format!("groups[{index}]");
        let id = match &seed.id {
            Some(id) => guid(&format!("{place}.id"), id)?,
            None => ids::derive("group", &seed.name),
        };
        names.take(&place, &seed.name, Entity::Group, &id)?;
        let mut record = Record::default();
        let mail_enabled = seed.mail.is_some() || seed.unified;
        let nickname = seed.mail.as_deref().and_then(|mail| mail.split('@').next()).unwrap_or(&seed.name);
        for (property, value) in [
            ("id", json!(id)),
            ("displayName", json!(seed.name)),
            ("createdDateTime", json!(clock::print(created))),
            ("groupTypes", if seed.unified { json!(["Unified"]) } else { json!([]) }),
            ("mailEnabled", json!(mail_enabled)),
            ("mailNickname", json!(nickname.replace(' ', ""))),
            ("securityEnabled", json!(seed.security.unwrap_or(!mail_enabled))),
        ] {
            set(Entity::Group, &mut record, &place, property, value)?;
        }
        if seed.is_assignable_to_role {
            record.set(group::IS_ASSIGNABLE_TO_ROLE, json!(true));
        }
        if let Some(visibility) = &seed.visibility {
            record.set(group::VISIBILITY, json!(visibility));
        }
        if let Some(mail) = &seed.mail {
            record.set(group::MAIL, json!(mail));
            record.set(group::PROXY_ADDRESSES, json!([format!("SMTP:{mail}")]));
        }
        names.take_addresses(&place, Entity::Group, &record)?;
        store.plant(Entity::Group, &id, record);
    }
    Ok(())
}

/// Administrative units with their members, and those that are known only as the scope of an assignment.
pub(super) fn plant_units(store: &mut Store, seed: &Seed, names: &Names) -> Result<(), SeedError> {
    let unit = |id: &str, name: &str| {
        let mut record = Record::default();
        record.set(directory::UNIT_ID, json!(id));
        record.set(directory::UNIT_NAME, json!(name));
        record
    };
    for (index, seed) in seed.administrative_units.iter().enumerate() {
        let place = format!("administrativeUnits[{index}]");
        let id = match &seed.id {
            Some(id) => guid(&format!("{place}.id"), id)?,
            None => ids::derive("administrativeUnit", &seed.name),
        };
        if store.truth().get(Entity::AdministrativeUnit, &id).is_some() {
            return Err(SeedError::Duplicate { place, kind: "administrative unit", name: seed.name.clone() });
        }
        let mut record = unit(&id, &seed.name);
        let place = format!("{place}.members");
        for name in &seed.members {
            record.insert(directory::UNIT_MEMBERS, &names.find(&place, "user or group", name)?.1);
        }
        store.plant(Entity::AdministrativeUnit, &id, record);
    }
    let assigned = seed.role_assignments.iter().filter_map(|entry| entry.scope.as_deref());
    let eligible = seed.eligible_roles.iter().filter_map(|entry| entry.scope.as_deref());
    for scope in assigned.chain(eligible) {
        let Some(id) = scope.strip_prefix("/administrativeUnits/").map(str::to_lowercase) else { continue };
        if ids::is_guid(&id) && store.truth().get(Entity::AdministrativeUnit, &id).is_none() {
            store.plant(Entity::AdministrativeUnit, &id, unit(&id, &id));
        }
    }
    Ok(())
}

/// Managers, members, owners, role assignments and eligibilities.
pub(super) fn relate(store: &mut Store, seed: &Seed, names: &Names) -> Result<(), SeedError> {
    for (index, person) in seed.users.iter().enumerate() {
        let place = format!("users[{index}]");
        let id = person.id.as_ref().map_or_else(|| ids::derive("user", &person.upn), |id| id.to_lowercase());
        if let Some(manager) = &person.manager {
            let (_, manager) = names.find(&format!("{place}.manager"), "user", manager)?;
            amend(store, Entity::User, &id, |record| record.set(user::MANAGER, json!(manager)));
        }
        for role in &person.roles {
            assign(store, names, &format!("{place}.roles"), role, &id, None)?;
        }
    }
    for (index, application) in seed.applications.iter().enumerate() {
        let place = format!("applications[{index}].directoryRoles");
        let (_, id) = names.find(&place, "application", &application.name)?;
        for role in &application.directory_roles {
            assign(store, names, &place, role, &id, None)?;
        }
    }
    for (index, seed) in seed.groups.iter().enumerate() {
        let place = format!("groups[{index}]");
        let (_, id) = names.find(&place, "group", &seed.name)?;
        for (part, property, list) in
            [("members", group::MEMBERS, &seed.members), ("owners", group::OWNERS, &seed.owners)]
        {
            let place = format!("{place}.{part}");
            let mut ids = Vec::with_capacity(list.len());
            for name in list {
                ids.push(names.find(&place, "user, group or application", name)?.1);
            }
            if !ids.is_empty() {
                amend(store, Entity::Group, &id, |record| record.set(property, json!(ids)));
            }
        }
        for role in &seed.roles {
            assign(store, names, &format!("{place}.roles"), role, &id, None)?;
        }
    }
    for (index, entry) in seed.role_assignments.iter().enumerate() {
        let place = format!("roleAssignments[{index}]");
        let principal = match names.find(&place, "principal", &entry.principal) {
            Ok((_, id)) => id,
            Err(_) if ids::is_guid(&entry.principal) => entry.principal.to_lowercase(),
            Err(error) => return Err(error),
        };
        assign(store, names, &place, &entry.role, &principal, entry.scope.as_deref())?;
    }
    for (index, entry) in seed.eligible_roles.iter().enumerate() {
        let place = format!("eligibleRoles[{index}]");
        let (_, principal) = names.find(&place, "principal", &entry.principal)?;
        let role = names.role(&place, &entry.role)?;
        let scope = entry.scope.as_deref().unwrap_or("/");
        let id = ids::assignment(&role, &principal, &format!("eligible {scope}"));
        let mut record = assignment_record(&id, &role, &principal, scope);
        record.set(role::ELIGIBLE_MEMBER_TYPE, json!("Direct"));
        record.set(role::ELIGIBLE_START, json!("2024-01-01T00:00:00Z"));
        store.plant(Entity::RoleEligibility, &id, record);
    }
    Ok(())
}

fn assign(
    store: &mut Store,
    names: &Names,
    place: &str,
    role: &str,
    principal: &str,
    scope: Option<&str>,
) -> Result<(), SeedError> {
    let role = names.role(place, role)?;
    let scope = scope.unwrap_or("/");
    let id = ids::assignment(&role, principal, scope);
    store.plant(Entity::RoleAssignment, &id, assignment_record(&id, &role, principal, scope));
    if let Some(record) = activated(&role) {
        store.plant(Entity::DirectoryRole, &role, record);
    }
    Ok(())
}

/// The activated form of a built-in role; custom roles have none.
pub(crate) fn activated(template: &str) -> Option<Record> {
    let known = role::built_in_role(template)?;
    let mut record = Record::default();
    record.set(role::ACTIVATED_ID, json!(ids::derive("directoryRole", known.template)));
    record.set(role::ACTIVATED_DESCRIPTION, json!(known.name));
    record.set(role::ACTIVATED_NAME, json!(known.name));
    record.set(role::ACTIVATED_TEMPLATE, json!(known.template));
    Some(record)
}

fn amend(store: &mut Store, entity: Entity, id: &str, change: impl FnOnce(&mut Record)) {
    if let Some(record) = store.truth().get(entity, id) {
        let mut record = Record::clone(record);
        change(&mut record);
        store.plant(entity, id, record);
    }
}

/// The SKU's service plans by SKU id, for license details.
pub(crate) fn plans_of(record: &Record) -> Value {
    record.get(directory::SKU_PLANS).cloned().unwrap_or_else(|| json!([]))
}
