//! Mailboxes of the seed with everything that belongs to them: permissions, inbox rules, what is in them.

use serde_json::json;

use super::{
    ExchangeObject, MailboxKindSeed, MailboxSeed,
    recipients::{account, give_address, own, properties, trustees},
    value::Context,
};
use crate::{
    exchange::{
        kind::Kind,
        schema::{mailbox, recipient},
        size,
    },
    ids,
    schema::Entity,
    seed::error::SeedError,
    store::{Store, record::Record},
};

/// A mailbox with everything that belongs to it.
pub(super) fn mailbox(
    store: &mut Store,
    context: &Context<'_>,
    place: &str,
    seed: &MailboxSeed,
    usual: MailboxKindSeed,
) -> Result<(), SeedError> {
    let id = account(context, &format!("{place}.user"), &seed.user)?;
    let mut record = own(store, &id);
    if record.iter().next().is_some() {
        let place = format!("{place}.user");
        return Err(SeedError::Duplicate { place, kind: "the mailbox of", name: seed.user.clone() });
    }
    let kind = match seed.kind.unwrap_or(usual) {
        MailboxKindSeed::User => None,
        MailboxKindSeed::Shared => Some(Kind::SharedMailbox),
        MailboxKindSeed::Room => Some(Kind::RoomMailbox),
        MailboxKindSeed::Equipment => Some(Kind::EquipmentMailbox),
    };
    if let Some(kind) = kind {
        record.set(recipient::TYPE_DETAILS, json!(kind.details()));
        give_address(store, place, &id)?;
    }
    if let Some(ended) = &seed.licence_ended {
        let ended = context.date(&format!("{place}.licenceEnded"), ended)?;
        record.set(recipient::LICENCE_ENDED, json!(ended));
    }
    properties(store, context, place, &mut record, &seed.properties)?;
    // The usual mailbox needs no record of its own.
    if record.iter().next().is_some() {
        store.plant(Entity::Recipient, &id, record);
    }
    permissions(store, context, place, &id, (&seed.full_access, false))?;
    permissions(store, context, place, &id, (&seed.denied_access, true))?;
    trustees(store, context, place, &id, &seed.send_as)?;
    for (index, rule) in seed.inbox_rules.iter().enumerate() {
        inbox_rule(store, context, &format!("{place}.inboxRules[{index}]"), &id, index, rule)?;
    }
    statistics(store, context, place, &id, seed)
}

fn permissions(
    store: &mut Store,
    context: &Context<'_>,
    place: &str,
    id: &str,
    (users, denied): (&[String], bool),
) -> Result<(), SeedError> {
    let name = if denied { "deniedAccess" } else { "fullAccess" };
    for user in context.recipients(store, &format!("{place}.{name}"), users)? {
        let mut record = Record::default();
        record.set(mailbox::PERMISSION_IDENTITY, json!(id));
        record.set(mailbox::PERMISSION_USER, json!(user));
        record.set(mailbox::PERMISSION_RIGHTS, json!(["FullAccess"]));
        record.set(mailbox::PERMISSION_INHERITANCE, json!("All"));
        let mut key = format!("{id}/{user}");
        if denied {
            record.set(mailbox::PERMISSION_DENY, json!(true));
            key.push_str("/deny");
        }
        store.plant(Entity::MailboxPermission, &key, record);
    }
    Ok(())
}

fn inbox_rule(
    store: &mut Store,
    context: &Context<'_>,
    place: &str,
    id: &str,
    index: usize,
    seed: &ExchangeObject,
) -> Result<(), SeedError> {
    let mut record = Record::default();
    record.set(mailbox::RULE_ENABLED, json!(true));
    // Priorities count from 1; hidden rules are outside the order people see, but stored in it here.
    record.set(mailbox::RULE_PRIORITY, json!(index + 1));
    record.set(mailbox::RULE_NAME, json!(format!("Rule {}", index + 1)));
    record.set(mailbox::RULE_OWNER, json!(id));
    for (name, value) in seed {
        context.set(store, Entity::InboxRule, &mut record, place, (name, value))?;
    }
    // A rule's identity is `mailbox\number`, the number one of 19 digits.
    let number = u64::from_str_radix(&ids::derive("inboxRule", &format!("{id}/{index}")).replace('-', "")[..15], 16);
    let number = format!("{:019}", number.unwrap_or_default());
    record.set(mailbox::RULE_IDENTITY, json!(format!("{id}\\{number}")));
    record.set(mailbox::RULE_NUMBER, json!(number));
    store.plant(Entity::InboxRule, &format!("{id}/{index:04}"), record);
    Ok(())
}

fn statistics(
    store: &mut Store,
    context: &Context<'_>,
    place: &str,
    id: &str,
    seed: &MailboxSeed,
) -> Result<(), SeedError> {
    let mut record = Record::default();
    if let Some(text) = &seed.size {
        let bytes = size::parse(text).ok_or_else(|| SeedError::Invalid {
            place: format!("{place}.size"),
            value: text.clone(),
            expected: "a size such as `49.5 GB`",
        })?;
        record.set(mailbox::TOTAL_SIZE, json!(bytes));
    }
    for (number, value) in [
        (mailbox::ITEM_COUNT, seed.items),
        (mailbox::INBOX_TOTAL, seed.inbox_total.or(seed.inbox_unread)),
        (mailbox::INBOX_UNREAD, seed.inbox_unread),
    ] {
        record.set(number, json!(value));
    }
    for (number, name, text) in [
        (mailbox::LAST_LOGON, "lastLogon", &seed.last_logon),
        (mailbox::OLDEST_UNREAD, "oldestUnread", &seed.oldest_unread),
    ] {
        let date = text.as_deref().map(|text| context.date(&format!("{place}.{name}"), text)).transpose()?;
        record.set(number, json!(date));
    }
    if record.iter().next().is_some() {
        store.plant(Entity::MailboxStatistics, id, record);
    }
    Ok(())
}
