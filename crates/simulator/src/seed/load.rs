//! Turns a seed into the initial state of a store.
//!
//! Invariant: what is planted satisfies the same rules the API enforces on writes (unique names and addresses, one
//! primary address, types of the schema).

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::{
    billing,
    error::SeedError,
    exchange,
    licences::Licences,
    loaded::Loaded,
    names::{Names, date, guid, set},
    notices, partner, relations,
    types::{ApplicationSeed, Seed, UserSeed},
};
use crate::{
    auth::credentials::{Application, Certificate, Federated, Secret},
    clock,
    exchange::api::access::ROLE_GROUPS,
    ids,
    schema::{Entity, directory, user},
    store::{Store, record::Record},
};

/// See the module. `rng_seed` varies generated accounts only; `now` is what relative dates are relative to.
pub(crate) fn load(seed: &Seed, rng_seed: u64, now: Timestamp) -> Result<Loaded, SeedError> {
    let mut generated;
    let seed = if seed.generate_users > 0 {
        generated = seed.clone();
        generated.generate(seed.generate_users, rng_seed);
        &generated
    } else {
        seed
    };
    let seed = exchange::with_lists(seed)?;
    let seed: &Seed = &seed;
    let mut store = Store::default();
    let mut names = Names::default();
    let tenant_id = guid("tenant.id", &seed.tenant.id)?;
    let created =
        date("tenant.createdDateTime", seed.tenant.created_date_time.as_deref().unwrap_or("2022-01-01T00:00:00Z"))?;
    let domains = relations::plant_tenant(&mut store, seed, &tenant_id, created)?;
    let mut licences = Licences::new(relations::plant_skus(&mut store, seed, &tenant_id)?, created);
    relations::plant_roles(&mut store, seed, &mut names)?;
    let mut applications = Vec::with_capacity(seed.applications.len());
    for (index, application) in seed.applications.iter().enumerate() {
        applications.push(plant_application(&mut store, &mut names, index, application, &tenant_id)?);
    }
    for (index, user) in seed.users.iter().enumerate() {
        plant_user(&mut store, &mut names, index, user, &mut licences, created)?;
    }
    relations::plant_groups(&mut store, seed, &mut names, created)?;
    relations::relate(&mut store, seed, &names)?;
    relations::plant_units(&mut store, seed, &names)?;
    exchange::plant(&mut store, &mut names, seed, now)?;
    let clients: Vec<_> =
        seed.applications.iter().map(|app| (app.name.clone(), app.client_id.to_lowercase())).collect();
    let tenant = (tenant_id.as_str(), seed.tenant.display_name.as_str());
    let partner = partner::plant(&mut store, seed.partner.as_ref(), &names, &clients, tenant)?;
    billing::plant(&mut store, seed.billing.as_ref(), &names, created)?;
    let help_desk_link = seed.tenant.help_desk_link.clone();
    let notices = notices::resolve(seed.notices.clone(), now)?;
    Ok(Loaded { store, tenant_id, domains, applications, help_desk_link, partner, notices })
}

fn plant_application(
    store: &mut Store,
    names: &mut Names,
    index: usize,
    seed: &ApplicationSeed,
    tenant_id: &str,
) -> Result<Application, SeedError> {
    let place = format!("applications[{index}]");
    let client_id = guid(&format!("{place}.clientId"), &seed.client_id)?;
    let principal_id = match &seed.object_id {
        Some(id) => guid(&format!("{place}.objectId"), id)?,
        None => ids::derive("servicePrincipal", &client_id),
    };
    names.take(&place, &seed.name, Entity::ServicePrincipal, &principal_id)?;
    let mut record = Record::default();
    for (name, value) in [
        ("id", json!(principal_id)),
        ("accountEnabled", json!(true)),
        ("appDisplayName", json!(seed.name)),
        ("appId", json!(client_id)),
        ("appOwnerOrganizationId", json!(tenant_id)),
        ("displayName", json!(seed.name)),
        ("servicePrincipalNames", json!([client_id])),
        ("servicePrincipalType", json!("Application")),
    ] {
        set(Entity::ServicePrincipal, &mut record, &place, name, value)?;
    }
    store.plant(Entity::ServicePrincipal, &principal_id, record);
    let secrets = seed.secrets.iter().enumerate().map(|(at, secret)| {
        let expires = secret.expires.as_ref().map(|text| date(&format!("{place}.secrets[{at}].expires"), text));
        Ok(Secret { value: secret.value.clone(), expires: expires.transpose()? })
    });
    let certificates = seed.certificates.iter().enumerate().map(|(at, pem)| {
        Certificate::from_pem(pem)
            .ok_or_else(|| SeedError::Key { place: format!("{place}.certificates[{at}]"), kind: "PEM RSA certificate" })
    });
    let federated = seed.federated_credentials.iter().enumerate().map(|(at, credential)| {
        let jwks = credential.jwks.clone().map(serde_json::from_value).transpose().map_err(|_| SeedError::Key {
            place: format!("{place}.federatedCredentials[{at}].jwks"),
            kind: "JWK set",
        })?;
        Ok(Federated {
            issuer: credential.issuer.clone(),
            subject: credential.subject.clone(),
            // The audience of workload identity federation (contract §1).
            audience: credential.audience.clone().unwrap_or_else(|| "api://AzureADTokenExchange".to_owned()),
            keys: jwks,
            effective_after: Duration::from_secs(credential.effective_after_seconds),
        })
    });
    for group in &seed.exchange_role_groups {
        if ROLE_GROUPS.iter().all(|(name, _)| !name.eq_ignore_ascii_case(group)) {
            return Err(SeedError::Unknown {
                place: format!("{place}.exchangeRoleGroups"),
                kind: "role group",
                name: group.clone(),
            });
        }
    }
    Ok(Application {
        exchange_role_groups: seed.exchange_role_groups.clone(),
        secrets: secrets.collect::<Result<_, SeedError>>()?,
        certificates: certificates.collect::<Result<_, _>>()?,
        federated: federated.collect::<Result<_, SeedError>>()?,
        permissions: seed.permissions.clone(),
        client_id,
        principal_id,
    })
}

fn plant_user(
    store: &mut Store,
    names: &mut Names,
    index: usize,
    seed: &UserSeed,
    licences: &mut Licences,
    created: Timestamp,
) -> Result<(), SeedError> {
    let place = format!("users[{index}]");
    let (local, domain) = seed.upn.split_once('@').unwrap_or((&seed.upn, ""));
    if local.is_empty() || domain.is_empty() {
        return Err(SeedError::Invalid {
            place: format!("{place}.upn"),
            value: seed.upn.clone(),
            expected: "a sign-in name with `@`",
        });
    }
    let id = match &seed.id {
        Some(id) => guid(&format!("{place}.id"), id)?,
        None => ids::derive("user", &seed.upn),
    };
    // A deleted account keeps its id but gives up its name, so that a living one may have it.
    let name = if seed.deleted { id.clone() + "#deleted" } else { seed.upn.clone() };
    names.take(&place, &name, Entity::User, &id)?;
    let mut record = Record::default();
    record.set(user::ID, json!(id));
    record.set(user::USER_PRINCIPAL_NAME, json!(seed.upn));
    record.set(user::DISPLAY_NAME, json!(seed.display_name.as_deref().unwrap_or(local)));
    record.set(user::ACCOUNT_ENABLED, json!(seed.account_enabled));
    record.set(user::CREATED_DATE_TIME, json!(clock::print(created)));
    record.set(user::USER_TYPE, json!(seed.user_type.as_deref().unwrap_or("Member")));
    set(Entity::User, &mut record, &place, "mailNickname", json!(local))?;
    let grant = licences.grant(&place, &seed.licences)?;
    if !seed.licences.is_empty() {
        record.share(user::ASSIGNED_LICENSES, grant.licences);
        record.share(user::ASSIGNED_PLANS, grant.plans);
    }
    let written = seed.proxy_addresses.clone();
    let primary = written.iter().flatten().find_map(|entry| entry.strip_prefix("SMTP:")).map(str::to_owned);
    let mail = seed
        .mail
        .clone()
        .or(primary.clone())
        .or_else(|| (grant.mailbox && written.is_none()).then(|| seed.upn.clone()));
    let proxies = written.unwrap_or_else(|| mail.iter().map(|mail| format!("SMTP:{mail}")).collect());
    if !proxies.is_empty() {
        record.set(user::PROXY_ADDRESSES, json!(proxies));
    }
    record.set(user::MAIL_ADDRESS, json!(mail));
    for (number, values) in [(user::OTHER_MAILS, &seed.other_mails), (user::BUSINESS_PHONES, &seed.business_phones)] {
        if !values.is_empty() {
            record.set(number, json!(values));
        }
    }
    if seed.business_phones.len() > 1 {
        return Err(SeedError::Invalid {
            place: format!("{place}.businessPhones"),
            value: format!("{} numbers", seed.business_phones.len()),
            expected: "at most one number",
        });
    }
    record.set(user::MOBILE_PHONE, json!(seed.mobile_phone));
    record.set(user::FAX_NUMBER, json!(seed.fax_number));
    record.set(user::SYNC_ENABLED, json!(seed.on_premises_sync_enabled));
    if seed.exchange_mastered {
        record.set(user::EXCHANGE_MASTERED, json!(true));
    }
    if seed.deleted {
        record.set(user::DELETED_DATE_TIME, json!(clock::print(created)));
    }
    for (name, value) in &seed.properties {
        set(Entity::User, &mut record, &place, name, value.clone())?;
    }
    names.take_addresses(&place, Entity::User, &record)?;
    plant_methods(store, &id, seed);
    store.plant(Entity::User, &id, record);
    Ok(())
}

fn plant_methods(store: &mut Store, id: &str, seed: &UserSeed) {
    use crate::graph::methods::{ALTERNATE_MOBILE, EMAIL, MOBILE, OFFICE};
    if let Some(address) = &seed.methods.email {
        let mut record = Record::default();
        record.set(directory::METHOD_ID, json!(EMAIL));
        record.set(directory::EMAIL_ADDRESS, json!(address));
        store.plant(Entity::EmailMethod, &format!("{id}/{EMAIL}"), record);
    }
    let phones = &seed.methods.phones;
    for (kind, method, number) in [
        ("mobile", MOBILE, &phones.mobile),
        ("alternateMobile", ALTERNATE_MOBILE, &phones.alternate_mobile),
        ("office", OFFICE, &phones.office),
    ] {
        if let Some(number) = number {
            let mut record = Record::default();
            record.set(directory::METHOD_ID, json!(method));
            record.set(directory::PHONE_NUMBER, json!(number));
            record.set(directory::PHONE_TYPE, json!(kind));
            record.set(directory::SMS_STATE, json!("notAllowedByPolicy"));
            store.plant(Entity::PhoneMethod, &format!("{id}/{method}"), record);
        }
    }
}
