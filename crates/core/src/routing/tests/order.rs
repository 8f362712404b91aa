//! What comes first, and what comes once: scenarios in which mail flow and this module had told different stories.

use crate::{
    landscape::{Reference, TransportVerdict},
    model::role::GLOBAL_ADMINISTRATOR,
    routing::testing::{Scene, keys, to},
};

fn people() -> Scene {
    Scene::new().person("ann").person("bob").person("eve").list("ops", &["ann"])
}

/// The people who certainly get mail to an address, by name.
fn certain(scene: &Scene, to: &str) -> Vec<String> {
    let to = format!("{to}@contoso.com");
    let routed = scene.clone().technical(&[&to]).routed();
    let category = routed.answer.category(tenant_contacts_api::notice::Category::ServiceAndTechnical).unwrap();
    category.certain.iter().map(|id| routed.answer.node(*id).unwrap().label.to_string()).collect()
}

#[test]
fn contract_32_a_rule_about_a_list_itself_takes_nothing_for_rules_see_its_members() {
    let deletes = |list: &str| people().transport(TransportVerdict::Delete, |rule| rule.sent_to = keys(&[list]));
    deletes("ops").expect("ops", "Deliverable");
    deletes("ann").expect("ops", "TransportRule");
    let redirects = TransportVerdict::Redirect(to(&["bob"]));
    let closed = people().with("ops", |one| one.restrictions.authenticated_only = true);
    closed.transport(redirects, |_| {}).expect("ops", "RefusesExternalSenders");
}

#[test]
fn contract_29_what_a_recipient_refuses_no_rule_sends_elsewhere() {
    let redirects = || TransportVerdict::Redirect(to(&["bob"]));
    let scene = || people().transport(redirects(), |rule| rule.sent_to = keys(&["ann"]));
    scene().expect("ann", "Deliverable");
    scene().with("ann", |one| one.restrictions.authenticated_only = true).expect("ann", "TransportRule");
    scene().with("ann", |one| one.restrictions.accept_only_from = keys(&["eve"])).expect("ann", "TransportRule");
    scene().with("ann", |one| one.restrictions.moderated = true).expect("ann", "Moderation");
    // Refused where the rule sends it, it is lost.
    scene().with("bob", |one| one.restrictions.authenticated_only = true).expect("ann", "TransportRule");
}

#[test]
fn contract_32_members_of_a_list_that_a_rule_sends_mail_to_are_not_seen_by_that_rule_again() {
    let all = || TransportVerdict::Redirect(to(&["ops"]));
    people().transport(all(), |_| {}).expect("bob", "Deliverable").expect("ann", "Deliverable");
    let then = people().transport(all(), |_| {}).transport(TransportVerdict::Delete, |_| {});
    then.expect("bob", "TransportRule");
}

#[test]
fn contract_32_a_rule_that_may_take_it_away_and_stop_does_not_save_it_from_the_next() {
    let scene = people().transport(TransportVerdict::Reject, |rule| {
        rule.other_conditions = true;
        rule.stops = true;
    });
    scene.clone().expect("ann", "RuleMayApply");
    scene.transport(TransportVerdict::Quarantine, |_| {}).expect("ann", "TransportRule");
}

#[test]
fn contract_32_rules_see_mail_that_goes_out_again() {
    let fetches = |address: &str| {
        people()
            .forwards_smtp("ann", address, false)
            .outbound(crate::landscape::AutoForwarding::On, |_| {})
            .transport(TransportVerdict::Redirect(to(&["bob"])), |rule| rule.sent_to = keys(&[address]))
    };
    fetches("x@partner.example").expect("ann", "Deliverable");
    // Inside again, it is no forwarding to the outside.
    let off = |scene: Scene| scene.but(|l| l.exchange.outbound_policies = crate::model::Fact::Present([].into()));
    let off = off(fetches("x@partner.example")).outbound(crate::landscape::AutoForwarding::Off, |_| {});
    off.expect("ann", "Deliverable");
    // An address that nobody has comes back before any rule sees it.
    fetches("nobody@contoso.com").expect("ann", "DrainedByForwarding");
    let gone =
        people().transport(TransportVerdict::Redirect([Reference::Address("x@contoso.com".into())].into()), |_| {});
    gone.transport(TransportVerdict::AlsoTo(to(&["bob"])), |_| {}).expect("ann", "TransportRule");
}

#[test]
fn contract_32_inbox_rules_send_a_message_on_once() {
    let scene = people().rule("ann", |rule| {
        rule.redirect_to = to(&["bob"]);
        rule.deletes = true;
    });
    let twice = |deletes: bool| {
        scene.clone().rule("bob", |rule| {
            rule.redirect_to = to(&["eve"]);
            rule.deletes = deletes;
        })
    };
    twice(true).expect("bob", "Deliverable").expect("ann", "Loop");
    let keeps = twice(false).expect("ann", "Deliverable");
    assert_eq!(certain(&keeps, "ann"), ["bob"]);
    assert_eq!(certain(&keeps, "bob"), ["bob", "eve"]);
    // A mailbox's forwarding is another thing.
    let scene = scene.forwards("bob", "eve", false).expect("ann", "Deliverable");
    assert_eq!(certain(&scene, "ann"), ["eve"]);
    // To itself it sends nothing.
    let circle = people().rule("eve", |rule| rule.redirect_to = to(&["eve"])).expect("eve", "Deliverable");
    assert_eq!(certain(&circle, "eve"), ["eve"]);
}

#[test]
fn f6_what_an_inbox_rule_forwards_is_a_message_of_the_mailboxs_own() {
    let scene = people().rule("eve", |rule| {
        rule.forward_to = to(&["ops"]);
        rule.deletes = true;
    });
    scene.clone().expect("eve", "Deliverable");
    // It would bounce from Microsoft's senders, and eve is none of those.
    let closed = scene.clone().with("ops", |one| one.restrictions.authenticated_only = true);
    closed.expect("ops", "RefusesExternalSenders").expect("eve", "RuleMayApply");
    let inside = scene.transport(TransportVerdict::Delete, |rule| rule.from_outside = Some(false));
    inside.expect("ann", "Deliverable").expect("eve", "RuleMayApply");
}

#[test]
fn f4_a_groups_own_mailbox_is_read_by_those_who_subscribe_and_have_one_of_their_own() {
    let full = |scene: Scene| scene.rule("ann", |rule| rule.deletes = true);
    full(people()).group("team", &["ann"]).expect("ann", "InboxRule").expect("team", "Deliverable");
    let guest = people().account("gus").recipient("gus", crate::landscape::RecipientKind::MailUser { external: None });
    guest.group("team", &["gus"]).expect("team", "NoMemberReached");
}

#[test]
fn f4_a_shared_mailbox_is_opened_by_accounts_that_have_a_mailbox() {
    people().shared("desk", &["ann"]).expect("desk", "Deliverable");
    people().account("adm").shared("desk", &["adm"]).expect("desk", "NoReader");
    let elsewhere = crate::landscape::RecipientKind::MailUser { external: None };
    people().account("adm").recipient("adm", elsewhere).shared("desk", &["adm"]).expect("desk", "NotReadable");
}

#[test]
fn contract_32_a_list_that_is_gone_has_no_members() {
    let scene = people().transport(TransportVerdict::Delete, |rule| {
        rule.sent_to_members_of = keys(&["gone@contoso.com"]);
    });
    scene.role(GLOBAL_ADMINISTRATOR, "ann").expect("ann", "Deliverable");
}
