//! Transport rules and the mail filter.

use crate::{
    landscape::{
        AllowEntry, PolicyScope, RetentionTag, RuleTarget, SafeLinks, SpamAction, TransportRule, TransportVerdict,
    },
    model::Fact,
    routing::{
        NOTICE_SENDERS,
        testing::{Scene, at, keys, to},
    },
};

fn people() -> Scene {
    Scene::new().person("ann").person("bob").list("ops", &["ann"])
}

/// The domains that Microsoft's senders are in.
const MICROSOFT: &[&str] = &["microsoft.com", "microsoftonline.com"];

fn all_senders() -> Box<[Box<str>]> {
    NOTICE_SENDERS.iter().map(|sender| sender.address.into()).collect()
}

fn deletes(change: impl FnOnce(&mut TransportRule)) -> Scene {
    people().transport(TransportVerdict::Delete, change)
}

#[test]
fn contract_32_a_transport_rule_takes_mail_by_sender_recipient_and_domain() {
    deletes(|_| {}).expect("ann", "TransportRule").expect("ops", "TransportRule");
    deletes(|rule| rule.enforced = false).expect("ann", "Deliverable");
    deletes(|rule| rule.from_outside = Some(true)).expect("ann", "TransportRule");
    deletes(|rule| rule.from_outside = Some(false)).expect("ann", "Deliverable");
    deletes(|rule| rule.from = keys(&["x@partner.example"])).expect("ann", "Deliverable");
    // Some of Microsoft's senders: which of them a notice comes from is not known. All of them: it is.
    deletes(|rule| rule.from = keys(&["microsoft-noreply@microsoft.com"])).expect("ann", "RuleMayApply");
    deletes(|rule| rule.from = all_senders()).expect("ann", "TransportRule");
    deletes(|rule| rule.sender_domains = keys(&["microsoft.com"])).expect("ann", "RuleMayApply");
    deletes(|rule| rule.sender_domains = keys(MICROSOFT)).expect("ann", "TransportRule");
    deletes(|rule| rule.sender_domains = keys(&["partner.example"])).expect("ann", "Deliverable");
    deletes(|rule| rule.sent_to = keys(&["ann@contoso.com"]))
        .expect("ann", "TransportRule")
        .expect("bob", "Deliverable");
    // Rules see the members of a list.
    deletes(|rule| rule.sent_to = keys(&["ann"])).expect("ops", "TransportRule");
    deletes(|rule| rule.sent_to_members_of = keys(&["ops"]))
        .expect("ann", "TransportRule")
        .expect("bob", "Deliverable");
    deletes(|rule| rule.recipient_domains = keys(&["contoso.com"])).expect("ann", "TransportRule");
    deletes(|rule| rule.recipient_domains = keys(&["partner.example"])).expect("ann", "Deliverable");
    deletes(|rule| rule.except_sent_to = keys(&["ann"])).expect("ann", "Deliverable").expect("bob", "TransportRule");
    deletes(|rule| rule.except_from = keys(&["x@partner.example"])).expect("ann", "TransportRule");
    deletes(|rule| rule.except_from = keys(&["maccount@microsoft.com"])).expect("ann", "RuleMayApply");
    deletes(|rule| rule.other_conditions = true).expect("ann", "RuleMayApply");
}

#[test]
fn contract_32_each_verdict_of_a_transport_rule_has_its_effect() {
    let with = |verdict| people().transport(verdict, |_| {});
    with(TransportVerdict::Reject).expect("ann", "TransportRule");
    with(TransportVerdict::Quarantine).expect("ann", "TransportRule");
    with(TransportVerdict::Moderate).expect("ann", "Moderation");
    with(TransportVerdict::SetScl(9)).expect("ann", "Deliverable");
    let also =
        |scene: Scene| scene.transport(TransportVerdict::AlsoTo(to(&["bob"])), |rule| rule.sent_to = keys(&["ann"]));
    also(people().disabled("ann")).expect("ann", "Deliverable");
    also(people()).expect("ann", "Deliverable");
}

#[test]
fn contract_32_a_redirect_takes_it_from_the_recipient_and_gives_it_to_another() {
    let redirects = |scene: Scene, target: &[&str]| {
        scene.transport(TransportVerdict::Redirect(to(target)), |rule| rule.sent_to = keys(&["ann"]))
    };
    redirects(people(), &["bob"]).expect("ann", "Deliverable").disabled("ann").expect("ann", "Deliverable");
    redirects(people().disabled("bob"), &["bob"]).expect("ann", "TransportRule");
    redirects(people().disabled("bob"), &["bob", "ann"]).expect("ann", "Deliverable");
    redirects(people(), &["gone"]).expect("ann", "TransportRule");
    let to_nobody = TransportVerdict::Redirect([RuleTarget::Unreadable].into());
    people().transport(to_nobody, |_| {}).expect("ann", "NotReadable");
    let outside = TransportVerdict::Redirect([RuleTarget::Address("x@gmail.com".into())].into());
    people().exchanger("gmail.com", true).transport(outside, |_| {}).expect("ann", "PersonalAddress");
}

#[test]
fn contract_32_a_rule_for_everybody_does_not_send_in_circles() {
    let all = |target: &str| TransportVerdict::Redirect(to(&[target]));
    let scene = people().disabled("ann").transport(all("bob"), |_| {});
    let scene = scene.expect("ann", "Deliverable").expect("bob", "Deliverable");
    // The second rule sees what the first made of it, and the first does not see it again.
    let scene = scene.person("eve").transport(all("eve"), |_| {}).disabled("bob");
    scene.expect("ann", "Deliverable").expect("bob", "Deliverable").expect("eve", "Deliverable");
}

#[test]
fn contract_32_rules_apply_in_order_until_one_stops() {
    let stops = |rule: &mut TransportRule| rule.stops = true;
    people()
        .transport(TransportVerdict::SetScl(0), stops)
        .transport(TransportVerdict::Delete, |_| {})
        .expect("ann", "Deliverable");
    let maybe = |rule: &mut TransportRule| {
        rule.stops = true;
        rule.other_conditions = true;
    };
    people()
        .transport(TransportVerdict::SetScl(0), maybe)
        .transport(TransportVerdict::Delete, |_| {})
        .expect("ann", "RuleMayApply");
}

#[test]
fn e4_spam_by_a_transport_rule_meets_the_policys_action() {
    let spam = |action| people().transport(TransportVerdict::SetScl(9), |_| {}).filter(|filter| filter.spam = action);
    spam(SpamAction::Quarantine).expect("ann", "Quarantine");
    spam(SpamAction::Junk).expect("ann", "Quarantine");
    spam(SpamAction::Delete).expect("ann", "Quarantine");
    spam(SpamAction::Deliver).expect("ann", "Deliverable");
    let later = spam(SpamAction::Quarantine).transport(TransportVerdict::SetScl(-1), |_| {});
    later.expect("ann", "Deliverable");
    let one = |rule: &mut TransportRule| rule.from = keys(&["maccount@microsoft.com"]);
    spam(SpamAction::Quarantine).transport(TransportVerdict::SetScl(-1), one).expect("ann", "RuleMayApply");
}

#[test]
fn e4_a_rule_that_may_let_it_past_the_filter_matters_only_where_the_filter_would_act() {
    // As DOMAIN E4 recommends: sender and authentication must both be right.
    let asks_more = |rule: &mut TransportRule| rule.other_conditions = true;
    let scene = people().transport(TransportVerdict::SetScl(-1), asks_more);
    scene.clone().expect("ann", "Deliverable").filter(|_| {}).expect("ann", "Deliverable");
    scene.filter(|filter| filter.blocked_domains = keys(&["microsoft.com"])).expect("ann", "RuleMayApply");
    let spam = people().transport(TransportVerdict::SetScl(9), asks_more);
    spam.clone().expect("ann", "Deliverable").filter(|_| {}).expect("ann", "RuleMayApply");
    spam.filter(|filter| filter.spam = SpamAction::Deliver).expect("ann", "Deliverable");
}

#[test]
fn contract_32_a_rule_for_one_sender_takes_mail_away_and_gives_it_to_others_for_that_sender_only() {
    let one = |rule: &mut TransportRule| rule.from = keys(&["maccount@microsoft.com"]);
    people().transport(TransportVerdict::Redirect(to(&["bob"])), one).expect("ann", "RuleMayApply");
    let also = people().disabled("ann").transport(TransportVerdict::AlsoTo(to(&["bob"])), one);
    also.expect("ann", "RuleMayApply");
    let scene = people().disabled("ann").rule("ann", |rule| {
        rule.from = keys(&["maccount@microsoft.com"]);
        rule.forward_to = to(&["bob"]);
    });
    scene.expect("ann", "RuleMayApply");
}

#[test]
fn e4_a_policy_that_blocks_a_sender_keeps_the_mail() {
    let blocks = |scope: PolicyScope| {
        people().filter(|filter| {
            filter.scope = scope;
            filter.blocked_domains = keys(MICROSOFT);
        })
    };
    people().filter(|filter| filter.blocked_domains = keys(&["microsoft.com"])).expect("ann", "RuleMayApply");
    people().filter(|filter| filter.blocked_senders = all_senders()).expect("ann", "Quarantine");
    blocks(PolicyScope::default()).expect("ann", "Quarantine").expect("ops", "Quarantine");
    let bob = PolicyScope { recipients: keys(&["bob@contoso.com"]), ..PolicyScope::default() };
    blocks(bob).filter(|_| {}).expect("ann", "Deliverable").expect("bob", "Quarantine");
    let but = PolicyScope { domains: keys(&["contoso.com"]), exceptions: true, ..PolicyScope::default() };
    blocks(but).filter(|_| {}).expect("ann", "RuleMayApply");
    let passes = |rule: &mut TransportRule| rule.sent_to = keys(&["ann"]);
    let scene = blocks(PolicyScope::default()).transport(TransportVerdict::SetScl(-1), passes);
    scene.expect("ann", "Deliverable").expect("bob", "Quarantine");
}

#[test]
fn e4_the_tenant_block_list_counts_until_an_entry_ends() {
    let entry = |value: &str, allowed, expires: Option<&str>| {
        let entry = AllowEntry {
            value: value.into(),
            allowed,
            expires: expires.map(|when| when.parse().unwrap()),
            remove_after: None,
            last_used: None,
        };
        people().but(|l| l.exchange.allow_entries = Fact::Present([entry].into()))
    };
    entry("*.com", false, None).expect("ann", "Quarantine");
    entry("microsoft.com", false, None).expect("ann", "RuleMayApply");
    entry("maccount@microsoft.com", false, Some("2026-12-01T00:00:00Z")).expect("ann", "RuleMayApply");
    entry("maccount@microsoft.com", false, Some("2026-11-01T00:00:00Z")).expect("ann", "Deliverable");
    entry("maccount@microsoft.com", true, None).expect("ann", "Deliverable");
    entry("partner.example", false, None).expect("ann", "Deliverable");
}

#[test]
fn e4_rewritten_links_and_e3_short_retention_are_said_and_stop_nothing() {
    let policy = |leaves_alone: &[&str]| SafeLinks {
        name: "S".into(),
        scope: PolicyScope::default(),
        rewrites: true,
        leaves_alone: keys(leaves_alone),
    };
    let said = |scene: &Scene| {
        let nodes = scene.clone().technical(&[&at("ann")]).routed().answer.nodes;
        nodes.iter().flat_map(|node| &node.blockages).map(|one| one.obstacle.as_str()).collect::<Vec<_>>()
    };
    let scene =
        people().but(|l| l.exchange.safe_links = Fact::Present([policy(&[])].into())).expect("ann", "Deliverable");
    assert_eq!(said(&scene), ["LinkRewriting"]);
    let scene = scene.but(|l| l.exchange.safe_links = Fact::Present([policy(&["https://*.microsoft.com/*"])].into()));
    assert!(said(&scene).is_empty());
    let tag = |days: i64| RetentionTag {
        name: "G".into(),
        applies_to_inbox: true,
        after: jiff::SignedDuration::from_hours(24 * days),
    };
    let keeps = |days| {
        people().mailbox("ann", |one| one.retention_policy = Some("P".into())).but(|l| {
            l.exchange.retention = Fact::Present([("P".into(), [tag(days)].into())].into());
        })
    };
    assert_eq!(said(&keeps(13).expect("ann", "Deliverable")), ["Retention"]);
    assert!(said(&keeps(14)).is_empty());
}
