//! SARIF against its public schema (OASIS, `tests/schemas/`), and what it has to say.

use serde_json::Value;
use tenant_contacts_api::{
    notice::{Category, Reach},
    rule::Rule,
};
use tenant_contacts_core::answer::Answer;
use tenant_contacts_report::explain::{self, Options, Position, Positions};

use crate::{json::validate, scene};

const SCHEMA: &str = include_str!("../schemas/sarif-schema-2.1.0.json");

fn sarif(answer: &Answer) -> Value {
    explain::sarif(answer, &Options::default(), &Positions::default())
}

#[test]
fn every_answer_is_valid_against_the_public_schema() {
    for answer in [Answer::default(), scene::contoso(), scene::hostile(), scene::large(20)] {
        validate(SCHEMA, &sarif(&answer)).unwrap_or_else(|error| panic!("{error}"));
    }
    let mut wrong = sarif(&scene::contoso());
    wrong["runs"][0]["results"][0]["level"] = "fatal".into();
    validate(SCHEMA, &wrong).unwrap_err();
}

#[test]
fn a_result_points_to_its_rule_and_says_whom_it_is_about() {
    let log = sarif(&scene::contoso());
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), Rule::ALL.len());
    let results = run["results"].as_array().unwrap();
    let of_kind = |kind: &str| results.iter().filter(|result| result["kind"] == kind).count();
    let unknown = scene::contoso().categories.iter().filter(|one| one.reach == Reach::Unknown).count();
    assert_eq!((of_kind("fail"), of_kind("open")), (scene::contoso().findings.len(), unknown));
    assert!(unknown > 0 && results.iter().all(|one| (one["kind"] == "open") == (one["level"] == "none")));
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(rules[index]["help"]["text"].as_str().unwrap().contains("docs/rules/"));
    }
    let refuses = results.iter().find(|one| one["ruleId"] == "ListRefusesExternalSenders").unwrap();
    assert_eq!(refuses["level"], "error");
    assert_eq!(refuses["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "Recipient/secops@contoso.com");
}

#[test]
fn an_excepted_finding_is_suppressed_with_who_answers_for_it_and_the_others_are_not() {
    let log = sarif(&scene::contoso());
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let excepted = result["ruleId"] == "GlobalAdministratorWithoutAlternate";
        assert_eq!(result.get("suppressions").is_some(), excepted, "{result}");
        if excepted {
            let why = result["suppressions"][0]["justification"].as_str().unwrap();
            assert_eq!(why, "Dora Dean (until 2027-03-31): break-glass account, kept in a safe");
        }
    }
}

#[test]
fn every_result_has_a_place_in_a_file_and_what_is_declared_its_line() {
    let uri = |result: &Value| {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap().to_owned()
    };
    let line = |result: &Value| result["locations"][0]["physicalLocation"]["region"]["startLine"].clone();
    let nothing_declared = sarif(&scene::contoso());
    for result in nothing_declared["runs"][0]["results"].as_array().unwrap() {
        assert_eq!(uri(result), format!("microsoft365/{}", scene::contoso().tenant));
        assert_eq!(line(result), 1);
        let message = result["message"]["text"].as_str().unwrap();
        assert!(message.ends_with('.') && message.matches(". ").count() > 0, "two sentences: {message}");
    }
    let at = |line| Some(Position { file: "./contacts of all/tenant.yaml".into(), line });
    let positions = Positions { tenant: at(3), organization: at(7), ..Positions::default() };
    let declared = explain::sarif(&scene::contoso(), &Options::default(), &positions);
    validate(SCHEMA, &declared).unwrap_or_else(|error| panic!("{error}"));
    for result in declared["runs"][0]["results"].as_array().unwrap() {
        let kind = result["locations"][0]["logicalLocations"][0]["kind"].as_str().unwrap();
        let expected = if ["Address", "Category"].contains(&kind) { 7 } else { 3 };
        assert_eq!(
            (uri(result).as_str(), line(result)),
            ("contacts%20of%20all/tenant.yaml", expected.into()),
            "{kind}"
        );
    }
}

#[test]
fn a_fingerprint_is_githubs_own_and_does_not_move_with_the_manifest() {
    let prints = |positions: &Positions| -> Vec<String> {
        let log = explain::sarif(&scene::contoso(), &Options::default(), positions);
        let results = log["runs"][0]["results"].as_array().unwrap();
        let print = |one: &Value| one["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap().to_owned();
        results.iter().map(print).collect()
    };
    let tenant = Some(Position { file: "tenant.yaml".into(), line: 40 });
    assert_eq!(prints(&Positions::default()), prints(&Positions { tenant, ..Positions::default() }));
}

#[test]
fn a_run_about_one_kind_of_notices_closes_nothing_of_the_others() {
    let of = |category| {
        explain::sarif(&scene::contoso(), &Options { category, ..Options::default() }, &Positions::default())
    };
    let id = |log: &Value| log["runs"][0]["automationDetails"]["id"].as_str().unwrap().to_owned();
    let (all, one) = (id(&of(None)), id(&of(Some(Category::Billing))));
    assert_eq!(one, format!("{all}Billing/"));
}

#[test]
fn equal_facts_have_equal_fingerprints_and_different_ones_different() {
    let log = sarif(&scene::contoso());
    let prints: Vec<_> = log["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["partialFingerprints"].to_string())
        .collect();
    let distinct: std::collections::BTreeSet<_> = prints.iter().collect();
    assert_eq!(distinct.len(), prints.len());
}
