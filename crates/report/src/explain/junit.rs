//! An answer as JUnit XML, for a pipeline that shows tests: one suite for the tenant, one case for each kind of notices, each
//! rule and each kind of facts that could not be read. What is lost fails; a kind of notices of which it cannot be said is an
//! error, since what is not known is no success; facts that could not be read are skipped, with what would tell.
//!
//! The form is the one that Ant's JUnit task wrote first and that readers agree on; there is no standard.

use std::fmt::{self, Write as _};

use tenant_contacts_api::{
    notice::{Reach, Severity},
    rule::Rule,
};

use super::{
    escape::markup,
    trail,
    view::{AnswerView, CategoryView, FindingView},
    words,
};

/// Findings and recipients that one case names; the rest is counted.
const SHOWN: usize = 20;

/// What became of a case.
enum Case {
    Passed,
    /// Passed, and something is to be said.
    Said(String),
    /// Kind, message and details.
    Failed(&'static str, String, String),
    /// It could not be found out. Message and details.
    Undecided(String, String),
    Skipped(String),
}

/// Shows an answer as JUnit XML.
pub(super) fn write(view: &AnswerView) -> String {
    let mut cases: Vec<(&str, String, Case)> = Vec::new();
    for category in &view.categories {
        cases.push(("notices", category.category.as_str().to_owned(), of_category(view, category)));
    }
    for rule in Rule::ALL {
        let findings: Vec<_> = view.findings.iter().filter(|one| one.rule == *rule).collect();
        // Of one kind of notices only its own findings are shown: a rule without any has not passed, it was not asked.
        if !findings.is_empty() || view.only().is_none() {
            cases.push(("rules", rule.as_str().to_owned(), of_rule(*rule, &findings)));
        }
    }
    // What could not be read is no green light (DOMAIN G2), whatever the rules found in the rest.
    for gap in &view.gaps {
        let told = format!("{}. {}", gap.why, gap.tells);
        cases.push(("readings", gap.what.clone(), Case::Skipped(told)));
    }
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = suites(view, &cases, &mut out);
    out
}

fn suites(view: &AnswerView, cases: &[(&str, String, Case)], out: &mut String) -> fmt::Result {
    let failures = cases.iter().filter(|(_, _, case)| matches!(case, Case::Failed(..))).count();
    let skipped = cases.iter().filter(|(_, _, case)| matches!(case, Case::Skipped(_))).count();
    let errors = cases.iter().filter(|(_, _, case)| matches!(case, Case::Undecided(..))).count();
    let counts = format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"", cases.len());
    let name = match &view.display_name {
        Some(name) => format!("{name} ({})", view.tenant),
        None => view.tenant.clone(),
    };
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"tenant-contacts explain\" {counts} time=\"0\">")?;
    // To the second and without a zone, as the readers' schemas want it; it is UTC.
    let at = view.read_at.as_deref().and_then(|at| at.get(..19));
    let at = at.map(|at| format!(" timestamp=\"{}\"", markup(at))).unwrap_or_default();
    writeln!(out, "  <testsuite name=\"{}\" {counts} time=\"0\"{at}>", markup(&name))?;
    for (class, name, case) in cases {
        write!(out, "    <testcase classname=\"tenant-contacts.{class}\" name=\"{}\" time=\"0\"", markup(name))?;
        match case {
            Case::Passed => writeln!(out, "/>")?,
            Case::Said(text) => writeln!(out, "><system-out>{}</system-out></testcase>", markup(text))?,
            Case::Skipped(why) => writeln!(out, "><skipped message=\"{}\"/></testcase>", markup(why))?,
            Case::Undecided(message, details) => {
                let (message, details) = (markup(message), markup(details));
                writeln!(out, "><error type=\"Unknown\" message=\"{message}\">{details}</error></testcase>")?;
            }
            Case::Failed(kind, message, details) => {
                let (message, details) = (markup(message), markup(details));
                writeln!(out, "><failure type=\"{kind}\" message=\"{message}\">{details}</failure></testcase>")?;
            }
        }
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn of_category(view: &AnswerView, category: &CategoryView) -> Case {
    let why = category.why.clone().unwrap_or_default();
    match category.reach {
        Reach::SeveralPeople => Case::Passed,
        Reach::OnePerson => Case::Said(format!("{}: {why}", words::reach_in_words(category))),
        Reach::NotApplicable => Case::Skipped(format!("{}: {why}", words::reach_in_words(category))),
        // What rules say of it is a case of its own. Whether others receive it cannot be said, and that is no success.
        Reach::NobodyKnown => {
            let message = format!("{}: {}: {why}", category.title, words::reach_in_words(category));
            Case::Undecided(message, category.notes.join("\n"))
        }
        Reach::Unknown => {
            let mut told: Vec<_> =
                view.gaps.iter().map(|gap| format!("{}: {}", gap.what, gap.why)).take(SHOWN).collect();
            counted(&mut told, view.gaps.len());
            let message = format!("{}: {}: {why}", category.title, words::reach_in_words(category));
            Case::Undecided(message, told.join("\n"))
        }
        Reach::Nobody => {
            let message = format!("{}: {}", category.title, words::reach_in_words(category));
            Case::Failed("Nobody", format!("{message}: {why}"), recipients(view, category))
        }
    }
}

fn recipients(view: &AnswerView, category: &CategoryView) -> String {
    let mut lines: Vec<String> = Vec::new();
    for recipient in category.recipients.iter().take(SHOWN) {
        let way: Vec<_> = trail::line(view, recipient).iter().map(|step| words::place(step.node)).collect();
        let said = trail::decisive(view, recipient).map(|decisive| {
            let blockage = decisive.blockage;
            format!(": {}: {}. {}", blockage.obstacle, words::obstacle(blockage), blockage.remedy)
        });
        lines.push(way.join(" -> ") + &said.unwrap_or_default());
    }
    counted(&mut lines, category.recipients.len());
    lines.join("\n")
}

fn of_rule(rule: Rule, findings: &[&FindingView]) -> Case {
    let mut lines: Vec<String> = findings.iter().take(SHOWN).map(|finding| said(finding)).collect();
    counted(&mut lines, findings.len());
    let text = lines.join("\n");
    let errors = findings.iter().filter(|one| one.excepted.is_none() && one.severity == Severity::Error).count();
    if errors > 0 {
        let message = format!("{} {} findings: {}", rule.meaning(), errors, rule.remedy());
        let message = if errors == 1 { message.replace("1 findings", "1 finding") } else { message };
        return Case::Failed("Error", message, text);
    }
    if text.is_empty() { Case::Passed } else { Case::Said(text) }
}

fn said(finding: &FindingView) -> String {
    let exception = finding.excepted.as_ref();
    let may = exception.map(|one| format!(" (may be so until {}: {}, {})", one.until, one.owner, one.reason));
    format!("{}: {}{}", words::severity_word(finding.severity), finding.message, may.unwrap_or_default())
}

fn counted(lines: &mut Vec<String>, all: usize) {
    if all > lines.len() {
        lines.push(format!("… and {} more", all - lines.len()));
    }
}
