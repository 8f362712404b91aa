//! Which of Microsoft's senders something in a tenant names: what tells mail apart by its sender.

use std::collections::BTreeSet;

use super::{
    index::Index,
    senders::{NOTICE_SENDERS, entry_names},
};
use crate::{
    landscape::{Landscape, Reference},
    model::Fact,
};

/// The sets of senders that entries of rules, filters and lists stand for, each once. A set that nothing goes by does no harm.
pub(super) fn named_senders<'l>(landscape: &'l Landscape, index: &Index<'l>) -> BTreeSet<BTreeSet<&'static str>> {
    let exchange = &landscape.exchange;
    let entry = |one: &'l Reference| if let Reference::Address(entry) = one { Some(entry) } else { None };
    let rules = exchange.transport_rules.present().into_iter().flatten().flat_map(|rule| {
        let people = rule.from.iter().chain(&rule.except_from).filter_map(entry);
        people.chain(&rule.sender_domains).chain(&rule.except_sender_domains)
    });
    let inbox = exchange.inbox_rules.values().filter_map(Fact::present).flat_map(|rules| &rules.rules);
    let inbox = inbox.flat_map(|rule| rule.from.iter().chain(&rule.except_from)).filter_map(entry);
    let filters = exchange.content_filters.present().into_iter().flatten().flat_map(|filter| {
        let lists =
            [&filter.allowed_senders, &filter.allowed_domains, &filter.blocked_senders, &filter.blocked_domains];
        lists.into_iter().flatten()
    });
    let entries = exchange.allow_entries.present().into_iter().flatten().map(|entry| &entry.value);
    let mut found: BTreeSet<BTreeSet<&'static str>> = BTreeSet::new();
    for entry in rules.chain(inbox).chain(filters).chain(entries) {
        let named = NOTICE_SENDERS.iter().filter(|sender| entry_names(entry, sender)).map(|sender| sender.address);
        found.insert(named.collect());
    }
    // A contact that stands for a sender is named by lists and by lists in lists.
    for key in index.sender_keys() {
        found.insert(index.senders_of(key).collect());
    }
    found.retain(|set| !set.is_empty());
    found
}

/// Whether the tenant is in the public cloud, by the domain that it began with.
pub(super) fn is_public(landscape: &Landscape) -> bool {
    let domains = landscape.domains.present().into_iter().flatten();
    domains.into_iter().any(|(name, domain)| domain.initial && name.ends_with(".onmicrosoft.com"))
}
