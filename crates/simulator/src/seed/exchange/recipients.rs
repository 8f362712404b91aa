//! Recipients of the seed but mailboxes: lists, groups, contacts, public folders, mail users, removed mailboxes.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{
    ContactSeed, ExchangeObject, GroupMailboxSeed, ListKindSeed, ListSeed, MailUserSeed, PublicFolderSeed,
    SoftDeletedSeed, value::Context,
};
use crate::{
    exchange::{
        kind::Kind,
        schema::{mailbox, recipient},
    },
    ids,
    schema::{Entity, group, user},
    seed::{
        error::{SeedError, written},
        names::Names,
        types::{GroupSeed, Seed},
    },
    store::{Store, record::Record},
};

/// The seed with its lists among its groups, where they are not yet: the directory knows every list but dynamic ones.
pub(in crate::seed) fn with_lists(seed: &Seed) -> Result<Cow<'_, Seed>, SeedError> {
    let exchange = &seed.exchange;
    let standing_alone = |name: &String| {
        exchange.contacts.iter().any(|c| c.name.eq_ignore_ascii_case(name) || c.address.eq_ignore_ascii_case(name))
            || exchange.lists.iter().any(|l| l.kind == ListKindSeed::Dynamic && l.name.eq_ignore_ascii_case(name))
            || exchange
                .public_folders
                .iter()
                .any(|f| [&f.name, &f.mail].iter().any(|one| one.eq_ignore_ascii_case(name)))
    };
    let known = |name: &str| seed.groups.iter().any(|group| group.name.eq_ignore_ascii_case(name));
    for (index, list) in exchange.lists.iter().enumerate().filter(|(_, list)| !known(&list.name)) {
        address(&format!("exchange.lists[{index}].mail"), list.mail.as_deref().unwrap_or_default())?;
    }
    let new: Vec<GroupSeed> = exchange
        .lists
        .iter()
        .filter(|list| list.kind != ListKindSeed::Dynamic && !known(&list.name))
        .map(|list| GroupSeed {
            name: list.name.clone(),
            mail: Some(list.mail.clone().unwrap_or_default()),
            security: Some(list.kind == ListKindSeed::Security),
            members: list.members.iter().filter(|name| !standing_alone(name)).cloned().collect(),
            owners: list.owners.clone(),
            ..GroupSeed::default()
        })
        .collect();
    if new.is_empty() {
        return Ok(Cow::Borrowed(seed));
    }
    let mut all = seed.clone();
    all.groups.extend(new);
    Ok(Cow::Owned(all))
}

/// A contact; known by name before anything refers to it.
pub(super) fn contact(store: &mut Store, names: &mut Names, place: &str, seed: &ContactSeed) -> Result<(), SeedError> {
    let id = ids::derive("contact", &seed.name);
    names.take(place, &seed.name, Entity::Recipient, &id)?;
    let address = address(place, &seed.address)?;
    let mut record = standalone(&seed.name, Kind::MailContact);
    record.set(recipient::EMAIL_ADDRESSES, json!([format!("SMTP:{address}")]));
    record.set(recipient::EXTERNAL_ADDRESS, json!(format!("SMTP:{address}")));
    names.take_addresses(place, Entity::Recipient, &record)?;
    store.plant(Entity::Recipient, &id, record);
    Ok(())
}

/// A dynamic list, without its members.
pub(super) fn dynamic(store: &mut Store, names: &mut Names, place: &str, seed: &ListSeed) -> Result<(), SeedError> {
    let id = ids::derive("list", &seed.name);
    names.take(place, &seed.name, Entity::Recipient, &id)?;
    let mail = address(&format!("{place}.mail"), seed.mail.as_deref().unwrap_or_default())?;
    let mut record = standalone(&seed.name, Kind::DynamicList);
    record.set(recipient::EMAIL_ADDRESSES, entries(&mail, &seed.aliases));
    names.take_addresses(place, Entity::Recipient, &record)?;
    store.plant(Entity::Recipient, &id, record);
    Ok(())
}

/// A public folder.
pub(super) fn public_folder(
    store: &mut Store,
    names: &mut Names,
    place: &str,
    seed: &PublicFolderSeed,
) -> Result<(), SeedError> {
    let id = ids::derive("publicFolder", &seed.name);
    names.take(place, &seed.name, Entity::Recipient, &id)?;
    let mail = address(&format!("{place}.mail"), &seed.mail)?;
    let mut record = standalone(&seed.name, Kind::PublicFolder);
    record.set(recipient::EMAIL_ADDRESSES, entries(&mail, &seed.aliases));
    names.take_addresses(place, Entity::Recipient, &record)?;
    store.plant(Entity::Recipient, &id, record);
    Ok(())
}

/// Addresses with their prefixes, the primary one first.
fn entries(mail: &str, aliases: &[String]) -> Value {
    let all = std::iter::once(format!("SMTP:{mail}")).chain(aliases.iter().map(|alias| format!("smtp:{alias}")));
    all.collect::<Vec<_>>().into()
}

/// A removed mailbox.
pub(super) fn soft_deleted(context: &Context<'_>, place: &str, seed: &SoftDeletedSeed) -> Result<Record, SeedError> {
    let mut record = standalone(&seed.name, Kind::UserMailbox);
    let prefixes = std::iter::once("SMTP").chain(std::iter::repeat("smtp"));
    let all = seed.addresses.iter().zip(prefixes).map(|(address, prefix)| format!("{prefix}:{address}"));
    record.set(recipient::EMAIL_ADDRESSES, all.collect::<Vec<_>>().into());
    record.set(recipient::WHEN_SOFT_DELETED, json!(context.date(&format!("{place}.at"), &seed.at)?));
    record.set(recipient::SOFT_DELETED_BY_REMOVE, json!(seed.by_remove));
    Ok(record)
}

fn standalone(name: &str, kind: Kind) -> Record {
    let mut record = Record::default();
    record.set(recipient::NAME, json!(name));
    record.set(recipient::TYPE_DETAILS, json!(kind.details()));
    record.set(recipient::STANDALONE, json!(true));
    record
}

fn address(place: &str, text: &str) -> Result<String, SeedError> {
    let sound = text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if sound {
        return Ok(text.to_owned());
    }
    Err(SeedError::Invalid { place: place.to_owned(), value: text.to_owned(), expected: "a mail address" })
}

/// The directory knows the address of a mailbox that needs no licence, too.
pub(super) fn give_address(store: &mut Store, place: &str, id: &str) -> Result<(), SeedError> {
    let Some(account) = store.truth().get(Entity::User, id) else { return Ok(()) };
    if account.strings(user::PROXY_ADDRESSES).any(|entry| entry.starts_with("SMTP:")) {
        return Ok(());
    }
    let mut account = Record::clone(account);
    let name = account.text(user::USER_PRINCIPAL_NAME).unwrap_or_default().to_owned();
    if store.truth().holder(&name).is_some_and(|(_, holder)| *holder != *id) {
        return Err(SeedError::Duplicate { place: place.to_owned(), kind: "address", name });
    }
    let entries = account.strings(user::PROXY_ADDRESSES).map(str::to_owned);
    let all: Vec<String> = std::iter::once(format!("SMTP:{name}")).chain(entries).collect();
    account.set(user::PROXY_ADDRESSES, all.into());
    account.set(user::MAIL_ADDRESS, json!(name));
    store.plant(Entity::User, id, account);
    Ok(())
}

pub(super) fn account(context: &Context<'_>, place: &str, name: &str) -> Result<String, SeedError> {
    let (entity, id) = context.names.find(place, "account", name)?;
    if entity == Entity::User {
        return Ok(id);
    }
    Err(SeedError::Unknown { place: place.to_owned(), kind: "account", name: name.to_owned() })
}

pub(super) fn own(store: &Store, id: &str) -> Record {
    store.truth().get(Entity::Recipient, id).map(|record| Record::clone(record)).unwrap_or_default()
}

pub(super) fn properties(
    store: &Store,
    context: &Context<'_>,
    place: &str,
    record: &mut Record,
    properties: &ExchangeObject,
) -> Result<(), SeedError> {
    for (name, value) in properties {
        // Addresses are the account's or list's: two places for one thing would disagree.
        if ["EmailAddresses", "PrimarySmtpAddress", "WindowsEmailAddress"]
            .iter()
            .any(|address| address.eq_ignore_ascii_case(name))
        {
            return Err(SeedError::Invalid {
                place: format!("{place}.{name}"),
                value: written(value),
                expected: "given here: addresses are the account's `proxyAddresses` or the list's `mail` and `aliases`",
            });
        }
        context.set(store, Entity::Recipient, record, place, (name, value))?;
    }
    Ok(())
}

pub(super) fn trustees(
    store: &mut Store,
    context: &Context<'_>,
    place: &str,
    id: &str,
    all: &[String],
) -> Result<(), SeedError> {
    for trustee in context.recipients(store, &format!("{place}.sendAs"), all)? {
        let mut record = Record::default();
        record.set(mailbox::TRUSTEE_IDENTITY, json!(id));
        record.set(mailbox::TRUSTEE_NAME, json!(trustee));
        record.set(mailbox::TRUSTEE_CONTROL, json!("Allow"));
        record.set(mailbox::TRUSTEE_RIGHTS, json!(["SendAs"]));
        record.set(mailbox::TRUSTEE_INHERITANCE, json!("None"));
        store.plant(Entity::RecipientPermission, &format!("{id}/{trustee}"), record);
    }
    Ok(())
}

/// A list's members, aliases and properties.
pub(super) fn list(store: &mut Store, context: &Context<'_>, place: &str, seed: &ListSeed) -> Result<(), SeedError> {
    let (entity, id) = context.names.find(place, "list", &seed.name)?;
    if !matches!(entity, Entity::Group | Entity::Recipient) {
        return Err(SeedError::Unknown { place: place.to_owned(), kind: "list", name: seed.name.clone() });
    }
    let mut record = own(store, &id);
    let members = context.recipients(store, &format!("{place}.members"), &seed.members)?;
    if let Some(known) = store.truth().get(Entity::Group, &id) {
        let mut directory = Record::clone(known);
        let have: Vec<String> = directory.strings(group::MEMBERS).map(str::to_owned).collect();
        let (inside, outside): (Vec<String>, Vec<String>) =
            members.into_iter().filter(|member| !have.contains(member)).partition(|member| {
                store.truth().get(Entity::Recipient, member).is_none_or(|r| !r.is_true(recipient::STANDALONE))
            });
        if !inside.is_empty() {
            directory.set(group::MEMBERS, have.into_iter().chain(inside).collect::<Vec<_>>().into());
        }
        for alias in &seed.aliases {
            if store.truth().holder(alias).is_some_and(|(_, holder)| *holder != *id) {
                let place = format!("{place}.aliases");
                return Err(SeedError::Duplicate { place, kind: "address", name: alias.clone() });
            }
            directory.insert(group::PROXY_ADDRESSES, &format!("smtp:{alias}"));
        }
        store.plant(Entity::Group, &id, directory);
        if !outside.is_empty() {
            record.set(recipient::MEMBERS, json!(outside));
        }
        if seed.kind == ListKindSeed::RoomList {
            record.set(recipient::TYPE_DETAILS, json!(Kind::RoomList.details()));
        }
    } else {
        record.set(recipient::MEMBERS, json!(members));
        let owners = context.recipients(store, &format!("{place}.owners"), &seed.owners)?;
        record.set(recipient::MANAGED_BY, json!(owners));
    }
    properties(store, context, place, &mut record, &seed.properties)?;
    if record.iter().next().is_some() {
        store.plant(Entity::Recipient, &id, record);
    }
    trustees(store, context, place, &id, &seed.send_as)
}

/// The Exchange side of a Microsoft 365 group.
pub(super) fn unified(
    store: &mut Store,
    context: &Context<'_>,
    place: &str,
    seed: &GroupMailboxSeed,
) -> Result<(), SeedError> {
    let (_, id) = context.names.find(place, "group", &seed.name)?;
    let group = store.truth().get(Entity::Group, &id).map(|group| Record::clone(group));
    let group = group.filter(|group| group.strings(group::GROUP_TYPES).any(|kind| kind == "Unified"));
    let group = group.ok_or_else(|| SeedError::Unknown {
        place: place.to_owned(),
        kind: "Microsoft 365 group (`unified: true`)",
        name: seed.name.clone(),
    })?;
    let mut record = own(store, &id);
    let subscribers = if seed.subscribe_all {
        group.strings(group::MEMBERS).map(str::to_owned).collect()
    } else {
        context.recipients(store, &format!("{place}.subscribers"), &seed.subscribers)?
    };
    if !subscribers.is_empty() {
        record.set(recipient::SUBSCRIBERS, json!(subscribers));
    }
    properties(store, context, place, &mut record, &seed.properties)?;
    store.plant(Entity::Recipient, &id, record);
    Ok(())
}

/// An account whose mail goes elsewhere.
pub(super) fn mail_user(
    store: &mut Store,
    context: &Context<'_>,
    place: &str,
    seed: &MailUserSeed,
) -> Result<(), SeedError> {
    let id = account(context, &format!("{place}.user"), &seed.user)?;
    let mut record = own(store, &id);
    let outside = address(&format!("{place}.address"), &seed.address)?;
    record.set(recipient::TYPE_DETAILS, json!(Kind::MailUser.details()));
    record.set(recipient::EXTERNAL_ADDRESS, json!(format!("SMTP:{outside}")));
    properties(store, context, place, &mut record, &seed.properties)?;
    store.plant(Entity::Recipient, &id, record);
    give_address(store, place, &id)
}

/// Properties of a contact, once everything they may refer to is known.
pub(super) fn contact_properties(
    store: &mut Store,
    context: &Context<'_>,
    place: &str,
    seed: &ContactSeed,
) -> Result<(), SeedError> {
    let id = ids::derive("contact", &seed.name);
    let mut record = own(store, &id);
    properties(store, context, place, &mut record, &seed.properties)?;
    store.plant(Entity::Recipient, &id, record);
    Ok(())
}

/// A switch, text or list of the organization's configuration.
pub(super) fn organization(
    store: &mut Store,
    context: &Context<'_>,
    seed: &ExchangeObject,
    name: &str,
) -> Result<(), SeedError> {
    let mut record = Record::default();
    let place = "exchange.organizationConfig";
    for (property, value) in [("Identity", name), ("Name", name), ("DisplayName", name)] {
        context.set(store, Entity::OrganizationConfig, &mut record, place, (property, &Value::from(value)))?;
    }
    for (name, value) in seed {
        context.set(store, Entity::OrganizationConfig, &mut record, place, (name, value))?;
    }
    store.plant(Entity::OrganizationConfig, "organization", record);
    Ok(())
}
