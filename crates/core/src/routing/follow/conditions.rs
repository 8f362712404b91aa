//! Which messages a transport rule takes: conditions and exceptions, by sender and by recipient.

use std::collections::BTreeSet;

use tenant_contacts_api::obstacle::Obstacle;

use super::{
    address::Standing,
    scope::{Holds, in_domains, names},
};
use crate::{
    answer::Blockage,
    landscape::{Recipient, Reference, TransportRule, fold},
    model::Unknown,
    routing::{
        index,
        senders::{Named, NoticeSender, entry_names},
        walk::Walk,
    },
};

/// Whether a rule takes a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Takes {
    No,
    /// No known sender's; the notice may come from another, and a rule that only excepts the known ones takes that.
    Others,
    /// It depends on the message.
    Maybe,
    /// Every known sender's; whether the notice comes from another is not documented.
    Known,
    /// It depends on whom a name means, or on members of a list that could not be read.
    Unread(Unknown),
    Yes,
}

impl Takes {
    pub(super) fn doubt(&self, rule: &TransportRule) -> Option<Blockage> {
        match self {
            Self::No | Self::Yes => None,
            Self::Others => {
                let words = format!(
                    "the transport rule \"{}\" excepts every known sender; whether there are other senders is not documented",
                    rule.name
                );
                Some(Blockage::new(Obstacle::RuleMayApply, words))
            }
            Self::Known => {
                let words = format!(
                    "the transport rule \"{}\" applies to every known sender; whether there are other senders is not documented",
                    rule.name
                );
                Some(Blockage::new(Obstacle::RuleMayApply, words))
            }
            Self::Maybe => {
                let words =
                    format!("the transport rule \"{}\" does not apply to every message from Microsoft", rule.name);
                Some(Blockage::new(Obstacle::RuleMayApply, words))
            }
            Self::Unread(why) => {
                let words = format!("whether the transport rule \"{}\" takes it: {why}", rule.name);
                Some(Blockage::unread(words, why))
            }
        }
    }
}

impl Walk<'_> {
    /// Whether a rule takes a message of a notice's senders to a recipient.
    pub(super) fn takes(&mut self, rule: &TransportRule, recipient: &Recipient) -> Takes {
        if !rule.enforced || rule.from_outside == Some(false) {
            return Takes::No;
        }
        let (named, unread) = self.senders_of_rule(rule);
        match (named, unread, self.concerns(rule, recipient)) {
            (_, _, Takes::No) => Takes::No,
            (Named::None, None, _) if !self.senders().all && only_excepts(rule) => Takes::Others,
            (Named::None, None, _) => Takes::No,
            (_, Some(why), _) => Takes::Unread(why),
            (Named::Some, None, Takes::Yes) => Takes::Maybe,
            (Named::Known, None, Takes::Yes) => Takes::Known,
            (Named::Some | Named::Known | Named::All, None, takes) => takes,
        }
    }

    /// Which of the notice's senders satisfy a rule's conditions on senders, all of them, and none of the exceptions; and what
    /// could not be read of that.
    fn senders_of_rule(&mut self, rule: &TransportRule) -> (Named, Option<Unknown>) {
        let senders = self.senders().clone();
        if !tells_senders_apart(rule) {
            return (Named::All, None);
        }
        let known = || senders.known.iter().copied();
        let named = |walk: &Self, list: &[Reference]| -> BTreeSet<&'static str> {
            known().filter(|one| walk.names_sender(list, one)).map(|one| one.address).collect()
        };
        let in_domains = |domains: &[Box<str>]| -> BTreeSet<&'static str> {
            let within = known().filter(|one| domains.iter().any(|domain| **domain == *one.domain()));
            within.map(|one| one.address).collect()
        };
        let mut left: BTreeSet<&'static str> = known().map(|one| one.address).collect();
        let mut unread = None;
        if !rule.from.is_empty() {
            let from = named(self, &rule.from);
            unread = self.untold_senders(&rule.from);
            left.retain(|one| unread.is_some() || from.contains(one));
        }
        if !rule.sender_domains.is_empty() {
            let within = in_domains(&rule.sender_domains);
            left.retain(|one| within.contains(one));
        }
        unread = unread.or(self.untold_senders(&rule.except_from));
        let excepted = [named(self, &rule.except_from), in_domains(&rule.except_sender_domains)];
        left.retain(|one| !excepted.iter().any(|excepted| excepted.contains(one)));
        if left.is_empty() {
            return (Named::None, None);
        }
        let (members, of_members) = self.senders_in(&rule.from_members_of);
        if !rule.from_members_of.is_empty() && of_members.is_none() {
            left.retain(|one| members.contains(one));
        }
        let (excepted, of_exceptions) = self.senders_in(&rule.except_from_members_of);
        left.retain(|one| !excepted.contains(one));
        unread = unread.or(of_members).or(of_exceptions).filter(|_| !left.is_empty());
        // Without a condition on senders it takes another's as well: exceptions are for those that they name.
        match senders.count(|sender| left.contains(sender.address)) {
            Named::Known if only_excepts(rule) => (Named::All, unread),
            named => (named, unread),
        }
    }

    /// Whether a rule takes a message to a recipient, as far as senders do not decide it.
    pub(super) fn concerns(&mut self, rule: &TransportRule, recipient: &Recipient) -> Takes {
        let sent_to = if rule.sent_to.is_empty() { Holds::Yes } else { names(&rule.sent_to, recipient) };
        let excepted = names(&rule.except_sent_to, recipient);
        if sent_to == Holds::No
            || (!rule.recipient_domains.is_empty() && !in_domains(&rule.recipient_domains, recipient))
            || excepted == Holds::Yes
            || in_domains(&rule.except_recipient_domains, recipient)
        {
            return Takes::No;
        }
        let mut takes = if sent_to == Holds::Maybe || excepted == Holds::Maybe {
            Takes::Unread(Unknown::ReadFailed("whom a name in it means".into()))
        } else if rule.other_conditions {
            Takes::Maybe
        } else {
            Takes::Yes
        };
        if let Some(wanted) = rule.to_inside {
            let domain = recipient.primary.as_deref().and_then(index::domain).map(fold);
            match domain.map(|domain| self.standing(&domain)) {
                Some(Standing::Unread(why)) => takes = Takes::Unread(why.clone()),
                Some(Standing::Accepted(_) | Standing::Ours(_)) if !wanted => return Takes::No,
                None | Some(Standing::Unverified | Standing::NotForMail | Standing::Outside) if wanted => {
                    return Takes::No;
                }
                None
                | Some(
                    Standing::Accepted(_)
                    | Standing::Ours(_)
                    | Standing::Unverified
                    | Standing::NotForMail
                    | Standing::Outside,
                ) => {}
            }
        }
        if !rule.sent_to_members_of.is_empty() {
            match self.in_lists(&rule.sent_to_members_of, recipient) {
                Holds::No => return Takes::No,
                Holds::Maybe => takes = Takes::Unread(self.unread_of(&rule.sent_to_members_of)),
                Holds::Yes => {}
            }
        }
        match self.in_lists(&rule.except_sent_to_members_of, recipient) {
            Holds::Yes => Takes::No,
            Holds::Maybe => Takes::Unread(self.unread_of(&rule.except_sent_to_members_of)),
            Holds::No => takes,
        }
    }

    /// Whether a list names a sender: by address or domain, or by a contact that stands for it.
    pub(super) fn names_sender(&self, list: &[Reference], sender: &NoticeSender) -> bool {
        list.iter().any(|one| match one {
            Reference::Address(entry) => entry_names(entry, sender),
            Reference::Recipient(key) => self.index.senders_of(key).any(|one| one == sender.address),
            Reference::Gone | Reference::Ambiguous(_) | Reference::Unreadable => false,
        })
    }

    /// Why more of the senders may be meant by a list than [`Self::names_sender`] finds.
    pub(super) fn untold_senders(&self, list: &[Reference]) -> Option<Unknown> {
        let untold = |one: &Reference| match one {
            // Several of the organization's recipients, and none of them stands for one of Microsoft's.
            Reference::Ambiguous(_) => self.index.sender_keys().next().is_some(),
            Reference::Unreadable => true,
            Reference::Address(_) | Reference::Recipient(_) | Reference::Gone => false,
        };
        list.iter().any(untold).then(|| Unknown::ReadFailed("whom a name in it means".into()))
    }
}

/// Whether a rule looks at who sends a message.
pub(super) fn asks_for_sender(rule: &TransportRule) -> bool {
    rule.enforced && (rule.from_outside.is_some() || tells_senders_apart(rule))
}

/// Whether a rule has no condition on senders but for exceptions: it takes whomever they do not name.
fn only_excepts(rule: &TransportRule) -> bool {
    rule.from.is_empty() && rule.from_members_of.is_empty() && rule.sender_domains.is_empty()
}

/// Whether a rule takes some senders' mail and not others', of those outside.
fn tells_senders_apart(rule: &TransportRule) -> bool {
    !rule.from.is_empty()
        || !rule.from_members_of.is_empty()
        || !rule.sender_domains.is_empty()
        || !rule.except_from.is_empty()
        || !rule.except_from_members_of.is_empty()
        || !rule.except_sender_domains.is_empty()
}
