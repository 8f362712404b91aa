//! Whose mail a recipient takes. Microsoft's senders are outside, and in none of the lists unless a contact stands for them.

use std::collections::BTreeSet;

use tenant_contacts_api::obstacle::Obstacle;

use crate::{
    answer::{Blockage, NodeId},
    landscape::{Recipient, Reference},
    model::Unknown,
    routing::{
        gaps::Reading,
        senders::Named,
        walk::{Walk, name, unread},
    },
};

impl Walk<'_> {
    /// Caps the place of a recipient at what it takes.
    pub(super) fn restrict(&mut self, at: NodeId, recipient: &Recipient) {
        let found = self.refusals(recipient);
        // Who sends it matters here, even where Microsoft's senders are let in.
        let restrictions = &recipient.restrictions;
        if !(found.is_empty() && restrictions.accept_only_from.is_empty() && restrictions.reject_from.is_empty()) {
            self.graph.by_sender(at);
        }
        for blockage in found {
            self.graph.cap(at, blockage);
        }
    }

    /// What a recipient makes of mail by who sends it.
    pub(super) fn refusals(&mut self, recipient: &Recipient) -> Vec<Blockage> {
        let restrictions = &recipient.restrictions;
        let who = name(recipient);
        let mut found = Vec::new();
        if restrictions.authenticated_only {
            let words = format!("{who} accepts mail from authenticated senders only");
            found.push(Blockage::new(Obstacle::RefusesExternalSenders, words));
        }
        if !restrictions.accept_only_from.is_empty() {
            let blockage = match self.senders_among(&restrictions.accept_only_from) {
                (Named::Known | Named::All, _) => None,
                (_, Some(why)) => Some(unread(Reading::Members, &why)),
                (Named::Some, None) => {
                    let words = format!("{who} accepts mail from some of Microsoft's senders only");
                    Some(Blockage::new(Obstacle::RuleMayApply, words))
                }
                (Named::None, None) => {
                    let words =
                        format!("{who} accepts mail from named senders only, and Microsoft's are not among them");
                    Some(Blockage::new(Obstacle::SenderNotAccepted, words))
                }
            };
            found.extend(blockage);
        }
        if !restrictions.reject_from.is_empty() {
            match self.senders_among(&restrictions.reject_from) {
                (Named::None, None) => {}
                (Named::None, Some(why)) => found.push(unread(Reading::Members, &why)),
                (Named::Some, _) => {
                    let words = format!("{who} refuses mail from some of Microsoft's senders");
                    found.push(Blockage::new(Obstacle::RuleMayApply, words));
                }
                (Named::Known, _) => {
                    let words = format!("{who} refuses mail from every known sender of the notice");
                    found.push(Blockage::new(Obstacle::TakesKnownSenders, words));
                }
                (Named::All, _) => {
                    let words = format!("{who} refuses mail from Microsoft's senders");
                    found.push(Blockage::new(Obstacle::SenderNotAccepted, words));
                }
            }
        }
        if restrictions.moderated {
            let (named, _) = self.senders_among(&restrictions.bypass_moderation);
            if !matches!(named, Named::Known | Named::All) {
                let words = format!("a moderator must release what is sent to {who}");
                found.push(Blockage::new(Obstacle::Moderation, words));
            }
        }
        found
    }

    /// How many of the notice's senders a list of senders and lists names, and what could not be read of it. A name that cannot
    /// be told may be that of a contact that stands for one of them.
    pub(super) fn senders_among(&mut self, list: &[Reference]) -> (Named, Option<Unknown>) {
        let mut met = BTreeSet::new();
        let mut unread = None;
        let keys: Vec<&str> = self.index.sender_keys().collect();
        for entry in list.iter().filter(|_| !keys.is_empty()) {
            let recipient = match self.index.referred(entry) {
                Ok(Some(recipient)) => recipient,
                Ok(None) => continue,
                Err(untold) => {
                    unread = unread.or(Some(untold.why()));
                    continue;
                }
            };
            met.extend(self.index.senders_of(&recipient.key));
            if !is_list(recipient) {
                continue;
            }
            let closure = self.closure_of(recipient);
            for key in keys.iter().filter(|key| closure.members.contains(**key)) {
                met.extend(self.index.senders_of(key));
            }
            unread = unread.or_else(|| closure.unread.clone());
        }
        (self.senders().count(|sender| met.contains(sender.address)), unread)
    }

    /// Which of Microsoft's senders are members of some lists, and what could not be read of it.
    pub(super) fn senders_in(&mut self, lists: &[Reference]) -> (BTreeSet<&'static str>, Option<Unknown>) {
        let mut met = BTreeSet::new();
        let mut unread = None;
        let keys: Vec<&str> = self.index.sender_keys().collect();
        for list in lists.iter().filter(|_| !keys.is_empty()) {
            let closure = self.closure(list);
            for key in keys.iter().filter(|key| closure.members.contains(**key)) {
                met.extend(self.index.senders_of(key));
            }
            unread = unread.or_else(|| closure.unread.clone());
        }
        (met, unread)
    }
}

fn is_list(recipient: &Recipient) -> bool {
    use crate::landscape::RecipientKind;
    matches!(recipient.kind, RecipientKind::List { .. } | RecipientKind::Group)
}
