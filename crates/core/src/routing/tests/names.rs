//! References that cannot be told: whoever is meant, nobody is named, and nothing is certain.

use tenant_contacts_api::obstacle::Obstacle;

use crate::{
    answer::NodeKind,
    landscape::{PolicyScope, Reference, TransportVerdict, Trustee},
    model::Fact,
    routing::{
        NOTICE_SENDERS,
        testing::{Scene, at, id, keys},
    },
};

fn smith() -> Reference {
    Reference::Ambiguous("Andrew Smith".into())
}

/// Ann and Bob have mailboxes, and `desk` is one that Ann reads.
fn people() -> Scene {
    Scene::new().person("ann").person("bob").shared("desk", &["ann"])
}

#[test]
fn a4_a_forward_to_a_name_that_fits_two_is_unknown_and_says_the_name() {
    let to = |target: Reference, keeps_copy: bool| {
        people().mailbox("desk", move |one| {
            one.forwarding.inside = Some(target);
            one.forwarding.keeps_copy = keeps_copy;
        })
    };
    let scene = to(smith(), false).expect("desk", "AmbiguousName");
    let answer = scene.technical(&[&at("desk")]).routed().answer;
    let said = answer.nodes.iter().flat_map(|node| &node.blockages).find(|one| one.detail.contains("Andrew Smith"));
    assert!(said.is_some(), "which name fits several is said");
    to(Reference::Unreadable, false).expect("desk", "NotReadable");
    to(Reference::Gone, false).expect("desk", "NoRecipient");
    // Somebody may get a copy whom nobody can name: said, though mail arrives.
    let scene = to(smith(), true).expect("desk", "Deliverable");
    let answer = scene.technical(&[&at("desk")]).routed().answer;
    let said = answer.nodes.iter().flat_map(|node| &node.unfollowed).find(|one| one.detail.contains("Andrew Smith"));
    assert_eq!(said.map(|one| one.obstacle), Some(Obstacle::AmbiguousName));
}

#[test]
fn a4_members_whose_names_fit_two_leave_a_list_unknown_and_take_nobody_else_from_it() {
    let with = |members: Vec<Reference>| {
        people().list("ops", &[]).but(|l| drop(l.exchange.members.insert("ops".into(), Fact::Present(members.into()))))
    };
    with(vec![smith()]).expect("ops", "AmbiguousName");
    with(vec![Reference::Unreadable]).expect("ops", "NotReadable");
    with(vec![Reference::Gone]).expect("ops", "NoMemberReached");
    with(vec![smith(), Reference::Recipient("ann".into())]).expect("ops", "Deliverable");
    let subscribers = people()
        .group("team", &[])
        .but(|l| drop(l.exchange.subscribers.insert("team".into(), Fact::Present([smith()].into()))));
    subscribers.expect("team", "AmbiguousName");
}

#[test]
fn a4_a_reader_whose_name_fits_two_is_not_one_of_them() {
    let opened = |trustee: Trustee| {
        people().but(|l| drop(l.exchange.full_access.insert("desk".into(), Fact::Present([trustee].into()))))
    };
    let of = |name: &str, recipient: Reference| Trustee { name: name.into(), recipient };
    opened(of("Andrew Smith", smith())).expect("desk", "AmbiguousName");
    // The address of one account is the sign-in name of another.
    let crossed = opened(of(&at("bob"), Reference::Address(at("bob")))).change("bob", |person| {
        person.user_principal_name = "robert@contoso.com".into();
    });
    let crossed = crossed.change("ann", |person| person.user_principal_name = at("bob"));
    let answer = crossed.expect("desk", "AmbiguousName").technical(&[&at("desk")]).routed().answer;
    let reader = |name: &str| {
        let desk = answer.nodes.iter().find(|node| node.kind == NodeKind::Mailbox("desk".into())).unwrap();
        let of = |hop: &crate::answer::Hop| answer.node(hop.to).unwrap().kind == NodeKind::Person(id(name));
        desk.hops.iter().any(of)
    };
    assert!(!reader("ann") && !reader("bob"), "neither is named");
    // One account's display name, and a list that is called so.
    let called = people().list("crew", &["bob"]).change("ann", |person| person.display_name = "Crew".into());
    let trustee = of("Crew", Reference::Recipient("crew".into()));
    called
        .but(|l| drop(l.exchange.full_access.insert("desk".into(), Fact::Present([trustee].into()))))
        .expect("desk", "AmbiguousName");
    // Who is denied access may be the only reader.
    let denied =
        people().but(|l| drop(l.exchange.denied_access.insert("desk".into(), [of("Andrew Smith", smith())].into())));
    denied.expect("desk", "AmbiguousName");
}

#[test]
fn a4_rules_that_name_somebody_who_cannot_be_told_are_open_for_everybody() {
    let rule = |change: fn(&mut crate::landscape::TransportRule)| people().transport(TransportVerdict::Delete, change);
    rule(|rule| rule.sent_to = [smith()].into()).expect("ann", "NotReadable");
    rule(|rule| rule.sent_to = [Reference::Gone].into()).expect("ann", "Deliverable");
    rule(|rule| rule.sent_to_members_of = [smith()].into()).expect("ann", "NotReadable");
    rule(|rule| rule.except_sent_to = [smith()].into()).expect("ann", "NotReadable");
    rule(|rule| rule.except_sent_to = [smith(), Reference::Recipient("ann".into())].into())
        .expect("ann", "Deliverable");
    rule(|rule| rule.from = [Reference::Unreadable].into()).expect("ann", "NotReadable");
    rule(|rule| rule.from = [smith()].into()).expect("ann", "Deliverable");
    rule(|rule| rule.except_from = [Reference::Unreadable].into()).expect("ann", "NotReadable");
    let redirect =
        people().transport(TransportVerdict::Redirect([smith()].into()), |rule| rule.sent_to = keys(&["ann"]));
    redirect.expect("ann", "AmbiguousName");
    let copy = people().transport(TransportVerdict::AlsoTo([smith()].into()), |rule| rule.sent_to = keys(&["desk"]));
    copy.shared("desk", &[]).expect("desk", "AmbiguousName");
    let inbox = |change: fn(&mut crate::landscape::InboxRule)| people().rule("ann", change);
    inbox(|rule| (rule.deletes, rule.redirect_to) = (true, [smith()].into())).expect("ann", "AmbiguousName");
    inbox(|rule| (rule.deletes, rule.from) = (true, [Reference::Unreadable].into())).expect("ann", "RuleMayApply");
}

#[test]
fn a4_restrictions_and_scopes_that_name_somebody_who_cannot_be_told_are_open() {
    let sender = NOTICE_SENDERS[0].address;
    let takes = |accept: Vec<Reference>| people().with("ann", |one| one.restrictions.accept_only_from = accept.into());
    takes(vec![smith()]).expect("ann", "SenderNotAccepted");
    takes(vec![smith()]).contact("sender", sender).expect("ann", "NotReadable");
    let refuses = people().with("ann", |one| one.restrictions.reject_from = [Reference::Unreadable].into());
    refuses.clone().expect("ann", "Deliverable");
    refuses.contact("sender", sender).expect("ann", "NotReadable");
    let blocks = |change: fn(&mut PolicyScope)| {
        let scene = people().filter(|one| {
            one.blocked_domains = keys(&["microsoft.com", "microsoftonline.com"]);
            change(&mut one.scope);
        });
        scene.filter(|_| {})
    };
    blocks(|scope| scope.recipients = keys(&["ann"]))
        .about_passwords("ann", "Quarantine")
        .about_passwords("bob", "Deliverable");
    blocks(|scope| scope.recipients = [smith()].into()).about_passwords("ann", "RuleMayApply");
    blocks(|scope| scope.except_recipients = [smith()].into()).about_passwords("ann", "RuleMayApply");
    blocks(|scope| scope.except_recipients = [Reference::Gone].into()).about_passwords("ann", "Quarantine");
}

#[test]
fn a4_a_sign_in_name_of_one_account_is_that_account() {
    let named = |name: &str| {
        let trustee = Trustee { name: name.into(), recipient: Reference::Unreadable };
        people().but(|l| drop(l.exchange.full_access.insert("desk".into(), Fact::Present([trustee].into()))))
    };
    named(&at("ann")).expect("desk", "Deliverable");
    named("nobody@contoso.com").expect("desk", "NotReadable");
}
