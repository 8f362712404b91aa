//! The tenant as mail flow sees it: plain data, taken from the store once.
//!
//! Invariant: only living recipients; references are keys or, where no recipient stands behind them, lower-case addresses.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    filter::Filters,
    outbound::Outbound,
    scope::Scope,
    stated::{InboxRule, Rule},
    target::{Target, domain_of},
};
use crate::exchange::kind::Kind;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) places: BTreeMap<String, Place>,
    /// Key by SMTP address, lower case.
    pub(super) addresses: HashMap<String, String>,
    /// Addresses of removed mailboxes.
    pub(super) gone: BTreeSet<String>,
    /// Recipients that stand for an address outside, by that address: who a sender outside may be.
    pub(super) correspondents: HashMap<String, String>,
    pub(super) domains: Vec<Domain>,
    pub(super) rules: Vec<Rule>,
    pub(super) filters: Filters,
    pub(super) outbound: Outbound,
    /// Whose links are rewritten, first match.
    pub(super) safe_links: Vec<(Scope, bool)>,
    /// Living accounts, and whether they can sign in.
    pub(super) accounts: BTreeMap<String, bool>,
    /// Domains whose mail outbound connectors take on-premises, lower case; `*` is all.
    pub(super) on_premises: BTreeSet<String>,
    /// Mail for a synchronised mail user bounces unless one of them takes it. Switch.
    pub(super) needs_connector: bool,
    /// The edge refuses dynamic lists. Switch.
    pub(super) edge_refuses_dynamic_lists: bool,
    /// Inbox rules send a message on only once. Switch.
    pub(super) redirect_once: bool,
    /// See [`Switches::delegates_read_handed_over_mailboxes`](crate::Switches).
    pub(super) delegates_read: bool,
    /// `name+tag@domain` reaches `name@domain`. Switch.
    pub(super) plus_addresses: bool,
    /// What is sent on is judged by the filter again. Switch.
    pub(super) judged_again: bool,
    /// … stays marked as spam. Switch.
    pub(super) mark_stays: bool,
}

/// An accepted domain.
#[derive(Debug)]
pub(super) struct Domain {
    pub(super) name: String,
    /// Everybody in it is known here.
    pub(super) authoritative: bool,
    pub(super) subdomains: bool,
}

/// A recipient.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) key: String,
    pub(super) kind: Kind,
    /// Primary address; empty where there is none.
    pub(super) address: String,
    /// Where mail to it leaves for (contacts, mail users).
    pub(super) outside: Option<String>,
    /// Synchronised from on-premises.
    pub(super) synced: bool,
    pub(super) restrictions: Restrictions,
    pub(super) moderation: Option<Moderation>,
    pub(super) members: Vec<String>,
    pub(super) subscribers: Vec<String>,
    pub(super) forward: Option<Target>,
    /// The mailbox keeps what it forwards.
    pub(super) keeps: bool,
    pub(super) full: bool,
    /// Enabled ones, in order.
    pub(super) rules: Vec<InboxRule>,
    /// Keys of accounts and groups with full access, and of those who are denied it.
    pub(super) full_access: Vec<String>,
    pub(super) denied: Vec<String>,
}

/// Whose mail a recipient takes.
#[derive(Debug, Default)]
pub(super) struct Restrictions {
    pub(super) authenticated: bool,
    /// Keys; groups stand for their members. Empty = everybody.
    pub(super) accept: Vec<String>,
    pub(super) reject: Vec<String>,
}

/// Who need not wait.
#[derive(Debug)]
pub(super) struct Moderation {
    /// Moderators, owners, and senders or groups that are let by.
    pub(super) bypass: Vec<String>,
}

/// What a target turns out to be.
#[derive(Debug)]
pub(super) enum Located<'w> {
    Place(&'w Place),
    /// Not one of the organization's domains.
    Outside(String),
    /// One of its domains, whose other recipients are served elsewhere.
    Elsewhere(String),
    /// A removed mailbox.
    Gone(String),
    Unknown(String),
    /// A reference to nobody.
    Missing(String),
}

impl World {
    pub(super) fn locate(&self, target: &Target) -> Located<'_> {
        let address = match target {
            Target::Key(key) => {
                return self.places.get(key).map_or_else(|| Located::Missing(key.clone()), Located::Place);
            }
            Target::Address(address) => address.to_lowercase(),
        };
        let Some(domain) = self.domain(&domain_of(&address)) else { return Located::Outside(address) };
        if let Some(place) = self.addresses.get(&address).and_then(|key| self.places.get(key)) {
            return Located::Place(place);
        }
        let plain = address.split_once('+').zip(address.rsplit_once('@')).filter(|_| self.plus_addresses);
        let plain = plain.map(|((local, _), (_, domain))| format!("{local}@{domain}"));
        if let Some(place) = plain.and_then(|plain| self.places.get(self.addresses.get(&plain)?)) {
            return Located::Place(place);
        }
        if self.gone.contains(&address) {
            return Located::Gone(address);
        }
        if domain.authoritative { Located::Unknown(address) } else { Located::Elsewhere(address) }
    }

    /// Whether an outbound connector takes mail for an address on-premises.
    pub(super) fn leads_on_premises(&self, address: &str) -> bool {
        let domain = domain_of(address);
        self.on_premises.iter().any(|taken| match taken.strip_prefix("*.") {
            _ if taken == "*" => true,
            Some(parent) => domain.strip_suffix(parent).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
            None => *taken == domain,
        })
    }

    /// A recipient by key or address, whatever its domain.
    pub(super) fn named(&self, name: &str) -> Option<&Place> {
        let name = name.to_lowercase();
        self.places.get(&name).or_else(|| self.places.get(self.addresses.get(&name)?))
    }

    /// The accepted domain a name falls under.
    pub(super) fn domain(&self, name: &str) -> Option<&Domain> {
        let below = |domain: &Domain| {
            domain.subdomains && name.strip_suffix(&domain.name).is_some_and(|rest| rest.ends_with('.'))
        };
        let exact = self.domains.iter().find(|domain| domain.name == name);
        exact.or_else(|| self.domains.iter().find(|domain| below(domain)))
    }

    /// A group's members, those of groups in it included, and the groups themselves; loops end.
    pub(super) fn members(&self, group: &str) -> BTreeSet<String> {
        let (mut found, mut open) = (BTreeSet::new(), vec![group]);
        while let Some(next) = open.pop() {
            for member in self.places.get(next).into_iter().flat_map(|place| &place.members) {
                if found.insert(member.clone()) {
                    open.push(member);
                }
            }
        }
        found
    }

    /// Whether a key is one of the listed ones or a member of a listed group.
    pub(super) fn is_among(&self, key: &str, listed: &[String]) -> bool {
        listed.iter().any(|entry| {
            entry == key
                || (self.places.get(entry).is_some_and(|place| place.kind.is_group())
                    && self.members(entry).contains(key))
        })
    }
}
