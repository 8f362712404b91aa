//! Every form of the answer, read by what reads it elsewhere.

use std::fs;

use serde_json::Value;
use tenant_contacts_api::{notice::Category, rule::Rule};
use testkit::cli::binary;

use super::reader::embedded;

fn explained(form: &str) -> String {
    let answer = embedded(&["explain", "-o", form]);
    assert_eq!((answer.code, answer.err.as_str()), (2, ""), "{form}");
    answer.out
}

#[test]
fn sarif_names_the_rules_and_has_a_result_for_what_is_found() {
    let log: Value = serde_json::from_str(&explained("sarif")).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let results = log["runs"][0]["results"].as_array().unwrap();
    for rule in [Rule::NobodyBehindCategory, Rule::SoleResetTier, Rule::DepartedAddress] {
        assert!(results.iter().any(|result| result["ruleId"] == rule.as_str()), "{rule}");
    }
}

#[test]
fn a_result_of_sarif_stands_at_the_line_that_declares_what_it_is_about() {
    let answer = embedded(&["explain", "-o", "sarif", "--manifests", "examples/contoso"]);
    let log: Value = serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {}", answer.err));
    let at = |rule: Rule, subject: &str| {
        let results = log["runs"][0]["results"].as_array().unwrap().iter();
        let mut locations = results.filter(|one| one["ruleId"] == rule.as_str()).map(|one| &one["locations"][0]);
        let named = |one: &&Value| one["logicalLocations"][0]["name"] == subject;
        let place = locations.find(named).unwrap_or_else(|| panic!("{rule} {subject}"))["physicalLocation"].clone();
        let file = place["artifactLocation"]["uri"].as_str().unwrap().to_owned();
        let line = usize::try_from(place["region"]["startLine"].as_u64().unwrap()).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        (file, text.lines().skip(line - 1).take(6).collect::<Vec<_>>().join("\n"))
    };
    let (file, text) = at(Rule::AlternateEmailInside, "adm-priya.raman@contoso.com");
    assert_eq!(file, "examples/contoso/administrators.yaml");
    assert!(text.contains("kind: UserContact") && text.contains("priya-raman-admin"), "{text}");
    let (file, text) = at(Rule::DepartedAddress, "gareth.pike.home@outlook.com");
    assert_eq!(file, "examples/contoso/organization.yaml");
    assert!(text.trim_start().starts_with("mails:"), "{text}");
    // Nothing declares it: it stands at the Tenant.
    let (file, text) = at(Rule::ListWithoutMembers, "invoices@contoso.com");
    assert_eq!(file, "examples/contoso/tenant.yaml");
    assert!(text.contains("kind: Tenant"), "{text}");
}

#[test]
fn junit_fails_for_the_notices_that_nobody_gets() {
    let text = explained("junit");
    let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let failed = |name: &str| {
        let case = document.descendants().find(|node| node.attribute("name") == Some(name)).unwrap();
        case.children().any(|child| child.has_tag_name("failure"))
    };
    assert!(failed(Category::PartnerVerification.as_str()));
    assert!(!failed(Category::Billing.as_str()));
}

#[test]
fn markdown_has_a_heading_and_a_row_for_every_kind_of_notice() {
    let text = explained("markdown");
    assert!(text.starts_with("## "), "{text}");
    for category in Category::ALL {
        let named = |line: &str| line.starts_with('|') && line.contains(category.as_str());
        assert!(text.lines().any(named), "{category}: {text}");
    }
}

#[test]
fn html_is_one_page_with_the_picture_that_loads_nothing() {
    let page = explained("html");
    assert!(page.to_lowercase().starts_with("<!doctype html>"));
    assert!(page.contains("<svg"));
    for load in ["http://", "https://", "src=\"", "url(", "@import", "<link"] {
        assert!(!page.contains(load), "{load}");
    }
}

#[test]
fn a_form_that_a_verb_does_not_have_is_refused_and_not_ignored() {
    let said = [
        ("plan", "[possible values: text, json]"),
        ("worklist", "[possible values: text, json]"),
        ("export", "unexpected argument '-o'"),
    ];
    for (verb, said) in said {
        let manifests: &[&str] = if verb == "plan" { &["--manifests", "examples/contoso"] } else { &[] };
        let answer = embedded(&[&[verb, "-o", "sarif"], manifests].concat());
        assert_eq!((answer.code, answer.out.as_str()), (1, ""), "{verb}");
        assert!(answer.err.starts_with("error: ") && answer.err.contains(said), "{answer:#?}");
    }
    // In front of the verb it is understood for every verb, and refused by those that lack the form.
    for (verb, said) in [("plan", "forms of `explain`"), ("worklist", "forms of `explain`"), ("export", "text only")] {
        let answer = binary::call(["-o", "sarif", verb, "--simulate"]);
        assert_eq!((answer.code, answer.out.as_str()), (1, ""), "{verb}");
        assert!(answer.err.starts_with("error: --output: ") && answer.err.contains(said), "{answer:#?}");
    }
}
