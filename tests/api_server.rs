//! The CustomResourceDefinitions on a real API server: they are served, take what the examples declare, and refuse what the
//! offline check refuses.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking, its helpers as well

#[path = "support/bad_objects.rs"]
mod bad_objects;
#[path = "support/cluster/mod.rs"]
mod cluster;

use std::{path::Path, sync::OnceLock};

use bad_objects::{Caught, Row};
use cluster::{Answer, ControlPlane, Kubectl};

/// The namespaces that the examples and the table of bad objects name.
const NAMESPACES: [&str; 2] = ["contoso", "team-a"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The administrator's kubectl on an API server that has the CRDs and the namespaces.
fn installed() -> &'static Kubectl {
    static INSTALLED: OnceLock<&Kubectl> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let kubectl = ControlPlane::shared().administrator();
        kubectl.call(&["apply", "--server-side", "-f", root().join("crds").to_str().unwrap()]).ok();
        kubectl.call(&["wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"]).ok();
        for namespace in NAMESPACES {
            kubectl.call(&["create", "namespace", namespace]).ok();
        }
        kubectl
    })
}

fn dry_run(input: &[u8]) -> Answer {
    installed().call_with(&["apply", "--dry-run=server", "-f", "-"], input)
}

/// Refused for what is wrong with it: not because nobody answers, nor because its namespace is not there, unless the
/// namespace's name is what is wrong.
fn refused(row: &Row, answer: &Answer) -> bool {
    let namespace = answer.err.contains("namespaces \"") && row.field.as_deref() != Some("metadata.namespace");
    answer.failed() && !answer.err.contains("onnection") && !namespace
}

#[test]
fn what_the_schema_and_its_rules_catch_offline_the_api_server_refuses_too() {
    let table = bad_objects::table();
    let rows = table.iter().filter(|row| matches!(row.caught, Caught::Schema | Caught::Cel));
    let taken: Vec<String> = rows
        .map(|row| (row, dry_run(&bad_objects::bytes(row))))
        .filter(|(row, answer)| !refused(row, answer))
        .map(|(row, answer)| format!("{}: {answer:#?}", row.file))
        .collect();
    assert!(taken.is_empty(), "{}", taken.join("\n"));
}

#[test]
fn good_neighbours_and_examples_are_taken() {
    for folder in ["tests/bad_objects/neighbour", "examples/contoso"] {
        let path = root().join(folder);
        installed().call(&["apply", "--dry-run=server", "-f", path.to_str().unwrap()]).ok();
    }
}
