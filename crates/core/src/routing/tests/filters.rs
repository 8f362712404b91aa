//! Transport rules and the mail filter.

use crate::{
    landscape::{
        AllowEntry, PolicyScope, Reference, RetentionTag, SafeLinks, SpamAction, TransportRule, TransportVerdict,
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

/// The domains that senders of mail about passwords are in, of which a page tells; of other notices see `senders.rs`.
const MICROSOFT: &[&str] = &["microsoft.com", "microsoftonline.com"];

fn all_senders<T: for<'k> From<&'k str>>() -> Box<[T]> {
    NOTICE_SENDERS.iter().map(|sender| sender.address.into()).collect()
}

fn deletes(change: impl FnOnce(&mut TransportRule)) -> Scene {
    people().transport(TransportVerdict::Delete, change)
}

#[test]
fn contract_32_a_transport_rule_takes_mail_by_sender_recipient_and_domain() {
    deletes(|_| {}).about_passwords("ann", "TransportRule").about_passwords("ops", "TransportRule");
    deletes(|rule| rule.enforced = false).about_passwords("ann", "Deliverable");
    deletes(|rule| rule.from_outside = Some(true)).about_passwords("ann", "TransportRule");
    deletes(|rule| rule.from_outside = Some(false)).about_passwords("ann", "Deliverable");
    deletes(|rule| rule.from = keys(&["x@partner.example"])).about_passwords("ann", "Deliverable");
    // Some of Microsoft's senders: which of them a notice comes from is not known. All of them: it is.
    deletes(|rule| rule.from = keys(&["msonlineservicesteam@microsoft.com"])).about_passwords("ann", "RuleMayApply");
    deletes(|rule| rule.from = all_senders()).about_passwords("ann", "TransportRule");
    deletes(|rule| rule.sender_domains = keys(&["microsoft.com"])).about_passwords("ann", "RuleMayApply");
    deletes(|rule| rule.sender_domains = keys(MICROSOFT)).about_passwords("ann", "TransportRule");
    deletes(|rule| rule.sender_domains = keys(&["partner.example"])).about_passwords("ann", "Deliverable");
    deletes(|rule| rule.sent_to = keys(&["ann@contoso.com"]))
        .about_passwords("ann", "TransportRule")
        .about_passwords("bob", "Deliverable");
    // Rules see the members of a list.
    deletes(|rule| rule.sent_to = keys(&["ann"])).about_passwords("ops", "TransportRule");
    deletes(|rule| rule.sent_to_members_of = keys(&["ops"]))
        .about_passwords("ann", "TransportRule")
        .about_passwords("bob", "Deliverable");
    deletes(|rule| rule.recipient_domains = keys(&["contoso.com"])).about_passwords("ann", "TransportRule");
    deletes(|rule| rule.recipient_domains = keys(&["partner.example"])).about_passwords("ann", "Deliverable");
    deletes(|rule| rule.except_sent_to = keys(&["ann"]))
        .about_passwords("ann", "Deliverable")
        .about_passwords("bob", "TransportRule");
    deletes(|rule| rule.except_from = keys(&["x@partner.example"])).about_passwords("ann", "TransportRule");
    deletes(|rule| rule.except_from = keys(&["msonlineservicesteam@microsoft.com"]))
        .about_passwords("ann", "RuleMayApply");
    deletes(|rule| rule.other_conditions = true).about_passwords("ann", "RuleMayApply");
}

#[test]
fn contract_32_each_verdict_of_a_transport_rule_has_its_effect() {
    let with = |verdict| people().transport(verdict, |_| {});
    with(TransportVerdict::Reject).about_passwords("ann", "TransportRule");
    with(TransportVerdict::Quarantine).about_passwords("ann", "TransportRule");
    with(TransportVerdict::Moderate).about_passwords("ann", "Moderation");
    // The default policy is there always: without any it is not known what becomes of spam.
    with(TransportVerdict::SetScl(9)).about_passwords("ann", "RuleMayApply");
    let also =
        |scene: Scene| scene.transport(TransportVerdict::AlsoTo(to(&["bob"])), |rule| rule.sent_to = keys(&["ann"]));
    also(people().disabled("ann")).about_passwords("ann", "Deliverable");
    also(people()).about_passwords("ann", "Deliverable");
}

#[test]
fn contract_32_a_redirect_takes_it_from_the_recipient_and_gives_it_to_another() {
    let redirects = |scene: Scene, target: &[&str]| {
        scene.transport(TransportVerdict::Redirect(to(target)), |rule| rule.sent_to = keys(&["ann"]))
    };
    redirects(people(), &["bob"])
        .about_passwords("ann", "Deliverable")
        .disabled("ann")
        .about_passwords("ann", "Deliverable");
    redirects(people().disabled("bob"), &["bob"]).about_passwords("ann", "TransportRule");
    redirects(people().disabled("bob"), &["bob", "ann"]).about_passwords("ann", "Deliverable");
    redirects(people(), &["gone"]).about_passwords("ann", "TransportRule");
    let to_nobody = TransportVerdict::Redirect([Reference::Unreadable].into());
    people().transport(to_nobody, |_| {}).about_passwords("ann", "NotReadable");
    let outside = TransportVerdict::Redirect([Reference::Address("x@gmail.com".into())].into());
    people().exchanger("gmail.com", true).transport(outside, |_| {}).about_passwords("ann", "PersonalAddress");
}

#[test]
fn contract_32_a_rule_for_everybody_does_not_send_in_circles() {
    let all = |target: &str| TransportVerdict::Redirect(to(&[target]));
    let scene = people().disabled("ann").transport(all("bob"), |_| {});
    let scene = scene.about_passwords("ann", "Deliverable").about_passwords("bob", "Deliverable");
    // The second rule sees what the first made of it, and the first does not see it again.
    let scene = scene.person("eve").transport(all("eve"), |_| {}).disabled("bob");
    scene
        .about_passwords("ann", "Deliverable")
        .about_passwords("bob", "Deliverable")
        .about_passwords("eve", "Deliverable");
}

#[test]
fn contract_32_rules_apply_in_order_until_one_stops() {
    let stops = |rule: &mut TransportRule| rule.stops = true;
    people()
        .transport(TransportVerdict::SetScl(0), stops)
        .transport(TransportVerdict::Delete, |_| {})
        .about_passwords("ann", "Deliverable");
    let maybe = |rule: &mut TransportRule| {
        rule.stops = true;
        rule.other_conditions = true;
    };
    people()
        .transport(TransportVerdict::SetScl(0), maybe)
        .transport(TransportVerdict::Delete, |_| {})
        .about_passwords("ann", "RuleMayApply");
}

#[test]
fn e4_spam_by_a_transport_rule_meets_the_policys_action() {
    let spam = |action| people().transport(TransportVerdict::SetScl(6), |_| {}).filter(|filter| filter.spam = action);
    spam(SpamAction::Quarantine).about_passwords("ann", "Quarantine");
    spam(SpamAction::Junk).about_passwords("ann", "Quarantine");
    spam(SpamAction::Delete).about_passwords("ann", "Quarantine");
    spam(SpamAction::Deliver).about_passwords("ann", "Deliverable");
    let later = spam(SpamAction::Quarantine).transport(TransportVerdict::SetScl(-1), |_| {});
    later.about_passwords("ann", "Deliverable");
    let one = |rule: &mut TransportRule| rule.from = keys(&["msonlineservicesteam@microsoft.com"]);
    spam(SpamAction::Quarantine).transport(TransportVerdict::SetScl(-1), one).about_passwords("ann", "RuleMayApply");
}

#[test]
fn e4_a_rule_that_may_let_it_past_the_filter_matters_only_where_the_filter_would_act() {
    // As DOMAIN E4 recommends: sender and authentication must both be right.
    let asks_more = |rule: &mut TransportRule| rule.other_conditions = true;
    let scene = people().transport(TransportVerdict::SetScl(-1), asks_more);
    scene.clone().about_passwords("ann", "Deliverable").filter(|_| {}).about_passwords("ann", "Deliverable");
    scene.filter(|filter| filter.blocked_domains = keys(&["microsoft.com"])).about_passwords("ann", "RuleMayApply");
    let spam = people().transport(TransportVerdict::SetScl(6), asks_more);
    spam.clone().about_passwords("ann", "RuleMayApply").filter(|_| {}).about_passwords("ann", "RuleMayApply");
    spam.filter(|filter| filter.spam = SpamAction::Deliver).about_passwords("ann", "Deliverable");
}

#[test]
fn contract_32_a_rule_for_one_sender_takes_mail_away_and_gives_it_to_others_for_that_sender_only() {
    let one = |rule: &mut TransportRule| rule.from = keys(&["msonlineservicesteam@microsoft.com"]);
    people().transport(TransportVerdict::Redirect(to(&["bob"])), one).about_passwords("ann", "RuleMayApply");
    let also = people().disabled("ann").transport(TransportVerdict::AlsoTo(to(&["bob"])), one);
    also.about_passwords("ann", "RuleMayApply");
    let scene = people().disabled("ann").rule("ann", |rule| {
        rule.from = keys(&["msonlineservicesteam@microsoft.com"]);
        rule.forward_to = to(&["bob"]);
    });
    scene.about_passwords("ann", "RuleMayApply");
}

#[test]
fn e4_a_policy_that_blocks_a_sender_keeps_the_mail() {
    let blocks = |scope: PolicyScope| {
        people().filter(|filter| {
            filter.scope = scope;
            filter.blocked_domains = keys(MICROSOFT);
        })
    };
    people().filter(|filter| filter.blocked_domains = keys(&["microsoft.com"])).about_passwords("ann", "RuleMayApply");
    people().filter(|filter| filter.blocked_senders = all_senders()).about_passwords("ann", "Quarantine");
    blocks(PolicyScope::default()).about_passwords("ann", "Quarantine").about_passwords("ops", "Quarantine");
    let bob = PolicyScope { recipients: keys(&["bob@contoso.com"]), ..PolicyScope::default() };
    blocks(bob).filter(|_| {}).about_passwords("ann", "Deliverable").about_passwords("bob", "Quarantine");
    let but = PolicyScope { domains: keys(&["contoso.com"]), other_exceptions: true, ..PolicyScope::default() };
    blocks(but).filter(|_| {}).about_passwords("ann", "RuleMayApply");
    let passes = |rule: &mut TransportRule| rule.sent_to = keys(&["ann"]);
    let scene = blocks(PolicyScope::default()).transport(TransportVerdict::SetScl(-1), passes);
    scene.about_passwords("ann", "Deliverable").about_passwords("bob", "Quarantine");
}

/// Set-HostedContentFilterPolicy: what comes from blocked senders is high confidence spam; "Use mail flow rules to set the
/// spam confidence level": 7 to 9 is, and 5 and 6 is spam.
#[test]
fn e4_blocked_senders_and_the_highest_levels_meet_the_action_for_high_confidence_spam() {
    let lax = |scene: Scene, sure| {
        scene.filter(|filter| {
            (filter.spam, filter.high_confidence_spam) = (SpamAction::Deliver, sure);
            filter.blocked_domains = keys(MICROSOFT);
        })
    };
    lax(people(), SpamAction::Quarantine).about_passwords("ann", "Quarantine");
    lax(people(), SpamAction::Deliver).about_passwords("ann", "Deliverable");
    let level = |level, spam, sure| {
        people().transport(TransportVerdict::SetScl(level), |_| {}).filter(|filter| {
            (filter.spam, filter.high_confidence_spam) = (spam, sure);
        })
    };
    for (at, expected) in [(5, "Deliverable"), (6, "Deliverable"), (7, "Quarantine"), (9, "Quarantine")] {
        level(at, SpamAction::Deliver, SpamAction::Quarantine).about_passwords("ann", expected);
    }
    level(9, SpamAction::Quarantine, SpamAction::Deliver).about_passwords("ann", "Deliverable");
}

#[test]
fn e4_spam_that_is_sent_to_others_instead_is_read_there_or_nowhere() {
    let redirected = |scene: Scene, blocked: &[&str]| {
        scene.filter(|filter| {
            filter.high_confidence_spam = SpamAction::Redirect;
            filter.redirect_to = to(&["bob"]);
            filter.blocked_domains = keys(blocked);
        })
    };
    redirected(people().disabled("ann"), MICROSOFT).about_passwords("ann", "Deliverable");
    redirected(people().disabled("bob"), MICROSOFT).about_passwords("ann", "Quarantine");
    redirected(people().disabled("ann"), &["microsoft.com"]).about_passwords("ann", "RuleMayApply");
    // Whether it looks again at what a mailbox sends on is not documented.
    let scene = redirected(people().person("eve").forwards("eve", "ann", false), MICROSOFT);
    let scene = scene.disabled("bob").filter(|_| {});
    let only_ann = |scene: Scene| {
        scene.but(|l| {
            let Fact::Present(filters) = &mut l.exchange.content_filters else { panic!() };
            filters[0].scope.recipients = keys(&["ann"]);
        })
    };
    only_ann(scene.clone()).about_passwords("eve", "RuleMayApply");
    // Nor at what it sends on to a list.
    let by_list = scene.person("fay").forwards("fay", "ops", false);
    only_ann(by_list).about_passwords("fay", "RuleMayApply");
}

/// The junk mail folder is a mailbox's own; what the mailbox forwards has left before.
#[test]
fn e4_what_goes_to_the_junk_mail_folder_is_forwarded_all_the_same() {
    let junk = |scene: Scene| {
        scene.filter(|filter| {
            filter.high_confidence_spam = SpamAction::Junk;
            filter.blocked_domains = keys(MICROSOFT);
        })
    };
    junk(people()).about_passwords("ann", "Quarantine");
    junk(people().forwards("ann", "bob", false)).about_passwords("ann", "RuleMayApply");
    junk(people().contact("out", "x@partner.example").exchanger("partner.example", true))
        .about_passwords("out", "RuleMayApply");
}

/// Which of two entries wins that say opposite things is not documented.
#[test]
fn e4_entries_that_contradict_each_other_leave_it_unknown() {
    let entry = |value: &str, allowed| AllowEntry {
        value: value.into(),
        allowed,
        expires: None,
        remove_after: None,
        last_used: None,
    };
    let blocks = people().filter(|filter| filter.blocked_domains = keys(MICROSOFT));
    let allows = [entry("microsoft.com", true), entry("microsoftonline.com", true)];
    let both = blocks.clone().but(|l| l.exchange.allow_entries = Fact::Present(allows.into()));
    both.about_passwords("ann", "RuleMayApply");
    let tenant = [entry("microsoft.com", false), entry("microsoftonline.com", false)];
    let blocked = people().filter(|_| {}).but(|l| l.exchange.allow_entries = Fact::Present(tenant.into()));
    let bypassed = blocked.clone().about_passwords("ann", "Quarantine").transport(TransportVerdict::SetScl(-1), |_| {});
    bypassed.about_passwords("ann", "RuleMayApply");
    // Level 0 to 4 says nothing: the block stands.
    blocked.transport(TransportVerdict::SetScl(0), |_| {}).about_passwords("ann", "Quarantine");
    let spam = people().transport(TransportVerdict::SetScl(9), |_| {}).filter(|filter| {
        filter.allowed_domains = keys(MICROSOFT);
    });
    spam.about_passwords("ann", "RuleMayApply");
}

#[test]
fn contract_32_what_a_rule_gives_to_another_server_cannot_be_followed() {
    let away = |scene: Scene| scene.transport(TransportVerdict::Elsewhere, |rule| rule.sent_to = keys(&["ann"]));
    away(people()).about_passwords("ann", "RelayedElsewhere").about_passwords("bob", "Deliverable");
    away(people().disabled("ann")).about_passwords("ann", "RelayedElsewhere");
}

#[test]
fn contract_32_a_rule_that_redirects_sends_its_copies_too() {
    let both = [TransportVerdict::Redirect(to(&["gone"])), TransportVerdict::AlsoTo(to(&["bob"]))];
    let scene = people().transport(TransportVerdict::Delete, |rule| {
        rule.sent_to = keys(&["ann"]);
        rule.verdicts = both.into();
    });
    scene.about_passwords("ann", "Deliverable");
}

#[test]
fn contract_32_conditions_on_a_rules_lists_scopes_and_exceptions_are_read() {
    deletes(|rule| rule.to_inside = Some(true)).about_passwords("ann", "TransportRule");
    deletes(|rule| rule.to_inside = Some(false)).about_passwords("ann", "Deliverable");
    deletes(|rule| rule.except_sent_to_members_of = keys(&["ops"])).about_passwords("ann", "Deliverable");
    deletes(|rule| rule.except_sent_to_members_of = keys(&["ops"])).about_passwords("bob", "TransportRule");
    deletes(|rule| rule.except_recipient_domains = keys(&["contoso.com"])).about_passwords("ann", "Deliverable");
    deletes(|rule| rule.except_sender_domains = keys(MICROSOFT)).about_passwords("ann", "Deliverable");
    deletes(|rule| rule.except_sender_domains = keys(&["microsoft.com"])).about_passwords("ann", "RuleMayApply");
    let contacts = || {
        let contact =
            |scene: Scene, sender: &crate::routing::NoticeSender| scene.contact(&key(sender.address), sender.address);
        NOTICE_SENDERS.iter().fold(people(), contact)
    };
    let every: Vec<String> = NOTICE_SENDERS.iter().map(|sender| key(sender.address)).collect();
    let every: Vec<&str> = every.iter().map(String::as_str).collect();
    let from = |members: &[&str], change: fn(&mut TransportRule)| {
        contacts().list("them", members).transport(TransportVerdict::Delete, change)
    };
    from(&every, |rule| rule.from_members_of = keys(&["them"])).about_passwords("ann", "TransportRule");
    from(&every[..1], |rule| rule.from_members_of = keys(&["them"])).about_passwords("ann", "RuleMayApply");
    from(&["bob"], |rule| rule.from_members_of = keys(&["them"])).about_passwords("ann", "Deliverable");
    from(&every, |rule| rule.except_from_members_of = keys(&["them"])).about_passwords("ann", "Deliverable");
}

/// A name for the contact that stands for a sender.
fn key(address: &str) -> String {
    address.replace(['@', '.'], " ")
}

/// One sender must satisfy all conditions of a rule, not each of them another one.
#[test]
fn contract_32_conditions_on_senders_hold_together() {
    let scene = deletes(|rule| {
        rule.from = keys(&["msonlineservicesteam@microsoft.com"]);
        rule.sender_domains = keys(&["microsoftonline.com"]);
    });
    scene.about_passwords("ann", "Deliverable");
}

#[test]
fn contract_32_what_a_rule_sends_elsewhere_is_seen_by_no_later_rule_if_it_stops_them() {
    let scene = |stops: bool| {
        let first = |rule: &mut TransportRule| {
            rule.sent_to = keys(&["ann"]);
            rule.stops = stops;
        };
        let scene = people().transport(TransportVerdict::Redirect(to(&["bob"])), first);
        scene.transport(TransportVerdict::Delete, |rule| rule.sent_to = keys(&["bob"]))
    };
    scene(false).about_passwords("ann", "TransportRule");
    scene(true).about_passwords("ann", "Deliverable");
}

#[test]
fn contract_32_a_rule_that_takes_it_away_and_sends_it_to_others_leaves_the_others_unknown() {
    let scene = people().transport(TransportVerdict::AlsoTo(to(&["bob"])), |rule| {
        rule.sent_to = keys(&["ann"]);
        rule.verdicts = [TransportVerdict::AlsoTo(to(&["bob"])), TransportVerdict::Delete].into();
    });
    scene.about_passwords("ann", "RuleMayApply");
}

#[test]
fn e4_the_exceptions_of_a_policy_are_read() {
    let but = |scope: PolicyScope| {
        people().filter(|filter| {
            filter.scope = scope;
            filter.blocked_domains = keys(MICROSOFT);
        })
    };
    let excepted = [
        PolicyScope { except_recipients: keys(&["ann@contoso.com"]), ..PolicyScope::default() },
        PolicyScope { except_members_of: keys(&["ops"]), ..PolicyScope::default() },
    ];
    for scope in excepted {
        but(scope).filter(|_| {}).about_passwords("ann", "Deliverable").about_passwords("bob", "Quarantine");
    }
    let domain = PolicyScope { except_domains: keys(&["contoso.com"]), ..PolicyScope::default() };
    but(domain).filter(|_| {}).about_passwords("ann", "Deliverable");
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
    entry("*.com", false, None)
        .about_passwords("ann", "RuleMayApply")
        .filter(|_| {})
        .about_passwords("ann", "Quarantine");
    entry("microsoft.com", false, None).about_passwords("ann", "RuleMayApply");
    entry("msonlineservicesteam@microsoft.com", false, Some("2026-12-01T00:00:00Z"))
        .about_passwords("ann", "RuleMayApply");
    entry("msonlineservicesteam@microsoft.com", false, Some("2026-11-01T00:00:00Z"))
        .about_passwords("ann", "Deliverable");
    entry("msonlineservicesteam@microsoft.com", true, None).about_passwords("ann", "Deliverable");
    entry("partner.example", false, None).about_passwords("ann", "Deliverable");
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
    let scene = people()
        .but(|l| l.exchange.safe_links = Fact::Present([policy(&[])].into()))
        .about_passwords("ann", "Deliverable");
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
    assert_eq!(said(&keeps(13).about_passwords("ann", "Deliverable")), ["Retention"]);
    assert!(said(&keeps(14)).is_empty());
}
