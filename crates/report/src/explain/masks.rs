//! Private addresses of people: an alternate email outside the organization, and a free-mail address that mail is forwarded
//! to, wherever they are named.
//!
//! An address in a field of the organization's contact state is not private, whoever's it is: that it stands there is what
//! the reader has to see. Nor is one inside the organization.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_api::{address, obstacle::Obstacle, rule::Rule};
use tenant_contacts_core::{
    answer::{Answer, NodeKind, Subject},
    landscape::fold,
};

use crate::printable::bounded;

/// Obstacles that are met at an address outside the organization only.
const OUTSIDE: &[Obstacle] = &[Obstacle::OutsideAddress, Obstacle::PersonalAddress, Obstacle::NoMailExchanger];
/// Fields of accounts that hold private addresses, as findings name them (Graph's name, and that of manifests).
const PRIVATE_FIELDS: &[&str] = &["otherMails", "alternateEmails"];

/// What stands around an address in a sentence and may be part of one.
const PUNCTUATION: [char; 12] = ['.', '\'', '`', '=', '/', '|', '{', '}', '?', '&', '*', '!'];

/// The private addresses of an answer, folded, and what is shown for each.
pub(super) struct Masks {
    masked: BTreeMap<Box<str>, String>,
}

impl Masks {
    /// Finds them. None are masked where `show_private` says so.
    pub(super) fn of(answer: &Answer, show_private: bool) -> Self {
        let mut private = if show_private { BTreeSet::new() } else { of_accounts(answer) };
        if !show_private {
            private.extend(of_findings(answer));
            private.extend(of_free_mail(answer));
            for address in of_fields(answer) {
                private.remove(&address);
            }
        }
        Self { masked: private.into_iter().map(|address| (address.clone(), address::mask(&address))).collect() }
    }

    /// A text of the tenant's as it is shown: private addresses masked, printable, bounded.
    pub(super) fn shown(&self, text: &str) -> String {
        if self.masked.is_empty() || !text.contains('@') {
            return bounded(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let word = rest.find(is_part).unwrap_or(rest.len());
            out.push_str(&rest[..word]);
            rest = &rest[word..];
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            let (found, after) = rest.split_at(end);
            self.push(found, &mut out);
            rest = after;
        }
        bounded(&out)
    }

    /// A run of characters that an address may have. It may have more around the address: a sentence's full stop, quotes, a
    /// genitive, `name=`; so the whole is looked at first, and then its parts.
    fn push(&self, found: &str, out: &mut String) {
        let from = found.len() - found.trim_start_matches(PUNCTUATION).len();
        let to = found.trim_end_matches(PUNCTUATION).len().max(from);
        if let Some(mask) = self.masked.get(&fold(&found[from..to])) {
            out.push_str(&found[..from]);
            out.push_str(mask);
            out.push_str(&found[to..]);
            return;
        }
        for part in found.split_inclusive(['\'', '`', '=', '/', '|', '{', '}', '?', '&', '*', '#']) {
            let bare = part.trim_end_matches(PUNCTUATION);
            match self.masked.get(&fold(bare)) {
                Some(mask) => {
                    out.push_str(mask);
                    out.push_str(&part[bare.len()..]);
                }
                None => out.push_str(part),
            }
        }
    }
}

/// Whether a character may be part of an address.
fn is_part(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-@".contains(c)
}

/// Free-mail addresses that mail ends at.
fn of_free_mail(answer: &Answer) -> impl Iterator<Item = Box<str>> {
    answer.nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::Outside(address) => {
            let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
            address::FREE_MAIL_DOMAINS.contains(&domain).then(|| fold(address))
        }
        _ => None,
    })
}

/// Addresses outside that an account's notices go to.
fn of_accounts(answer: &Answer) -> BTreeSet<Box<str>> {
    let of_hops = answer
        .nodes
        .iter()
        .filter(|node| matches!(node.kind, NodeKind::Account(_)))
        .flat_map(|node| node.hops.iter().map(|hop| hop.to));
    let chosen = answer.categories.iter().flat_map(|category| &category.recipients);
    let of_paths = chosen.flat_map(|chosen| chosen.path.windows(2)).filter_map(|pair| match pair {
        [from, to] if answer.node(*from).is_some_and(|node| matches!(node.kind, NodeKind::Account(_))) => Some(*to),
        _ => None,
    });
    let mut found = BTreeSet::new();
    for node in of_hops.chain(of_paths).filter_map(|id| answer.node(id)) {
        let leads_outside = node
            .hops
            .iter()
            .any(|hop| answer.node(hop.to).is_some_and(|next| matches!(next.kind, NodeKind::Outside(_))))
            || node.blockages.iter().any(|blockage| OUTSIDE.contains(&blockage.obstacle));
        match &node.kind {
            NodeKind::Address(address) if leads_outside => found.insert(address.clone()),
            NodeKind::Outside(address) => found.insert(address.clone()),
            _ => false,
        };
    }
    found
}

/// Addresses in private fields that findings speak of.
fn of_findings(answer: &Answer) -> impl Iterator<Item = Box<str>> {
    answer.findings.iter().filter_map(|finding| match &finding.subject {
        Subject::Address { field, address }
            if PRIVATE_FIELDS.contains(&&**field) && finding.rule != Rule::AlternateEmailInside =>
        {
            Some(fold(address))
        }
        _ => None,
    })
}

/// Addresses that stand in a field of the organization's contact state.
fn of_fields(answer: &Answer) -> BTreeSet<Box<str>> {
    let chosen = answer.categories.iter().flat_map(|category| &category.recipients);
    let paths = chosen.flat_map(|chosen| chosen.path.windows(2)).filter_map(|pair| match pair {
        [from, to] if answer.node(*from).is_some_and(|node| matches!(node.kind, NodeKind::Field(_))) => {
            answer.node(*to)
        }
        _ => None,
    });
    let addresses = paths.filter_map(|node| match &node.kind {
        NodeKind::Address(address) | NodeKind::Outside(address) => Some(address.clone()),
        _ => None,
    });
    addresses.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_masked_however_a_sentence_goes_on_around_it() {
        let masked = ["anna.a@gmail.com", "o'brien@gmail.com"].map(|one| (one.into(), address::mask(one)));
        let masks = Masks { masked: masked.into() };
        for text in [
            "anna.a@gmail.com",
            "to Anna.A@GMAIL.com.",
            "anna.a@gmail.com's",
            "'anna.a@gmail.com'",
            "<anna.a@gmail.com>",
            "forwards=anna.a@gmail.com/x",
            "smtp:anna.a@gmail.com",
            "\u{2018}o'brien@gmail.com\u{2019}!",
            "\"o'brien@gmail.com\", bob@contoso.com",
        ] {
            let shown = masks.shown(text);
            assert!(shown.contains("***@gmail.com"), "{shown}");
            assert!(!shown.to_lowercase().contains("anna.a@") && !shown.contains("brien@"), "{shown}");
        }
        assert_eq!(masks.shown("bob.a@gmail.com stays"), "bob.a@gmail.com stays");
    }
}
