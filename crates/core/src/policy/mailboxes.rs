//! Mailboxes: there, not drained, and read (DOMAIN E3, F4).

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use tenant_contacts_api::{obstacle::Obstacle, rule::Rule, v1alpha1::MailIntent};

use super::{
    case::{Case, account, domain, is_active_member, is_persons},
    directory::NOTICE_ROLES,
    found::Found,
    graph::{recipient, subject},
};
use crate::{
    answer::{Blockage, HopKind, Node, NodeKind},
    landscape::{DomainType, Mailbox, MailboxKind, Person, RecipientKind, Wanted},
    model::{Fact, Shared},
};

/// E3: an account shows an address, and nothing has that address, or its mailbox's licence was taken away.
pub(super) fn address_without_mailbox(case: &Case<'_>, found: &mut Found) {
    let administrators: Vec<uuid::Uuid> = case
        .administrators_of(NOTICE_ROLES)
        .filter(|person| !case.is_protected(person) && no_mailbox(case, person).is_some())
        .map(|person| person.id)
        .collect();
    for person in case.people().filter(|person| is_active_member(person)) {
        let Some(mail) = person.mail.present() else { continue };
        // An administrator's missing mailbox is E2's, and one that is meant to have none has said so.
        if administrators.contains(&person.id) || case.intent(person) == Some(MailIntent::NotMailEnabled) {
            continue;
        }
        let unlicensed = |mailbox: &Mailbox| is_persons(mailbox) && mailbox.licensed == Fact::Present(false);
        let name = &person.user_principal_name;
        if is_gone(case, person, mail) {
            let deleted = case.landscape.exchange.soft_deleted.present().into_iter().flat_map(Shared::values);
            let kept = if deleted.into_iter().any(|one| one.directory_id == Some(person.id)) {
                " (its mailbox is soft-deleted: for a while it can be restored)"
            } else {
                ""
            };
            found.say(account(person), format!("{name} has an address without a mailbox{kept}"));
        } else if case.mailbox(person).is_some_and(unlicensed) {
            found.say(account(person), format!("the mailbox of {name} has no licence any more and will be deleted"));
        }
    }
}

/// What an account without a mailbox lacks; `None` where it has one, or where that is not known.
pub(super) fn no_mailbox(case: &Case<'_>, person: &Person) -> Option<&'static str> {
    match &person.mail {
        Fact::Unknown(_) => None,
        Fact::Absent if case.mailbox(person).is_some() => None,
        Fact::Absent => Some("has no mail address"),
        Fact::Present(mail) => is_gone(case, person, mail).then_some("has an address without a mailbox"),
    }
}

/// Whether nothing here has the address of an account, though all recipients of its domain are here.
fn is_gone(case: &Case<'_>, person: &Person, mail: &str) -> bool {
    let accepted = case.landscape.exchange.accepted_domains.present();
    accepted.and_then(|domains| domains.get(domain(mail).as_str())) == Some(&DomainType::Authoritative)
        && matches!(case.recipient(mail), Ok(None))
        && matches!(case.recipient_of(person), Ok(None))
}

/// E3: a rule of a mailbox that a notice goes to, or one of the organization's, takes the mail away. What a transport rule
/// takes never comes to the recipient: it stands on the step from the address, or from the list that has it as a member, and is
/// found at the recipient. What takes all known senders of a notice is found as well, though it may come from another.
pub(super) fn taken_by_rule<'c>(case: &Case<'c>, found: &mut Found) {
    let taking = [Obstacle::InboxRule, Obstacle::HiddenInboxRule, Obstacle::TransportRule, Obstacle::TakesKnownSenders];
    let mut taken: BTreeMap<&NodeKind, (&Node, Vec<String>)> = BTreeMap::new();
    let mut add = |node: &'c Node, blockage: &Blockage| {
        if recipient(&node.kind).is_some() && taking.contains(&blockage.obstacle) {
            let words = format!("{}: {}", blockage.obstacle, blockage.detail);
            let (_, known) = taken.entry(&node.kind).or_insert((node, Vec::new()));
            if !known.contains(&words) {
                known.push(words);
            }
        }
    };
    for node in &case.answer.nodes {
        for blockage in node.own() {
            add(node, blockage);
        }
        for hop in &node.hops {
            let Some(blockage) = &hop.blockage else { continue };
            let to = case.answer.node(hop.to).filter(|to| recipient(&to.kind).is_some());
            // An inbox rule is its mailbox's own, and so is what becomes of mail that leaves the organization.
            let by_rule = hop.kind == HopKind::InboxRule;
            add(to.filter(|_| !by_rule).unwrap_or(node), blockage);
        }
    }
    for (node, details) in taken.into_values() {
        found.say(subject(node), format!("a rule removes mail to {}: {}", node.label, details.join("; ")));
    }
}

/// E3, F4: mail in a shared mailbox that a notice goes to stays unread. A person's own mailbox is not looked into: how somebody
/// reads mail is that person's affair.
pub(super) fn unread(case: &Case<'_>, found: &mut Found) {
    let most = SignedDuration::from_hours(24 * case.days(Rule::UnreadMail));
    let recipients = case.landscape.exchange.recipients.present();
    let mut met = BTreeSet::new();
    for node in &case.answer.nodes {
        let NodeKind::Mailbox(key) = &node.kind else { continue };
        if !met.insert(key) {
            continue;
        }
        let shared = recipients.and_then(|all| all.get(key)).is_some_and(
            |recipient| matches!(&recipient.kind, RecipientKind::Mailbox(mailbox) if mailbox.kind == MailboxKind::Shared),
        );
        if !shared {
            continue;
        }
        let Some(inbox) = case.landscape.exchange.inboxes.get(key) else {
            found.wanted.insert(Wanted::Inbox(key.clone()));
            continue;
        };
        let Some(counts) = inbox.present().filter(|counts| counts.unread > 0) else { continue };
        let oldest = counts.oldest_unread.map(|oldest| case.now.duration_since(oldest));
        if let Some(age) = oldest.filter(|age| *age > most) {
            found.say(
                subject(node),
                format!(
                    "{} has {} unread {}, the oldest for {} days",
                    node.label,
                    counts.unread,
                    if counts.unread == 1 { "message" } else { "messages" },
                    age.as_hours() / 24
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::notice::Arrival;

    use super::*;
    use crate::{
        answer::RuleSetting,
        landscape::InboxCounts,
        policy::testing::{NOW, Scene, now, read_failed},
    };

    #[test]
    fn e3_an_address_whose_mailbox_is_gone_or_going_is_found() {
        let mut scene = Scene::new();
        scene.person("gone").mail();
        scene.person("fine").mail().mailbox(MailboxKind::User);
        let going = scene.person("going").mail().mailbox(MailboxKind::User).id();
        scene.edit_mailbox(going, |mailbox| mailbox.licensed = Fact::Present(false));
        let outside = scene.person("outside").mail().id();
        scene.edit(outside, |person| person.mail = Fact::Present("outside@fabrikam.example".into()));
        scene.person("off").mail().disabled();
        scene.person("none").mail();
        scene.declare_mail("none", MailIntent::NotMailEnabled);
        assert_eq!(scene.subjects(Rule::AddressWithoutMailbox), ["gone@contoso.com", "going@contoso.com"]);

        scene.landscape.exchange.accepted_domains = read_failed();
        assert_eq!(
            scene.subjects(Rule::AddressWithoutMailbox),
            ["going@contoso.com"],
            "G2: it may be relayed elsewhere"
        );
        scene.landscape.exchange.recipients = read_failed();
        assert_eq!(scene.subjects(Rule::AddressWithoutMailbox), [""; 0], "G2");
    }

    #[test]
    fn e3_a_rule_that_takes_mail_away_is_found_and_one_that_may_is_not() {
        for (obstacle, count) in [
            (Obstacle::InboxRule, 1),
            (Obstacle::HiddenInboxRule, 1),
            (Obstacle::TransportRule, 1),
            (Obstacle::TakesKnownSenders, 1),
            (Obstacle::RuleMayApply, 0),
            (Obstacle::NotReadable, 0),
        ] {
            let mut scene = Scene::new();
            let mailbox = scene.node_of(NodeKind::Mailbox("billing".into()));
            scene.blocked(mailbox, Arrival::Undeliverable, obstacle);
            assert_eq!(scene.subjects(Rule::MailTakenByRule).len(), count, "{obstacle}");
        }
    }

    #[test]
    fn e3_a_transport_rule_that_takes_mail_before_it_comes_to_the_list_is_found_on_the_list() {
        let mut scene = Scene::new();
        let address = scene.address_node("billing@contoso.com");
        let list = scene.node_of(NodeKind::List("billing".into()));
        scene.hop(address, list, HopKind::Resolves);
        let words = "the transport rule Invoices sends it elsewhere";
        scene.answer.nodes[address.index()].hops[0].blockage = Some(Blockage::new(Obstacle::TransportRule, words));
        assert_eq!(scene.subjects(Rule::MailTakenByRule), ["billing"]);
    }

    fn monitored(kind: MailboxKind) -> Scene {
        let mut scene = Scene::new();
        scene.person("billing").mail().mailbox(kind);
        scene.node_of(NodeKind::Mailbox("billing".into()));
        scene
    }

    #[test]
    fn f4_unread_mail_in_a_shared_mailbox_is_asked_for_and_found_after_seven_days() {
        let mut scene = monitored(MailboxKind::Shared);
        assert!(scene.judge().wanted.contains(&Wanted::Inbox("billing".into())));
        assert_eq!(scene.subjects(Rule::UnreadMail), [""; 0]);
        let mut inbox = |unread, hours| {
            let counts =
                InboxCounts { total: 9, unread, oldest_unread: Some(now() - SignedDuration::from_hours(hours)) };
            scene.landscape.exchange.inboxes.insert("billing".into(), Fact::Present(counts));
            scene.subjects(Rule::UnreadMail).len()
        };
        assert_eq!((inbox(2, 7 * 24 + 1), inbox(2, 7 * 24), inbox(0, 9 * 24)), (1, 0, 0));
        scene.landscape.exchange.inboxes.insert("billing".into(), read_failed());
        assert_eq!(scene.subjects(Rule::UnreadMail), [""; 0], "G2");
        assert!(NOW.starts_with("2026"));
    }

    #[test]
    fn e3_a_persons_own_mailbox_is_not_looked_into_and_a_rule_that_is_off_asks_nothing() {
        let scene = monitored(MailboxKind::User);
        assert!(!scene.judge().wanted.contains(&Wanted::Inbox("billing".into())));
        let mut off = monitored(MailboxKind::Shared);
        off.declared.rules.insert(Rule::UnreadMail, RuleSetting { enabled: false, ..RuleSetting::default() });
        assert!(!off.judge().wanted.contains(&Wanted::Inbox("billing".into())));
    }
}
