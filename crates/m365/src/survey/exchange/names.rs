//! What recipients are called, and whom a reference means.
//!
//! Exchange's properties refer to a recipient by its `Identity`, and now and then by its distinguished name, its legacy name,
//! an id, an address or, as of older objects, its display name. Which of these a text is cannot always be told from the text.
//!
//! Invariant: a reference leads to a recipient only if no other one is called so, whatever kind of name it is; and to nobody
//! for certain only if it is an id or a distinguished name that no recipient has.

use std::{
    borrow::Cow,
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
};

use tenant_contacts_core::landscape::{Recipient, RecipientKey, Reference, Trustee, fold};
use uuid::Uuid;

use super::distinguished;
use crate::object::Object;

/// A name as it is compared: its digest. A mailbox has ten names and more, and a tenant a hundred thousand mailboxes. Two
/// of a million names have one digest once in thirty million readings, and then both lead to nobody.
pub(super) type Digest = u64;

/// What a text is a name of. Names of one kind are told from those of another by their form, all but those of [`Kind::Name`]:
/// a display name may look like an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// A GUID: one object's for good.
    Id,
    /// A distinguished name: one object's as long as it is where it is.
    Distinguished,
    /// `LegacyExchangeDN`, or an X500 address.
    Legacy,
    /// An SMTP address.
    Address,
    /// An identity, name, alias, display or sign-in name.
    Name,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Names {
    digests: RandomState,
    places: HashMap<Digest, Place>,
    /// Recipients: their keys, and their primary addresses, [folded](fold).
    recipients: Vec<(RecipientKey, Option<Box<str>>)>,
    /// Every recipient is among them: only then is a name nobody's, or one's alone.
    complete: bool,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// This one of the recipients.
    One(u32),
    /// Several are called so.
    Several,
}

impl Names {
    /// An address's digest.
    pub(super) fn address(&self, address: &str) -> Digest {
        self.digest(Kind::Address, &fold(address))
    }

    fn digest(&self, kind: Kind, folded: &str) -> Digest {
        self.digests.hash_one((kind, folded))
    }

    /// Everything that a recipient may be called by.
    pub(super) fn of(&self, object: &Object, recipient: &Recipient) -> Box<[Digest]> {
        // Identity and name may be of any form, ids among them; the others are what they are.
        const ANY: [&str; 2] = ["Identity", "Name"];
        const CALLED: [&str; 3] = ["Alias", "DisplayName", "UserPrincipalName"];
        const IDS: [&str; 2] = ["Guid", "ExternalDirectoryObjectId"];
        let told = |name: &str| object.text(name).ok().flatten();
        let mut found = Vec::new();
        for text in ANY.into_iter().filter_map(told) {
            let (kind, folded) = form(text);
            // What looks like an address and is a name may be both.
            found.push(self.digest(if kind == Kind::Address { Kind::Name } else { kind }, &folded));
        }
        found.extend(CALLED.into_iter().filter_map(told).map(|text| self.digest(Kind::Name, &fold(text))));
        found.extend(IDS.into_iter().filter_map(told).filter_map(id).map(|id| self.digest(Kind::Id, &id)));
        found.extend(told("DistinguishedName").map(|text| {
            let (kind, folded) = form(text);
            self.digest(kind, &folded)
        }));
        found.extend(told("LegacyExchangeDN").map(|text| self.digest(Kind::Legacy, &fold(text))));
        for entry in recipient.addresses.iter().chain(&recipient.primary) {
            match entry.split_once(':') {
                Some((kind, name)) if kind.eq_ignore_ascii_case("x500") => {
                    found.push(self.digest(Kind::Legacy, &fold(name)));
                }
                Some((kind, _)) if !kind.eq_ignore_ascii_case("smtp") => {}
                _ => found.push(self.address(strip_prefix(entry))),
            }
        }
        found.sort_unstable();
        found.dedup();
        found.into()
    }

    /// Takes in a recipient's names.
    pub(super) fn add(&mut self, recipient: &Recipient, aliases: &[Digest]) {
        let Ok(place) = u32::try_from(self.recipients.len()) else { return };
        // Pages may overlap: one recipient twice is no other one.
        let same = |names: &Self, other: u32| {
            names.recipients.get(other as usize).is_some_and(|(key, _)| *key == recipient.key)
        };
        for alias in aliases {
            let stands_for = match self.places.get(alias).copied() {
                Some(Place::One(other)) if same(self, other) => continue,
                Some(Place::One(_) | Place::Several) => Place::Several,
                None => Place::One(place),
            };
            self.places.insert(*alias, stands_for);
        }
        self.recipients.push((recipient.key.clone(), recipient.primary.as_deref().map(fold)));
    }

    /// All recipients have been taken in.
    pub(super) fn complete(&mut self) {
        self.complete = true;
    }

    fn place(&self, kind: Kind, folded: &str) -> Option<Place> {
        self.places.get(&self.digest(kind, folded)).copied()
    }

    fn recipient(&self, place: u32) -> Option<&(RecipientKey, Option<Box<str>>)> {
        self.recipients.get(place as usize)
    }

    /// Whether two places are of different recipients.
    fn differ(&self, one: Place, other: Place) -> bool {
        match (one, other) {
            (Place::One(one), Place::One(other)) => {
                self.recipient(one).map(|(key, _)| key) != self.recipient(other).map(|(key, _)| key)
            }
            (Place::Several, _) | (_, Place::Several) => true,
        }
    }

    /// Whom a property means that can only refer to a recipient that is there, such as `ForwardingAddress`.
    pub(super) fn refer(&self, text: &str) -> Reference {
        let (kind, folded) = form(text);
        let found = match kind {
            // It may be somebody's name that looks like an address.
            Kind::Address => match (self.place(kind, &folded), self.place(Kind::Name, &folded)) {
                (Some(address), Some(name)) if self.differ(address, name) => Some(Place::Several),
                (address, name) => address.or(name),
            },
            Kind::Id | Kind::Distinguished | Kind::Legacy | Kind::Name => self.place(kind, &folded),
        };
        let for_good = matches!(kind, Kind::Id | Kind::Distinguished);
        match found {
            Some(Place::One(place)) if for_good || self.complete => {
                self.recipient(place).map_or(Reference::Unreadable, |(key, _)| Reference::Recipient(key.clone()))
            }
            Some(Place::Several) => Reference::Ambiguous(text.trim().into()),
            None if for_good && self.complete => Reference::Gone,
            Some(Place::One(_)) | None => Reference::Unreadable,
        }
    }

    /// Whom rules and policies mean: an address as a rule, or as Outlook writes it `"Name" [SMTP:x@y]` or `"Name" [EX:/o=…]`.
    /// An address may be of nobody here, or of nobody any more.
    pub(super) fn target(&self, text: &str) -> Reference {
        match bracketed(text) {
            Some(("SMTP", address)) if is_address(address) => Reference::Address(fold(address)),
            Some((_, name)) => self.refer(name),
            None => {
                let bare = strip_prefix(text);
                if !is_address(bare) {
                    return self.refer(bare);
                }
                let folded = fold(bare);
                let (address, name) = (self.place(Kind::Address, &folded), self.place(Kind::Name, &folded));
                // Said to be an address, or nobody is named so who has another one.
                let is_named = bare.len() == text.trim().len()
                    && name.is_some_and(|name| address.is_none_or(|address| self.differ(address, name)));
                if is_named { Reference::Ambiguous(bare.into()) } else { Reference::Address(folded) }
            }
        }
    }

    /// The same of several.
    pub(super) fn targets(&self, texts: &[&str]) -> Box<[Reference]> {
        texts.iter().map(|text| self.target(text)).collect()
    }

    /// Whom a condition on people means: by the address where one can be told.
    pub(super) fn person(&self, text: &str) -> Reference {
        match self.target(text) {
            Reference::Recipient(key) => {
                let (kind, folded) = form(&key);
                let kind = if kind == Kind::Address { Kind::Name } else { kind };
                let known = match self.place(kind, &folded) {
                    Some(Place::One(place)) => self.recipient(place).filter(|(other, _)| *other == key),
                    Some(Place::Several) | None => None,
                };
                let primary = known.and_then(|(_, primary)| primary.clone());
                primary.map_or(Reference::Recipient(key), Reference::Address)
            }
            other => other,
        }
    }

    /// Whom a mailbox's permission is given to. Accounts without mail are no recipients, so that an id that none has is
    /// nobody's only if it is a security identifier: Exchange prints it of a principal that is gone.
    pub(super) fn trustee(&self, name: &str) -> Trustee {
        let recipient = match self.refer(name) {
            _ if fold(name).starts_with("s-1-5-") => Reference::Gone,
            Reference::Gone => Reference::Unreadable,
            known => known,
        };
        Trustee { name: name.into(), recipient }
    }

    /// A member of a list or group, as its own object tells: by its ids, which stay when names change, else by its names.
    /// `None`: it says nothing.
    pub(super) fn member(&self, object: &Object) -> Option<Reference> {
        let told = |name: &str| object.text(name).ok().flatten().filter(|text| !text.trim().is_empty());
        let mut by_id = None;
        for text in ["ExternalDirectoryObjectId", "Guid"].into_iter().filter_map(told).filter(|text| id(text).is_some())
        {
            by_id = Some(self.refer(text));
            if matches!(by_id, Some(Reference::Recipient(_))) {
                return by_id;
            }
        }
        let by_name = ["Identity", "Name"].into_iter().find_map(told).map(|name| self.refer(name));
        by_id.or(by_name)
    }
}

/// What a text is by its form, and as it is compared.
fn form(text: &str) -> (Kind, Cow<'_, str>) {
    let text = text.trim();
    if let Some(id) = id(text) {
        return (Kind::Id, id.into());
    }
    if let Some(name) = distinguished::normal(text) {
        return (Kind::Distinguished, name.into());
    }
    let folded = fold(text).into_string();
    let kind = if folded.starts_with("/o=") {
        Kind::Legacy
    } else if is_address(text) {
        Kind::Address
    } else {
        Kind::Name
    };
    (kind, folded.into())
}

/// A GUID with its hyphens, in braces or without them. Thirty-two digits alone may be anybody's name.
fn id(text: &str) -> Option<String> {
    let text = text.trim();
    let bare = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    // As Uuid prints it: 8-4-4-4-12.
    (bare.len() == 36).then(|| Uuid::try_parse(bare).ok())?.map(|id| id.to_string())
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
