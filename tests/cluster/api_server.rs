//! The CustomResourceDefinitions on a real API server: they are served, take what the examples declare, and whatever the
//! offline check refuses, kubectl and the API server refuse at the same field, or the table of bad objects says why not.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use kube::core::cel::Validator;
use serde_json::{Value, json};
use testkit::{
    bad_objects::{self, Caught, Row, Taken},
    chart,
    cluster::{Answer, Kubectl},
};

/// The namespaces that the examples and the table of bad objects name.
const NAMESPACES: [&str; 2] = ["contoso", "team-a"];

/// Where objects are made for good, to be changed.
const CHANGED: &str = "changed";

/// The objects of `neighbour/good.yaml`, as kubectl names them.
const NEIGHBOURS: [&str; 4] = [
    "tenant.tenantcontacts.dev/contoso",
    "secret/contoso-app",
    "organizationcontacts.tenantcontacts.dev/contoso",
    "usercontact.tenantcontacts.dev/jane",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The administrator's kubectl on an API server that has the CRDs, the chart's policies and the namespaces.
fn installed() -> &'static Kubectl {
    static INSTALLED: OnceLock<&Kubectl> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let kubectl = chart::shared();
        for namespace in NAMESPACES.iter().chain([&CHANGED]) {
            kubectl.call(&["create", "namespace", namespace]).ok();
        }
        kubectl
    })
}

/// Applies a folder as a person does, of a file each object that can be.
fn apply(path: &Path, how: &[&str]) -> Answer {
    let mut args = vec!["apply", "--dry-run=server", "-f", path.to_str().unwrap()];
    args.extend(how);
    installed().call(&args)
}

/// Whether a refusal names a field: the whole path, and not only the beginning or the end of another one.
fn names(said: &str, field: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '[';
    said.match_indices(field).any(|(at, _)| {
        let before = said[..at].chars().next_back();
        let after = said[at + field.len()..].chars().next();
        !before.is_some_and(inner) && !after.is_some_and(inner)
    })
}

/// What is wrong with what kubectl and the API server say to a row's file beside its good neighbours.
fn disagreement(row: &Row, answer: &Answer) -> Option<String> {
    let said = &answer.err;
    if said.contains("onnection") {
        return Some("nobody answers".to_owned());
    }
    if let Some(left_out) = NEIGHBOURS.iter().find(|neighbour| !answer.out.contains(**neighbour)) {
        return Some(format!("{left_out} suffers"));
    }
    let good = matches!(row.caught, Caught::Plan | Caught::Note);
    if good || row.taken.is_some() {
        return answer.failed().then(|| "is refused".to_owned());
    }
    if !answer.failed() {
        return Some("is taken".to_owned());
    }
    // The namespaces of all rows are there, unless the namespace is what is wrong.
    if said.contains("namespaces \"") && row.field.as_deref() != Some("metadata.namespace") {
        return Some("is refused for its namespace".to_owned());
    }
    let named = match (&row.server, &row.field) {
        (Some(words), _) => said.contains(words),
        (None, Some(field)) => names(said, field),
        (None, None) => false,
    };
    (!named).then(|| "is refused without a word of the field".to_owned())
}

#[test]
fn what_the_offline_check_refuses_kubectl_and_the_api_server_refuse_at_the_same_field() {
    let wrong: Vec<String> = bad_objects::table()
        .iter()
        .filter_map(|row| {
            let answer = apply(&bad_objects::scene("bad_objects_api", row), &[]);
            disagreement(row, &answer).map(|what| format!("{} {what}: {answer:#?}", row.file))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Server-side apply takes another way through kubectl and the API server, with paths of its own (`approvals[hash=…]`).
#[test]
fn server_side_apply_refuses_the_same() {
    for row in bad_objects::table() {
        let answer = apply(&bad_objects::scene("bad_objects_server_side", &row), &["--server-side"]);
        let refused = !matches!(row.caught, Caught::Plan | Caught::Note) && row.taken.is_none();
        assert_eq!(answer.failed(), refused, "{}: {answer:#?}", row.file);
    }
}

#[test]
fn what_is_taken_because_the_file_is_not_the_object_is_a_good_object() {
    let taken = |file: &str| {
        let row = bad_objects::table().into_iter().find(|row| row.file == file).unwrap();
        assert_eq!(row.taken, Some(Taken::Text));
        let answer =
            installed().call_with(&["apply", "--dry-run=server", "-o", "json", "-f", "-"], &bad_objects::bytes(&row));
        answer.json()["spec"].clone()
    };
    // The last of the two counts, and nobody is told.
    assert_eq!(taken("yaml_duplicate_key.yaml")["mobilePhone"]["value"], "+1 425 555 0112");
    // The letter that is none becomes a sign for it, and an account of that name is not found.
    assert_eq!(taken("file_not_utf8.yaml")["accountRef"]["userPrincipalName"], "j\u{fffd}rg@contoso.com");
    // The other file's object is replaced.
    assert_eq!(taken("object_twice.yaml").get("alternateEmails"), None);
    let known: BTreeSet<_> = ["file_huge.yaml", "yaml_duplicate_key.yaml", "file_not_utf8.yaml", "object_twice.yaml"]
        .map(str::to_owned)
        .into();
    let listed = bad_objects::table().into_iter().filter(|row| row.taken == Some(Taken::Text)).map(|row| row.file);
    assert_eq!(listed.collect::<BTreeSet<_>>(), known, "each is looked at here, except one that has no object");
}

#[test]
fn good_neighbours_and_examples_are_taken() {
    for folder in ["tests/bad_objects/neighbour", "examples/contoso"] {
        apply(&root().join(folder), &[]).ok();
    }
}

#[test]
fn a_blocked_example_is_refused_by_both_at_the_same_field_or_by_neither() {
    let files = fs::read_dir(root().join("examples/contoso/blocked")).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|name| name == "yaml")).collect();
    assert!(files.len() >= 10, "{files:?}");
    let mut refused = 0;
    for file in files {
        let check =
            Command::new(env!("CARGO_BIN_EXE_tenant-contacts")).args(["check", "-o", "json"]).arg(&file).output();
        let check: Value = serde_json::from_slice(&check.unwrap().stdout).unwrap();
        // The good examples are not beside it: what is missing beside it is no objection to the object.
        let mut own = check["problems"].as_array().unwrap().iter().filter(|one| one["reason"] != "TenantNotFound");
        let answer = apply(&file, &[]);
        let problem = own.next();
        assert_eq!(answer.failed(), problem.is_some(), "{}: {check:#} {answer:#?}", file.display());
        if let Some(problem) = problem {
            refused += 1;
            assert!(names(&answer.err, problem["field"].as_str().unwrap()), "{check:#} {answer:#?}");
            assert!(answer.err.contains(problem["message"].as_str().unwrap()), "{check:#} {answer:#?}");
        }
    }
    assert_eq!(refused, 1, "one is refused, as their README says");
}

/// A change of an object that exists: kind, what is changed, and the field that is named.
fn changes() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("Tenant", json!({"tenantId": "99999999-2222-3333-4444-555555555555"}), "spec.tenantId"),
        ("Tenant", json!({"cloud": "China"}), "spec.cloud"),
        ("OrganizationContacts", json!({"tenantRef": {"name": "other"}}), "spec.tenantRef"),
        ("UserContact", json!({"tenantRef": {"name": "other"}}), "spec.tenantRef"),
        ("UserContact", json!({"accountRef": {"userPrincipalName": "joe@contoso.com"}}), "spec.accountRef"),
    ]
}

fn schema(kind: &str) -> Value {
    let crd = tenant_contacts_api::crds::all().into_iter().find(|crd| crd.spec.names.kind == kind).unwrap();
    serde_json::to_value(crd.spec.versions[0].schema.as_ref().unwrap().open_api_v3_schema.as_ref().unwrap()).unwrap()
}

/// Messages of all rules that speak of the value before, as kind and message.
fn transition_rules() -> BTreeSet<(String, String)> {
    fn collect(kind: &str, schema: &Value, rules: &mut BTreeSet<(String, String)>) {
        let own = schema["x-kubernetes-validations"].as_array().into_iter().flatten();
        for rule in own.filter(|rule| rule["rule"].as_str().unwrap().contains("oldSelf")) {
            rules.insert((kind.to_owned(), rule["message"].as_str().unwrap().to_owned()));
        }
        let below = schema["properties"].as_object().into_iter().flatten().map(|(_, below)| below);
        below.chain(schema.get("items")).for_each(|below| collect(kind, below, rules));
    }
    let mut rules = BTreeSet::new();
    for kind in ["Tenant", "OrganizationContacts", "UserContact"] {
        collect(kind, &schema(kind), &mut rules);
    }
    rules
}

#[test]
fn a_change_that_may_not_be_is_refused_offline_and_by_the_api_server_with_the_same_words() {
    let kubectl = installed();
    let good = fs::read_to_string(root().join("tests/bad_objects/neighbour/good.yaml")).unwrap();
    let moved = good.replace("namespace: contoso", &format!("namespace: {CHANGED}"));
    kubectl.call_with(&["apply", "-f", "-"], moved.as_bytes()).ok();
    let mut seen = BTreeSet::new();
    for (kind, change, field) in changes() {
        let name = if kind == "UserContact" { "jane" } else { "contoso" };
        let object = ["--namespace", CHANGED, kind, name];
        let old = kubectl.call(&[&["get", "-o", "json"], &object[..]].concat()).json();
        let mut new = old.clone();
        new["spec"].as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let offline = Validator::new().validate(&schema(kind), &new, Some(&old)).unwrap_err().into_vec();
        assert_eq!(offline.len(), 1, "{offline:#?}");
        let message = &offline[0].message;
        seen.insert((kind.to_owned(), message.clone()));

        let patch = json!({"spec": change}).to_string();
        let refused = kubectl.call(&[&["patch", "--type=merge", "-p", &patch], &object[..]].concat()).refused();
        assert!(refused.contains(message.as_str()), "{message:?} is not in {refused:?}");
        assert!(names(&refused, field) && names(&offline[0].field_path, field), "{refused} {offline:#?}");
        let unchanged = kubectl.call(&[&["get", "-o", "json"], &object[..]].concat()).json();
        assert_eq!(unchanged["spec"], old["spec"]);
    }
    assert_eq!(seen, transition_rules(), "each rule has a change that breaks it");
}
