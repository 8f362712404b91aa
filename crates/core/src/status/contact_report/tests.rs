//! Tests of a ContactReport's status.

use std::collections::BTreeSet;

use tenant_contacts_api::{notice::Selected, rule::Rule};
use uuid::Uuid;

use super::*;
use crate::answer::{Blockage, Exception, Node, NodeId, NodeKind, Subject};

fn now() -> Timestamp {
    "2026-07-01T08:00:00Z".parse().unwrap()
}

fn node(kind: NodeKind, label: &str, arrival: Arrival, blockage: Option<Blockage>) -> Node {
    let blockages = blockage.into_iter().collect();
    Node {
        kind,
        label: label.into(),
        address: None,
        hops: Vec::new(),
        arrival,
        blockages,
        inherited: [].into(),
        unfollowed: [].into(),
        notices: [].into(),
    }
}

fn category(category: Category, reach: Reach, recipients: Vec<Chosen>) -> CategoryAnswer {
    CategoryAnswer {
        category,
        sources: Vec::new(),
        recipients,
        certain: Vec::new(),
        possible: Vec::new(),
        reach,
        notes: Vec::new(),
    }
}

fn answer() -> Answer {
    let empty = Blockage::new(Obstacle::EmptyList, "the list noc has no members");
    let nodes = vec![
        node(NodeKind::Field("technicalNotificationMails"), "technicalNotificationMails", Arrival::Deliverable, None),
        node(NodeKind::Address("noc@contoso.com".into()), "noc@contoso.com", Arrival::Undeliverable, Some(empty)),
        node(
            NodeKind::Address("jane.roe@gmail.com".into()),
            "jane.roe@gmail.com",
            Arrival::Unknown,
            Some(Blockage::new(Obstacle::PersonalAddress, "jane.roe@gmail.com is a free-mail address")),
        ),
    ];
    let chosen = |end: usize, verdict| Chosen {
        path: vec![NodeId::of(0).unwrap(), NodeId::of(end).unwrap()],
        selected: Selected::Yes,
        unselected: None,
        arrival: verdict,
        verdict,
    };
    let technical = vec![chosen(1, Arrival::Undeliverable)];
    let security = vec![chosen(2, Arrival::Unknown), chosen(1, Arrival::Undeliverable)];
    Answer {
        nodes,
        categories: vec![
            category(Category::ServiceAndTechnical, Reach::Nobody, technical),
            category(Category::SecurityAndCompliance, Reach::Unknown, security),
            category(Category::Billing, Reach::OnePerson, Vec::new()),
            category(Category::Privacy, Reach::SeveralPeople, Vec::new()),
            category(Category::PartnerBilling, Reach::NotApplicable, Vec::new()),
        ],
        ..Answer::default()
    }
}

fn finding(severity: Severity, message: &str, excepted: Option<Exception>) -> Finding {
    Finding {
        rule: Rule::ContactUndeliverable,
        severity,
        subject: Subject::Account { id: Uuid::nil(), name: "jane".into() },
        message: message.into(),
        category: None,
        excepted,
    }
}

fn status(answer: &Answer, previous: &[Condition], now: Timestamp) -> ContactReportStatus {
    let own_domains = BTreeSet::from(["contoso.com".into()]);
    contact_report(&ReportFacts { answer, own_domains: &own_domains, generation: Some(1), previous, now })
}

#[test]
fn the_summary_says_what_nobody_gets_and_what_cannot_be_said() {
    let status = status(&answer(), &[], now());
    let summary = status.summary.unwrap();
    assert_eq!(summary.reached, "2/4", "what does not apply is not counted");
    assert_eq!(summary.nobody, "ServiceAndTechnical (EmptyList)");
    assert_eq!(summary.one_person, "Billing");
    assert_eq!((&*summary.unknown, summary.unknown_categories), ("SecurityAndCompliance", 1));
    let technical = &status.categories[0];
    assert_eq!(technical.obstacle, Some(Obstacle::EmptyList));
    assert_eq!(
        technical.message,
        "technicalNotificationMails, noc@contoso.com: EmptyList (the list noc has no members)"
    );
    assert_eq!(technical.remedy, Obstacle::EmptyList.remedy());
    assert_eq!(status.categories[1].obstacle, Some(Obstacle::EmptyList), "what is certain comes first");
    assert_eq!(status.categories[3].remedy, "", "nothing stands in its way");
    let reach: Vec<Reach> = status.categories.iter().map(|category| category.reach).collect();
    assert!(reach.is_sorted(), "the worst first: {reach:?}");
    assert_eq!((status.categories[1].unknown, status.categories[1].undeliverable), (1, 1));
}

#[test]
fn f_what_loses_mail_for_certain_is_named_before_what_leaves_open_whether_it_is_sent() {
    let mut answer = answer();
    let recipient = &mut answer.categories[0].recipients[0];
    recipient.selected = Selected::Unknown;
    recipient.unselected = Some(Blockage::new(Obstacle::NotReadable, "roles could not be read"));
    let technical = &status(&answer, &[], now()).categories[0];
    assert_eq!(technical.obstacle, Some(Obstacle::EmptyList), "whether it is chosen or not, it is lost");
    assert!(technical.message.ends_with("EmptyList (the list noc has no members)"), "{}", technical.message);

    // Where it is lost either way, why it is not chosen comes first.
    let recipient = &mut answer.categories[0].recipients[0];
    recipient.selected = Selected::No;
    recipient.unselected = Some(Blockage::new(Obstacle::EligibleOnly, "the role is not active"));
    let technical = &status(&answer, &[], now()).categories[0];
    assert_eq!(technical.obstacle, Some(Obstacle::EligibleOnly));
}

#[test]
fn conditions_say_the_same_and_keep_the_time_of_their_change() {
    let first = status(&answer(), &[], now());
    let reached = &first.conditions[1];
    assert_eq!((reached.type_.as_str(), reached.status.as_str()), ("CategoriesReached", "False"));
    assert_eq!(reached.reason, "NobodyReached");
    assert_eq!(reached.message, "nobody would receive: ServiceAndTechnical (EmptyList)");
    let later = now() + jiff::SignedDuration::from_hours(1);
    assert_eq!(status(&answer(), &first.conditions, later), first, "equal facts, equal bytes");

    let mut mended = answer();
    mended.categories[0].reach = Reach::SeveralPeople;
    let second = status(&mended, &first.conditions, later);
    assert_eq!(second.conditions[1].status, "Unknown", "G2: unknown is no green light");
    assert_eq!(second.conditions[1].last_transition_time.0, later);
    assert_eq!(second.conditions[0].last_transition_time.0, now());
    mended.categories[1].reach = Reach::SeveralPeople;
    assert_eq!(status(&mended, &second.conditions, later).conditions[1].status, "True");
}

#[test]
fn a_tenant_that_cannot_be_read_keeps_what_was_said_and_is_not_ready() {
    let first = status(&answer(), &[], now());
    let unread = contact_report_unread(&first, Some(2), (Reason::TenantUnreachable, "no answer"), now());
    assert_eq!(unread.summary, first.summary);
    assert_eq!(unread.conditions[0].status, "False");
    assert_eq!(unread.conditions[0].reason, "TenantUnreachable");
    assert_eq!(unread.conditions[1].status, "Unknown");
    assert_eq!(unread.observed_generation, Some(2));
}

#[test]
fn addresses_outside_the_organization_are_masked_wherever_they_stand() {
    let mut answer = answer();
    for message in [
        "mail to jane.roe@gmail.com is lost.",
        "(jane.roe@gmail.com)",
        "<jane.roe@gmail.com>;SMTP:jane.roe@gmail.com,jane.roe@gmail.com.",
        "jane.roe@evilcontoso.com and jane.roe@contoso.com.evil.example",
        "Jane \u{202e}jane.roe@gmail.com\u{0}jane.roe@gmail.com\njane.roe@gmail.com",
    ] {
        answer.findings.push(finding(Severity::Error, message, None));
    }
    answer.findings.push(finding(Severity::Error, "noc@contoso.com and Noc@Contoso.com.", None));
    answer.findings.push(finding(Severity::Warning, "maccount@microsoft.com is let through by nothing", None));
    let status = status(&answer, &[], now());
    let text = serde_json::to_string(&status).unwrap();
    assert!(!text.contains("jane.roe"), "{text}");
    assert!(text.contains("j***@gmail.com"), "{text}");
    assert!(!text.contains("\\u0000") && !text.contains("\\n"), "{text}");
    assert!(text.contains("maccount@microsoft.com"), "Microsoft's own sender: {text}");
    assert!(text.contains("noc@contoso.com and Noc@Contoso.com."), "a role's address is why: {text}");
}

#[test]
fn the_gravest_findings_are_named_and_all_that_count_are_counted() {
    let mut answer = answer();
    let excepted = Exception {
        subject: "jane".into(),
        owner: "helena".into(),
        reason: "moving house".into(),
        until: jiff::civil::date(2026, 12, 31),
    };
    for index in 0..60 {
        answer.findings.push(finding(Severity::Info, &format!("info {index}"), None));
    }
    answer.findings.push(finding(Severity::Error, "error", None));
    answer.findings.push(finding(Severity::Error, "excepted", Some(excepted)));
    let status = status(&answer, &[], now());
    assert_eq!(status.findings.len(), MOST_FINDINGS);
    assert_eq!(status.findings[0].message, "error");
    assert!(status.findings.iter().all(|finding| finding.message != "excepted"));
    let summary = status.summary.unwrap();
    assert_eq!((summary.errors, summary.infos, summary.excepted), (1, 60, 1));
}

#[test]
fn ten_thousand_findings_with_endless_messages_stay_small() {
    let mut answer = answer();
    let endless = "ä\u{1F600}@x ".repeat(4_000);
    answer.findings = (0..10_000).map(|_| finding(Severity::Error, &endless, None)).collect();
    answer.gaps = (0..1_000)
        .map(|_| Gap { what: endless.as_str().into(), why: Unknown::NotRead, tells: "what mail does" })
        .collect();
    for category in &mut answer.categories {
        category.recipients = std::iter::repeat_n(category.recipients.first().cloned(), 1_000).flatten().collect();
    }
    answer.nodes[1].label = endless.as_str().into();
    let status = status(&answer, &[], now());
    let size = serde_json::to_vec(&status).unwrap().len();
    assert!(size < 200_000, "{size} bytes");
}
