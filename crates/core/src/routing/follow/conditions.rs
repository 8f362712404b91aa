//! Whether one of the organization's transport rules takes a message of Microsoft's on its way to a recipient.
//!
//! All conditions of a rule must hold, and none of its exceptions. Which of Microsoft's senders a notice comes from is not
//! documented: a condition that names some of them leaves it open.

use std::collections::BTreeSet;

use tenant_contacts_api::obstacle::Obstacle;

use super::scope::{Holds, in_domains, names};
use crate::{
    answer::Blockage,
    landscape::{Recipient, TransportRule},
    model::Unknown,
    routing::{
        senders::{self, Named},
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
        let mut some = false;
        if !rule.from.is_empty() {
            match self.named_by(&rule.from) {
                Named::None => return Takes::No,
                named => some |= named == Named::Some,
            }
        }
        if !rule.sender_domains.is_empty() {
            match senders::count(|sender| rule.sender_domains.iter().any(|one| **one == *sender.domain())) {
                Named::None => return Takes::No,
                named => some |= named == Named::Some,
            }
        }
        match self.named_by(&rule.except_from) {
            Named::All => return Takes::No,
            named => some |= named == Named::Some,
        }
        match self.concerns(rule, recipient) {
            Takes::Yes if some => Takes::Maybe,
            takes => takes,
        }
    }

    /// Whether a rule takes a message to a recipient, as far as senders do not decide it.
    pub(super) fn concerns(&mut self, rule: &TransportRule, recipient: &Recipient) -> Takes {
        if (!rule.sent_to.is_empty() && !names(&rule.sent_to, recipient))
            || (!rule.recipient_domains.is_empty() && !in_domains(&rule.recipient_domains, recipient))
            || names(&rule.except_sent_to, recipient)
        {
            return Takes::No;
        }
        let takes = if rule.other_conditions { Takes::Maybe } else { Takes::Yes };
        if !rule.sent_to_members_of.is_empty() {
            match self.in_lists(&rule.sent_to_members_of, recipient) {
                Holds::No => return Takes::No,
                Holds::Maybe => return Takes::Unread(self.unread_of(&rule.sent_to_members_of)),
                Holds::Yes => {}
            }
        }
        takes
    }

    /// How many of Microsoft's senders a condition names: by address, or by a contact that stands for one.
    pub(super) fn named_by(&self, list: &[Box<str>]) -> Named {
        let by_contact: BTreeSet<&str> = list.iter().flat_map(|entry| self.index.senders_of(entry)).collect();
        senders::count(|sender| by_contact.contains(sender.address) || list.iter().any(|one| **one == *sender.address))
    }
}

/// Whether a rule looks at who sends a message.
pub(super) fn asks_for_sender(rule: &TransportRule) -> bool {
    rule.enforced
        && (rule.from_outside.is_some()
            || !rule.from.is_empty()
            || !rule.sender_domains.is_empty()
            || !rule.except_from.is_empty())
}
