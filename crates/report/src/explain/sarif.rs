//! Findings as SARIF 2.1.0 (OASIS Static Analysis Results Interchange Format), for whatever collects findings of tools.
//!
//! The rules have no `helpUri`: the format wants an absolute one (§3.49.12), and the pages lie beside the program's source.

use serde::Serialize;
use serde_json::{Value, json};
use tenant_contacts_api::{notice::Severity, rule::Rule};

use super::{
    view::{AnswerView, FindingView, GapView},
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
pub(super) fn log(view: &AnswerView) -> Value {
    let rules: Vec<Value> = Rule::ALL.iter().map(|rule| describe(*rule)).collect();
    let results: Vec<Outcome> = view.findings.iter().map(outcome).collect();
    let mut invocation = json!({
        "executionSuccessful": true,
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
            // What is of one tenant is compared with what was of the same.
            "automationDetails": { "id": format!("explain/{}/", view.tenant), "description": { "text": view.headline } },
            "invocations": [invocation],
            "results": results,
        }],
    })
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
        "help": { "text": format!("{} See docs/rules/{rule}.md.", rule.remedy()) },
        "defaultConfiguration": { "level": level(rule.severity()) },
        "properties": { "requirement": rule.id() },
    })
}

fn outcome(finding: &FindingView) -> Outcome {
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
        message: json!({ "text": format!("{} {}", finding.message, finding.remedy) }),
        partial_fingerprints: json!({ "subject/v1": format!("{}:{name}", finding.rule) }),
        locations: [json!({ "logicalLocations": [place] })],
        suppressions: suppressions.collect(),
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
