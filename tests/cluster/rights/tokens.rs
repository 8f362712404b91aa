//! Where tokens go: nothing that a user declares says whom a token is for, or to which host it is sent.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{
    cluster::ControlPlane,
    operator::{Site, chart, rights},
};

use super::federation;

/// Every token that the operator asked for is for the token exchange and nobody else, short-lived, and of a ServiceAccount
/// that the Tenant's own namespace has.
pub fn for_nobody_else(site: &Site) {
    let requests = rights::requests(ControlPlane::shared(), &site.release);
    let tokens: Vec<&Value> = requests.iter().filter(|entry| entry["objectRef"]["subresource"] == "token").collect();
    assert!(!tokens.is_empty());
    for request in tokens {
        let spec = &request["requestObject"]["spec"];
        assert_eq!(spec["audiences"], json!([federation::AUDIENCE]), "{request:#}");
        assert_eq!(spec["expirationSeconds"], 600);
        assert_eq!(request["objectRef"]["namespace"], site.namespace.as_str());
        assert_eq!(request["objectRef"]["name"], federation::ACCOUNT);
    }
}

/// Names of all properties of a schema, however deep.
fn properties(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            for (key, value) in object {
                if let ("properties", Value::Object(named)) = (key.as_str(), value) {
                    found.extend(named.keys().cloned());
                }
                properties(value, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| properties(value, found)),
        _ => {}
    }
}

#[test]
fn no_declared_field_names_a_host_an_audience_or_another_namespace() {
    let objects = chart::rendered(chart::VALUES);
    let mut found = BTreeSet::new();
    for crd in chart::of_kind(&objects, "CustomResourceDefinition") {
        for version in crd["spec"]["versions"].as_array().unwrap() {
            properties(&version["schema"]["openAPIV3Schema"]["properties"]["spec"], &mut found);
        }
    }
    assert!(found.contains("secretKeyRef") && found.contains("tenantRef"), "the specs were looked into");
    let words = [
        "address",
        "url",
        "host",
        "endpoint",
        "server",
        "proxy",
        "authority",
        "issuer",
        "audience",
        "scope",
        "namespace",
    ];
    let named: Vec<_> =
        found.iter().filter(|name| words.iter().any(|word| name.to_lowercase().contains(word))).collect();
    // Mail addresses, and a link in the organization's profile that is written and never asked for anything.
    assert_eq!(named, ["address", "statementUrl"]);
}
