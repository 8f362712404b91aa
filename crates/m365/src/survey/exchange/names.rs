//! What recipients are called.
//!
//! Exchange's properties refer to a recipient by its Identity, and now and then by its distinguished name, its legacy name,
//! an id or an address. All of them lead to one key here.
//!
//! Invariant: a name that two recipients have leads to neither.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
};

use tenant_contacts_core::landscape::{RecipientKey, RuleTarget, fold};

use super::recipient::Found;

/// A name as it is compared: its digest. A mailbox has eight names and more, and a tenant a hundred thousand mailboxes. Two
/// of a million names have one digest once in thirty million readings, and then both lead to nobody.
pub(super) type Digest = u64;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Names {
    digests: RandomState,
    places: HashMap<Digest, Place>,
    /// Recipients: their keys, and their primary addresses, [folded](fold).
    recipients: Vec<(RecipientKey, Option<Box<str>>)>,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// It is the key of this one of the recipients.
    Key(u32),
    /// This one is called so.
    Alias(u32),
    /// Several are.
    Several,
}

impl Names {
    /// A name's digest.
    pub(super) fn digest(&self, name: &str) -> Digest {
        self.digests.hash_one(fold(name))
    }

    /// Takes in a recipient's names.
    pub(super) fn add(&mut self, found: &Found) {
        let recipient = &found.recipient;
        let Ok(place) = u32::try_from(self.recipients.len()) else { return };
        // Pages may overlap: one recipient twice is no other one.
        let same = |names: &Self, other: u32| {
            names.recipients.get(other as usize).is_some_and(|(key, _)| *key == recipient.key)
        };
        for alias in &found.aliases {
            let known = self.places.get(alias).copied();
            let stands_for = match known {
                // The key is what it is, whoever else is called so.
                Some(Place::Key(_)) => continue,
                Some(Place::Alias(other)) if same(self, other) => continue,
                Some(Place::Alias(_) | Place::Several) => Place::Several,
                None => Place::Alias(place),
            };
            self.places.insert(*alias, stands_for);
        }
        self.places.insert(self.digest(&recipient.key), Place::Key(place));
        self.recipients.push((recipient.key.clone(), recipient.primary.as_deref().map(fold)));
    }

    fn of(&self, reference: &str) -> Option<&(RecipientKey, Option<Box<str>>)> {
        match self.places.get(&self.digest(reference))? {
            Place::Key(place) | Place::Alias(place) => self.recipients.get(*place as usize),
            Place::Several => None,
        }
    }

    /// The key that a reference leads to, if it leads to one recipient.
    pub(super) fn find(&self, reference: &str) -> Option<&RecipientKey> {
        self.of(reference).map(|(key, _)| key)
    }

    /// The key that a reference leads to; a reference to nobody here is its own.
    pub(super) fn key(&self, reference: &str) -> RecipientKey {
        self.find(reference).cloned().unwrap_or_else(|| fold(reference))
    }

    /// Keys of references.
    pub(super) fn keys(&self, references: &[&str]) -> Box<[RecipientKey]> {
        references.iter().map(|reference| self.key(reference)).collect()
    }

    /// Whom a rule sends mail to: an address, a name, or as Outlook writes it `"Name" [SMTP:x@y]` or `"Name" [EX:/o=…]`.
    pub(super) fn target(&self, text: &str) -> RuleTarget {
        match bracketed(text) {
            Some(("SMTP", address)) if is_address(address) => RuleTarget::Address(fold(address)),
            Some((_, name)) => self.find(name).cloned().map_or(RuleTarget::Unreadable, RuleTarget::Recipient),
            None => {
                let bare = strip_prefix(text);
                if is_address(bare) {
                    return RuleTarget::Address(fold(bare));
                }
                self.find(bare).cloned().map_or(RuleTarget::Unreadable, RuleTarget::Recipient)
            }
        }
    }

    /// A sender as rules name it, folded: its address where one can be told, else the name.
    pub(super) fn sender(&self, text: &str) -> Box<str> {
        match self.target(text) {
            RuleTarget::Address(address) => address,
            RuleTarget::Recipient(key) => self.of(&key).and_then(|(_, primary)| primary.clone()).unwrap_or(key),
            RuleTarget::Unreadable => fold(text),
        }
    }
}

/// `"Name" [TYPE:value]`: type and value. The name may have brackets of its own; the last pair counts.
fn bracketed(text: &str) -> Option<(&'static str, &str)> {
    let inner = text.trim().strip_suffix(']')?;
    let (_, inner) = inner.rsplit_once('[')?;
    let (kind, value) = inner.split_once(':')?;
    let kind = if kind.eq_ignore_ascii_case("SMTP") { "SMTP" } else { "EX" };
    Some((kind, value.trim()))
}

/// An address without the type before it: `smtp:` (lower or upper case).
pub(super) fn strip_prefix(text: &str) -> &str {
    let text = text.trim();
    match text.split_once(':') {
        Some((kind, address)) if kind.eq_ignore_ascii_case("smtp") => address.trim(),
        _ => text,
    }
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !text.chars().any(char::is_whitespace)
}
