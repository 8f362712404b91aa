//! Findings as SARIF 2.1.0 (OASIS Static Analysis Results Interchange Format), for whatever collects findings of tools.
//!
//! The rules have no `helpUri`: the format wants an absolute one (§3.49.12), and the pages lie beside the program's source.
//!
//! Invariant: every result has a place in a file. GitHub's code scanning refuses a whole file for one result without
//! (`locationFromSarifResult: expected a physical location`; seen by others, (3P)): what no manifest declares stands in a file
//! named after the tenant, which need not be there.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;
use serde_json::{Value, json};
use tenant_contacts_api::{
    notice::{Reach, Severity},
    rule::Rule,
};
use tenant_contacts_core::{answer, digest};

use super::{
    positions::{Position, Positions},
    view::{AnswerView, CategoryView, FindingView, GapView, SubjectView},
    words,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    kind: &'static str,
    message: Value,
    locations: [Value; 1],
    partial_fingerprints: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Value>,
}

/// Shows the findings.
pub(super) fn log(view: &AnswerView, positions: &Positions, came_to: answer::Outcome) -> Value {
    let rules: Vec<Value> = Rule::ALL.iter().map(|rule| describe(*rule)).collect();
    let nowhere = Position { file: format!("microsoft365/{}", view.tenant), line: 1 };
    let mut prints = Prints::default();
    let mut results: Vec<Outcome> = view
        .findings
        .iter()
        .map(|finding| {
            let SubjectView { kind, name, field, .. } = &finding.subject;
            outcome(finding, positions.of(kind, name, field.as_deref()).unwrap_or(&nowhere), &mut prints)
        })
        .collect();
    let undecided = view.categories.iter().filter(|category| category.reach == Reach::Unknown);
    results.extend(undecided.map(|category| {
        let at = positions.of("Category", category.category.as_str(), None).unwrap_or(&nowhere);
        open(category, at, &mut prints)
    }));
    let mut invocation = json!({
        "executionSuccessful": true,
        "exitCode": came_to.code(),
        "exitCodeDescription": came_to.words(),
        "toolExecutionNotifications": view.gaps.iter().map(notification).collect::<Vec<_>>(),
    });
    if let Some(at) = &view.read_at {
        invocation["startTimeUtc"] = at.as_str().into();
    }
    json!({
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "tenant-contacts",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            // What is of one tenant is compared with what was of the same, and of one kind of notices likewise: otherwise
            // it would close what was found of the others.
            "automationDetails": { "id": run_id(view), "description": { "text": view.headline } },
            "invocations": [invocation],
            "results": results,
        }],
    })
}

fn run_id(view: &AnswerView) -> String {
    let only = view.only().map(|only| format!("{only}/")).unwrap_or_default();
    format!("explain/{}/{only}", view.tenant)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn describe(rule: Rule) -> Value {
    json!({
        "id": rule.as_str(),
        "name": rule.as_str(),
        "shortDescription": { "text": rule.meaning() },
        "fullDescription": { "text": format!("{} {}", rule.meaning(), rule.remedy()) },
        "help": { "text": format!("{} See docs/rules/{rule}.md.", rule.remedy()) },
        "defaultConfiguration": { "level": level(rule.severity()) },
        "properties": { "requirement": rule.id() },
    })
}

/// Fingerprints that were given: masked, two subjects may look alike, and their findings are then told apart by their number.
#[derive(Default)]
struct Prints(BTreeMap<String, usize>);

impl Prints {
    /// The one of a rule and a subject, in the form of GitHub's own (`hash:number`): the same run for run, whatever line of
    /// whatever manifest the subject is declared at.
    fn of(&mut self, rule: Rule, subject: &str) -> String {
        let hash = digest::of("finding", [rule.as_str().as_bytes(), subject.as_bytes()]).to_string();
        let number = self.0.entry(hash.clone()).or_default();
        *number += 1;
        format!("{hash}:{number}")
    }
}

/// A file as the format wants it (§3.4.3): a URI, relative to the repository if the file was named so.
fn uri(file: &str) -> String {
    let file = file.strip_prefix("./").unwrap_or(file);
    let mut uri = if file.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in file.bytes() {
        // A colon in the first part would end a scheme (RFC 3986 §4.2).
        if byte.is_ascii_alphanumeric() || b"-._~/@!$&'()*+,;=".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

fn outcome(finding: &FindingView, at: &Position, prints: &mut Prints) -> Outcome {
    let subject = &finding.subject;
    let key = subject.id.as_deref().unwrap_or(&subject.name);
    let mut place = json!({
        "name": subject.name,
        "fullyQualifiedName": format!("{}/{key}", subject.kind),
        // Free text (§3.33.7): the kinds that the format lists are those of programs.
        "kind": subject.kind,
    });
    if let Some(field) = &subject.field {
        place["fullyQualifiedName"] = format!("{}/{field}/{key}", subject.kind).into();
    }
    let suppressions = finding.excepted.iter().map(|exception| {
        json!({
            "kind": "external",
            "status": "accepted",
            "justification": format!("{} (until {}): {}", exception.owner, exception.until, exception.reason),
        })
    });
    let name = place["fullyQualifiedName"].as_str().unwrap_or_default();
    Outcome {
        rule_id: finding.rule.as_str(),
        rule_index: Rule::ALL.iter().position(|rule| *rule == finding.rule).unwrap_or_default(),
        level: level(finding.severity),
        kind: "fail",
        message: json!({ "text": format!("{}. {}", finding.message.trim_end_matches('.'), finding.remedy) }),
        // The one that GitHub's code scanning reads.
        partial_fingerprints: json!({ "primaryLocationLineHash": prints.of(finding.rule, name) }),
        locations: [json!({
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&at.file) },
                "region": { "startLine": at.line.max(1) },
            },
            "logicalLocations": [place],
        })],
        suppressions: suppressions.collect(),
    }
}

/// A kind of notices of which it cannot be said whether it reaches anybody. Of the kinds of results that is `open`: there was not
/// enough to decide (§3.27.9), and then the level is `none` (§3.27.10).
fn open(category: &CategoryView, at: &Position, prints: &mut Prints) -> Outcome {
    let rule = Rule::NobodyBehindCategory;
    let name = format!("category/{}", category.category);
    let why = category.why.as_deref().map(|why| format!(": {}", why.trim_end_matches('.'))).unwrap_or_default();
    let said = format!("{}: {}{why}", category.title, words::reach_in_words(category));
    let text = format!("{said}. What could not be read, and would tell, is in the notifications of the run.");
    Outcome {
        rule_id: rule.as_str(),
        rule_index: Rule::ALL.iter().position(|one| *one == rule).unwrap_or_default(),
        level: "none",
        kind: "open",
        message: json!({ "text": text }),
        partial_fingerprints: json!({ "primaryLocationLineHash": prints.of(rule, &name) }),
        locations: [json!({
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&at.file) },
                "region": { "startLine": at.line.max(1) },
            },
            "logicalLocations": [{ "name": category.category, "fullyQualifiedName": name, "kind": "Category" }],
        })],
        suppressions: Vec::new(),
    }
}

/// What is not known is no result: it is said of the run.
fn notification(gap: &GapView) -> Value {
    json!({
        "level": "note",
        "message": { "text": format!("{}: {}. {}", words::sentence_case(&gap.what), gap.why, gap.tells) },
        "descriptor": { "id": "NotReadable" },
    })
}
