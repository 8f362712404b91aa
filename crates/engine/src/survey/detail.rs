//! Where each kind of detail lies in a landscape.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_core::{
    landscape::{Exchange, Landscape, RecipientKey, Wanted},
    model::{Fact, Unknown},
};

/// Whether nothing is known of a detail yet, not even why it is unknown.
pub(super) fn is_missing(wanted: &Wanted, landscape: &Landscape) -> bool {
    let exchange = &landscape.exchange;
    match wanted {
        Wanted::GroupMembers(id) => !landscape.directory.group_members.contains_key(id),
        Wanted::Members(key) => !exchange.members.contains_key(key),
        Wanted::Subscribers(key) => !exchange.subscribers.contains_key(key),
        Wanted::FullAccess(key) => !exchange.full_access.contains_key(key),
        Wanted::InboxRules(key) => !exchange.inbox_rules.contains_key(key),
        Wanted::Size(key) => !exchange.sizes.contains_key(key),
        Wanted::Inbox(key) => !exchange.inboxes.contains_key(key),
        Wanted::MailExchangers(domain) => !landscape.mail_exchangers.contains_key(domain),
    }
}

/// Makes unknown what is still missing.
pub(super) fn give_up(wanted: BTreeSet<Wanted>, what: &'static str, landscape: &mut Landscape) {
    fn unknown<T>(what: &'static str) -> Fact<T> {
        Fact::Unknown(Unknown::ReadFailed(what.into()))
    }
    let exchange = &mut landscape.exchange;
    for one in wanted {
        match one {
            Wanted::GroupMembers(id) => {
                landscape.directory.group_members.entry(id).or_insert_with(|| unknown(what));
            }
            Wanted::Members(key) => {
                exchange.members.entry(key).or_insert_with(|| unknown(what));
            }
            Wanted::Subscribers(key) => {
                exchange.subscribers.entry(key).or_insert_with(|| unknown(what));
            }
            Wanted::FullAccess(key) => {
                exchange.full_access.entry(key).or_insert_with(|| unknown(what));
            }
            Wanted::InboxRules(key) => {
                exchange.inbox_rules.entry(key).or_insert_with(|| unknown(what));
            }
            Wanted::Size(key) => {
                exchange.sizes.entry(key).or_insert_with(|| unknown(what));
            }
            Wanted::Inbox(key) => {
                exchange.inboxes.entry(key).or_insert_with(|| unknown(what));
            }
            Wanted::MailExchangers(domain) => {
                landscape.mail_exchangers.entry(domain).or_insert_with(|| unknown(what));
            }
        }
    }
}

/// The recipient that a detail belongs to, where that is carried over: what takes a request for every mailbox and list. Who
/// is in the few groups that hold roles decides who answers for the tenant, and whether a domain outside takes mail is not
/// the tenant's to say: both are read with every reading.
pub(super) fn recipient(wanted: &Wanted) -> Option<&RecipientKey> {
    match wanted {
        Wanted::Members(key)
        | Wanted::Subscribers(key)
        | Wanted::FullAccess(key)
        | Wanted::InboxRules(key)
        | Wanted::Size(key)
        | Wanted::Inbox(key) => Some(key),
        Wanted::GroupMembers(_) | Wanted::MailExchangers(_) => None,
    }
}

/// The details of recipients that a landscape knows: what could not be read is none.
pub(super) fn known(landscape: &Landscape) -> Vec<Wanted> {
    fn of<T>(
        details: &BTreeMap<RecipientKey, Fact<T>>,
        wanted: fn(RecipientKey) -> Wanted,
    ) -> impl Iterator<Item = Wanted> {
        details.iter().filter(|(_, fact)| fact.known().is_ok()).map(move |(key, _)| wanted(key.clone()))
    }
    let exchange = &landscape.exchange;
    of(&exchange.members, Wanted::Members)
        .chain(of(&exchange.subscribers, Wanted::Subscribers))
        .chain(of(&exchange.full_access, Wanted::FullAccess))
        .chain(of(&exchange.inbox_rules, Wanted::InboxRules))
        .chain(of(&exchange.sizes, Wanted::Size))
        .chain(of(&exchange.inboxes, Wanted::Inbox))
        .collect()
}

/// Copies one detail of a recipient, if it is there.
pub(super) fn copy(wanted: &Wanted, from: &Exchange, to: &mut Exchange) {
    fn one<T: Clone>(
        key: &RecipientKey,
        from: &BTreeMap<RecipientKey, Fact<T>>,
        to: &mut BTreeMap<RecipientKey, Fact<T>>,
    ) {
        to.extend(from.get(key).map(|fact| (key.clone(), fact.clone())));
    }
    match wanted {
        Wanted::Members(key) => one(key, &from.members, &mut to.members),
        Wanted::Subscribers(key) => one(key, &from.subscribers, &mut to.subscribers),
        Wanted::FullAccess(key) => one(key, &from.full_access, &mut to.full_access),
        Wanted::InboxRules(key) => one(key, &from.inbox_rules, &mut to.inbox_rules),
        Wanted::Size(key) => one(key, &from.sizes, &mut to.sizes),
        Wanted::Inbox(key) => one(key, &from.inboxes, &mut to.inboxes),
        Wanted::GroupMembers(_) | Wanted::MailExchangers(_) => {}
    }
}
