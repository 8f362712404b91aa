//! `worklist`: what only a person can do (DOMAIN A4), until the YAML says that it was done.

use std::collections::BTreeSet;

use serde_json::Value;
use testkit::cli::{
    binary::{self, Answer},
    folder::Folder,
    office::Office,
    small::{self, SEED},
};

use super::reader::{contoso, embedded, served};

/// The break-glass accounts of the example company, which no manifest names here.
const BREAK_GLASS: [&str; 2] = ["breakglass-1@contoso.onmicrosoft.com", "breakglass-2@contoso.onmicrosoft.com"];

fn name_of(name: &Value) -> String {
    name.as_str().unwrap().to_owned()
}

fn tasks(answer: &Answer) -> Vec<String> {
    let lists = answer.json();
    let of_list = |list: &Value| list["tasks"].as_array().unwrap().clone();
    let tasks = lists.as_array().unwrap().iter().flat_map(of_list);
    tasks.map(|task| task["userPrincipalName"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a4_each_administrator_is_named_with_place_value_and_yaml() {
    let answer = embedded(&["worklist"]);
    assert_eq!((answer.code, answer.err.as_str()), (2, ""), "{answer:#?}");
    assert!(answer.out.contains("https://admin.microsoft.com"), "where: {}", answer.out);
    assert!(answer.out.contains("value: helena.marsh@contoso.com\n"), "which value: {}", answer.out);
    let listed = tasks(&embedded(&["worklist", "-o", "json"]));
    assert_eq!(listed.len(), 10, "all but the two that look like break-glass accounts: {listed:?}");
    for name in &listed {
        assert!(answer.out.contains(&format!("userPrincipalName: \"{name}\"")), "YAML for {name}: {}", answer.out);
    }
    assert_eq!(tasks(&served(&contoso(), &["worklist", "-o", "json"])), listed);
    let distinct: BTreeSet<_> = listed.iter().collect();
    assert_eq!(distinct.len(), listed.len(), "nobody twice, whatever roles are held");
}

#[test]
fn a4_the_list_has_whom_the_rule_finds() {
    let explained = embedded(&["explain", "-o", "json"]).json();
    let findings = explained[0]["findings"].as_array().unwrap().iter();
    let found = findings.filter(|finding| finding["rule"] == "BusinessEmailUnattested");
    let found: BTreeSet<String> =
        found.map(|finding| finding["subject"]["name"].as_str().unwrap().to_owned()).collect();
    let answer = embedded(&["worklist", "-o", "json"]);
    let sealed: BTreeSet<String> = answer.json()[0]["sealed"].as_array().unwrap().iter().map(name_of).collect();
    let listed: BTreeSet<String> = tasks(&answer).into_iter().collect();
    // Whoever looks like a break-glass account is found by the rule, and nobody is asked to sign in as one (C12).
    assert_eq!(sealed.iter().map(String::as_str).collect::<Vec<_>>(), BREAK_GLASS);
    assert_eq!(&listed | &sealed, found);
    assert!(listed.is_disjoint(&sealed));
}

fn on_manifests(office: &Office, folder: &Folder, more: &[&str]) -> Answer {
    binary::call(office.verb("worklist", folder, more))
}

#[test]
fn a4_the_yaml_committed_makes_the_task_go_away() {
    let (office, folder) = (
        Office::open(&SEED.replace("upn: ada@contoso.com,", "upn: ada@contoso.com, mail: ada@contoso.com,")),
        Folder::new("worklist"),
    );
    folder.write("tenant.yaml", small::tenant("[]", ""));
    folder.write("secret.yaml", small::SECRET);
    let before = on_manifests(&office, &folder, &[]);
    assert_eq!((before.code, before.err.as_str()), (2, ""), "{before:#?}");
    assert_eq!(tasks(&on_manifests(&office, &folder, &["-o", "json"])), ["ada@contoso.com"]);

    folder.write("ada.yaml", yaml(&before.out).replace("YOUR NAME", "helena.marsh"));
    let check = binary::call([std::path::Path::new("check"), &folder.manifests()]);
    assert_eq!(check.code, 0, "{check:#?}");
    let after = on_manifests(&office, &folder, &[]);
    assert_eq!((after.code, after.err.as_str()), (0, ""), "{after:#?}");
    assert!(after.out.contains("Nothing to do"), "{}", after.out);
    assert_eq!(office.journal(), [], "no API sets it");
}

/// The YAML of the only task, without its indentation.
fn yaml(text: &str) -> String {
    let (_, yaml) = text.split_once("YAML, a new object:\n").unwrap();
    let lines = yaml.lines().map_while(|line| line.strip_prefix("    "));
    lines.collect::<Vec<_>>().join("\n") + "\n"
}
