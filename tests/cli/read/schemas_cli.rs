//! The published schemas, held against what the program really prints. What needs a cluster is held against them where a
//! cluster is (`tests/cluster/plugin`).

use std::collections::BTreeSet;

use clap::CommandFactory as _;
use serde_json::Value;
use tenant_contacts::cli::Cli;
use tenant_contacts_api::notice::Category;
use testkit::{
    cli::binary::{Running, call},
    schemas::{self, valid},
};

use super::reader::embedded;

/// Arguments with which a verb that prints no JSON comes as far as to say so.
fn least_of(verb: &str) -> &'static [&'static str] {
    match verb {
        "audit" => &["verify", "--state", "state"],
        "completions" => &["bash"],
        "crds" | "demo" | "export" | "grants" | "man" | "simulate" => &[],
        other => panic!("{other} has neither a schema nor a line here: what does it print with `-o json`?"),
    }
}

#[test]
fn c9_a_verb_has_a_schema_or_prints_no_json() {
    let mut published = BTreeSet::new();
    for verb in Cli::command().get_subcommands().map(|verb| verb.get_name().to_owned()) {
        if schemas::of(&verb).is_some() {
            published.insert(verb);
            continue;
        }
        let answer = call([&["-o", "json", &*verb], least_of(&verb)].concat());
        assert_eq!((answer.code, &*answer.out), (1, ""), "{verb}: {answer:?}");
        assert!(answer.err.contains("this verb prints text only"), "{verb}: {answer:?}");
    }
    let known = tenant_contacts_report::schemas().map(|(verb, _)| verb.to_owned());
    assert_eq!(published, BTreeSet::from(known), "each is of a verb, and each is there");
}

#[test]
fn c9_what_a_verb_prints_is_valid_against_its_schema_as_a_whole() {
    let contoso = ["--manifests", "examples/contoso"];
    let explained = valid("explain", &embedded(&["explain", "-o", "json"]).out);
    assert_eq!(explained.as_array().unwrap().len(), 1, "a list, one answer for each tenant");
    for category in Category::ALL {
        valid("explain", &embedded(&["explain", category.as_str(), "-o", "json"]).out);
    }
    valid("explain", &embedded(&[&["explain", "-o", "json"], &contoso[..]].concat()).out);
    valid("worklist", &embedded(&[&["worklist", "-o", "json"], &contoso[..]].concat()).out);
    valid("worklist", &embedded(&["worklist", "-o", "json"]).out);
    let planned = valid("plan", &embedded(&[&["plan", "-o", "json"], &contoso[..]].concat()).out);
    assert!(!planned[0]["steps"].as_array().unwrap().is_empty());
    valid("apply", &embedded(&[&["apply", "-o", "json"], &contoso[..]].concat()).out);
    valid("check", &call(["check", "-o", "json", "examples/contoso"]).out);
    let wrong = valid("check", &call(["check", "-o", "json", "docs/schemas"]).out);
    assert!(!wrong["problems"].as_array().unwrap().is_empty());
}

#[test]
fn c9_every_line_of_run_is_valid_against_its_schema() {
    let running = Running::start(["run", "-o", "json", "--manifests", "examples/contoso", "--simulate"]);
    running.says(&["\"kind\":\"Tenant\""]);
    running.terminate();
    let (_, said) = running.end();
    let lines: Vec<_> = said.iter().filter(|line| line.starts_with('{') && line.contains("\"ready\"")).collect();
    assert!(!lines.is_empty(), "{said:#?}");
    for line in lines {
        valid("run", line);
    }
}

/// Whoever asks who gets the invoices has names, ids and sign-in names where they ask, and joins nothing.
#[test]
fn c9_who_receives_what_and_how_needs_no_join() {
    let answer = &valid("explain", &embedded(&["explain", "-o", "json"]).out)[0];
    let category = |name: &str| -> Value {
        let all = answer["categories"].as_array().unwrap();
        all.iter().find(|one| one["category"] == name).unwrap().clone()
    };
    let billing = category("Billing");
    for person in billing["certain"].as_array().unwrap() {
        let texts = ["name", "objectId", "userPrincipalName", "address"].map(|member| person[member].as_str());
        assert!(texts.iter().all(Option::is_some), "{person}");
    }
    let names = |recipient: &Value| recipient["names"].as_array().unwrap().len();
    for recipient in billing["recipients"].as_array().unwrap() {
        assert_eq!(names(recipient), recipient["path"].as_array().unwrap().len());
    }
    let nodes = answer["nodes"].as_array().unwrap();
    for node in nodes.iter().filter(|node| node["kind"] == "Account" || node["kind"] == "Person") {
        assert!(node["objectId"].is_string() && node["userPrincipalName"].is_string(), "{node}");
    }
    let hops: Vec<_> = nodes.iter().flat_map(|node| node["hops"].as_array().unwrap()).collect();
    assert!(hops.iter().any(|hop| hop["kind"] == "Reads") && hops.iter().any(|hop| hop["kind"] == "Forwards"));
    assert!(hops.iter().all(|hop| hop["name"].is_string()));
}
