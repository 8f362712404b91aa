//! What a policy says of findings: severity, and what may be so for a while.
//!
//! An exception that has ended is watched: the finding counts again and says so. One that matches no finding is said as a
//! finding of its own, of severity Info and about the policy: whoever reads findings is who wrote it, and it hides nothing
//! now but would hide the next one.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tenant_contacts_api::{notice::Severity, rule::Rule};

use super::found::Found;
use crate::answer::{Exception, Finding, RuleSetting, Subject};

/// Findings as they count.
pub(super) fn apply(rule: Rule, setting: Option<&RuleSetting>, found: Found, today: Date) -> Vec<Finding> {
    let severity = setting.and_then(|setting| setting.severity).unwrap_or(rule.severity());
    let exceptions = setting.map_or(&[][..], |setting| &setting.exceptions);
    let mut used = vec![false; exceptions.len()];
    let mut by_subject: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, exception) in exceptions.iter().enumerate() {
        by_subject.entry(folded(&exception.subject)).or_default().push(place);
    }
    let mut findings: Vec<Finding> = found
        .said
        .into_iter()
        .map(|said| {
            let mut last: Option<&Exception> = None;
            for place in by_subject.get(&folded(said.subject.name())).into_iter().flatten() {
                used[*place] = true;
                // Of several, the one that holds longest.
                last = longer(last, &exceptions[*place]);
            }
            let mut message = said.message;
            let excepted = last.filter(|exception| exception.until >= today).cloned();
            if let (Some(ended), None) = (last, &excepted) {
                message = format!("{message} (the exception of {} ended on {})", ended.owner, ended.until);
            }
            Finding { rule, severity, subject: said.subject, message, category: said.category, excepted }
        })
        .collect();
    findings.extend(exceptions.iter().zip(used).filter(|(_, used)| !used).map(|(exception, _)| Finding {
        rule,
        severity: Severity::Info,
        subject: Subject::Policy { name: exception.subject.clone() },
        message: format!(
            "the exception of {} for {} (until {}) matches no finding: remove it, or correct its subject",
            exception.owner, exception.subject, exception.until
        ),
        category: None,
        excepted: None,
    }));
    findings
}

/// A subject's name as it is compared: without regard to case.
fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The one that holds longer.
fn longer<'a>(one: Option<&'a Exception>, other: &'a Exception) -> Option<&'a Exception> {
    one.filter(|one| one.until >= other.until).or(Some(other))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use tenant_contacts_api::notice::Category;

    use super::*;

    fn found() -> Found {
        let mut found = Found::default();
        found.say(Subject::Recipient { name: "Billing@Contoso.com".into() }, "the list has no members");
        found.say_of(Category::Billing, Subject::Tenant, "nobody");
        found
    }

    fn exception(subject: &str, until: Date) -> Exception {
        Exception { subject: subject.into(), owner: "helena.marsh".into(), reason: "moving house".into(), until }
    }

    fn applied(exceptions: Vec<Exception>, today: Date) -> Vec<Finding> {
        let setting = RuleSetting { exceptions, ..RuleSetting::default() };
        apply(Rule::ListWithoutMembers, Some(&setting), found(), today)
    }

    #[test]
    fn an_exception_holds_to_its_last_day_and_without_regard_to_case() {
        let exceptions = vec![exception("BILLING@contoso.COM", date(2026, 3, 1))];
        let findings = applied(exceptions.clone(), date(2026, 3, 1));
        assert_eq!(findings.len(), 2);
        assert_eq!(findings[0].excepted.as_ref(), exceptions.first());
        assert_eq!(findings[0].message, "the list has no members");
        assert_eq!(findings[1].excepted, None, "another subject");
        assert_eq!(findings[1].category, Some(Category::Billing));
    }

    #[test]
    fn an_exception_that_has_ended_is_watched() {
        let findings = applied(vec![exception("billing@contoso.com", date(2026, 3, 1))], date(2026, 3, 2));
        assert_eq!(findings[0].excepted, None);
        assert_eq!(findings[0].message, "the list has no members (the exception of helena.marsh ended on 2026-03-01)");
    }

    #[test]
    fn of_two_exceptions_the_one_that_holds_longest_counts() {
        let (short, long) = (exception("tenant", date(2026, 1, 1)), exception("tenant", date(2027, 1, 1)));
        for both in [vec![short.clone(), long.clone()], vec![long.clone(), short.clone()]] {
            let findings = applied(both, date(2026, 6, 1));
            assert_eq!(findings.len(), 2, "both were used");
            assert_eq!(findings[1].excepted.as_ref(), Some(&long));
        }
    }

    #[test]
    fn an_exception_that_matches_nothing_is_worth_a_note() {
        let findings = applied(vec![exception("bilings@contoso.com", date(2027, 1, 1))], date(2026, 3, 2));
        assert_eq!(findings.len(), 3);
        assert_eq!(findings[2].severity, Severity::Info);
        assert_eq!(findings[2].subject.kind(), "Policy");
        assert!(findings[2].message.contains("matches no finding"), "{}", findings[2].message);
    }

    #[test]
    fn a_policy_changes_the_severity() {
        let setting = RuleSetting { severity: Some(Severity::Info), ..RuleSetting::default() };
        let findings = apply(Rule::ListWithoutMembers, Some(&setting), found(), date(2026, 3, 2));
        assert!(findings.iter().all(|finding| finding.severity == Severity::Info));
        let findings = apply(Rule::ListWithoutMembers, None, found(), date(2026, 3, 2));
        assert!(findings.iter().all(|finding| finding.severity == Severity::Error));
    }
}
