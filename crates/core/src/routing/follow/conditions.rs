//! Which messages a transport rule takes: conditions and exceptions, by sender and by recipient.

use std::collections::BTreeSet;

use tenant_contacts_api::obstacle::Obstacle;

use super::{
    address::Standing,
    scope::{Holds, in_domains, names},
};
use crate::{
    answer::Blockage,
    landscape::{Recipient, TransportRule, fold},
    model::Unknown,
    routing::{
        index,
        senders::{self, NOTICE_SENDERS, Named},
        walk::Walk,
    },
};

/// Whether a rule takes a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Takes {
    No,
    /// It depends on the message.
    Maybe,
    /// It depends on members of a list that could not be read.
    Unread(Unknown),
    Yes,
}

impl Takes {
    pub(super) fn doubt(&self, rule: &TransportRule) -> Option<Blockage> {
        match self {
            Self::No | Self::Yes => None,
            Self::Maybe => {
                let words = format!("the transport rule \"{}\" does not take every message of Microsoft's", rule.name);
                Some(Blockage::new(Obstacle::RuleMayApply, words))
            }
            Self::Unread(why) => {
                let words =
                    format!("whether the transport rule \"{}\" takes it, by the members of a list: {why}", rule.name);
                Some(Blockage::unread(words, why))
            }
        }
    }
}

impl Walk<'_> {
    /// Whether a rule takes a message of Microsoft's to a recipient.
    pub(super) fn takes(&mut self, rule: &TransportRule, recipient: &Recipient) -> Takes {
        if !rule.enforced || rule.from_outside == Some(false) {
            return Takes::No;
        }
        let (named, unread) = self.senders_of_rule(rule);
        match (named, unread, self.concerns(rule, recipient)) {
            (_, _, Takes::No) | (Named::None, None, _) => Takes::No,
            (_, Some(why), _) => Takes::Unread(why),
            (Named::Some, None, Takes::Yes) => Takes::Maybe,
            (Named::Some | Named::All, None, takes) => takes,
        }
    }

    /// Which of Microsoft's senders satisfy a rule's conditions on senders, all of them, and none of the exceptions; and what
    /// could not be read of that.
    fn senders_of_rule(&mut self, rule: &TransportRule) -> (Named, Option<Unknown>) {
        let named = |walk: &Self, list: &[Box<str>]| -> BTreeSet<&'static str> {
            NOTICE_SENDERS.iter().map(|one| one.address).filter(|one| walk.names_sender(list, one)).collect()
        };
        let in_domains = |domains: &[Box<str>]| -> BTreeSet<&'static str> {
            let within = NOTICE_SENDERS.iter().filter(|one| domains.iter().any(|domain| **domain == *one.domain()));
            within.map(|one| one.address).collect()
        };
        let mut left: BTreeSet<&'static str> = NOTICE_SENDERS.iter().map(|one| one.address).collect();
        if !rule.from.is_empty() {
            let from = named(self, &rule.from);
            left.retain(|one| from.contains(one));
        }
        if !rule.sender_domains.is_empty() {
            let within = in_domains(&rule.sender_domains);
            left.retain(|one| within.contains(one));
        }
        let excepted = [named(self, &rule.except_from), in_domains(&rule.except_sender_domains)];
        left.retain(|one| !excepted.iter().any(|excepted| excepted.contains(one)));
        if left.is_empty() {
            return (Named::None, None);
        }
        let (members, mut unread) = self.senders_in(&rule.from_members_of);
        if !rule.from_members_of.is_empty() && unread.is_none() {
            left.retain(|one| members.contains(one));
        }
        let (excepted, of_exceptions) = self.senders_in(&rule.except_from_members_of);
        left.retain(|one| !excepted.contains(one));
        unread = unread.or(of_exceptions).filter(|_| !left.is_empty());
        (senders::count(|sender| left.contains(sender.address)), unread)
    }

    /// Whether a rule takes a message to a recipient, as far as senders do not decide it.
    pub(super) fn concerns(&mut self, rule: &TransportRule, recipient: &Recipient) -> Takes {
        if (!rule.sent_to.is_empty() && !names(&rule.sent_to, recipient))
            || (!rule.recipient_domains.is_empty() && !in_domains(&rule.recipient_domains, recipient))
            || names(&rule.except_sent_to, recipient)
            || in_domains(&rule.except_recipient_domains, recipient)
        {
            return Takes::No;
        }
        let mut takes = if rule.other_conditions { Takes::Maybe } else { Takes::Yes };
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

    /// How many of Microsoft's senders a condition names: by address, or by a contact that stands for one.
    pub(super) fn named_by(&self, list: &[Box<str>]) -> Named {
        senders::count(|sender| self.names_sender(list, sender.address))
    }

    fn names_sender(&self, list: &[Box<str>], sender: &str) -> bool {
        list.iter().any(|entry| **entry == *sender || self.index.senders_of(entry).any(|one| one == sender))
    }
}

/// Whether a rule looks at who sends a message.
pub(super) fn asks_for_sender(rule: &TransportRule) -> bool {
    rule.enforced
        && (rule.from_outside.is_some()
            || !rule.from.is_empty()
            || !rule.from_members_of.is_empty()
            || !rule.sender_domains.is_empty()
            || !rule.except_from.is_empty()
            || !rule.except_from_members_of.is_empty()
            || !rule.except_sender_domains.is_empty())
}
