//! Following mail hop by hop: from an address to a recipient of Exchange, through rules, forwarding and lists, to mailboxes
//! and the people who read them (DOMAIN F).
//!
//! What is followed is a message that one of Microsoft's notice senders sends from outside. It stays that message on its
//! whole way: a restriction on an inner list is checked against the original sender (assumed, DOMAIN F6).

mod address;
mod closure;
mod conditions;
mod filter;
mod forwarding;
mod hybrid;
mod inbox_rules;
mod list;
mod mailbox;
mod restrictions;
mod scope;
mod transport;

use tenant_contacts_api::{notice::Arrival, obstacle::Obstacle};
use uuid::Uuid;

use address::Standing;

use super::{
    arrival::filtered_again,
    graph::{stops, worst},
    route::{Route, Sent, Stop},
    walk::{Walk, name, unread},
};
use crate::{
    answer::{Blockage, HopKind, NodeId, NodeKind},
    landscape::{DomainType, Recipient, RecipientKind},
    model::Fact,
    routing::gaps::Reading,
};

impl<'a> Walk<'a> {
    /// Follows everything that was started, to the end.
    pub(super) fn follow(&mut self) {
        while let Some((at, kind)) = self.graph.next() {
            match kind {
                NodeKind::Address(address) => self.follow_address(at, &address),
                NodeKind::Mailbox(key)
                | NodeKind::List(key)
                | NodeKind::UnifiedGroup(key)
                | NodeKind::Forwarder(key) => {
                    if let Some(recipient) = self.index.keyed(&key) {
                        self.follow_recipient(at, recipient);
                    }
                }
                NodeKind::Outside(address) => self.follow_outside(at, &address),
                NodeKind::Person(id) => self.follow_reader(at, id),
                NodeKind::ServicePrincipal(_) => {
                    let words = "an application reads no mail";
                    self.graph.cap(at, Blockage::new(Obstacle::ServicePrincipal, words));
                }
                NodeKind::NoAddress(_) => {
                    let words = "the account has no address that the notice is sent to";
                    self.graph.cap(at, Blockage::new(Obstacle::NoAddress, words));
                }
                // Their hops are those that selection gives them.
                NodeKind::Role(_)
                | NodeKind::Field(_)
                | NodeKind::BillingRole(_)
                | NodeKind::Group(_)
                | NodeKind::Account(_)
                // And those that its address gives it.
                | NodeKind::Gateway(_) => {}
            }
        }
    }

    fn follow_recipient(&mut self, at: NodeId, recipient: &'a Recipient) {
        self.restrict(at, recipient);
        match &recipient.kind {
            RecipientKind::Mailbox(mailbox) => self.follow_mailbox(at, recipient, mailbox),
            RecipientKind::MailUser { external } => {
                let account = recipient.directory_id.and_then(|id| self.person(id).ok().flatten());
                self.follow_external(at, recipient, external.as_deref(), address::without_mailbox(account));
            }
            RecipientKind::Contact { external } => {
                self.follow_external(at, recipient, external.as_deref(), Obstacle::NoRecipient);
            }
            RecipientKind::List { .. } => self.follow_list(at, recipient),
            RecipientKind::Group => self.follow_group(at, recipient),
            RecipientKind::Other(kind) => {
                let words = format!("this version does not know how recipients of the kind {kind} handle mail");
                self.graph.unknown(at, Blockage::new(Obstacle::NotReadable, words));
            }
        }
    }

    /// Mail to a recipient: through the organization's rules and filters first.
    fn send(&mut self, from: NodeId, to: &'a Recipient, kind: HopKind, blockage: Option<&Blockage>) {
        let routes = self.routes(to);
        self.take(from, &routes, kind, &Sent { blockage: blockage.cloned(), ..Sent::default() });
    }

    /// The routes that mail takes.
    fn take(&mut self, from: NodeId, routes: &[Route], kind: HopKind, sent: &Sent) {
        let anew = sent.anew;
        // The filter has looked at it where it came in.
        let by_its_place = matches!(kind, HopKind::Forwards | HopKind::InboxRule | HopKind::Subscribes);
        // For a mailbox that forwards, it is the step that depends on the sender and not what comes in.
        if !anew && routes.iter().any(|route| route.by_sender) {
            self.graph.by_sender(from);
        }
        for route in routes {
            // What an inbox rule sent on stays that, wherever other rules take it.
            let by_rule = route.redirected && kind != HopKind::InboxRule;
            let kind = if by_rule { HopKind::TransportRule } else { kind };
            // What a rule takes inside never comes to the border.
            let border = sent.border.clone().filter(|_| !route.redirected);
            let on_the_way = route.blockage.clone();
            let on_the_way = if by_its_place { once_filtered(on_the_way, route.by_filter) } else { on_the_way };
            let blockage = worst([border, sent.blockage.clone(), on_the_way]);
            let to = match &route.to {
                Stop::Recipient(key) => self.index.keyed(key).map(|recipient| self.recipient(recipient)),
                Stop::Address(address) => self.address(address),
                Stop::Ambiguous(_) | Stop::Unreadable => {
                    if let Some(blockage) = blockage.filter(|one| one.obstacle.leaves() > Arrival::Undeliverable) {
                        self.graph.unknown(from, blockage);
                    }
                    continue;
                }
            };
            // What a mailbox sends to itself is a loop, and cut; a new message of its own may come in once before.
            if anew && to == Some(from) && !stops(blockage.as_ref()) {
                let words = "the mailbox forwards it to itself, with its own address as sender";
                self.graph.unknown(from, Blockage::new(Obstacle::RuleMayApply, words));
            }
            let Some(to) = to.filter(|to| *to != from || kind != HopKind::InboxRule) else { continue };
            self.graph.hop(from, to, kind, blockage);
            if route.by_filter {
                self.graph.refiltered.push(to);
            }
            if anew {
                self.graph.forwards(from, to, kind, route.by_sender);
            }
        }
    }

    /// Somebody who reads: an enabled account.
    fn follow_reader(&mut self, at: NodeId, id: Uuid) {
        match self.person(id) {
            Err(why) => self.graph.unknown(at, unread(Reading::Accounts, why)),
            Ok(None) => {
                let words = "the account is deleted: nobody signs in with it";
                self.graph.cap(at, Blockage::new(Obstacle::SoftDeleted, words));
            }
            Ok(Some(person)) => match &person.enabled {
                Fact::Present(true) => self.graph.read(at),
                Fact::Present(false) | Fact::Absent => {
                    let words = format!("the account {} is disabled", person.user_principal_name);
                    self.graph.cap(at, Blockage::new(Obstacle::AccountDisabled, words));
                }
                Fact::Unknown(why) => {
                    self.gaps.add(Reading::Accounts, why);
                    self.graph.unknown(at, unread(Reading::Accounts, why));
                }
            },
        }
    }

    /// A contact or mail user: its mail goes to an address elsewhere.
    fn follow_external(&mut self, at: NodeId, recipient: &'a Recipient, external: Option<&str>, without: Obstacle) {
        let own = external.filter(|external| !self.is_own(recipient, external));
        if let Some(external) = own {
            let folded = crate::landscape::fold(external);
            if let Some(inside) = self.index.recipient(&folded).filter(|_| self.is_inside(&folded)) {
                self.send(at, inside, HopKind::Forwards, None);
                return;
            }
            if let Some(to) = self.address(external) {
                self.graph.hop(at, to, HopKind::Forwards, None);
                return;
            }
        }
        let domain = external.and_then(super::index::domain).map(crate::landscape::fold);
        match domain.as_deref().map(|domain| self.standing(domain)) {
            Some(Standing::Accepted(DomainType::InternalRelay | DomainType::ExternalRelay)) => {
                let words = format!("{} is in another system that mail is relayed to", name(recipient));
                self.graph.unknown(at, Blockage::new(Obstacle::RelayedElsewhere, words));
                return;
            }
            Some(Standing::Ours(why)) => {
                self.gaps.add(Reading::AcceptedDomains, why);
                self.graph.unknown(at, unread(Reading::AcceptedDomains, why));
                return;
            }
            Some(
                Standing::Accepted(DomainType::Authoritative)
                | Standing::Unverified
                | Standing::NotForMail
                | Standing::Outside
                | Standing::Unread(_),
            )
            | None => {}
        }
        if let Some(elsewhere) = self.mailbox_elsewhere(recipient, external) {
            self.graph.unknown(at, elsewhere);
            return;
        }
        let words = format!("{} has an address and no mailbox", name(recipient));
        self.graph.cap(at, Blockage::new(without, words));
    }

    fn is_own(&self, recipient: &Recipient, address: &str) -> bool {
        let address = crate::landscape::fold(address);
        // Of an address outside, the contact is the only place that knows it: it leads outside all the same.
        self.is_inside(&address) && super::index::addresses(recipient).any(|own| own == address)
    }
}

/// What the filter does with what is sent on from a mailbox or a group: whether it looks again is not documented.
fn once_filtered(blockage: Option<Blockage>, by_filter: bool) -> Option<Blockage> {
    match blockage {
        None => by_filter.then(|| filtered_again("it sends it to others")),
        Some(kept) if kept.obstacle == Obstacle::Quarantine => Some(filtered_again(&kept.detail)),
        Some(other) => Some(other),
    }
}
