//! Real mail of Microsoft's senders that was lost (DOMAIN E4).

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use tenant_contacts_api::{
    notice::{Arrival, Category, Selected},
    obstacle::Obstacle,
};

use super::{
    case::Case,
    found::Found,
    graph::{recipient, subject},
};
use crate::{
    answer::{Chosen, Node, NodeId, NodeKind, Subject},
    landscape::{TraceStatus, Traced, fold},
    routing::NOTICE_SENDERS,
};

/// E4: the latest message of one of Microsoft's senders to a place that notices lead to was lost. What was lost before the latest
/// is over; what is still under way, and a sender that has sent nothing, are not known.
///
/// Silent where the answer says already that nothing arrives there: other rules say why. Silent of addresses outside, to which
/// mail is forwarded: what the next server made of it is that server's.
pub(super) fn not_delivered(case: &Case<'_>, found: &mut Found) {
    let mut lost: BTreeMap<(Subject, &'static str), Traced> = BTreeMap::new();
    let mut known = BTreeSet::new();
    let mut chosen: BTreeMap<Subject, BTreeSet<Category>> = BTreeMap::new();
    let ends = chosen_for(case);
    for (id, traced) in &case.answer.evidence {
        let Some((node, subject)) = case.answer.node(*id).and_then(|node| Some((node, stands_for(case, node)?))) else {
            continue;
        };
        // What is no address has a finding of its own, whose mend is another one.
        let no_address = node.blockages.iter().any(|one| one.obstacle == Obstacle::NotAnAddress);
        if node.arrival == Arrival::Undeliverable || no_address {
            known.insert(subject.clone());
        }
        if let Some(categories) = ends.get(id) {
            chosen.entry(subject.clone()).or_default().extend(categories);
        }
        for one in traced.iter().filter(|one| one.status.is_lost() && !is_held(case, subject.name(), one)) {
            lost.insert((subject.clone(), one.sender), *one);
        }
    }
    for ((subject, sender), traced) in lost.into_iter().filter(|((subject, _), _)| !known.contains(subject)) {
        let day = traced.received.to_zoned(TimeZone::UTC).date();
        let what = traced.status.words();
        let words = format!("the latest mail of {sender} to {}, of {day}, was {what}", subject.name());
        // Of what the sender's notices may have been about, the first that the recipient is chosen for.
        let category = chosen.get(&subject).into_iter().flatten().find(|category| sends(sender, **category));
        match category {
            Some(category) => found.say_of(*category, subject, words),
            None => found.say(subject, words),
        }
    }
}

/// What each place is chosen for.
fn chosen_for(case: &Case<'_>) -> BTreeMap<NodeId, BTreeSet<Category>> {
    let mut ends: BTreeMap<NodeId, BTreeSet<Category>> = BTreeMap::new();
    for answer in &case.answer.categories {
        for end in answer.recipients.iter().filter(|one| one.selected != Selected::No).filter_map(Chosen::end) {
            ends.entry(end).or_default().insert(answer.category);
        }
    }
    ends
}

/// Whether notices of a category come from a sender.
fn sends(sender: &str, category: Category) -> bool {
    let known = NOTICE_SENDERS.iter().find(|one| one.address == sender);
    known.is_some_and(|one| one.categories.contains(&category))
}

/// The recipient that a place stands for: an address and the mailbox behind it are one.
fn stands_for(case: &Case<'_>, node: &Node) -> Option<Subject> {
    if let NodeKind::Address(address) = &node.kind {
        let behind = case.recipient(address).ok().flatten();
        let name = behind.and_then(|behind| behind.primary.as_deref()).unwrap_or(address);
        return Some(Subject::Recipient { name: name.into() });
    }
    recipient(&node.kind).map(|_| subject(node))
}

/// Whether the rule about verification mail in quarantine speaks of it.
fn is_held(case: &Case<'_>, name: &str, traced: &Traced) -> bool {
    let messages = case.landscape.exchange.quarantine.present().into_iter().flatten();
    traced.status == TraceStatus::Quarantined
        && sends(traced.sender, Category::PartnerVerification)
        && messages
            .filter(|message| !message.released && *message.sender == *traced.sender)
            .any(|message| message.recipients.iter().any(|recipient| *recipient == fold(name)))
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::{obstacle::Obstacle, rule::Rule};

    use super::*;
    use crate::{
        answer::HopKind,
        landscape::{MailboxKind, Quarantined},
        model::Fact,
        policy::testing::{Scene, now},
    };

    const SENDER: &str = "microsoft-noreply@microsoft.com";
    const VERIFIER: &str = "maccount@microsoft.com";

    fn traced(sender: &'static str, status: TraceStatus) -> Traced {
        Traced { sender, status, received: now() }
    }

    /// The address `noc@contoso.com` and the mailbox behind it, with the same evidence.
    fn scene(traces: &[Traced]) -> (Scene, [NodeId; 2]) {
        let mut scene = Scene::new();
        scene.person("noc").mail().mailbox(MailboxKind::User);
        let (address, mailbox) =
            (scene.address_node("noc@contoso.com"), scene.node_of(NodeKind::Mailbox("noc".into())));
        scene.answer.nodes[mailbox.index()].address = Some("noc@contoso.com".into());
        scene.hop(address, mailbox, HopKind::Resolves);
        scene.answer.evidence = [address, mailbox].into_iter().map(|id| (id, traces.to_vec())).collect();
        (scene, [address, mailbox])
    }

    #[test]
    fn e4_a_latest_message_that_was_lost_is_found_once_for_each_sender() {
        for status in [TraceStatus::Quarantined, TraceStatus::FilteredAsSpam, TraceStatus::Failed] {
            let (scene, _) = scene(&[traced(VERIFIER, status), traced(SENDER, status)]);
            let findings = scene.findings(Rule::NoticeNotDelivered);
            assert_eq!(findings.len(), 2, "{status:?}");
            assert!(findings.iter().all(|one| one.subject.name() == "noc@contoso.com"));
            let words = format!("{VERIFIER} to noc@contoso.com, of 2026-07-01, was {}", status.words());
            assert!(findings.iter().any(|one| one.message.ends_with(&words)), "{}", findings[0].message);
        }
        for status in [TraceStatus::Delivered, TraceStatus::Expanded, TraceStatus::Other] {
            let (scene, _) = scene(&[traced(SENDER, status)]);
            assert_eq!(scene.subjects(Rule::NoticeNotDelivered), [""; 0], "{status:?}");
        }
    }

    #[test]
    fn e4_the_notice_that_was_lost_may_be_one_that_the_recipient_is_chosen_for() {
        let (mut scene, [address, _]) =
            scene(&[traced(VERIFIER, TraceStatus::Failed), traced(SENDER, TraceStatus::Failed)]);
        scene.chosen(Category::PasswordResetRequest, vec![address], Selected::Yes);
        scene.chosen(Category::Billing, vec![address], Selected::Unknown);
        scene.chosen(Category::PartnerVerification, vec![address], Selected::No);
        let findings = scene.findings(Rule::NoticeNotDelivered);
        let of = |sender: &str| findings.iter().find(|one| one.message.contains(sender)).map(|one| one.category);
        assert_eq!(of(SENDER), Some(Some(Category::Billing)));
        assert_eq!(of(VERIFIER), Some(None), "who is not chosen for it is not told that it was this");
    }

    #[test]
    fn e4_what_the_answer_says_already_is_not_said_again() {
        for place in 0..2 {
            let (mut scene, places) = scene(&[traced(SENDER, TraceStatus::Failed)]);
            scene.blocked(places[place], Arrival::Unknown, Obstacle::NotReadable);
            assert_eq!(scene.subjects(Rule::NoticeNotDelivered).len(), 1, "unknown is no reason to be silent");
            scene.blocked(places[place], Arrival::Undeliverable, Obstacle::OverQuota);
            assert_eq!(scene.subjects(Rule::NoticeNotDelivered), [""; 0]);
        }
    }

    #[test]
    fn e4_verification_mail_that_is_held_has_a_rule_of_its_own_until_it_is_released() {
        let held = |sender: &'static str, to: &str, released| {
            let (mut scene, _) = scene(&[traced(sender, TraceStatus::Quarantined)]);
            let (sender, recipients) = (sender.into(), [to.into()].into());
            let message = Quarantined { sender, recipients, received: now(), released };
            scene.landscape.exchange.quarantine = Fact::Present([message].into());
            scene.subjects(Rule::NoticeNotDelivered).len()
        };
        assert_eq!(held(VERIFIER, "noc@contoso.com", false), 0);
        assert_eq!(held(VERIFIER, "noc@contoso.com", true), 1);
        assert_eq!(held(VERIFIER, "other@contoso.com", false), 1);
        assert_eq!(held(SENDER, "noc@contoso.com", false), 1, "that rule speaks of verification mail only");
    }

    #[test]
    fn f5_what_became_of_mail_forwarded_outside_is_no_finding() {
        let mut scene = Scene::new();
        let outside = scene.node_of(NodeKind::Outside("far@fabrikam.example".into()));
        scene.answer.evidence.insert(outside, vec![traced(SENDER, TraceStatus::Failed)]);
        assert_eq!(scene.subjects(Rule::NoticeNotDelivered), [""; 0]);
    }
}
