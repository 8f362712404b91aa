//! What an API server asks of the CustomResourceDefinitions, and what users of `kubectl` deserve.

use serde_json::Value;
use tenant_contacts_api::{crds, field::Field};

/// Calls `look(path, schema)` for every node below `schema`.
fn walk(path: &str, schema: &Value, look: &mut impl FnMut(&str, &Value)) {
    look(path, schema);
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        walk(&format!("{path}.{name}"), property, look);
    }
    if let Some(items) = schema.get("items") {
        walk(&format!("{path}[]"), items, look);
    }
}

fn every_node(mut look: impl FnMut(&str, &Value)) {
    for crd in crds::all() {
        let json = serde_json::to_value(&crd).unwrap();
        let kind = crd.spec.names.kind;
        walk(&kind, &json["spec"]["versions"][0]["schema"]["openAPIV3Schema"], &mut look);
    }
}

/// A field is where its row says: paths stand in plans, statuses and problems.
#[test]
fn every_field_is_a_property_of_its_kind() {
    let mut paths = std::collections::BTreeSet::new();
    every_node(|path, _| {
        paths.insert(path.to_owned());
    });
    for field in Field::ALL {
        let path = format!("{}.spec.{}", field.kind().unwrap(), field.path());
        assert!(paths.contains(&path), "{path} is no property");
    }
}

#[test]
fn schemas_are_structural_and_of_known_words() {
    let known = [
        "type",
        "description",
        "properties",
        "required",
        "items",
        "enum",
        "pattern",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minimum",
        "maximum",
        "format",
        "default",
        "x-kubernetes-validations",
        "x-kubernetes-list-type",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-map-type",
    ];
    every_node(|path, schema| {
        assert!(schema["type"].is_string(), "{path} has no type");
        for word in schema.as_object().unwrap().keys() {
            assert!(known.contains(&word.as_str()), "{path} has {word}");
        }
        if let Some(format) = schema.get("format") {
            assert!(["int32", "int64", "date", "date-time"].contains(&format.as_str().unwrap()), "{path}: {format}");
        }
        for value in schema["enum"].as_array().into_iter().flatten() {
            assert!(value.is_string(), "{path} allows {value}");
        }
    });
}

#[test]
fn whatever_a_rule_walks_is_bounded() {
    every_node(|path, schema| {
        if path.contains(".spec") {
            let bounded = match schema["type"].as_str().unwrap() {
                "array" => schema.get("maxItems").is_some(),
                "string" => ["maxLength", "enum", "pattern"].iter().any(|word| schema.get(word).is_some()),
                _ => true,
            };
            assert!(bounded, "{path} has no upper bound");
        }
        // The API server estimates what a rule costs from maxLength; a pattern bounds nothing for it.
        let matches = |rule: &Value| {
            rule["rule"].as_str().is_some_and(|rule| rule.contains("matches(") || rule.contains("duration("))
        };
        if schema["x-kubernetes-validations"].as_array().is_some_and(|rules| rules.iter().any(matches)) {
            assert!(schema.get("maxLength").is_some(), "{path}: a rule reads text without maxLength");
        }
    });
}

#[test]
fn fields_of_spec_say_what_they_mean() {
    every_node(|path, schema| {
        if path.contains(".spec") && !path.ends_with("[]") {
            let description = schema["description"].as_str().unwrap_or_default();
            assert!(description.len() > 5, "{path} has no description");
        }
    });
}

#[test]
fn lists_with_several_owners_are_sets_or_maps() {
    let mut seen = std::collections::BTreeMap::new();
    every_node(|path, schema| {
        if let Some(list) = schema.get("x-kubernetes-list-type") {
            seen.insert(path.to_owned(), (list.clone(), schema.get("x-kubernetes-list-map-keys").cloned()));
        }
    });
    let map = |key: &str| (Value::from("map"), Some(Value::from(vec![key])));
    let set = || (Value::from("set"), None);
    let expected = [
        ("ContactPolicy.spec.rules", map("name")),
        ("ContactPolicy.spec.rules[].exceptions", map("subject")),
        ("ContactPolicy.status.conditions", map("type")),
        ("ContactReport.status.conditions", map("type")),
        ("OrganizationContacts.status.conditions", map("type")),
        ("Tenant.spec.approvals", map("hash")),
        ("Tenant.spec.credentials[].surfaces", set()),
        ("Tenant.spec.enforce", set()),
        ("Tenant.status.conditions", map("type")),
        ("TrustedSenders.spec.gateways", map("name")),
        ("TrustedSenders.spec.gateways[].domains", set()),
        ("TrustedSenders.status.conditions", map("type")),
        ("UserContact.status.conditions", map("type")),
    ];
    assert_eq!(seen, expected.map(|(path, list)| (path.to_owned(), list)).into());
}

/// The memory of an object has one writer and goes as a whole: merged, it could hold half of what it was before.
#[test]
fn only_memory_is_replaced_as_a_whole() {
    let mut seen = Vec::new();
    every_node(|path, schema| {
        if let Some(map) = schema.get("x-kubernetes-map-type") {
            seen.push((path.to_owned(), map.clone()));
        }
    });
    seen.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = ["OrganizationContacts", "Tenant", "TrustedSenders", "UserContact"];
    assert_eq!(seen, expected.map(|kind| (format!("{kind}.status.memory"), Value::from("atomic"))));
}

/// Tools that read status by Kubernetes' conventions take an object without any status for a healthy one.
#[test]
fn an_object_that_nobody_has_looked_at_yet_says_so() {
    let mut seen = Vec::new();
    every_node(|path, schema| {
        if let (true, Some(default)) = (path.ends_with(".status"), schema.get("default")) {
            seen.push((path.to_owned(), default.clone()));
        }
    });
    seen.sort_by(|a, b| a.0.cmp(&b.0));
    let expected =
        ["ContactPolicy", "ContactReport", "OrganizationContacts", "Tenant", "TrustedSenders", "UserContact"];
    let unobserved = serde_json::json!({"observedGeneration": -1});
    assert_eq!(seen, expected.map(|kind| (format!("{kind}.status"), unobserved.clone())));
}
