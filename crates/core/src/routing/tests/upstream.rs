//! A cause is found where it stands, and nowhere before it on the way.

use jiff::Timestamp;
use tenant_contacts_api::{notice::Arrival, rule::Rule};

use crate::{
    answer::{Declared, explain},
    landscape::TransportVerdict,
    routing::testing::{Scene, at, keys},
};

/// The subjects of a rule's findings, where notices go to an address.
fn found(scene: &Scene, to: &str, rule: Rule) -> Vec<String> {
    let scene = scene.clone().technical(&[&at(to)]);
    let now = "2026-11-25T00:00:00Z".parse::<Timestamp>().unwrap();
    let answer = explain(&scene.landscape, &Declared::default(), now).answer;
    assert_eq!(scene.mail(to).arrival, Arrival::Undeliverable, "{to}");
    let findings = answer.findings.into_iter().filter(|one| one.rule == rule);
    findings.map(|one| one.subject.name().to_owned()).collect()
}

/// An open list around an inner one, and a mailbox that forwards to either.
fn scene() -> Scene {
    let scene = Scene::new().person("ann").list("inner", &["ann"]).list("outer", &["inner"]).person("box");
    scene.forwards("box", "outer", false)
}

#[test]
fn a11_a_closed_or_empty_list_is_found_itself_and_not_what_leads_there() {
    let closed = scene().with("inner", |inner| inner.restrictions.authenticated_only = true);
    let empty = scene().list("inner", &[]);
    for start in ["inner", "outer", "box"] {
        assert_eq!(found(&closed, start, Rule::ListRefusesExternalSenders), [&*at("inner")], "from {start}");
        assert_eq!(found(&closed, start, Rule::ListWithoutMembers), [""; 0], "from {start}");
        assert_eq!(found(&empty, start, Rule::ListWithoutMembers), [&*at("inner")], "from {start}");
        assert_eq!(found(&empty, start, Rule::ListRefusesExternalSenders), [""; 0], "from {start}");
    }
}

#[test]
fn a11_a_rule_that_takes_mail_is_found_at_the_mailbox_and_not_what_leads_there() {
    let by_inbox = scene().rule("ann", |rule| rule.deletes = true);
    let by_transport = scene().transport(TransportVerdict::Delete, |rule| rule.sent_to = keys(&["ann"]));
    for start in ["ann", "inner", "outer", "box"] {
        assert_eq!(found(&by_inbox, start, Rule::MailTakenByRule), [&*at("ann")], "from {start}");
        assert_eq!(found(&by_transport, start, Rule::MailTakenByRule), [&*at("ann")], "from {start}");
    }
}

/// Both stand there: then both are found, each where it is.
#[test]
fn a11_a_list_that_is_closed_itself_is_found_around_a_closed_one() {
    let close = |scene: Scene, name: &str| scene.with(name, |one| one.restrictions.authenticated_only = true);
    let both = close(close(scene(), "inner"), "outer");
    let mut all = found(&both, "outer", Rule::ListRefusesExternalSenders);
    all.sort();
    assert_eq!(all, [&*at("inner"), &*at("outer")]);
}

/// What stands in a place is told from what stands further on, for whoever draws or judges it.
#[test]
fn a11_a_place_says_which_of_its_reasons_are_its_own() {
    let drained = scene().disabled("ann");
    let outer = drained.clone().technical(&[&at("outer")]).routed().answer;
    let node = |name: &str| outer.nodes.iter().find(|node| *node.label == *name && !node.hops.is_empty()).unwrap();
    let own = |name: &str| node(name).own().map(|one| one.obstacle.as_str()).collect::<Vec<_>>();
    assert_eq!(own("inner"), ["NoMemberReached"]);
    assert_eq!(own("outer"), [""; 0]);
    assert_eq!(own("ann"), ["DisabledOwner"]);
    assert!(node("outer").blockages.iter().any(|one| one.obstacle.as_str() == "DisabledOwner"), "said there as well");
}
