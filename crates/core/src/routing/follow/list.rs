//! Lists and Microsoft 365 groups (DOMAIN F4): delivered if at least one member is reached.

use tenant_contacts_api::obstacle::Obstacle;

use crate::{
    answer::{Blockage, HopKind, NodeId},
    landscape::{MailboxKind, Recipient, RecipientKind, Reference, Wanted},
    routing::{
        gaps::Reading,
        walk::{Walk, name, unread},
    },
};

impl<'a> Walk<'a> {
    pub(super) fn follow_list(&mut self, at: NodeId, list: &'a Recipient) {
        let members = self.landscape.exchange.members.get(&list.key);
        match self.detail(members, Reading::Members, Wanted::Members(list.key.clone())) {
            Err(why) => self.graph.unknown(at, unread(Reading::Members, why)),
            Ok(members) => {
                let members = members.map_or(&[][..], |members| members);
                if members.is_empty() {
                    let words = format!("{} has no members", name(list));
                    self.graph.cap(at, Blockage::new(Obstacle::EmptyList, words));
                }
                self.expand(at, list, members, HopKind::Expands);
                self.none_reached(at, list, members);
            }
        }
    }

    /// Only those who follow a group get its mail in their own inboxes.
    pub(super) fn follow_group(&mut self, at: NodeId, group: &'a Recipient) {
        let subscribers = self.landscape.exchange.subscribers.get(&group.key);
        match self.detail(subscribers, Reading::Subscribers, Wanted::Subscribers(group.key.clone())) {
            Err(why) => self.graph.unknown(at, unread(Reading::Subscribers, why)),
            Ok(subscribers) => {
                let subscribers = subscribers.map_or(&[][..], |subscribers| subscribers);
                if subscribers.is_empty() {
                    let words =
                        format!("no member is subscribed to the Microsoft 365 group {} (Follow in inbox)", name(group));
                    self.graph.cap(at, Blockage::new(Obstacle::UnsubscribedMembers, words));
                }
                self.expand(at, group, subscribers, HopKind::Subscribes);
                // The group's own mailbox has it as well, and counts where people subscribe (F4).
                for reference in subscribers {
                    let subscriber = self.index.referred(reference).ok().flatten().filter(|one| is_person(one));
                    if let Some(id) = subscriber.and_then(|one| one.directory_id) {
                        let reader = self.reader(id);
                        self.graph.hop(at, reader, HopKind::Reads, None);
                    }
                }
                self.none_reached(at, group, subscribers);
            }
        }
    }

    fn expand(&mut self, at: NodeId, list: &Recipient, members: &'a [Reference], kind: HopKind) {
        for member in members {
            self.graph.work += 1;
            match self.index.referred(member) {
                Ok(Some(member)) => self.send(at, member, kind, None),
                // A member that is no recipient gets no mail.
                Ok(None) => {}
                Err(untold) => self.graph.unknown(at, untold.blockage(&format!("{} has a member,", name(list)))),
            }
        }
    }

    fn none_reached(&mut self, at: NodeId, list: &Recipient, members: &[Reference]) {
        let words = format!("none of the {} members of {} is reached", members.len(), name(list));
        let blockage = Blockage::new(Obstacle::NoMemberReached, words);
        if !members.is_empty() && !self.graph.has_hops(at) {
            self.graph.say(at, blockage);
        } else {
            self.graph.summary(at, blockage);
        }
    }
}

/// Whether somebody opens groups' mailboxes beside the own one. A guest has a group's mail sent, and opens none.
fn is_person(recipient: &Recipient) -> bool {
    matches!(&recipient.kind, RecipientKind::Mailbox(mailbox) if mailbox.kind == MailboxKind::User)
}
