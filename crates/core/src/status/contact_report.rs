//! Status of a ContactReport: the answer, bounded, for whoever looks with `kubectl`.
//!
//! Invariant: no address outside the organization is shown in full, whatever a message says; the size is bounded whatever the
//! size of the tenant; a time only where something changed.

mod shown;

use std::collections::BTreeMap;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use tenant_contacts_api::{
    notice::{Arrival, Category, Reach, Severity},
    obstacle::Obstacle,
    reason::Reason,
    status::condition,
    v1alpha1::{
        CategoryReport, ContactReportStatus, FindingReport, GapReport, MOST_FINDINGS, MOST_GAPS, ReportSummary,
        report_condition,
    },
};

use shown::shown;

use super::{conditions::since, facts::ReportFacts, standing::Truth};
use crate::{
    answer::{Answer, CategoryAnswer, Chosen, Finding, Gap},
    model::Unknown,
};

/// How old what the report rests on may be. In words that stay the same: a time of the last reading would be a write an hour.
const READ: &str =
    "the tenant was read: listings within the last hour, details of mailboxes and lists within the last day";

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
        state(facts, condition::READY, (Truth::True, Reason::Reported), READ.to_owned()),
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
    let known: Vec<String> = categories.iter().filter(|one| one.reach == Reach::NobodyKnown).map(lost).collect();
    let (one_person, unknown) = (of(Reach::OnePerson), of(Reach::Unknown));
    let reached = one_person.len() + of(Reach::SeveralPeople).len();
    let applicable = reached + nobody.len() + known.len() + unknown.len();
    let findings = |severity: Severity| {
        count(answer.findings.iter().filter(|one| one.excepted.is_none() && one.severity == severity).count())
    };
    ReportSummary {
        reached: format!("{reached}/{applicable}"),
        nobody: nobody.join(", "),
        nobody_known: known.join(", "),
        one_person: one_person.join(", "),
        unknown: unknown.join(", "),
        unknown_categories: count(unknown.len()),
        errors: findings(Severity::Error),
        warnings: findings(Severity::Warning),
        infos: findings(Severity::Info),
        excepted: count(answer.findings.iter().filter(|one| one.excepted.is_some()).count()),
    }
}

/// A category that nobody receives, or nobody who can be read, and why in a word.
fn lost(report: &CategoryReport) -> String {
    let why = report.obstacle.map_or("no recipient", Obstacle::as_str);
    format!("{} ({why})", report.category)
}

/// Whether every category reaches somebody. A category that certainly reaches nobody weighs more than one that is unknown.
fn reached(summary: &ReportSummary) -> (Truth, Reason, String) {
    if !summary.nobody.is_empty() {
        (Truth::False, Reason::NobodyReached, format!("nobody would receive: {}", summary.nobody))
    } else if !summary.nobody_known.is_empty() {
        let words =
            format!("no known recipient would receive: {}; others that cannot be read may", summary.nobody_known);
        (Truth::Unknown, Reason::NotReadable, words)
    } else if !summary.unknown.is_empty() {
        (Truth::Unknown, Reason::NotReadable, format!("it is unknown who receives: {}", summary.unknown))
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
        (None, Reach::Nobody | Reach::NobodyKnown) => {
            "Name at least two recipients, or give the role to two people who read their mail."
        }
        (None, Reach::Unknown | Reach::OnePerson | Reach::SeveralPeople | Reach::NotApplicable) => "",
    }
}

/// What stands in the way most often. What stops mail for certain comes before what makes it uncertain.
fn worst(answer: &Answer, category: &CategoryAnswer) -> Option<Obstacle> {
    let decisive = category.recipients.iter().filter_map(|chosen| chosen.decisive(answer));
    let mut counted: BTreeMap<Obstacle, usize> = BTreeMap::new();
    decisive.for_each(|blockage| *counted.entry(blockage.obstacle).or_default() += 1);
    let rank = |(obstacle, times): &(&Obstacle, &usize)| (std::cmp::Reverse(obstacle.leaves()), **times);
    // The first in the list of those that are equal.
    counted.iter().rev().max_by_key(rank).map(|(obstacle, _)| *obstacle)
}

/// Why, in one line: the first three recipients that are not reached, each by where it begins and where it ends.
fn why(answer: &Answer, category: &CategoryAnswer) -> String {
    const NAMED: usize = 3;
    if category.recipients.is_empty() {
        return match category.reach {
            Reach::Nobody => "it is sent to nobody".to_owned(),
            Reach::NobodyKnown => "it is sent to nobody who can be read".to_owned(),
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
    match chosen.decisive(answer) {
        Some(blockage) => format!("{place}: {} ({})", blockage.obstacle, blockage.detail),
        None => format!("{place}: {}", chosen.verdict.as_str()),
    }
}

fn gap_report(facts: &ReportFacts<'_>, gap: &Gap) -> GapReport {
    let (what, permission) = match &gap.why {
        Unknown::PermissionMissing(permission) => (gap.what.to_string(), Some(permission.to_string())),
        // No permission mends it: whoever is on call sees whether to wait or to look.
        why @ (Unknown::NotRead | Unknown::ReadFailed(_) | Unknown::ServiceFailed(..)) => {
            (format!("{}: {why}", gap.what), None)
        }
    };
    GapReport { what: shown(facts, &what), permission, tells: gap.tells.to_owned() }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
