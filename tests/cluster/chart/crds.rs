//! The CustomResourceDefinitions in the chart are those of the repository.

use serde_json::Value;
use testkit::chart::{VALUES, file, name, of_kind, rendered};

const FILES: [&str; 6] = [
    "tenants.yaml",
    "organizationcontacts.yaml",
    "usercontacts.yaml",
    "trustedsenders.yaml",
    "contactpolicies.yaml",
    "contactreports.yaml",
];

/// Whole numbers read back from Helm lose their `.0`.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64()),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(entries) => entries.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        other => other.clone(),
    }
}

#[test]
fn what_is_rendered_is_what_the_repository_has_with_labels_and_the_policy_to_keep_it() {
    let objects = rendered(VALUES);
    let crds = of_kind(&objects, "CustomResourceDefinition");
    assert_eq!(crds.len(), FILES.len());
    for path in FILES {
        let committed: Value = serde_saphyr::from_str(&file(&format!("crds/{path}"))).unwrap();
        let mut found = (*crds.iter().find(|crd| name(crd) == name(&committed)).unwrap()).clone();
        assert_eq!(found["metadata"]["annotations"]["helm.sh/resource-policy"], "keep");
        assert_eq!(found["metadata"]["labels"]["app.kubernetes.io/managed-by"], "Helm");
        found["metadata"] = committed["metadata"].clone();
        assert_eq!(plain(&found), plain(&committed), "{path}");
    }
}

#[test]
fn they_can_be_left_out_and_left_to_be_deleted() {
    let without = rendered(&format!("{VALUES}\ncrds: {{install: false}}"));
    assert!(of_kind(&without, "CustomResourceDefinition").is_empty());
    let deletable = rendered(&format!("{VALUES}\ncrds: {{keep: false}}"));
    for crd in of_kind(&deletable, "CustomResourceDefinition") {
        assert_eq!(crd["metadata"].get("annotations"), None);
    }
}
