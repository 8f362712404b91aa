//! `New-Mailbox`: shared mailboxes, rooms and equipment. Contract §6.3, §10.28.
//!
//! Invariant: the account behind it is disabled and has no licence; the directory knows it some time later.

use serde_json::json;

use super::{
    super::{
        call::{Call, Outcome},
        error::ExchangeError,
    },
    addresses,
};
use crate::{
    exchange::{
        kind::Kind,
        print,
        schema::{recipient, transport},
        sync,
    },
    schema::Entity,
    store::record::Record,
};

pub(crate) fn mailbox(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let kinds = [("Shared", Kind::SharedMailbox), ("Room", Kind::RoomMailbox), ("Equipment", Kind::EquipmentMailbox)];
    let mut chosen = kinds.iter().filter(|(name, _)| call.parameters.is_on(name));
    let (Some((_, kind)), None) = (chosen.next(), chosen.next()) else {
        // A user mailbox comes with an account and a password, which are the directory's.
        return Err(ExchangeError::missing("Password"));
    };
    let name = call.parameters.text("Name").unwrap_or_default();
    let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
    let alias = call.parameters.text("Alias").unwrap_or(plain);
    if alias.is_empty() {
        return Err(ExchangeError::missing("Alias"));
    }
    let given = call.parameters.text("PrimarySmtpAddress");
    let primary = given.clone().unwrap_or_else(|| format!("{alias}@{}", default_domain(call)));
    let account = call.parameters.text("MicrosoftOnlineServicesID").unwrap_or_else(|| primary.clone());
    if call.truth().resolve(&name).is_some() {
        // Text UNV.
        return Err(ExchangeError::argument(format!("The name \"{name}\" is already being used.")));
    }
    let all = vec![format!("SMTP:{primary}")];
    addresses::check(call, "", &[], &all)?;
    if call.state.store.truth().user_with_deleted(&account).is_some() {
        return Err(ExchangeError::dual_write(
            "Another object with the same value for property userPrincipalName already exists.",
        ));
    }
    let id = call.state.guid();
    let mut record = Record::default();
    for (number, value) in [
        (recipient::NAME, json!(name)),
        (recipient::DISPLAY_NAME, json!(call.parameters.text("DisplayName").unwrap_or_else(|| name.clone()))),
        (recipient::ALIAS, json!(alias)),
        (recipient::USER_PRINCIPAL_NAME, json!(account)),
        (recipient::EMAIL_ADDRESSES, json!(all)),
        (recipient::TYPE_DETAILS, json!(kind.details())),
        (recipient::WHEN_CREATED, json!(call.state.clock.text())),
        // A given address turns the policy off. [EPS]
        (recipient::ADDRESS_POLICY, json!(given.is_none())),
        (recipient::CREATING, json!(true)),
    ] {
        record.set(number, value);
    }
    let origin = call.origin();
    sync::commit(call.state, &id, Some(record), origin);
    let made = call.truth().by_id(&id).map(|found| print::of_recipient(&found, None));
    Ok(Outcome::of(made.into_iter().collect()))
}

fn default_domain(call: &Call<'_>) -> String {
    let truth = call.truth();
    let default = Entity::AcceptedDomain.schema().any("Default").unwrap_or_default();
    let mut domains = truth.own.range(Entity::AcceptedDomain, None);
    let found = domains.find(|(_, domain)| domain.is_true(default));
    found.and_then(|(_, domain)| domain.text(transport::ACCEPTED_NAME)).unwrap_or(truth.organization).to_owned()
}
