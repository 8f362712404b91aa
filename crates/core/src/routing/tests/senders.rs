//! Rules, filters and lists are judged for the senders of the notice (DOMAIN E3, F).

use jiff::Timestamp;
use tenant_contacts_api::{
    notice::{Arrival, Category},
    rule::Rule,
};

use crate::{
    answer::{Answer, Declared, explain},
    landscape::{LegalProfile, SpamAction, TransportRule, TransportVerdict},
    model::Fact,
    routing::testing::{Scene, at, keys, list, to},
};

const VERIFICATION: &str = "maccount@microsoft.com";

/// Ann is the partner's primary contact and the technical contact, Bob the security contact.
fn scene() -> Scene {
    let legal = LegalProfile {
        primary_contact: Fact::Present(at("ann")),
        primary_contact_name: Fact::Absent,
        company_approver: Fact::Absent,
        vetting_status: Fact::Absent,
    };
    let scene = Scene::new().person("ann").person("bob").technical(&[&at("ann")]);
    scene.but(|l| {
        l.partner.legal = Fact::Present(legal);
        l.organization.security_mails = Fact::Present([at("bob")].into());
    })
}

fn deletes(change: impl FnOnce(&mut TransportRule)) -> Scene {
    scene().transport(TransportVerdict::Delete, change)
}

/// The whole answer, findings too.
fn answer(scene: &Scene) -> Answer {
    explain(&scene.landscape, &Declared::default(), "2026-11-25T00:00:00Z".parse::<Timestamp>().unwrap()).answer
}

/// What becomes of verification mail, of service notices, and of security notices.
fn arrivals(scene: &Scene) -> [Arrival; 3] {
    let answer = answer(scene);
    [Category::PartnerVerification, Category::ServiceAndTechnical, Category::SecurityAndCompliance].map(|category| {
        let recipients = &answer.category(category).unwrap().recipients;
        assert_eq!(recipients.len(), 1);
        recipients[0].arrival
    })
}

fn taken(scene: &Scene) -> Vec<String> {
    let findings = answer(scene).findings.into_iter().filter(|one| one.rule == Rule::MailTakenByRule);
    findings.map(|one| one.subject.name().to_owned()).collect()
}

use Arrival::{Deliverable, Undeliverable, Unknown};

#[test]
fn a12_a_rule_that_deletes_what_verification_is_sent_from_takes_that_and_leaves_service_notices() {
    let by_transport = deletes(|rule| rule.from = keys(&[VERIFICATION]));
    assert_eq!(arrivals(&by_transport), [Undeliverable, Deliverable, Deliverable]);
    // The organization's rule takes it from everybody, and one notice goes there.
    assert_eq!(taken(&by_transport), [&*at("ann")]);
    let by_inbox = scene().rule("ann", |rule| {
        rule.from = keys(&[VERIFICATION]);
        rule.deletes = true;
    });
    assert_eq!(arrivals(&by_inbox), [Undeliverable, Deliverable, Deliverable]);
    assert_eq!(taken(&by_inbox), [&*at("ann")]);
    let filtered = scene().filter(|filter| filter.blocked_senders = keys(&[VERIFICATION]));
    assert_eq!(arrivals(&filtered), [Undeliverable, Deliverable, Deliverable]);
    let closed = scene().contact("ms", VERIFICATION).with("ann", |ann| ann.restrictions.reject_from = keys(&["ms"]));
    assert_eq!(arrivals(&closed), [Undeliverable, Deliverable, Deliverable]);
}

/// Microsoft does not say that service notices come from no other address.
#[test]
fn a12_what_takes_all_known_senders_is_found_where_the_verdict_stays_unknown() {
    let all = ["microsoft-noreply@microsoft.com", "o365mc@microsoft.com", "azure-noreply@microsoft.com"];
    let service = deletes(|rule| rule.from = keys(&all));
    assert_eq!(
        arrivals(&service),
        [Deliverable, Unknown, Unknown],
        "one of two that are known to send security notices"
    );
    assert_eq!(taken(&service), [&*at("ann")]);
    let inbox = scene().rule("ann", |rule| {
        rule.from = keys(&all);
        rule.deletes = true;
    });
    assert_eq!((arrivals(&inbox), taken(&inbox)), ([Deliverable, Unknown, Deliverable], vec![at("ann").to_string()]));
    let blocked = scene().filter(|filter| filter.blocked_domains = keys(&["microsoft.com"]));
    assert_eq!(arrivals(&blocked), [Undeliverable, Unknown, Unknown]);
    assert_eq!(taken(&blocked), [&*at("ann"), &*at("bob")]);
    // Some of them, and nothing is found: what may be is no defect.
    let some = deletes(|rule| rule.from = keys(&all[..2]));
    assert_eq!((arrivals(&some), taken(&some)), ([Deliverable, Unknown, Unknown], Vec::new()));
    // Whoever sends it, it is certain.
    assert_eq!(arrivals(&deletes(|_| {})), [Undeliverable; 3]);
}

#[test]
fn a12_exceptions_for_microsofts_domain_count() {
    let excepted = deletes(|rule| rule.except_sender_domains = keys(&["microsoft.com"]));
    assert_eq!((arrivals(&excepted), taken(&excepted)), ([Deliverable; 3], Vec::new()));
    let inbox = scene().rule("ann", |rule| {
        rule.except_from = keys(&["microsoft.com"]);
        rule.deletes = true;
    });
    assert_eq!((arrivals(&inbox), taken(&inbox)), ([Deliverable; 3], Vec::new()));
    let one = deletes(|rule| rule.except_from = keys(&[VERIFICATION]));
    assert_eq!(arrivals(&one), [Deliverable, Undeliverable, Undeliverable]);
    assert_eq!(taken(&one), [&*at("ann"), &*at("bob")]);
}

/// Mail about passwords comes from two addresses in the public cloud; each other cloud has its own.
#[test]
fn a12_mail_about_passwords_is_judged_for_its_own_senders() {
    let both = ["msonlineservicesteam@microsoft.com", "msonlineservicesteam@microsoftonline.com"];
    let of = |scene: &Scene| {
        let answer = answer(scene);
        let reset = &answer.category(Category::PasswordResetRequest).unwrap().recipients[0];
        (reset.arrival, arrivals(scene)[1])
    };
    let helpdesk = |scene: Scene| scene.role(crate::model::role::HELPDESK_ADMINISTRATOR, "ann");
    let scene = helpdesk(deletes(|rule| rule.from = keys(&both)));
    assert_eq!(of(&scene), (Unknown, Deliverable), "which cloud it is is not known");
    let public = scene.but(|l| {
        let Fact::Present(domains) = &mut l.domains else { panic!() };
        domains.insert(
            "contoso.onmicrosoft.com".into(),
            crate::model::Domain { verified: Fact::Present(true), initial: true },
        );
    });
    assert_eq!(of(&public), (Undeliverable, Deliverable));
    let one = helpdesk(deletes(|rule| rule.from = keys(&both[..1])));
    assert_eq!(of(&one), (Unknown, Deliverable));
}

/// The answer has a second place only where it says something else.
#[test]
fn a12_places_are_told_apart_only_where_the_sender_matters() {
    let of = |scene: &Scene| {
        let answer = answer(scene);
        let places = |name: &str| answer.nodes.iter().filter(|node| *node.label == *name).count();
        let apart = answer.nodes.iter().filter(|node| !node.notices.is_empty()).count();
        (places(&at("ann")), places(&at("bob")), apart)
    };
    assert_eq!(of(&scene()), (1, 1, 0));
    // A rule that names a sender, about somebody else's mail.
    let elsewhere = scene().person("eve").transport(TransportVerdict::Delete, |rule| {
        rule.from = keys(&[VERIFICATION]);
        rule.sent_to = keys(&["eve"]);
    });
    assert_eq!(of(&elsewhere), (1, 1, 0));
    let (ann, bob, apart) = of(&deletes(|rule| rule.from = keys(&[VERIFICATION])));
    assert_eq!((ann, bob), (2, 1));
    assert!(apart >= 2);
}

/// Neither many rules nor many senders multiply the work beyond the classes that they make.
#[test]
fn a12_the_work_does_not_grow_with_the_senders_that_nothing_names() {
    let work = |scene: &Scene| crate::routing::routed(&scene.landscape, &scene.declared).1;
    let mut plain = scene();
    for number in 0..50 {
        plain = plain.person(&format!("p{number}"));
    }
    let members: Vec<String> = (0..50).map(|number| format!("p{number}")).collect();
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    let plain = plain.list("all", &members).technical(&[&at("all")]);
    let named = plain.clone().but(|l| {
        let mut rule = crate::landscape::testing::transport_rule("T", TransportVerdict::Delete);
        rule.from = keys(&[VERIFICATION]);
        list(&mut l.exchange.transport_rules, rule);
    });
    // Verification mail goes to one mailbox: that is all there is to follow twice.
    assert!(work(&named) < work(&plain) * 2, "{} and {}", work(&named), work(&plain));
}

/// A notice may come from an address that nobody knows of: what certainly happens to mail of those that are known is then no
/// certainty that nobody reads it.
#[test]
fn a12_what_excepts_every_known_sender_takes_the_notice_of_another() {
    let full = scene().disabled("ann");
    let all = ["microsoft-noreply@microsoft.com", "o365mc@microsoft.com", "azure-noreply@microsoft.com"];
    let redirected = |scene: Scene, change: &dyn Fn(&mut TransportRule)| {
        scene.transport(TransportVerdict::Redirect(to(&["bob"])), |rule| {
            rule.except_from = keys(&all);
            rule.except_sender_domains = keys(&["microsoft.com"]);
            change(rule);
        })
    };
    assert_eq!(arrivals(&full), [Undeliverable, Undeliverable, Deliverable]);
    assert_eq!(arrivals(&redirected(full.clone(), &|_| {})), [Undeliverable, Unknown, Deliverable]);
    // Of verification mail all senders are known; and a rule that names others takes none of Microsoft's.
    assert_eq!(
        arrivals(&redirected(full, &|rule| rule.from = keys(&["x@partner.example"]))),
        [Undeliverable, Undeliverable, Deliverable]
    );
    // What is delivered stays so: exceptions for the known senders are what is asked for.
    assert_eq!(arrivals(&redirected(scene(), &|_| {})), [Deliverable; 3]);
}

#[test]
fn e4_spam_of_another_sender_may_be_sent_to_others_where_known_ones_are_blocked() {
    let blocked = |spam: SpamAction| {
        scene().transport(TransportVerdict::SetScl(5), |_| {}).filter(|filter| {
            filter.blocked_domains = keys(&["microsoft.com"]);
            (filter.spam, filter.high_confidence_spam) = (spam, SpamAction::Quarantine);
            filter.redirect_to = to(&["ops"]);
        })
    };
    assert_eq!(arrivals(&blocked(SpamAction::Quarantine)), [Undeliverable; 3]);
    assert_eq!(arrivals(&blocked(SpamAction::Redirect).person("ops")), [Undeliverable, Unknown, Unknown]);
}

#[test]
fn e4_a_list_that_the_filter_sends_spam_to_is_not_certainly_filtered_again() {
    let redirected = scene().list("desk", &["ann", "bob"]).filter(|filter| {
        filter.blocked_domains = keys(&["microsoft.com"]);
        filter.high_confidence_spam = SpamAction::Redirect;
        filter.redirect_to = to(&["desk"]);
    });
    assert_eq!(arrivals(&redirected)[0], Unknown, "{:?}", answer(&redirected).nodes);
}

#[test]
fn a12_a_rule_for_other_senders_that_ends_the_rules_takes_their_notice_past_those_behind_it() {
    let first = |verdict: TransportVerdict, stops: bool| {
        scene().transport(verdict, |rule| {
            rule.except_sender_domains = keys(&["microsoft.com"]);
            rule.stops = stops;
        })
    };
    let rejected = |stops| first(TransportVerdict::Moderate, stops).transport(TransportVerdict::Reject, |_| {});
    assert_eq!(arrivals(&rejected(false)), [Undeliverable; 3]);
    assert_eq!(arrivals(&rejected(true)), [Undeliverable, Unknown, Unknown]);
    // What lets them past the filter leaves it unknown as well.
    let spam = |scene: Scene| {
        scene.filter(|filter| {
            (filter.spam, filter.high_confidence_spam) = (SpamAction::Quarantine, SpamAction::Quarantine);
        })
    };
    let all = scene().transport(TransportVerdict::SetScl(9), |_| {});
    assert_eq!(arrivals(&spam(all.clone())), [Undeliverable; 3]);
    let bypassed = all.transport(TransportVerdict::SetScl(-1), |rule| {
        rule.except_sender_domains = keys(&["microsoft.com"]);
    });
    assert_eq!(arrivals(&spam(bypassed)), [Undeliverable, Unknown, Unknown]);
}
