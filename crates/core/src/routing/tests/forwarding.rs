//! Forwarding and inbox rules.

use crate::{
    answer::HopKind,
    landscape::{AutoForwarding, InboxRules, RecipientKind, Reference},
    model::Fact,
    routing::{
        NOTICE_SENDERS,
        testing::{Scene, at, keys, to},
    },
};

fn people() -> Scene {
    Scene::new().person("ann").person("bob").exchanger("partner.example", true).exchanger("gmail.com", true)
}

#[test]
fn contract_27_forwarding_without_a_copy_empties_the_mailbox() {
    let scene = people().forwards("ann", "bob", false).expect("ann", "Deliverable");
    // Who reads the mailbox no longer matters, nor whether it is full.
    let scene = scene.disabled("ann").but(|l| {
        l.exchange.sizes.insert("ann".into(), Fact::Present(100));
    });
    let scene = scene.expect("ann", "Deliverable");
    scene.clone().disabled("bob").expect("ann", "DrainedByForwarding");
    let why = scene.disabled("bob").mail("ann").blockages;
    assert_eq!(
        why.iter().map(|one| one.obstacle.as_str()).collect::<Vec<_>>()[..2],
        ["DrainedByForwarding", "DisabledOwner"]
    );
}

#[test]
fn contract_27_a_copy_is_read_even_where_the_forward_is_lost() {
    let scene = people().disabled("bob");
    scene.clone().forwards("ann", "bob", true).expect("ann", "Deliverable");
    scene.clone().forwards("bob", "ann", true).expect("bob", "Deliverable");
    scene.clone().forwards("bob", "gone", true).expect("bob", "NoRecipient");
    scene.forwards("bob", "gone", false).expect("bob", "NoRecipient");
}

#[test]
fn contract_27_forwarding_address_wins_over_the_smtp_address() {
    let scene = people().forwards("ann", "bob", false).mailbox("ann", |one| {
        one.forwarding.outside = Some("x@gmail.com".into());
    });
    scene.expect("ann", "Deliverable");
}

#[test]
fn forwarding_by_address_inside_is_no_forwarding_outside() {
    let scene = people().outbound(AutoForwarding::Off, |_| {}).forwards_smtp("ann", "Bob@contoso.com", false);
    scene.expect("ann", "Deliverable");
}

#[test]
fn mailboxes_that_forward_to_each_other_loop_unless_one_keeps_a_copy() {
    let scene = people().forwards("ann", "bob", false).forwards("bob", "ann", false).expect("ann", "Loop");
    scene.forwards("bob", "ann", true).expect("ann", "Deliverable").expect("bob", "Deliverable");
}

#[test]
fn f6_forwarding_outside_follows_the_outbound_policy() {
    let scene = people().forwards_smtp("ann", "x@gmail.com", false);
    let with = |mode| scene.clone().outbound(mode, |_| {});
    with(AutoForwarding::Off).expect("ann", "ForwardBouncedByOutboundPolicy");
    with(AutoForwarding::On).expect("ann", "PersonalAddress");
    let before = |scene: Scene| scene.but(|l| l.created = Fact::Present("2019-01-01T00:00:00Z".parse().unwrap()));
    with(AutoForwarding::Automatic).expect("ann", "ForwardBouncedByOutboundPolicy");
    before(with(AutoForwarding::Automatic)).expect("ann", "RuleMayApply");
    scene.clone().expect("ann", "ForwardBouncedByOutboundPolicy");
    before(with(AutoForwarding::Off)).expect("ann", "ForwardBouncedByOutboundPolicy");
    // A copy that stays is read all the same.
    let scene = scene.forwards_smtp("ann", "x@gmail.com", true).outbound(AutoForwarding::Off, |_| {});
    let node = scene.expect("ann", "Deliverable").mail("ann");
    assert!(node.blockages.is_empty());
}

#[test]
fn f6_the_first_outbound_policy_that_applies_to_the_mailbox_decides() {
    let scene = people().list("staff", &["ann"]).forwards_smtp("ann", "x@gmail.com", false);
    let named = |scope: fn(&mut crate::landscape::PolicyScope)| {
        scene.clone().outbound(AutoForwarding::On, scope).outbound(AutoForwarding::Off, |_| {})
    };
    named(|scope| scope.recipients = keys(&["ann@contoso.com"])).expect("ann", "PersonalAddress");
    named(|scope| scope.recipients = keys(&["bob@contoso.com"])).expect("ann", "ForwardBouncedByOutboundPolicy");
    named(|scope| scope.members_of = keys(&["staff"])).expect("ann", "PersonalAddress");
    named(|scope| scope.domains = keys(&["contoso.com"])).expect("ann", "PersonalAddress");
    // Conditions of different kinds must all hold.
    named(|scope| {
        scope.domains = keys(&["contoso.com"]);
        scope.recipients = keys(&["bob"]);
    })
    .expect("ann", "ForwardBouncedByOutboundPolicy");
    named(|scope| {
        scope.domains = keys(&["contoso.com"]);
        scope.other_exceptions = true;
    })
    .expect("ann", "RuleMayApply");
}

#[test]
fn contract_27_the_most_specific_remote_domain_decides() {
    let scene = people().outbound(AutoForwarding::On, |_| {}).forwards_smtp("ann", "x@a.partner.example", false);
    let scene =
        scene.exchanger("a.partner.example", true).remote("*", false).expect("ann", "ForwardBouncedByRemoteDomain");
    let scene = scene.remote("*.partner.example", true).expect("ann", "PersonalAddress");
    let scene = scene.remote("partner.example", false).expect("ann", "PersonalAddress");
    scene.remote("a.partner.example", false).expect("ann", "ForwardBouncedByRemoteDomain");
}

#[test]
fn contract_27_forwarding_to_a_contact_goes_outside_too() {
    let scene = people().contact("ext", "x@partner.example").forwards("ann", "ext", false);
    scene.clone().outbound(AutoForwarding::Off, |_| {}).expect("ann", "ForwardBouncedByOutboundPolicy");
    // A list sends on by itself: that is no automatic forwarding.
    scene.list("ops", &["ext"]).outbound(AutoForwarding::Off, |_| {}).expect("ops", "PersonalAddress");
}

#[test]
fn contract_32_an_inbox_rule_that_deletes_takes_the_mail_away() {
    let scene = people();
    scene.clone().rule("ann", |rule| rule.deletes = true).expect("ann", "InboxRule");
    let hidden = scene.clone().rule("ann", |rule| {
        rule.deletes = true;
        rule.hidden = true;
    });
    hidden.expect("ann", "HiddenInboxRule");
    let moved = |folder: &str| scene.clone().rule("ann", |rule| rule.moves_to = Some(folder.into()));
    moved("ann:\\RSS Feeds").expect("ann", "InboxRule");
    moved("Deleted Items").expect("ann", "InboxRule");
    moved("Microsoft").expect("ann", "RuleMayApply");
    moved("Inbox").expect("ann", "Deliverable");
}

#[test]
fn contract_32_an_inbox_rule_applies_by_sender_and_what_else_it_asks_for_leaves_it_unknown() {
    let scene = people();
    let from = |from: &[&str]| {
        scene.clone().rule("ann", |rule| {
            rule.from = keys(from);
            rule.deletes = true;
        })
    };
    from(&["boss@contoso.com"]).about_passwords("ann", "Deliverable");
    from(&["MSOnlineServicesTeam@microsoft.com"]).about_passwords("ann", "RuleMayApply");
    let all: Vec<&str> = NOTICE_SENDERS.iter().map(|sender| sender.address).collect();
    from(&all).about_passwords("ann", "InboxRule");
    let other = scene.clone().rule("ann", |rule| {
        rule.other_conditions = true;
        rule.deletes = true;
    });
    other.about_passwords("ann", "RuleMayApply");
}

#[test]
fn contract_32_an_inbox_rule_that_redirects_and_deletes_moves_the_mail_to_others() {
    let scene = people().disabled("ann");
    let sends = |keep: bool| {
        scene.clone().rule("ann", |rule| {
            rule.redirect_to = to(&["bob"]);
            rule.deletes = !keep;
        })
    };
    // The rules of a disabled owner's mailbox go on.
    let node = sends(false).expect("ann", "Deliverable").mail("ann");
    assert_eq!(node.hops[0].kind, HopKind::Resolves);
    sends(true).expect("ann", "Deliverable").disabled("bob").expect("ann", "DisabledOwner");
    let outside = scene.clone().rule("ann", |rule| rule.forward_to = [Reference::Address("x@gmail.com".into())].into());
    outside.clone().outbound(AutoForwarding::Off, |_| {}).expect("ann", "DisabledOwner");
    outside.outbound(AutoForwarding::On, |_| {}).expect("ann", "PersonalAddress");
    scene.rule("ann", |rule| rule.forward_to = [Reference::Unreadable].into()).expect("ann", "NotReadable");
}

#[test]
fn contract_32_a_rule_that_stops_hides_those_after_it() {
    let scene = people().rule("ann", |rule| rule.stops = true).rule("ann", |rule| rule.deletes = true);
    scene.expect("ann", "Deliverable");
    let scene = people().rule("ann", |rule| {
        rule.stops = true;
        rule.other_conditions = true;
    });
    scene.rule("ann", |rule| rule.deletes = true).expect("ann", "RuleMayApply");
}

#[test]
fn f6_forwarding_to_the_address_of_a_mail_user_leads_outside_and_meets_the_border() {
    let scene = people().recipient("far", RecipientKind::MailUser { external: Some("x@partner.example".into()) });
    let scene = scene.exchanger("partner.example", true).outbound(AutoForwarding::Off, |_| {});
    scene.forwards_smtp("ann", &at("far"), false).expect("ann", "ForwardBouncedByOutboundPolicy");
}

#[test]
fn contract_32_which_of_several_inbox_rules_moves_it_cannot_be_said() {
    let moves = |folders: &[&str]| {
        folders.iter().fold(people(), |scene, folder| scene.rule("ann", |rule| rule.moves_to = Some((*folder).into())))
    };
    moves(&["RSS Feeds", "Junk Email"]).expect("ann", "InboxRule");
    moves(&["Notices", "RSS Feeds"]).expect("ann", "RuleMayApply");
    moves(&["Inbox", "RSS Feeds"]).expect("ann", "RuleMayApply");
    moves(&["Notices"]).rule("ann", |rule| rule.deletes = true).expect("ann", "RuleMayApply");
}

#[test]
fn f6_a_mailbox_that_forwards_to_itself_as_a_new_message_may_keep_that() {
    let scene = people().rule("ann", |rule| {
        rule.forward_to = to(&["ann"]);
        rule.deletes = true;
    });
    scene.expect("ann", "RuleMayApply");
}

#[test]
fn a_full_mailbox_obeys_no_inbox_rules_and_forwards_all_the_same() {
    let scene = people().but(|l| {
        l.exchange.sizes.insert("ann".into(), Fact::Present(100));
    });
    scene.clone().rule("ann", |rule| rule.redirect_to = to(&["bob"])).expect("ann", "OverQuota");
    scene.forwards("ann", "bob", true).expect("ann", "Deliverable");
}

#[test]
fn g2_hidden_rules_that_were_not_looked_for_may_be_there() {
    let scene = people().but(|l| {
        let rules = InboxRules { rules: [].into(), hidden_read: false };
        l.exchange.inbox_rules.insert("ann".into(), Fact::Present(rules));
    });
    scene.expect("ann", "NotReadable");
}

#[test]
fn forwarding_to_a_list_or_through_two_mailboxes_is_followed_to_the_end() {
    let scene =
        people().person("eve").list("ops", &["eve"]).forwards("ann", "ops", false).forwards("bob", "ann", false);
    let scene = scene.expect("bob", "Deliverable");
    let refuses = scene.with("ops", |one| one.restrictions.authenticated_only = true);
    let why = refuses.expect("bob", "DrainedByForwarding").mail("bob").blockages;
    assert!(why.iter().any(|one| one.obstacle.as_str() == "RefusesExternalSenders"), "{why:?}");
}

#[test]
fn a_mailbox_outside_that_forwards_back_in_cannot_be_seen() {
    let scene = people().recipient("eve", RecipientKind::MailUser { external: Some(at("bob")) });
    scene.expect("eve", "Deliverable");
}
