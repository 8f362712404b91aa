//! Puts the section into the store, in the order in which things refer to each other.
//!
//! Invariant: names first, then who has them, so the order inside the seed does not matter.

use jiff::Timestamp;
use serde_json::json;

use super::{ListKindSeed, MailboxKindSeed, mailboxes, objects, recipients, value::Context};
use crate::{
    ids,
    schema::{Entity, directory},
    seed::{error::SeedError, names::Names, types::Seed},
    store::{Store, record::Record},
};

/// See the module.
pub(in crate::seed) fn plant(
    store: &mut Store,
    names: &mut Names,
    seed: &Seed,
    now: Timestamp,
) -> Result<(), SeedError> {
    let exchange = &seed.exchange;
    accepted_domains(store);
    for (index, contact) in exchange.contacts.iter().enumerate() {
        recipients::contact(store, names, &format!("exchange.contacts[{index}]"), contact)?;
    }
    for (index, list) in exchange.lists.iter().enumerate().filter(|(_, list)| list.kind == ListKindSeed::Dynamic) {
        recipients::dynamic(store, names, &format!("exchange.lists[{index}]"), list)?;
    }
    for (index, folder) in exchange.public_folders.iter().enumerate() {
        recipients::public_folder(store, names, &format!("exchange.publicFolders[{index}]"), folder)?;
    }
    for (index, removed) in exchange.soft_deleted.iter().enumerate() {
        let place = format!("exchange.softDeleted[{index}]");
        let record = recipients::soft_deleted(&Context { names, now }, &place, removed)?;
        names.take_addresses(&place, Entity::Recipient, &record)?;
        store.plant(Entity::Recipient, &ids::derive("softDeleted", &format!("{index} {}", removed.name)), record);
    }
    let context = Context { names, now };
    for (part, usual, list) in [
        ("mailboxes", MailboxKindSeed::User, &exchange.mailboxes),
        ("sharedMailboxes", MailboxKindSeed::Shared, &exchange.shared_mailboxes),
    ] {
        for (index, mailbox) in list.iter().enumerate() {
            mailboxes::mailbox(store, &context, &format!("exchange.{part}[{index}]"), mailbox, usual)?;
        }
    }
    for (index, user) in exchange.mail_users.iter().enumerate() {
        recipients::mail_user(store, &context, &format!("exchange.mailUsers[{index}]"), user)?;
    }
    for (index, list) in exchange.lists.iter().enumerate() {
        recipients::list(store, &context, &format!("exchange.lists[{index}]"), list)?;
    }
    for (index, group) in exchange.groups.iter().enumerate() {
        recipients::unified(store, &context, &format!("exchange.groups[{index}]"), group)?;
    }
    for (index, contact) in exchange.contacts.iter().enumerate() {
        recipients::contact_properties(store, &context, &format!("exchange.contacts[{index}]"), contact)?;
    }
    let domains = &seed.tenant.domains;
    let initial = domains.iter().find(|domain| domain.initial).or(domains.first());
    let initial = initial.map_or("", |domain| domain.name.as_str());
    recipients::organization(store, &context, &exchange.organization_config, initial)?;
    objects::plant(store, &context, exchange)
}

/// Verified domains are accepted ones.
fn accepted_domains(store: &mut Store) {
    let schema = Entity::AcceptedDomain.schema();
    let known: Vec<(String, Record)> = store
        .truth()
        .range(Entity::Domain, None)
        .filter(|(_, domain)| domain.is_true(directory::DOMAIN_VERIFIED))
        .map(|(name, domain)| {
            let mut record = Record::default();
            for (property, value) in [
                ("Identity", json!(**name)),
                ("Name", json!(**name)),
                ("DomainName", json!(**name)),
                ("DomainType", json!("Authoritative")),
                ("Default", json!(domain.is_true(directory::DOMAIN_DEFAULT))),
                ("InitialDomain", json!(domain.is_true(directory::DOMAIN_INITIAL))),
            ] {
                if let Some(number) = schema.any(property) {
                    record.set(number, value);
                }
            }
            (name.to_string(), record)
        })
        .collect();
    for (name, record) in known {
        store.plant(Entity::AcceptedDomain, &name, record);
    }
}
