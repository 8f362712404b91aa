//! Status of a ContactReport: the answer, bounded, for whoever looks with `kubectl`.
//!
//! Invariant: no address outside the organization is shown in full, whatever a message says; the size is bounded whatever the
//! size of the tenant; a time only where something changed.

use std::collections::BTreeSet;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use tenant_contacts_api::{
    address,
    notice::{Arrival, Category, Reach, Severity},
    obstacle::Obstacle,
    reason::Reason,
    status::condition,
    v1alpha1::{
        CategoryReport, ContactReportStatus, FindingReport, GapReport, LONGEST_MESSAGE, MOST_FINDINGS, MOST_GAPS,
        ReportSummary, report_condition,
    },
};

use super::{conditions::since, standing::Truth};
use crate::{
    answer::{Answer, CategoryAnswer, Chosen, Finding, Gap, obstacles},
    model::Unknown,
    routing::NOTICE_SENDERS,
};

/// What a ContactReport's status is a function of.
pub struct ReportFacts<'a> {
    /// The answer, with its findings.
    pub answer: &'a Answer,
    /// Domains of the organization, lower case ([`crate::policy::own_domains`]): addresses elsewhere are masked.
    pub own_domains: &'a BTreeSet<Box<str>>,
    /// The object's generation.
    pub generation: Option<i64>,
    /// The conditions published before: a time changes only where a status does.
    pub previous: &'a [Condition],
    /// Now.
    pub now: Timestamp,
}

/// The status after a look at the tenant.
pub fn contact_report(facts: &ReportFacts<'_>) -> ContactReportStatus {
    let answer = facts.answer;
    let mut categories: Vec<CategoryReport> =
        answer.categories.iter().take(Category::ALL.len()).map(|category| report(facts, category)).collect();
    // `kubectl describe` shows them first: who reads from the top sees at once what nobody gets, and why.
    categories.sort_by_key(|category| category.reach);
    let mut counted: Vec<&Finding> = answer.findings.iter().filter(|finding| finding.excepted.is_none()).collect();
    counted.sort_by_key(|finding| std::cmp::Reverse(finding.severity)); // stable: of equal gravity in the answer's order
    let findings = counted.iter().take(MOST_FINDINGS).map(|finding| FindingReport {
        rule: finding.rule,
        severity: finding.severity,
        subject: finding.subject.kind().to_owned(),
        message: shown(facts, &finding.message),
    });
    let summary = summary(answer, &categories);
    let reached = reached(&summary);
    let conditions = vec![
        state(facts, condition::READY, (Truth::True, Reason::Reported), "the tenant was read".to_owned()),
        state(facts, report_condition::CATEGORIES_REACHED, (reached.0, reached.1), reached.2),
    ];
    ContactReportStatus {
        observed_generation: facts.generation,
        conditions,
        findings: findings.collect(),
        gaps: answer.gaps.iter().take(MOST_GAPS).map(|gap| gap_report(facts, gap)).collect(),
        summary: Some(summary),
        categories,
    }
}

/// The status where the tenant could not be read: what was said last stands, and is no longer current.
pub fn contact_report_unread(
    last: &ContactReportStatus,
    generation: Option<i64>,
    (reason, message): (Reason, &str),
    now: Timestamp,
) -> ContactReportStatus {
    let one = |kind, truth: Truth, message: &str| {
        since(&last.conditions, kind, (truth, reason), message.to_owned(), generation, now)
    };
    ContactReportStatus {
        observed_generation: generation,
        conditions: vec![
            one(condition::READY, Truth::False, message),
            one(report_condition::CATEGORIES_REACHED, Truth::Unknown, "the tenant could not be read"),
        ],
        ..last.clone()
    }
}

fn state(facts: &ReportFacts<'_>, kind: &str, state: (Truth, Reason), message: String) -> Condition {
    since(facts.previous, kind, state, message, facts.generation, facts.now)
}

fn summary(answer: &Answer, categories: &[CategoryReport]) -> ReportSummary {
    let of = |reach: Reach| -> Vec<&str> {
        categories.iter().filter(|one| one.reach == reach).map(|one| one.category.as_str()).collect()
    };
    let nobody: Vec<String> = categories.iter().filter(|one| one.reach == Reach::Nobody).map(lost).collect();
    let (one_person, unknown) = (of(Reach::OnePerson), of(Reach::Unknown));
    let reached = one_person.len() + of(Reach::SeveralPeople).len();
    let applicable = reached + nobody.len() + unknown.len();
    let findings = |severity: Severity| {
        count(answer.findings.iter().filter(|one| one.excepted.is_none() && one.severity == severity).count())
    };
    ReportSummary {
        reached: format!("{reached}/{applicable}"),
        nobody: nobody.join(", "),
        one_person: one_person.join(", "),
        unknown: unknown.join(", "),
        unknown_categories: count(unknown.len()),
        errors: findings(Severity::Error),
        warnings: findings(Severity::Warning),
        infos: findings(Severity::Info),
        excepted: count(answer.findings.iter().filter(|one| one.excepted.is_some()).count()),
    }
}

/// A category that nobody receives, and why in a word.
fn lost(report: &CategoryReport) -> String {
    let why = report.obstacle.map_or("no recipient", Obstacle::as_str);
    format!("{} ({why})", report.category)
}

/// Whether every category reaches somebody. A category that certainly reaches nobody weighs more than one that is unknown.
fn reached(summary: &ReportSummary) -> (Truth, Reason, String) {
    if !summary.nobody.is_empty() {
        (Truth::False, Reason::NobodyReached, format!("nobody would receive: {}", summary.nobody))
    } else if !summary.unknown.is_empty() {
        (Truth::Unknown, Reason::NotReadable, format!("it cannot be said who receives: {}", summary.unknown))
    } else {
        (Truth::True, Reason::EverybodyReached, format!("{} categories reach somebody", summary.reached))
    }
}

fn report(facts: &ReportFacts<'_>, answer: &CategoryAnswer) -> CategoryReport {
    let with = |verdict: Arrival| answer.recipients.iter().filter(move |chosen| chosen.verdict == verdict);
    let obstacle = worst(facts.answer, answer);
    CategoryReport {
        category: answer.category,
        reach: answer.reach,
        certain: count(answer.certain.len()),
        possible: count(answer.possible.len()),
        undeliverable: count(with(Arrival::Undeliverable).count()),
        unknown: count(with(Arrival::Unknown).count()),
        obstacle,
        message: shown(facts, &why(facts.answer, answer)),
        remedy: remedy(answer.reach, obstacle).to_owned(),
    }
}

/// What to do. Where mail stops at nothing and yet nobody receives it, nobody is named.
fn remedy(reach: Reach, obstacle: Option<Obstacle>) -> &'static str {
    match (obstacle, reach) {
        (Some(obstacle), _) => obstacle.remedy(),
        (None, Reach::Nobody) => "Name at least two recipients, or give the role to two people who read their mail.",
        (None, Reach::Unknown | Reach::OnePerson | Reach::SeveralPeople | Reach::NotApplicable) => "",
    }
}

/// What stands in the way most often. What stops mail for certain comes before what makes it uncertain.
fn worst(answer: &Answer, category: &CategoryAnswer) -> Option<Obstacle> {
    let decisive = category.recipients.iter().filter_map(|chosen| decisive(answer, chosen));
    let mut counted: std::collections::BTreeMap<Obstacle, usize> = std::collections::BTreeMap::new();
    decisive.for_each(|obstacle| *counted.entry(obstacle).or_default() += 1);
    let rank = |(obstacle, times): &(&Obstacle, &usize)| (std::cmp::Reverse(obstacle.leaves()), **times);
    // The first in the list of those that are equal.
    counted.iter().rev().max_by_key(rank).map(|(obstacle, _)| *obstacle)
}

/// The obstacle that decides about one recipient.
fn decisive(answer: &Answer, chosen: &Chosen) -> Option<Obstacle> {
    if chosen.verdict == Arrival::Deliverable {
        return None;
    }
    obstacles(answer, chosen).into_iter().find(|obstacle| obstacle.leaves() != Arrival::Deliverable)
}

/// Why, in one line: the first three recipients that are not reached, each by where it begins and where it ends.
fn why(answer: &Answer, category: &CategoryAnswer) -> String {
    const NAMED: usize = 3;
    if category.recipients.is_empty() {
        return match category.reach {
            Reach::Nobody => "it is sent to nobody".to_owned(),
            Reach::Unknown => "whom it is sent to could not be read".to_owned(),
            Reach::OnePerson | Reach::SeveralPeople | Reach::NotApplicable => String::new(),
        };
    }
    let lost: Vec<&Chosen> =
        category.recipients.iter().filter(|chosen| chosen.verdict != Arrival::Deliverable).collect();
    let mut parts: Vec<String> = lost.iter().take(NAMED).map(|chosen| line(answer, chosen)).collect();
    if lost.len() > NAMED {
        parts.push(format!("and {} more", lost.len() - NAMED));
    }
    parts.join("; ")
}

fn line(answer: &Answer, chosen: &Chosen) -> String {
    let node = |id| answer.node(id);
    let start = chosen.path.first().and_then(|id| node(*id)).map_or("", |start| &*start.label);
    let end = chosen.end().and_then(node);
    let place = end.map_or("", |end| end.address.as_deref().unwrap_or(&end.label));
    let place = if chosen.path.len() > 1 { format!("{start}, {place}") } else { start.to_owned() };
    let selection = chosen.unselected.iter();
    let blockages = selection.chain(end.into_iter().flat_map(|end| &end.blockages));
    let decisive = blockages.into_iter().find(|blockage| blockage.obstacle.leaves() != Arrival::Deliverable);
    match decisive {
        Some(blockage) => format!("{place}: {} ({})", blockage.obstacle, blockage.detail),
        None => format!("{place}: {}", chosen.verdict.as_str()),
    }
}

fn gap_report(facts: &ReportFacts<'_>, gap: &Gap) -> GapReport {
    let permission = match &gap.why {
        Unknown::PermissionMissing(permission) => Some(permission.to_string()),
        Unknown::NotRead | Unknown::ReadFailed(_) => None,
    };
    GapReport { what: shown(facts, &gap.what), permission, tells: gap.tells.to_owned() }
}

/// Words as others may see them: without addresses that are not the organization's, on one line, and cut.
fn shown(facts: &ReportFacts<'_>, text: &str) -> String {
    let mut shown = String::new();
    for word in text.split_inclusive(|c: char| !is_of_an_address(c)) {
        let (token, end) = match word.char_indices().next_back().filter(|(_, last)| !is_of_an_address(*last)) {
            Some((place, _)) => word.split_at(place),
            None => (word, ""),
        };
        match token.rsplit_once('@') {
            Some((_, domain)) if !is_own(facts, domain) && !is_microsofts(token) => shown += &address::mask(token),
            _ => shown += token,
        }
        shown.extend(end.chars().map(|c| if c.is_control() { ' ' } else { c }));
    }
    if shown.chars().count() <= LONGEST_MESSAGE {
        return shown;
    }
    let mut cut: String = shown.chars().take(LONGEST_MESSAGE - 1).collect();
    cut.push('…');
    cut
}

/// A sentence may end with an address.
fn is_own(facts: &ReportFacts<'_>, domain: &str) -> bool {
    facts.own_domains.contains(domain.trim_end_matches('.').to_lowercase().as_str())
}

/// One of Microsoft's own senders is nobody's private address, and what a finding is about.
fn is_microsofts(token: &str) -> bool {
    NOTICE_SENDERS.iter().any(|sender| sender.address.eq_ignore_ascii_case(token.trim_end_matches('.')))
}

/// Everything that separates no words: an address is masked with whatever it is glued to.
fn is_of_an_address(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !"()<>[]{}\"`,;:".contains(c)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::{notice::Selected, rule::Rule};
    use uuid::Uuid;

    use super::*;
    use crate::answer::{Blockage, Exception, Node, NodeId, NodeKind, Subject};

    fn now() -> Timestamp {
        "2026-07-01T08:00:00Z".parse().unwrap()
    }

    fn node(kind: NodeKind, label: &str, arrival: Arrival, blockage: Option<Blockage>) -> Node {
        let blockages = blockage.into_iter().collect();
        Node { kind, label: label.into(), address: None, hops: Vec::new(), arrival, blockages }
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
            node(
                NodeKind::Field("technicalNotificationMails"),
                "technicalNotificationMails",
                Arrival::Deliverable,
                None,
            ),
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
}
