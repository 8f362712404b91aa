//! The organization's transport rules: what becomes of a message on its way to one recipient.
//!
//! Rules see recipients after lists are expanded, each recipient for itself, in order of priority; lists themselves they do
//! not see. A message that a rule sends elsewhere is seen by the rules after it, and not again by those before. What a
//! recipient does not take by its sender, no rule sees: restrictions are looked at when recipients are resolved, and rules
//! come after that (Exchange, "Recipient resolution" and "Mail flow rules").

use std::{collections::BTreeSet, rc::Rc};

use tenant_contacts_api::obstacle::Obstacle;

use super::{
    address::Standing,
    conditions::{Takes, asks_for_sender},
    filter::{Filtered, Spam},
};
use crate::{
    answer::Blockage,
    landscape::{
        DomainType, Recipient, RecipientKind, Reference, Restrictions, TransportRule, TransportVerdict, Wanted, fold,
    },
    routing::{
        gaps::Reading,
        graph::{leaves, stops, worse, worst},
        index::{self, Untold},
        route::{Route, Stop},
        walk::{Walk, unread},
    },
};

/// A copy of the message under way through the rules.
struct Copy {
    to: Stop,
    /// The rules before this one have been passed.
    from: usize,
    redirected: bool,
    /// The filter has looked at it, and sent it here.
    filtered: bool,
    blockage: Option<Blockage>,
    spam: Spam,
    /// What rules that may apply would make of the level instead, and why that is not known.
    perhaps: Vec<(Spam, Blockage)>,
}

impl<'a> Walk<'a> {
    /// What rules make of mail that comes through the organization on its way to an address outside.
    pub(super) fn routes_out(&mut self, address: &str) -> Vec<Route> {
        self.pass_rules(Stop::Address(address.into()))
    }

    /// What rules and filters make of mail to a recipient; computed once for each.
    pub(super) fn routes(&mut self, recipient: &'a Recipient) -> Rc<[Route]> {
        let key = (self.graph.class, recipient.key.clone());
        if let Some(known) = self.routes.get(&key) {
            return Rc::clone(known);
        }
        let found: Rc<[Route]> = self.pass_rules(Stop::Recipient(recipient.key.clone())).into();
        self.routes.insert(key, Rc::clone(&found));
        found
    }

    fn pass_rules(&mut self, to: Stop) -> Vec<Route> {
        let landscape = self.landscape;
        let (rules, unknown) = match self.listed(&landscape.exchange.transport_rules, Reading::TransportRules) {
            Ok(rules) => (rules.map_or(&[][..], |rules| rules), None),
            Err(why) => (&[][..], Some(unread(Reading::TransportRules, why))),
        };
        let first = Copy {
            to,
            from: 0,
            redirected: false,
            filtered: false,
            blockage: unknown,
            spam: Spam::Unset,
            perhaps: Vec::new(),
        };
        // Rules that are not known may also send it to somebody else who reads it.
        let elsewhere = first.blockage.clone().map(|blockage| Route {
            to: Stop::Unreadable,
            redirected: true,
            blockage: Some(blockage),
            by_sender: false,
            by_filter: false,
        });
        let mut found = Vec::from_iter(elsewhere);
        let mut open = vec![first];
        let mut met = BTreeSet::new();
        while let Some(copy) = open.pop() {
            let certain = copy.blockage.is_none();
            let levels: Vec<Spam> = copy.perhaps.iter().map(|(spam, _)| spam.clone()).collect();
            if !met.insert((copy.to.clone(), copy.from, certain, copy.filtered, copy.spam.clone(), levels)) {
                continue;
            }
            match &copy.to {
                Stop::Recipient(key) => {
                    let Some(recipient) = self.index.keyed(key) else { continue };
                    let refusal = worst(self.refusals(recipient).into_iter().map(Some));
                    if !matches!(recipient.kind, RecipientKind::List { .. }) {
                        found.push(self.pass(rules, copy, recipient, refusal.as_ref(), &mut open));
                    } else if copy.from == 0 || stops(refusal.as_ref()) {
                        found.push(copy.ends());
                    } else {
                        found.extend(self.expand_under_way(&copy, recipient, refusal, &mut open));
                    }
                }
                // Nobody in the organization has it: it comes back before any rule sees it.
                Stop::Address(address) if self.comes_back(address) => found.push(copy.ends()),
                Stop::Address(address) => {
                    let subject = subject(address);
                    found.push(self.pass(rules, copy, &subject, None, &mut open));
                }
                Stop::Ambiguous(name) => {
                    let untold = Untold::Several(name.clone());
                    found.push(copy.sent_to(&untold));
                }
                Stop::Unreadable => found.push(copy.sent_to(&Untold::Unreadable)),
            }
        }
        found
    }

    /// Whether mail to an address that is no recipient's is refused by Exchange itself.
    fn comes_back(&self, address: &str) -> bool {
        let standing = index::domain(address).map(|domain| self.standing(domain));
        matches!(standing, None | Some(Standing::Accepted(DomainType::Authoritative)))
    }

    /// A copy that a rule sends to a list: its members are seen by the rules that are left, and not by those before.
    fn expand_under_way(
        &mut self,
        copy: &Copy,
        list: &'a Recipient,
        refusal: Option<Blockage>,
        open: &mut Vec<Copy>,
    ) -> Option<Route> {
        let blockage = worse(copy.blockage.clone(), refusal);
        let members = self.landscape.exchange.members.get(&list.key);
        match self.detail(members, Reading::Members, Wanted::Members(list.key.clone())) {
            Err(why) => {
                let blockage = worse(blockage, Some(unread(Reading::Members, why)));
                Some(Route {
                    to: Stop::Unreadable,
                    redirected: true,
                    blockage,
                    by_sender: true,
                    by_filter: copy.filtered,
                })
            }
            Ok(members) => {
                for member in members.into_iter().flatten() {
                    self.graph.work += 1;
                    let to = match member {
                        // A member that is no recipient gets no mail.
                        Reference::Address(address) => {
                            self.index.recipient(address).map(|one| Stop::Recipient(one.key.clone()))
                        }
                        other => self.stop(other),
                    };
                    if let Some(to) = to {
                        open.push(Copy {
                            to,
                            from: copy.from,
                            redirected: true,
                            filtered: copy.filtered,
                            blockage: blockage.clone(),
                            spam: copy.spam.clone(),
                            perhaps: copy.perhaps.clone(),
                        });
                    }
                }
                None
            }
        }
    }

    /// One copy through the rules that are left; what they send elsewhere is put to `open`. What the recipient refuses is
    /// said at the recipient, and keeps from others what rules would send them.
    fn pass(
        &mut self,
        rules: &[TransportRule],
        copy: Copy,
        recipient: &Recipient,
        refusal: Option<&Blockage>,
        open: &mut Vec<Copy>,
    ) -> Route {
        let mut doubts = copy.blockage;
        let mut by_sender = refusal.is_some();
        let mut spam = copy.spam;
        let mut perhaps = copy.perhaps;
        let mut stopped: Option<Blockage> = None;
        'rules: for (place, rule) in rules.iter().enumerate().skip(copy.from) {
            self.graph.work += 1;
            let takes = self.takes(rule, recipient);
            by_sender |= asks_for_sender(rule) && (takes != Takes::No || self.concerns(rule, recipient) != Takes::No);
            if takes == Takes::No {
                continue;
            }
            // What is known to be sent passes it; what it does to another's mail the notice may meet all the same.
            let others = takes == Takes::Others;
            let doubt = worst([stopped.clone(), takes.doubt(rule)]);
            // Where it takes the message away, no later rule is of interest, whether it stops them or not.
            let mut ended = false;
            let also_takes = takes_away_and_sends(rule);
            // What it takes away comes last: it sends copies to others all the same.
            let (adding, taking): (Vec<_>, Vec<_>) = rule.verdicts.iter().partition(|verdict| adds(verdict));
            for verdict in adding.into_iter().chain(taking) {
                let (does, targets, instead) = match verdict {
                    TransportVerdict::SetScl(level) => {
                        let set = Spam::of(*level, rule);
                        if let Some(doubt) = &doubt {
                            perhaps.push((set, doubt.clone()));
                        } else {
                            spam = set;
                            perhaps.clear();
                        }
                        continue;
                    }
                    TransportVerdict::Moderate if others => continue,
                    TransportVerdict::Moderate => {
                        let words = format!("the transport rule \"{}\" waits for a moderator", rule.name);
                        doubts = worse(doubts, Some(Blockage::new(Obstacle::Moderation, words)));
                        continue;
                    }
                    TransportVerdict::Elsewhere => {
                        let words = format!(
                            "the transport rule \"{}\" sends it to a destination that cannot be determined",
                            rule.name
                        );
                        let away = Blockage::new(Obstacle::RelayedElsewhere, words);
                        open.push(Copy {
                            to: Stop::Unreadable,
                            from: rules.len(),
                            redirected: true,
                            filtered: copy.filtered,
                            blockage: worst([refusal.cloned(), doubts.clone(), doubt.clone(), Some(away.clone())]),
                            spam: spam.clone(),
                            perhaps: perhaps.clone(),
                        });
                        if !others {
                            doubts = worse(doubts, Some(away));
                        }
                        continue;
                    }
                    TransportVerdict::Delete => ("deletes it", &[][..], true),
                    TransportVerdict::Quarantine => ("puts it in quarantine", &[][..], true),
                    TransportVerdict::Reject => ("rejects it", &[][..], true),
                    TransportVerdict::Redirect(targets) => ("sends it elsewhere", &**targets, true),
                    TransportVerdict::AlsoTo(targets) => ("", &**targets, false),
                };
                let elsewhere: Vec<Stop> = targets.iter().filter_map(|target| self.stop(target)).collect();
                let same = copy.to.clone();
                let stays = !instead || elsewhere.contains(&same);
                for to in elsewhere.into_iter().filter(|to| *to != same) {
                    open.push(Copy {
                        to,
                        from: if rule.stops { rules.len() } else { place + 1 },
                        redirected: true,
                        filtered: copy.filtered,
                        blockage: worst([refusal.cloned(), doubts.clone(), doubt.clone(), also_takes.clone()]),
                        spam: spam.clone(),
                        perhaps: perhaps.clone(),
                    });
                }
                if stays || others {
                    continue;
                }
                ended = true;
                if let Some(doubt) = &doubt {
                    let known = takes == Takes::Known && targets.is_empty();
                    let obstacle = if known { Obstacle::TakesKnownSenders } else { doubt.obstacle };
                    doubts = worse(doubts, Some(Blockage { obstacle, ..doubt.clone() }));
                    continue;
                }
                // A rule before it that may apply does not make this one less certain.
                let words = format!("the transport rule \"{}\" {does}", rule.name);
                doubts = Some(Blockage::new(Obstacle::TransportRule, words));
                break 'rules;
            }
            if rule.stops && !ended {
                match doubt {
                    None => break,
                    Some(doubt) => stopped = Some(doubt),
                }
            }
        }
        let filtered = match recipient.kind {
            RecipientKind::Mailbox(_)
            | RecipientKind::Group
            | RecipientKind::MailUser { .. }
            | RecipientKind::Contact { .. }
                if !copy.filtered && !stops(doubts.as_ref()) =>
            {
                self.filtered_perhaps(recipient, &spam, &perhaps)
            }
            // The filter looks at the members.
            _ => Filtered::default(),
        };
        by_sender |= filtered != Filtered::default();
        for (target, doubt) in filtered.instead {
            let Some(to) = self.stop(&target) else { continue };
            open.push(Copy {
                to,
                from: copy.from,
                redirected: true,
                filtered: true,
                blockage: worst([refusal.cloned(), doubts.clone(), doubt]),
                spam: spam.clone(),
                perhaps: perhaps.clone(),
            });
        }
        let blockage = worse(doubts, filtered.blockage);
        Route { to: copy.to, redirected: copy.redirected, blockage, by_sender, by_filter: copy.filtered }
    }

    /// What the filter does, where rules that may apply would set another level: unknown only where that would change it.
    fn filtered_perhaps(&mut self, recipient: &Recipient, spam: &Spam, perhaps: &[(Spam, Blockage)]) -> Filtered {
        let mut filtered = self.filtered(recipient, spam);
        for (spam, doubt) in perhaps {
            let other = self.filtered(recipient, spam);
            let alike = leaves(other.blockage.as_ref()) == leaves(filtered.blockage.as_ref());
            if alike && other.instead == filtered.instead {
                continue;
            }
            if !alike {
                filtered.blockage = Some(doubt.clone());
            }
            let instead = filtered.instead.into_iter().chain(other.instead).map(|(target, _)| target);
            filtered.instead = instead.map(|target| (target, Some(doubt.clone()))).collect();
        }
        filtered
    }

    /// Where a rule's target is. `None`: nowhere, a recipient that is gone.
    fn stop(&self, target: &Reference) -> Option<Stop> {
        match target {
            Reference::Gone => None,
            Reference::Ambiguous(name) => Some(Stop::Ambiguous(name.clone())),
            Reference::Unreadable => Some(Stop::Unreadable),
            Reference::Recipient(key) => self.index.keyed(key).map(|one| Stop::Recipient(one.key.clone())),
            Reference::Address(address) => {
                let inside = self.index.recipient(address).filter(|_| self.is_inside(address));
                Some(inside.map_or_else(|| Stop::Address(fold(address)), |one| Stop::Recipient(one.key.clone())))
            }
        }
    }
}

impl Copy {
    /// Sent to somebody of whom it is not told who it is: nowhere that can be followed.
    fn sent_to(self, untold: &Untold) -> Route {
        let blockage = worse(self.blockage.clone(), Some(untold.blockage("a transport rule sends it to")));
        Route { blockage, to: Stop::Unreadable, ..self.ends() }
    }

    /// Where it is, with what happened on the way.
    fn ends(self) -> Route {
        Route {
            to: self.to,
            redirected: self.redirected,
            blockage: self.blockage,
            by_sender: false,
            by_filter: self.filtered,
        }
    }
}

/// Whether what a rule does leaves the message where it is.
fn adds(verdict: &TransportVerdict) -> bool {
    match verdict {
        TransportVerdict::AlsoTo(_)
        | TransportVerdict::SetScl(_)
        | TransportVerdict::Moderate
        | TransportVerdict::Elsewhere => true,
        TransportVerdict::Redirect(_)
        | TransportVerdict::Delete
        | TransportVerdict::Quarantine
        | TransportVerdict::Reject => false,
    }
}

/// A rule that sends a message to others and takes it away as well: which of them comes first is not documented.
fn takes_away_and_sends(rule: &TransportRule) -> Option<Blockage> {
    let takes_away = |verdict: &TransportVerdict| match verdict {
        TransportVerdict::Delete
        | TransportVerdict::Quarantine
        | TransportVerdict::Reject
        | TransportVerdict::Moderate => true,
        TransportVerdict::Redirect(_)
        | TransportVerdict::AlsoTo(_)
        | TransportVerdict::Elsewhere
        | TransportVerdict::SetScl(_) => false,
    };
    rule.verdicts.iter().any(takes_away).then(|| {
        let words = format!("the transport rule \"{}\" has several actions for it", rule.name);
        Blockage::new(Obstacle::RuleMayApply, words)
    })
}

/// An address that is no recipient's, as rules see it. The filter does not look at what leaves.
fn subject(address: &str) -> Recipient {
    Recipient {
        key: address.into(),
        directory_id: None,
        display_name: address.into(),
        primary: Some(address.into()),
        addresses: [address.into()].into(),
        kind: RecipientKind::Other("".into()),
        restrictions: Restrictions::default(),
        synchronised: None,
    }
}

impl Spam {
    /// What a rule makes of the level: 5 and 6 are spam, 7 to 9 high confidence spam ("Use mail flow rules to set the spam
    /// confidence level").
    fn of(level: i8, rule: &TransportRule) -> Self {
        match level {
            7.. => Self::Sure(rule.name.clone()),
            5..7 => Self::Rule(rule.name.clone()),
            0..5 => Self::Unset,
            ..0 => Self::Bypass,
        }
    }
}
