//! What stands behind the addresses that notices go to: whom lists, contacts, forwardings, rules and permissions give the mail
//! to (DOMAIN A3). What is written in a field is judged where it is written.
//!
//! Invariant: each place sends mail on once, and each step is looked at once (twice, where inbox rules send it on) for the
//! place that a person can mend: the work grows with the steps and not with the ways through them.

use std::collections::BTreeSet;

use tenant_contacts_api::{
    notice::{Arrival, Selected},
    obstacle::Obstacle,
};
use uuid::Uuid;

use super::case::{Case, is_persons, mailbox};
use crate::{
    answer::{Chosen, Hop, HopKind, Node, NodeId, NodeKind, Subject},
    landscape::{Person, RecipientKey},
    model::Fact,
};

/// Somebody or something that mail is given to.
pub(super) struct Given<'a> {
    /// The place that sends it on, or whose permission lets somebody read.
    pub(super) by: &'a Node,
    how: HopKind,
    pub(super) to: End<'a>,
}

/// Where it ends.
pub(super) enum End<'a> {
    /// Outside, at an address.
    Outside(&'a str),
    /// At a mailbox that belongs to one person.
    Mailbox(Uuid),
    /// With somebody who may read the mailbox of another, or a shared one.
    Reader(Uuid),
}

impl Given<'_> {
    /// Whom to look at: the list, mailbox or address that sends it on.
    pub(super) fn subject(&self) -> Subject {
        Subject::Recipient { name: self.by.address.clone().unwrap_or_else(|| self.by.label.clone()) }
    }

    /// `sales@contoso.com forwards to WHOM, WHAT: REMEDY`, in the words of what happens there.
    pub(super) fn sentence(&self, whom: &str, what: &str) -> String {
        let (does, remedy) = match self.how {
            HopKind::Expands | HopKind::Subscribes => ("has the member", "take it out"),
            HopKind::Forwards => ("forwards to", "end the forwarding, or forward to an active account"),
            HopKind::InboxRule => ("has an inbox rule that sends mail to", "change the rule"),
            HopKind::TransportRule => ("is given by a transport rule to", "change the rule"),
            HopKind::Reads => ("can be read by", "take the permission away"),
            HopKind::Holds | HopKind::Member | HopKind::SentTo | HopKind::Passes | HopKind::Resolves => {
                ("leads to", "correct what leads there")
            }
        };
        format!("{} {does} {whom}, {what}: {remedy}", self.by.label)
    }
}

/// A place that mail comes to, who has sent it on to there (nobody, where it came as the notice itself), and whether an inbox
/// rule has, which happens once to a message.
type Came = (NodeId, Option<(NodeId, HopKind)>, bool);

/// Everything that notices' mail is given to, beyond the addresses that they are sent to.
pub(super) fn given<'a>(case: &Case<'a>) -> Vec<Given<'a>> {
    let chosen = case.answer.categories.iter().flat_map(|answer| &answer.recipients);
    let chosen = chosen.filter(|chosen| chosen.selected > Selected::No);
    let starts: BTreeSet<NodeId> = chosen.filter_map(Chosen::end).collect();
    let mut open: Vec<Came> = starts.iter().map(|start| (*start, None, false)).collect();
    let mut met: BTreeSet<Came> = open.iter().copied().collect();
    let (mut found, mut said) = (Vec::new(), BTreeSet::new());
    while let Some((at, sent, ruled)) = open.pop() {
        let Some(node) = case.answer.node(at) else { continue };
        if let Some((by, how)) = sent
            && let Some(by) = case.answer.node(by)
            && let Some(to) = end(case, by, node)
            && said.insert((sent, at))
        {
            found.push(Given { by, how, to });
        }
        for hop in node.hops.iter().filter(|hop| passes(hop, ruled)) {
            let next = match hop.kind {
                // A contact in a list is the list's: there it is mended.
                HopKind::Forwards if matches!(node.kind, NodeKind::Forwarder(_)) && sent.is_some() => sent,
                HopKind::Expands
                | HopKind::Subscribes
                | HopKind::Forwards
                | HopKind::InboxRule
                | HopKind::TransportRule
                | HopKind::Reads => Some((at, hop.kind)),
                HopKind::Holds | HopKind::Member | HopKind::SentTo | HopKind::Passes | HopKind::Resolves => sent,
            };
            let state = (hop.to, next, ruled || hop.kind == HopKind::InboxRule);
            if met.insert(state) {
                open.push(state);
            }
        }
    }
    found
}

/// Whether mail takes the step at all: what bounces is given to nobody. Where an inbox rule leads to another one it is cut at
/// the second, and is in that mailbox.
fn passes(hop: &Hop, ruled: bool) -> bool {
    let by_rule = hop.kind == HopKind::InboxRule;
    !(by_rule && ruled)
        && hop.blockage.as_ref().is_none_or(|blockage| {
            (by_rule && blockage.obstacle == Obstacle::Loop) || blockage.obstacle.leaves() > Arrival::Undeliverable
        })
}

fn end<'a>(case: &Case<'a>, by: &'a Node, node: &'a Node) -> Option<End<'a>> {
    match &node.kind {
        NodeKind::Outside(address) => Some(End::Outside(address)),
        NodeKind::Mailbox(key) => owner(case, key).map(End::Mailbox),
        // Who reads the own mailbox is the mailbox's owner.
        NodeKind::Person(id) => {
            let own = matches!(&by.kind, NodeKind::Mailbox(key) if owner(case, key) == Some(*id));
            (!own).then_some(End::Reader(*id))
        }
        NodeKind::Role(_)
        | NodeKind::Field(_)
        | NodeKind::BillingRole(_)
        | NodeKind::Group(_)
        | NodeKind::ServicePrincipal(_)
        | NodeKind::Account(_)
        | NodeKind::Address(_)
        | NodeKind::Gateway(_)
        | NodeKind::List(_)
        | NodeKind::UnifiedGroup(_)
        | NodeKind::Forwarder(_)
        | NodeKind::NoAddress(_) => None,
    }
}

/// The account whose own mailbox it is. `None`: it is shared, or that is not known.
fn owner(case: &Case<'_>, key: &RecipientKey) -> Option<Uuid> {
    let recipient = case.landscape.exchange.recipients.present()?.get(key)?;
    mailbox(recipient).filter(|mailbox| is_persons(mailbox))?;
    recipient.directory_id
}

/// An account that has left, and how: in words. `None` where it is there, or that is not known.
pub(super) fn left(case: &Case<'_>, id: Uuid) -> Option<(String, &'static str)> {
    let directory = &case.landscape.directory;
    let people = directory.people.known().ok()?;
    let name = |person: &Person| person.user_principal_name.to_string();
    if let Some(person) = people.and_then(|people| people.get(&id)) {
        return (person.enabled == Fact::Present(false)).then(|| (name(person), "whose account is disabled"));
    }
    let deleted = directory.deleted.present().and_then(|deleted| deleted.get(&id));
    Some((deleted.map_or_else(|| "somebody".to_owned(), name), "whose account is deleted"))
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::{notice::Category, rule::Rule};

    use crate::{
        answer::{HopKind, NodeId, NodeKind},
        landscape::MailboxKind,
        policy::testing::{Scene, read_failed},
    };

    use super::*;

    /// A scene in which service notices go to `noc@contoso.com`, and the place that has the address.
    fn scene(kind: NodeKind) -> (Scene, NodeId) {
        let mut scene = Scene::new();
        let path = vec![scene.field("technicalNotificationMails"), scene.address_node("noc@contoso.com")];
        let place = scene.node_of(kind);
        scene.hop(path[1], place, HopKind::Resolves);
        scene.chosen(Category::ServiceAndTechnical, path, Selected::Yes);
        (scene, place)
    }

    fn outside(scene: &mut Scene, from: NodeId, kind: HopKind, address: &str) {
        let to = scene.address_node(address);
        let end = scene.node_of(NodeKind::Outside(address.into()));
        scene.hop(from, to, kind);
        scene.hop(to, end, HopKind::Resolves);
    }

    fn said(scene: &Scene, rule: Rule) -> Vec<String> {
        scene.findings(rule).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a10_private_addresses_behind_a_contact_address_are_found_however_mail_gets_there() {
        for (kind, how, words) in [
            (NodeKind::List("noc".into()), HopKind::Expands, "noc has the member x@gmail.com"),
            (NodeKind::UnifiedGroup("noc".into()), HopKind::Subscribes, "noc has the member x@gmail.com"),
            (NodeKind::Mailbox("noc".into()), HopKind::Forwards, "noc forwards to x@gmail.com"),
            (
                NodeKind::Mailbox("noc".into()),
                HopKind::InboxRule,
                "noc has an inbox rule that sends mail to x@gmail.com",
            ),
            (NodeKind::List("noc".into()), HopKind::TransportRule, "noc is given by a transport rule to x@gmail.com"),
            (NodeKind::Forwarder("noc".into()), HopKind::Forwards, "noc forwards to x@gmail.com"),
        ] {
            let (mut scene, place) = scene(kind);
            assert_eq!(said(&scene, Rule::PersonalAddress), [""; 0]);
            outside(&mut scene, place, how, "x@gmail.com");
            let found = said(&scene, Rule::PersonalAddress);
            assert_eq!(found.len(), 1, "{words}");
            assert!(found[0].starts_with(&format!("{words}, a free-mail address: ")), "{}", found[0]);
            // What bounces at the border is given to nobody.
            scene.answer.nodes[place.index()].hops[0].blockage =
                Some(crate::answer::Blockage::new(Obstacle::ForwardBouncedByOutboundPolicy, "as the test says"));
            assert_eq!(said(&scene, Rule::PersonalAddress), [""; 0]);
        }
    }

    #[test]
    fn a10_a_contact_in_a_list_is_found_on_the_list_and_a_loop_ends() {
        let (mut scene, list) = scene(NodeKind::List("noc".into()));
        let contact = scene.node_of(NodeKind::Forwarder("shop".into()));
        scene.hop(list, contact, HopKind::Expands);
        scene.hop(list, list, HopKind::Expands);
        outside(&mut scene, contact, HopKind::Forwards, "paper@shop.example");
        assert_eq!(scene.subjects(Rule::PersonalAddress), ["noc"]);
        scene.declared.own_domains.insert("shop.example".into());
        assert_eq!(scene.subjects(Rule::PersonalAddress), [""; 0]);
    }

    #[test]
    fn a10_somebody_who_left_behind_a_contact_address_is_found() {
        let (mut scene, list) = scene(NodeKind::List("noc".into()));
        scene.person("gone").mail().disabled().mailbox(MailboxKind::User);
        scene.person("here").mail().mailbox(MailboxKind::User);
        scene.person("desk").mail().disabled().mailbox(MailboxKind::Shared);
        for name in ["gone", "here", "desk"] {
            let member = scene.node_of(NodeKind::Mailbox(name.into()));
            scene.hop(list, member, HopKind::Expands);
        }
        let words = "noc has the member gone@contoso.com, whose account is disabled: take it out";
        assert_eq!(said(&scene, Rule::DepartedAddress), [words]);

        // Their private address, wherever mail gets there.
        scene.person("left").alternates(&["left@gmail.com"]).deleted();
        outside(&mut scene, list, HopKind::TransportRule, "left@gmail.com");
        let found = said(&scene, Rule::DepartedAddress);
        assert_eq!(found.len(), 2);
        assert!(
            found[1].starts_with("noc is given by a transport rule to left@gmail.com, an address of left@contoso.com")
        );
        assert_eq!(said(&scene, Rule::PersonalAddress), [""; 0], "one defect, one finding");
        scene.landscape.directory.people = read_failed();
        assert_eq!(said(&scene, Rule::DepartedAddress), [""; 0], "G2");
    }

    #[test]
    fn a10_readers_and_delegates_who_left_are_found_and_an_owner_is_not_a_reader() {
        let (mut scene, shared) = scene(NodeKind::Mailbox("noc".into()));
        scene.person("noc").mail().disabled().mailbox(MailboxKind::Shared);
        let gone = scene.person("gone").mail().disabled().id();
        let here = scene.person("here").mail().id();
        for id in [gone, here, Uuid::from_u128(77)] {
            let reader = scene.node_of(NodeKind::Person(id));
            scene.hop(shared, reader, HopKind::Reads);
        }
        assert_eq!(
            said(&scene, Rule::DepartedAddress),
            [
                "noc can be read by gone@contoso.com, whose account is disabled: take the permission away",
                "noc can be read by somebody, whose account is deleted: take the permission away",
            ]
        );
        let (mut own, mailbox) = self::scene(NodeKind::Mailbox("ada".into()));
        let ada = own.person("ada").mail().disabled().id();
        own.mailbox_of("ada", ada, MailboxKind::User);
        let reader = own.node_of(NodeKind::Person(ada));
        own.hop(mailbox, reader, HopKind::Reads);
        assert_eq!(said(&own, Rule::DepartedAddress), [""; 0], "the field's own address is judged in the field");
    }

    #[test]
    fn a10_the_mailbox_in_which_a_second_inbox_rule_is_cut_has_the_mail() {
        let (mut scene, first) = scene(NodeKind::Mailbox("noc".into()));
        scene.person("gone").mail().disabled().mailbox(MailboxKind::User);
        let second = scene.node_of(NodeKind::Mailbox("gone".into()));
        scene.hop(first, second, HopKind::InboxRule);
        scene.answer.nodes[first.index()].hops[0].blockage =
            Some(crate::answer::Blockage::new(Obstacle::Loop, "a second inbox rule would have to forward the message"));
        // What the second rule sends on is sent nowhere.
        outside(&mut scene, second, HopKind::InboxRule, "x@gmail.com");
        let found = said(&scene, Rule::DepartedAddress);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0]
                .starts_with("noc has an inbox rule that sends mail to gone@contoso.com, whose account is disabled")
        );
        assert_eq!(said(&scene, Rule::PersonalAddress), [""; 0]);
        assert_eq!(said(&scene, Rule::MailTakenByRule), [""; 0], "nothing is taken from the first");
    }
}
