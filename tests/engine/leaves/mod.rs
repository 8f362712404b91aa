//! Every leaf of every kind does something: changing it changes the plan, the published status, what the rules find, the
//! schedule, or how the tenant is reached.
//!
//! The leaves come from the schemas of the kinds that people write, the effects from a table. A leaf that is not in the table fails with its path, and so
//! does one that is in the table and not in a schema: a field that is declared and ignored is a lie.

mod base;
mod look;
mod table;

use std::collections::BTreeSet;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{JSONSchemaProps, JSONSchemaPropsOrArray};
use look::look;
use table::{Effect, TABLE};
use tenant_contacts_api::{API_VERSION, manifest::Checker};

/// The paths of a schema's leaves.
fn leaves(schema: &JSONSchemaProps, path: &str, into: &mut BTreeSet<String>) {
    match (&schema.properties, &schema.items) {
        (Some(properties), _) => {
            for (name, property) in properties {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                leaves(property, &path, into);
            }
        }
        (None, Some(JSONSchemaPropsOrArray::Schema(items))) => leaves(items, &format!("{path}[]"), into),
        (None, _) => drop(into.insert(path.to_owned())),
    }
}

/// Whether people write objects of a kind: one that the operator alone writes is ignored in manifests, whatever is in it.
fn is_declared(checker: &Checker, kind: &str) -> bool {
    let text = format!("apiVersion: {API_VERSION}\nkind: {kind}\nmetadata: {{name: one}}\nspec: {{}}\n");
    let reading = checker.read("one.yaml", text.as_bytes());
    !reading.problems.is_empty() || !reading.manifests.is_empty()
}

#[test]
fn the_table_lists_the_leaves_of_the_schemas_and_no_other() {
    let mut of_schemas = BTreeSet::new();
    let checker = Checker::new().unwrap();
    for crd in tenant_contacts_api::crds::all() {
        if !is_declared(&checker, &crd.spec.names.kind) {
            continue;
        }
        let schema = crd.spec.versions[0].schema.as_ref().unwrap().open_api_v3_schema.as_ref().unwrap();
        let mut paths = BTreeSet::new();
        leaves(&schema.properties.as_ref().unwrap()["spec"], "", &mut paths);
        of_schemas.extend(paths.into_iter().map(|path| (crd.spec.names.kind.clone(), path)));
    }
    let of_table: BTreeSet<(String, String)> =
        TABLE.iter().map(|row| (row.kind.to_owned(), row.path.to_owned())).collect();
    let unlisted: Vec<_> = of_schemas.difference(&of_table).collect();
    let unknown: Vec<_> = of_table.difference(&of_schemas).collect();
    assert!(unlisted.is_empty(), "leaves without a known effect: {unlisted:#?}");
    assert!(unknown.is_empty(), "rows that are no leaves: {unknown:#?}");
    assert_eq!(of_table.len(), TABLE.len(), "a leaf is listed twice");
}

#[test]
fn every_leaf_has_its_effect() {
    let mut idle = Vec::new();
    for row in TABLE {
        let mut objects = base::objects();
        (row.setup)(&mut objects);
        let before = look(&objects);
        (row.change)(&mut objects);
        let after = look(&objects);
        let effect = match row.effect {
            Effect::Plan => before.plan.is_some() && before.plan != after.plan,
            Effect::Status => before.statuses != after.statuses,
            Effect::Finding => {
                before.findings.is_some() && after.findings.is_some() && before.findings != after.findings
            }
            // Jitter is a tenth: what differs by more differs.
            Effect::Schedule => after.next > before.next * 2,
            Effect::Access => before.problem.is_none() && before.reached != after.reached,
        };
        if !effect {
            idle.push(format!("{}.{}: no {:?}\n{before:#?}\n{after:#?}", row.kind, row.path, row.effect));
        }
    }
    assert!(idle.is_empty(), "{}", idle.join("\n"));
}

#[test]
fn the_same_objects_look_the_same() {
    let (one, other) = (look(&base::objects()), look(&base::objects()));
    assert_eq!((&one.plan, &one.statuses, &one.problem), (&other.plan, &other.statuses, &other.problem));
    assert_eq!(one.findings, other.findings);
    assert!(one.next < other.next * 2 && other.next < one.next * 2, "{:?} {:?}", one.next, other.next);
}
