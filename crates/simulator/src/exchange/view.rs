//! What one copy of Exchange shows: its own records up to a position of the log, over the directory as it was.
//!
//! Invariant: a recipient is found and printed the same way whether it stands on the directory or in Exchange alone.

use std::{collections::HashMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    kind::{self, Kind},
    schema::recipient,
};
use crate::{
    schema::{Entity, group, user},
    store::{record::Record, view::View},
};

/// A read-only state of Exchange.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exchange<'a> {
    /// Exchange's own records.
    pub(crate) own: View<'a>,
    /// The directory as far as Exchange knows it.
    pub(crate) graph: View<'a>,
    pub(crate) now: Timestamp,
    /// How long a mailbox outlives its licence.
    pub(crate) grace: SignedDuration,
    /// Log position at which the directory took over an object's addresses; see [`super::sync`].
    pub(crate) mirrored: &'a HashMap<String, u64>,
    /// Whether addresses that mail is forwarded to are printed with `smtp:`.
    pub(crate) forwarding_prefix: bool,
    /// Whether references to recipients are printed as display names.
    pub(crate) references_are_display_names: bool,
    /// The `onmicrosoft.com` domain, the name of the organization in distinguished names.
    pub(crate) organization: &'a str,
}

/// A recipient at one state of Exchange.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recipient<'a> {
    pub(crate) exchange: Exchange<'a>,
    /// The store's key: the directory object's id, or Exchange's own.
    pub(crate) id: &'a Arc<str>,
    pub(crate) kind: Kind,
    /// Removed, though still kept.
    pub(crate) deleted: bool,
    pub(crate) own: Option<&'a Record>,
    /// The account or group it stands on.
    pub(crate) account: Option<(Entity, &'a Record)>,
}

/// Where a list goes on: the part of the list and the last key of the page before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) part: usize,
    pub(crate) after: Option<String>,
}

/// The parts of the list of all recipients: accounts, groups, Exchange's own.
const PARTS: [Entity; 3] = [Entity::User, Entity::Group, Entity::Recipient];

impl<'a> Exchange<'a> {
    /// A recipient by key, deleted ones included.
    pub(crate) fn by_id(&self, id: &str) -> Option<Recipient<'a>> {
        PARTS.into_iter().find_map(|part| {
            let view = if part == Entity::Recipient { self.own } else { self.graph };
            let (id, record) = view.at(part, id)?;
            self.recipient(part, id, record)
        })
    }

    /// Every recipient after `cursor`, deleted ones included.
    pub(crate) fn recipients(self, cursor: &Cursor) -> impl Iterator<Item = (usize, Recipient<'a>)> + use<'a> {
        let (first, after) = (cursor.part, cursor.after.clone());
        PARTS.into_iter().enumerate().skip(first).flat_map(move |(at, part)| {
            let after = after.as_deref().filter(|_| at == first);
            let view = if part == Entity::Recipient { self.own } else { self.graph };
            view.range(part, after).filter_map(move |(id, record)| Some((at, self.recipient(part, id, record)?)))
        })
    }

    fn recipient(self, part: Entity, id: &'a Arc<str>, record: &'a Arc<Record>) -> Option<Recipient<'a>> {
        let record: &'a Record = record;
        let (kind, deleted, own, account) = match part {
            Entity::User => {
                let own = self.own.get(Entity::Recipient, id).map(|own| &**own);
                let deleted = record.get(user::DELETED_DATE_TIME).is_some();
                let kind = kind::of_user(record, own, self.now, self.grace)?;
                // Only mailboxes are kept after deletion; a deleted mail user is the directory's affair.
                if deleted && !kind.is_mailbox() {
                    return None;
                }
                (kind, deleted, own, Some((Entity::User, record)))
            }
            Entity::Group => {
                if record.get(group::DELETED_DATE_TIME).is_some() {
                    return None;
                }
                let own = self.own.get(Entity::Recipient, id).map(|own| &**own);
                (kind::of_group(record, own)?, false, own, Some((Entity::Group, record)))
            }
            _ => {
                // Made in Exchange, and the directory does not know it yet.
                let creating = record.is_true(recipient::CREATING)
                    && self.graph.get(Entity::User, id).is_none()
                    && self.mirrored.get(&**id).is_none_or(|at| *at > self.graph.position);
                if !creating && !record.is_true(recipient::STANDALONE) {
                    return None;
                }
                let kind = record.text(recipient::TYPE_DETAILS).and_then(Kind::parse)?;
                (kind, record.get(recipient::WHEN_SOFT_DELETED).is_some(), Some(record), None)
            }
        };
        Some(Recipient { exchange: self, id, kind, deleted, own, account })
    }

    /// A recipient that is not deleted by what a cmdlet's `Identity` may name: key, sign-in name, address, name, alias,
    /// distinguished name, GUID.
    pub(crate) fn resolve(&self, name: &str) -> Option<Recipient<'a>> {
        let living = |found: Option<Recipient<'a>>| found.filter(|found| !found.deleted);
        let key = name.trim().to_lowercase();
        if let Some(found) = living(self.by_id(&key)) {
            return Some(found);
        }
        if key.contains('@')
            && let Some(found) = living(self.graph.user(&key).and_then(|(id, _)| self.by_id(&id)))
                .or_else(|| self.holder(&key).filter(|found| !found.deleted))
        {
            return Some(found);
        }
        let common = key.strip_prefix("cn=").and_then(|rest| rest.split(',').next());
        let label = common.unwrap_or(&key);
        if let Some(found) = living(self.by_id(label)) {
            return Some(found);
        }
        let named = self.own.store.labelled(label).iter().filter_map(|(_, id)| living(self.by_id(id))).find(|found| {
            let same = |number| found.text(number).is_some_and(|text| text.to_lowercase() == label);
            same(recipient::NAME) || same(recipient::ALIAS) || same(recipient::DISPLAY_NAME)
        });
        if named.is_some() {
            return named;
        }
        if crate::ids::is_guid(&key) {
            // The directory's object of that id has no mail here: nobody else has its id.
            if PARTS.iter().any(|part| self.graph.get(*part, &key).is_some()) {
                return None;
            }
            return self
                .recipients(&Cursor::default())
                .map(|(_, found)| found)
                .find(|found| !found.deleted && found.text(recipient::GUID).as_deref() == Some(&key));
        }
        // An alias is nearly always the local part of one of the addresses.
        let mut domains = self.own.range(Entity::AcceptedDomain, None);
        domains.find_map(|(domain, _)| {
            let found = self.holder(&format!("{label}@{domain}")).filter(|found| !found.deleted)?;
            found.text(recipient::ALIAS).is_some_and(|alias| alias.to_lowercase() == label).then_some(found)
        })
    }

    /// Who has an SMTP address, as Exchange sees it; a deleted mailbox keeps its addresses.
    pub(crate) fn holder(&self, address: &str) -> Option<Recipient<'a>> {
        let address = address.to_lowercase();
        let hints = self.own.store.holders(&address);
        let mut deleted = None;
        for (_, id) in hints {
            let Some(found) = self.by_id(id) else { continue };
            if !found.addresses().contains(&address) {
                continue;
            }
            if !found.deleted {
                return Some(found);
            }
            deleted = deleted.or(Some(found));
        }
        // A mailbox without an address of its own in the directory has its sign-in name.
        deleted.or_else(|| {
            let (id, _) = self.graph.user(&address)?;
            self.by_id(&id).filter(|found| found.addresses().contains(&address))
        })
    }
}

impl<'a> Recipient<'a> {
    /// Whether the directory's addresses already are those that Exchange was given last.
    pub(super) fn is_mirrored(&self) -> bool {
        self.account.is_some()
            && self.exchange.mirrored.get(&**self.id).is_some_and(|at| *at <= self.exchange.graph.position)
    }

    /// A text property.
    pub(crate) fn text(&self, property: u8) -> Option<String> {
        match self.value(property) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// A switch; false where there is no value.
    pub(crate) fn is_true(&self, property: u8) -> bool {
        self.value(property) == Some(Value::Bool(true))
    }

    /// A collection; empty where there is no value.
    pub(crate) fn strings(&self, property: u8) -> Vec<String> {
        let Some(Value::Array(all)) = self.value(property) else { return Vec::new() };
        all.into_iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// The recipient's `Identity`: its name, unique among recipients.
    pub(crate) fn identity(&self) -> String {
        self.text(recipient::NAME).unwrap_or_default()
    }

    /// Its SMTP addresses, lower case and without prefix, the primary one included.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let all = self.strings(recipient::EMAIL_ADDRESSES);
        let smtp = all.iter().filter_map(|entry| entry.split_once(':'));
        smtp.filter(|(prefix, _)| prefix.eq_ignore_ascii_case("smtp"))
            .map(|(_, address)| address.to_lowercase())
            .collect()
    }

    /// The primary SMTP address.
    pub(crate) fn primary_address(&self) -> Option<String> {
        let all = self.strings(recipient::EMAIL_ADDRESSES);
        all.iter().find_map(|entry| entry.strip_prefix("SMTP:")).map(str::to_owned)
    }

    /// Keys of the direct members: the directory's, and those that only Exchange knows.
    pub(crate) fn members(&self) -> Vec<String> {
        let mut all: Vec<String> = match self.account {
            Some((Entity::Group, group)) => group.strings(group::MEMBERS).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        for member in self.own.into_iter().flat_map(|own| own.strings(recipient::MEMBERS)) {
            if all.iter().all(|have| have != member) {
                all.push(member.to_owned());
            }
        }
        all
    }

    /// Exchange's own records that belong to it (`{id}/…`), in order of their keys.
    pub(crate) fn belongings(&self, entity: Entity) -> impl Iterator<Item = (&'a Arc<str>, &'a Arc<Record>)> + use<'a> {
        let prefix = format!("{}/", self.id);
        // `/` sorts before everything a key goes on with, so the range begins right after the prefix itself.
        self.exchange.own.range(entity, Some(&prefix)).take_while(move |(id, _)| id.starts_with(&prefix))
    }
}
