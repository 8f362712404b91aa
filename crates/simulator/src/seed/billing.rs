//! The seed's `billing:` section: billing accounts of a Microsoft Customer Agreement. Contract §8.
//!
//! Invariant: a role is one of its place: account roles on accounts, profile roles on profiles.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    error::SeedError,
    names::{Names, set},
};
use crate::{
    billing::role,
    clock, ids,
    schema::{Entity, billing},
    store::{Store, record::Record},
};

/// Billing accounts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BillingSeed {
    /// The accounts.
    #[serde(default)]
    pub accounts: Vec<BillingAccountSeed>,
}

/// A billing account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BillingAccountSeed {
    /// As `{guid}:{guid}_2019-05-31`.
    pub name: String,
    /// Default: the name.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Default `MicrosoftCustomerAgreement`.
    #[serde(default)]
    pub agreement_type: Option<String>,
    /// Default `Enterprise`.
    #[serde(default)]
    pub account_type: Option<String>,
    /// Default `Active`.
    #[serde(default)]
    pub account_status: Option<String>,
    /// Of legacy accounts.
    #[serde(default)]
    pub notification_email_address: Option<String>,
    /// Address details by their API names: `companyName`, `country`, `addressLine1`, `email`, …
    #[serde(default)]
    pub sold_to: BTreeMap<String, Value>,
    /// Who holds which account role.
    #[serde(default)]
    pub roles: Vec<BillingRoleSeed>,
    /// Billing profiles.
    #[serde(default)]
    pub profiles: Vec<BillingProfileSeed>,
}

/// A billing profile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BillingProfileSeed {
    /// As `KQWI-W2SU-BG7-TGB`.
    pub name: String,
    /// Default: the name.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Addresses that receive invoices by email.
    #[serde(default)]
    pub invoice_recipients: Vec<String>,
    /// Invoices go out by email.
    #[serde(default)]
    pub invoice_email_opt_in: bool,
    /// Address details by their API names.
    #[serde(default)]
    pub bill_to: BTreeMap<String, Value>,
    /// Address details by their API names.
    #[serde(default)]
    pub ship_to: BTreeMap<String, Value>,
    /// Address details by their API names.
    #[serde(default)]
    pub sold_to: BTreeMap<String, Value>,
    /// Purchase order.
    #[serde(default)]
    pub po_number: Option<String>,
    /// Default `USD`.
    #[serde(default)]
    pub currency: Option<String>,
    /// Day of the month; default 5.
    #[serde(default)]
    pub invoice_day: Option<u8>,
    /// Default `Active`.
    #[serde(default)]
    pub status: Option<String>,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Who holds which profile role.
    #[serde(default)]
    pub roles: Vec<BillingRoleSeed>,
}

/// A billing role and its holder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BillingRoleSeed {
    /// As `Billing account reader` or `Invoice manager`, or an id.
    pub role: String,
    /// Sign-in name, group name, application name or object id.
    pub principal: String,
}

/// Empty details are none.
fn details(map: &BTreeMap<String, Value>) -> Value {
    if map.is_empty() { Value::Null } else { json!(map) }
}

/// Plants the accounts.
pub(super) fn plant(
    store: &mut Store,
    seed: Option<&BillingSeed>,
    names: &Names,
    created: jiff::Timestamp,
) -> Result<(), SeedError> {
    for (index, account) in seed.iter().flat_map(|seed| &seed.accounts).enumerate() {
        let place = format!("billing.accounts[{index}]");
        let key = key(&place, &account.name)?;
        if store.truth().get(Entity::BillingAccount, &key).is_some() {
            return Err(SeedError::Duplicate { place, kind: "billing account", name: account.name.clone() });
        }
        let mut record = Record::default();
        for (property, value) in [
            ("name", json!(account.name)),
            ("displayName", json!(account.display_name.as_deref().unwrap_or(&account.name))),
            ("agreementType", json!(account.agreement_type.as_deref().unwrap_or("MicrosoftCustomerAgreement"))),
            ("accountType", json!(account.account_type.as_deref().unwrap_or("Enterprise"))),
            ("accountStatus", json!(account.account_status.as_deref().unwrap_or("Active"))),
            ("notificationEmailAddress", json!(account.notification_email_address)),
            ("soldTo", details(&account.sold_to)),
        ] {
            set(Entity::BillingAccount, &mut record, &place, property, value)?;
        }
        store.plant(Entity::BillingAccount, &key, record);
        grant(store, names, &place, &key, &account.roles, created)?;
        for (index, profile) in account.profiles.iter().enumerate() {
            let place = format!("{place}.profiles[{index}]");
            plant_profile(store, names, &place, &key, profile, created)?;
        }
    }
    Ok(())
}

fn plant_profile(
    store: &mut Store,
    names: &Names,
    place: &str,
    account: &str,
    seed: &BillingProfileSeed,
    created: jiff::Timestamp,
) -> Result<(), SeedError> {
    let key = format!("{account}/{}", key(place, &seed.name)?);
    if store.truth().get(Entity::BillingProfile, &key).is_some() {
        let name = seed.name.clone();
        return Err(SeedError::Duplicate { place: place.to_owned(), kind: "billing profile", name });
    }
    let mut record = Record::default();
    for (property, value) in [
        ("name", json!(seed.name)),
        ("displayName", json!(seed.display_name.as_deref().unwrap_or(&seed.name))),
        ("invoiceRecipients", json!(seed.invoice_recipients)),
        ("invoiceEmailOptIn", json!(seed.invoice_email_opt_in)),
        ("billTo", details(&seed.bill_to)),
        ("shipTo", details(&seed.ship_to)),
        ("soldTo", details(&seed.sold_to)),
        ("poNumber", json!(seed.po_number)),
        ("currency", json!(seed.currency.as_deref().unwrap_or("USD"))),
        ("invoiceDay", json!(seed.invoice_day.unwrap_or(5))),
        ("status", json!(seed.status.as_deref().unwrap_or("Active"))),
        ("systemId", json!(seed.name)),
    ] {
        set(Entity::BillingProfile, &mut record, place, property, value)?;
    }
    if !seed.tags.is_empty() {
        record.set(billing::TAGS, json!(seed.tags));
    }
    record.set(billing::PROFILE_ACCOUNT, json!(account));
    store.plant(Entity::BillingProfile, &key, record);
    grant(store, names, place, &key, &seed.roles, created)
}

/// A name is part of a path, and of a key.
fn key(place: &str, name: &str) -> Result<String, SeedError> {
    if name.is_empty() || name.contains('/') {
        return Err(SeedError::Invalid {
            place: format!("{place}.name"),
            value: name.to_owned(),
            expected: "a name without `/`",
        });
    }
    Ok(name.to_lowercase())
}

fn grant(
    store: &mut Store,
    names: &Names,
    place: &str,
    scope: &str,
    roles: &[BillingRoleSeed],
    created: jiff::Timestamp,
) -> Result<(), SeedError> {
    for (index, entry) in roles.iter().enumerate() {
        let place = format!("{place}.roles[{index}]");
        let known = role::find(&entry.role).filter(|role| role.of_profiles == scope.contains('/'));
        let role = known.ok_or_else(|| SeedError::Unknown {
            place: place.clone(),
            kind: "billing role of this place",
            name: entry.role.clone(),
        })?;
        // Somebody who left may still be named by id.
        let principal = if ids::is_guid(&entry.principal) {
            entry.principal.to_lowercase()
        } else {
            names.find(&place, "principal", &entry.principal)?.1
        };
        let name = format!("{}_{principal}", role.id);
        let mut record = Record::default();
        record.set(billing::ROLE_NAME, json!(name));
        record.set(billing::ROLE_SCOPE, json!(scope));
        record.set(billing::ROLE_ID, json!(role.id));
        record.set(billing::ROLE_PRINCIPAL, json!(principal));
        record.set(billing::ROLE_CREATED, json!(clock::print(created)));
        store.plant(Entity::BillingRoleAssignment, &format!("{scope}/{name}"), record);
    }
    Ok(())
}
