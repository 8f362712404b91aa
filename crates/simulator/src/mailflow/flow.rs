//! The way of one message.
//!
//! Invariant: the same recipient is handled once per sender and first rule, and once more for what an inbox rule or the filter sent on, so that the work is bounded by recipients and
//! references, and every loop ends.

use std::collections::{BTreeSet, HashSet, VecDeque};

use super::{
    filter::Action,
    inbox,
    message::{Bounce, Delivery, Discard, End, Folder, Message, Outcome},
    rules::{self, Ended},
    scope::Subject,
    sender::Sender,
    target::{Target, domain_of},
    world::{Located, Place, World},
};
use crate::exchange::kind::Kind;

/// A copy on its way to one recipient.
#[derive(Clone, Debug)]
struct Transit {
    target: Target,
    sender: Sender,
    path: Vec<String>,
    /// Number of the first mail flow rule that applies.
    first_rule: usize,
    /// The content filter has judged it.
    judged: bool,
    junk: bool,
    scl: Option<i64>,
    /// The mailbox that sends it on by itself, until the next recipient is found.
    forwarded_by: Option<String>,
    /// Mailboxes whose own forwarding it came through.
    forwarded: Vec<String>,
    /// Mailboxes whose inbox rules sent it on.
    ruled: Vec<String>,
}

/// See the module.
pub(super) struct Flow<'w> {
    world: &'w World,
    message: &'w Message,
    open: VecDeque<Transit>,
    seen: BTreeSet<(Target, Sender, usize, bool, bool)>,
    ended: HashSet<End>,
    outcomes: Vec<Outcome>,
}

impl<'w> Flow<'w> {
    pub(super) fn run(world: &'w World, message: &'w Message) -> Delivery {
        let to = message.to.trim().to_lowercase();
        let first = Transit {
            target: Target::Address(to.clone()),
            sender: Sender::new(world, &message.from, message.inside),
            path: Vec::new(),
            first_rule: 0,
            judged: message.inside,
            junk: false,
            scl: None,
            forwarded_by: None,
            forwarded: Vec::new(),
            ruled: Vec::new(),
        };
        let open = VecDeque::from([first]);
        let mut flow =
            Self { world, message, open, seen: BTreeSet::new(), ended: HashSet::new(), outcomes: Vec::new() };
        while let Some(copy) = flow.open.pop_front() {
            flow.step(copy);
        }
        if flow.outcomes.is_empty() {
            // Lists in a circle with nobody in it.
            let end = End::Discarded { at: to.clone(), by: Discard::EmptyList };
            flow.outcomes.push(Outcome { path: vec![to], end });
        }
        Delivery { outcomes: flow.outcomes }
    }

    /// An end, unless the message already ended the same way.
    fn end(&mut self, copy: &Transit, end: End) {
        if self.ended.insert(end.clone()) {
            self.outcomes.push(Outcome { path: copy.path.clone(), end });
        }
    }

    fn bounce(&mut self, copy: &Transit, at: &str, reason: Bounce) {
        self.end(copy, End::Bounced { at: at.to_owned(), reason });
    }

    fn step(&mut self, mut copy: Transit) {
        match self.world.locate(&copy.target) {
            Located::Place(place) => {
                let at_the_edge = copy.path.is_empty() && !copy.sender.inside;
                copy.path.push(place.address.clone());
                if at_the_edge && self.refused_at_the_edge(place, &copy.target) {
                    self.bounce(&copy, &place.address, Bounce::RefusedAtTheEdge);
                    return;
                }
                self.arrive(place, copy);
            }
            Located::Outside(address) => {
                // A message from outside to outside never comes here; one that goes out is subject to the rules.
                let comes_through = !copy.path.is_empty() || copy.sender.inside;
                copy.path.push(address.clone());
                if !comes_through || self.rules(Subject { key: None, address: &address }, &mut copy) {
                    self.leave(&copy, address);
                }
            }
            Located::Elsewhere(address) => {
                copy.path.push(address.clone());
                if self.rules(Subject { key: None, address: &address }, &mut copy) {
                    self.end(&copy, End::Outside { address, forwarded: copy.forwarded_by.is_some() });
                }
            }
            Located::Gone(address) => self.lost(copy, &address, Bounce::SoftDeleted),
            Located::Unknown(address) => self.lost(copy, &address, Bounce::UnknownRecipient),
            Located::Missing(key) => {
                let at = copy.path.last().cloned().unwrap_or(key);
                self.bounce(&copy, &at, Bounce::ForwardTargetMissing);
            }
        }
    }

    /// Whether edge blocking refuses what comes from outside to an address: nobody that it knows has it.
    fn refused_at_the_edge(&self, place: &Place, target: &Target) -> bool {
        let Target::Address(address) = target else { return false };
        let authoritative = self.world.domain(&domain_of(address)).is_some_and(|domain| domain.authoritative);
        self.world.edge_refuses_dynamic_lists && place.kind == Kind::DynamicList && authoritative
    }

    fn lost(&mut self, mut copy: Transit, address: &str, reason: Bounce) {
        copy.path.push(address.to_owned());
        self.bounce(&copy, address, reason);
    }

    /// A recipient of the organization.
    fn arrive(&mut self, place: &'w Place, mut copy: Transit) {
        if copy.forwarded.contains(&place.key) {
            self.end(&copy, End::LoopCut { at: place.address.clone() });
            return;
        }
        let key = Target::Key(place.key.clone());
        let mark = (key, copy.sender.clone(), copy.first_rule, copy.ruled.is_empty(), copy.judged);
        if !self.seen.insert(mark) {
            return;
        }
        if let Some(reason) = copy.sender.refused(self.world, place) {
            self.bounce(&copy, &place.address, reason);
            return;
        }
        if copy.sender.is_moderated(self.world, place) {
            self.end(&copy, End::HeldForModeration { at: place.address.clone() });
            return;
        }
        match place.kind {
            Kind::DistributionList | Kind::SecurityList | Kind::RoomList | Kind::DynamicList => {
                self.expand(place, copy);
            }
            Kind::UserMailbox | Kind::SharedMailbox | Kind::RoomMailbox | Kind::EquipmentMailbox => {
                if self.pass(place, &mut copy) {
                    self.mailbox(place, &copy);
                }
            }
            Kind::GroupMailbox => {
                if self.pass(place, &mut copy) {
                    self.group(place, &copy);
                }
            }
            Kind::MailUser | Kind::GuestMailUser | Kind::MailContact => {
                if self.pass(place, &mut copy) {
                    self.onward(place, &copy);
                }
            }
            Kind::PublicFolder => {
                if self.pass(place, &mut copy) {
                    self.end(&copy, End::PublicFolder { address: place.address.clone() });
                }
            }
        }
    }

    /// Every member that takes mail; who does not (an account without an address) is passed over in silence.
    fn expand(&mut self, place: &'w Place, copy: Transit) {
        let members: Vec<_> = place.members.iter().filter(|member| self.world.places.contains_key(*member)).collect();
        if members.is_empty() {
            self.end(&copy, End::Discarded { at: place.address.clone(), by: Discard::EmptyList });
        }
        // What a list sends on is not the mailbox's own forwarding any more.
        let next = Transit { forwarded_by: None, ..copy };
        for member in members {
            self.open.push_back(Transit { target: Target::Key(member.clone()), ..next.clone() });
        }
    }

    /// Mail flow rules and content filter; false when the recipient does not get it.
    fn pass(&mut self, place: &'w Place, copy: &mut Transit) -> bool {
        let subject = Subject { key: Some(&place.key), address: &place.address };
        self.rules(subject, copy) && self.judge(subject, copy)
    }

    fn rules(&mut self, recipient: Subject<'_>, copy: &mut Transit) -> bool {
        let passed = rules::run(self.world, self.message, &copy.sender, recipient, copy.first_rule);
        copy.scl = passed.scl.or(copy.scl);
        for (target, first_rule) in passed.copies {
            // Sent on by the organization, not by a mailbox; what it sends where it was going anyway stays what it was.
            let sent_on = !recipient.is(&target);
            let forwarded_by = copy.forwarded_by.clone().filter(|_| !sent_on);
            self.open.push_back(Transit { target, first_rule, forwarded_by, ..copy.clone() });
        }
        let at = recipient.address.to_owned();
        let end = match passed.end {
            None => return true,
            Some(Ended::Redirected) => return false,
            Some(Ended::Rejected) => End::Bounced { at, reason: Bounce::RejectedByRule },
            Some(Ended::Deleted) => End::Discarded { at, by: Discard::Rule },
            Some(Ended::Quarantined) => End::Quarantined { at, by_rule: true },
            Some(Ended::Moderated) => End::HeldForModeration { at },
        };
        self.end(copy, end);
        false
    }

    /// The content filter judges what comes from outside, once.
    fn judge(&mut self, recipient: Subject<'_>, copy: &mut Transit) -> bool {
        if copy.judged {
            return true;
        }
        copy.judged = true;
        let world = self.world;
        let (action, policy) = world.filters.judge(recipient, &copy.sender, self.message.verdict, copy.scl);
        let at = recipient.address.to_owned();
        match action {
            Action::Deliver => return true,
            Action::MoveToJunk => {
                copy.junk = true;
                return true;
            }
            Action::Redirect => {
                for address in &policy.redirect {
                    let target = Target::Address(address.to_lowercase());
                    self.open.push_back(Transit { target, forwarded_by: None, ..copy.clone() });
                }
            }
            Action::Delete => self.end(copy, End::Discarded { at, by: Discard::Filter }),
            Action::Quarantine => self.end(copy, End::Quarantined { at, by_rule: false }),
        }
        false
    }

    /// A contact's or mail user's own address. One that leads back to itself is that of an account without a mailbox
    /// (contract §2 `[WIKI]`).
    fn onward(&mut self, place: &'w Place, copy: &Transit) {
        let Some(outside) = &place.outside else {
            self.without_mailbox(place, copy);
            return;
        };
        match self.world.locate(&Target::Address(outside.clone())) {
            Located::Outside(address) => self.leave(copy, address),
            Located::Place(next) if next.key == place.key => self.without_mailbox(place, copy),
            Located::Place(_)
            | Located::Elsewhere(_)
            | Located::Gone(_)
            | Located::Unknown(_)
            | Located::Missing(_) => {
                let target = Target::Address(outside.clone());
                // As what a mailbox forwards: the rules look at where it goes now.
                self.open.push_back(Transit { target, first_rule: 0, ..self.onward_copy(copy) });
            }
        }
    }

    /// A mail user that leads nowhere else: one that is synchronised may have its mailbox on-premises, where an outbound
    /// connector takes mail.
    fn without_mailbox(&mut self, place: &'w Place, copy: &Transit) {
        let there = self.world.leads_on_premises(&place.address) || !self.world.needs_connector;
        if place.synced && there {
            // It stays the organization's: nothing forbids that.
            self.end(copy, End::Outside { address: place.address.clone(), forwarded: false });
        } else {
            self.bounce(copy, &place.address, Bounce::NoMailbox);
        }
    }

    /// Out of the organization; automatic forwarding only where nothing forbids it. The report of a failure goes to the
    /// mailbox that forwards.
    fn leave(&mut self, copy: &Transit, address: String) {
        let forwarder = copy.forwarded_by.as_ref().and_then(|key| self.world.places.get(key));
        if let Some(mailbox) = forwarder {
            let subject = Subject { key: Some(&mailbox.key), address: &mailbox.address };
            if let Some(reason) = self.world.outbound.forbids(subject, &address) {
                self.bounce(copy, &mailbox.address, reason);
                return;
            }
        }
        self.end(copy, End::Outside { address, forwarded: forwarder.is_some() });
    }

    /// The group's own mailbox has it, and so have those who subscribed; members who did not have nothing.
    fn group(&mut self, place: &'w Place, copy: &Transit) {
        let folder = if copy.junk { Folder::Junk } else { Folder::Inbox };
        self.deposit(place, copy, folder);
        for subscriber in place.subscribers.iter().filter(|key| self.world.places.contains_key(*key)) {
            let target = Target::Key(subscriber.clone());
            self.open.push_back(Transit { target, first_rule: 0, forwarded_by: None, ..self.onward_copy(copy) });
        }
    }

    /// A copy that a mailbox, a group or a contact sends on.
    fn onward_copy(&self, copy: &Transit) -> Transit {
        Transit {
            judged: copy.sender.inside || (copy.judged && !self.world.judged_again),
            junk: copy.junk && self.world.mark_stays,
            ..copy.clone()
        }
    }

    fn mailbox(&mut self, place: &'w Place, copy: &Transit) {
        if let Some(target) = &place.forward {
            let mut forwarded = copy.forwarded.clone();
            forwarded.push(place.key.clone());
            let forwarded_by = Some(place.key.clone());
            let next =
                Transit { target: target.clone(), first_rule: 0, forwarded_by, forwarded, ..self.onward_copy(copy) };
            self.open.push_back(next);
            if !place.keeps {
                return;
            }
        }
        if place.full {
            self.bounce(copy, &place.address, Bounce::MailboxFull);
            return;
        }
        // Junk goes to its folder before any inbox rule sees it (assumed).
        if copy.junk {
            self.deposit(place, copy, Folder::Junk);
            return;
        }
        let decision = inbox::run(self.world, &place.rules, self.message, &copy.sender);
        self.deposit(place, copy, decision.folder());
        let own = Sender::mailbox(place);
        let forwards = decision.forward.into_iter().map(|target| (target, &own));
        let redirects = decision.redirect.into_iter().map(|target| (target, &copy.sender));
        for (target, sender) in forwards.chain(redirects) {
            self.send_on(place, copy, target, sender.clone());
        }
    }

    /// What an inbox rule sends on: a message that went through this mailbox's rules before is not sent on again, and by
    /// switch none that went through any mailbox's.
    fn send_on(&mut self, place: &'w Place, copy: &Transit, target: &Target, sender: Sender) {
        if copy.ruled.contains(&place.key) {
            self.end(copy, End::LoopCut { at: place.address.clone() });
            return;
        }
        if self.world.redirect_once && !copy.ruled.is_empty() {
            self.end(copy, End::Discarded { at: place.address.clone(), by: Discard::RedirectLimit });
            return;
        }
        let mut ruled = copy.ruled.clone();
        ruled.push(place.key.clone());
        self.open.push_back(Transit {
            target: target.clone(),
            judged: sender.inside || (copy.judged && !self.world.judged_again),
            sender,
            first_rule: 0,
            forwarded_by: Some(place.key.clone()),
            // It is submitted anew.
            forwarded: Vec::new(),
            ruled,
            ..copy.clone()
        });
    }

    fn deposit(&mut self, place: &'w Place, copy: &Transit, folder: Folder) {
        let subject = Subject { key: Some(&place.key), address: &place.address };
        let policy = self.world.safe_links.iter().find(|(scope, _)| scope.covers(subject));
        let links_rewritten = !self.message.inside && policy.is_some_and(|(_, rewrites)| *rewrites);
        let (key, address) = (place.key.clone(), place.address.clone());
        self.end(copy, End::Mailbox { key, address, folder, filtered_as_spam: copy.junk, links_rewritten });
    }
}
