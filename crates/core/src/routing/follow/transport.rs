//! The organization's transport rules: what becomes of a message on its way to one recipient.
//!
//! Rules see recipients after lists are expanded, each recipient for itself, in order of priority. A message that a rule
//! sends elsewhere is seen by the rules after it, and not again by those before.

use std::{collections::BTreeSet, rc::Rc};

use tenant_contacts_api::obstacle::Obstacle;

use super::{
    filter::Spam,
    scope::{Holds, in_domains, names},
    stops, worst,
};
use crate::{
    answer::Blockage,
    landscape::{Recipient, RecipientKey, RecipientKind, RuleTarget, TransportRule, TransportVerdict, fold},
    model::Unknown,
    routing::{
        gaps::Reading,
        graph::{leaves, worse},
        index,
        senders::{self, NOTICE_SENDERS, Named, NoticeSender},
        walk::{Walk, unread},
    },
};

/// Where a message for a recipient goes.
#[derive(Clone, Debug)]
pub(in crate::routing) struct Route {
    pub(super) to: Stop,
    /// A rule sends it there.
    pub(super) redirected: bool,
    /// What stops it, or makes it uncertain.
    pub(super) blockage: Option<Blockage>,
}

/// A place that rules send mail to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stop {
    Recipient(RecipientKey),
    Address(Box<str>),
    /// Named in a way that cannot be read.
    Unreadable,
}

/// A copy of the message under way through the rules.
struct Copy {
    to: Stop,
    /// The rules before this one have been passed.
    from: usize,
    redirected: bool,
    blockage: Option<Blockage>,
    spam: Spam,
    /// What rules that may apply would make of the level instead, and why that is not known.
    perhaps: Vec<(Spam, Blockage)>,
}

impl<'a> Walk<'a> {
    /// What rules and filters make of mail to a recipient; computed once for each.
    pub(super) fn routes(&mut self, recipient: &'a Recipient) -> Rc<[Route]> {
        if let Some(known) = self.routes.get(&recipient.key) {
            return Rc::clone(known);
        }
        let found: Rc<[Route]> = self.pass_rules(recipient).into();
        self.routes.insert(recipient.key.clone(), Rc::clone(&found));
        found
    }

    fn pass_rules(&mut self, recipient: &'a Recipient) -> Vec<Route> {
        let landscape = self.landscape;
        let (rules, unknown) = match self.listed(&landscape.exchange.transport_rules, Reading::TransportRules) {
            Ok(rules) => (rules.map_or(&[][..], |rules| rules), None),
            Err(why) => (&[][..], Some(unread(Reading::TransportRules, why))),
        };
        let first = Copy {
            to: Stop::Recipient(recipient.key.clone()),
            from: 0,
            redirected: false,
            blockage: unknown,
            spam: Spam::Unset,
            perhaps: Vec::new(),
        };
        // Rules that are not known may also send it to somebody else who reads it.
        let elsewhere = first.blockage.clone().map(|blockage| Route {
            to: Stop::Unreadable,
            redirected: true,
            blockage: Some(blockage),
        });
        let mut found = Vec::from_iter(elsewhere);
        let mut open = vec![first];
        let mut met = BTreeSet::new();
        while let Some(copy) = open.pop() {
            let certain = copy.blockage.is_none();
            let levels: Vec<Spam> = copy.perhaps.iter().map(|(spam, _)| spam.clone()).collect();
            if !met.insert((copy.to.clone(), copy.from, certain, copy.spam.clone(), levels)) {
                continue;
            }
            match &copy.to {
                Stop::Recipient(key) => {
                    if let Some(recipient) = self.index.named(key) {
                        found.push(self.pass(rules, copy, recipient, &mut open));
                    }
                }
                Stop::Address(_) => {
                    found.push(Route { to: copy.to, redirected: copy.redirected, blockage: copy.blockage });
                }
                Stop::Unreadable => {
                    let words = "a transport rule sends it to somebody who is named in a way that cannot be read";
                    let blockage = worse(copy.blockage, Some(Blockage::new(Obstacle::NotReadable, words)));
                    found.push(Route { to: copy.to, redirected: copy.redirected, blockage });
                }
            }
        }
        found
    }

    /// One copy through the rules that are left; what they send elsewhere is put to `open`.
    fn pass(&mut self, rules: &[TransportRule], copy: Copy, recipient: &Recipient, open: &mut Vec<Copy>) -> Route {
        let mut doubts = copy.blockage;
        let mut spam = copy.spam;
        let mut perhaps = copy.perhaps;
        let mut stopped: Option<Blockage> = None;
        'rules: for (place, rule) in rules.iter().enumerate().skip(copy.from) {
            self.graph.work += 1;
            let takes = self.takes(rule, recipient);
            if takes == Takes::No {
                continue;
            }
            let doubt = worst([stopped.clone(), takes.doubt(rule)]);
            let gives = worst([doubt.clone(), self.takes_some(rule)]);
            for verdict in &rule.verdicts {
                let (does, targets, instead) = match verdict {
                    TransportVerdict::SetScl(level) => {
                        let Some(set) = Spam::of(*level, rule) else { continue };
                        if let Some(doubt) = &doubt {
                            perhaps.push((set, doubt.clone()));
                        } else {
                            spam = set;
                            perhaps.clear();
                        }
                        continue;
                    }
                    TransportVerdict::Moderate => {
                        let words = format!("the transport rule {} waits for a moderator", rule.name);
                        doubts = worse(doubts, Some(Blockage::new(Obstacle::Moderation, words)));
                        continue;
                    }
                    TransportVerdict::Delete => ("deletes it", &[][..], true),
                    TransportVerdict::Quarantine => ("puts it in quarantine", &[][..], true),
                    TransportVerdict::Reject => ("rejects it", &[][..], true),
                    TransportVerdict::Redirect(targets) => ("sends it elsewhere", &**targets, true),
                    TransportVerdict::AlsoTo(targets) => ("", &**targets, false),
                };
                let elsewhere: Vec<Stop> = targets.iter().filter_map(|target| self.stop(target)).collect();
                let same = Stop::Recipient(recipient.key.clone());
                let stays = !instead || elsewhere.contains(&same);
                for to in elsewhere.into_iter().filter(|to| *to != same) {
                    open.push(Copy {
                        to,
                        from: place + 1,
                        redirected: true,
                        blockage: worst([doubts.clone(), gives.clone()]),
                        spam: spam.clone(),
                        perhaps: perhaps.clone(),
                    });
                }
                if stays {
                    continue;
                }
                if let Some(doubt) = &doubt {
                    doubts = worse(doubts, Some(doubt.clone()));
                    continue;
                }
                // A rule before it that may apply does not make this one less certain.
                let words = format!("the transport rule {} {does}", rule.name);
                doubts = Some(Blockage::new(Obstacle::TransportRule, words));
                break 'rules;
            }
            if rule.stops {
                match gives {
                    None => break,
                    Some(gives) => stopped = Some(gives),
                }
            }
        }
        let filtered = match recipient.kind {
            RecipientKind::Mailbox(_)
            | RecipientKind::Group
            | RecipientKind::MailUser { .. }
            | RecipientKind::Contact { .. }
                if !stops(doubts.as_ref()) =>
            {
                self.filtered_perhaps(recipient, &spam, &perhaps)
            }
            // The filter looks at the members.
            _ => None,
        };
        let blockage = worse(doubts, filtered);
        Route { to: Stop::Recipient(recipient.key.clone()), redirected: copy.redirected, blockage }
    }

    /// What the filter does, where rules that may apply would set another level: unknown only where that would change it.
    fn filtered_perhaps(
        &mut self,
        recipient: &Recipient,
        spam: &Spam,
        perhaps: &[(Spam, Blockage)],
    ) -> Option<Blockage> {
        let filtered = self.filtered(recipient, spam);
        for (spam, doubt) in perhaps {
            if leaves(self.filtered(recipient, spam).as_ref()) != leaves(filtered.as_ref()) {
                return Some(doubt.clone());
            }
        }
        filtered
    }

    /// What leaves open whether a rule takes each of Microsoft's notices, where it names some of the senders only. What it
    /// takes away counts all the same; what it gives to others does not.
    fn takes_some(&self, rule: &TransportRule) -> Option<Blockage> {
        let by_address = !rule.from.is_empty() && self.named_by(&rule.from) == Named::Some;
        let by_domain = |sender: &NoticeSender| rule.sender_domains.iter().any(|one| **one == *sender.domain());
        let by_domain = !rule.sender_domains.is_empty() && senders::count(by_domain) == Named::Some;
        (by_address || by_domain).then(|| {
            let words = format!("the transport rule {} names some of Microsoft's senders only", rule.name);
            Blockage::new(Obstacle::RuleMayApply, words)
        })
    }

    /// Where a rule's target is. `None`: nowhere, a recipient that is gone.
    fn stop(&self, target: &RuleTarget) -> Option<Stop> {
        match target {
            RuleTarget::Unreadable => Some(Stop::Unreadable),
            RuleTarget::Recipient(key) => {
                let known = self.index.named(key).map(|recipient| Stop::Recipient(recipient.key.clone()));
                known.or_else(|| index::domain(key).map(|_| Stop::Address(key.clone())))
            }
            RuleTarget::Address(address) => {
                let inside = self.index.recipient(address).filter(|_| self.is_inside(address));
                Some(inside.map_or_else(|| Stop::Address(fold(address)), |one| Stop::Recipient(one.key.clone())))
            }
        }
    }

    /// Whether a rule takes a message of Microsoft's to a recipient.
    fn takes(&mut self, rule: &TransportRule, recipient: &Recipient) -> Takes {
        if !rule.enforced || rule.from_outside == Some(false) {
            return Takes::No;
        }
        if !rule.from.is_empty() && self.named_by(&rule.from) == Named::None {
            return Takes::No;
        }
        let in_domains_named = |sender: &NoticeSender| rule.sender_domains.iter().any(|one| **one == *sender.domain());
        if !rule.sender_domains.is_empty() && senders::count(in_domains_named) == Named::None {
            return Takes::No;
        }
        let mut takes = Takes::Yes;
        match self.named_by(&rule.except_from) {
            Named::All => return Takes::No,
            Named::Some => takes = Takes::Maybe,
            Named::None => {}
        }
        if (!rule.sent_to.is_empty() && !names(&rule.sent_to, recipient))
            || (!rule.recipient_domains.is_empty() && !in_domains(&rule.recipient_domains, recipient))
            || names(&rule.except_sent_to, recipient)
        {
            return Takes::No;
        }
        if rule.other_conditions {
            takes = Takes::Maybe;
        }
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

/// Whether a rule takes a message.
#[derive(Debug, PartialEq, Eq)]
enum Takes {
    No,
    /// It depends on the message.
    Maybe,
    /// It depends on members of a list that could not be read.
    Unread(Unknown),
    Yes,
}

impl Takes {
    fn doubt(&self, rule: &TransportRule) -> Option<Blockage> {
        match self {
            Self::No | Self::Yes => None,
            Self::Maybe => {
                let words = format!("the transport rule {} has conditions beside sender and recipient", rule.name);
                Some(Blockage::new(Obstacle::RuleMayApply, words))
            }
            Self::Unread(why) => {
                let words =
                    format!("whether the transport rule {} takes it, by the members of a list: {why}", rule.name);
                Some(Blockage::unread(words, why))
            }
        }
    }
}

impl Spam {
    /// What a rule makes of the level; `None`: nothing. Microsoft's filter calls mail spam from 5 on.
    fn of(level: i8, rule: &TransportRule) -> Option<Self> {
        let every = rule.from.is_empty() && rule.sender_domains.is_empty();
        let every = every || NOTICE_SENDERS.iter().all(|sender| rule.from.iter().any(|one| **one == *sender.address));
        match level {
            5.. => Some(Self::Rule(rule.name.clone())),
            0..5 => Some(Self::Unset),
            // Past the filter only if every sender is: rules are judged for the set of them.
            ..0 => every.then_some(Self::Bypass),
        }
    }
}
