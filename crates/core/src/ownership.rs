//! Who owns a field of an object: what server-side apply keeps in `metadata.managedFields`.

use std::collections::BTreeSet;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ManagedFieldsEntry, ObjectMeta};

/// The key of a property in managed fields.
pub fn property(name: &str) -> String {
    format!("f:{name}")
}

/// The key of an item of a map-list with one key.
pub fn item(key: &str, value: &str) -> String {
    // As the API server writes it: JSON without blanks. What keys map-lists here needs no escapes.
    format!("k:{{\"{key}\":\"{value}\"}}")
}

/// The managers that own what lies at `path`, by name. Those of status are not asked: they own no declaration.
pub fn owners(metadata: &ObjectMeta, path: &[String]) -> BTreeSet<String> {
    let entries = metadata.managed_fields.iter().flatten().filter(|entry| entry.subresource.is_none());
    entries.filter(|entry| owns(entry, path)).filter_map(|entry| entry.manager.clone()).collect()
}

fn owns(entry: &ManagedFieldsEntry, path: &[String]) -> bool {
    let Some(fields) = &entry.fields_v1 else { return false };
    path.iter().try_fold(&fields.0, |at, key| at.get(key.as_str())).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata() -> ObjectMeta {
        let text = r#"{"managedFields": [
            {"manager": "git", "operation": "Apply", "fieldsV1": {"f:spec": {
                "f:suspend": {}, "f:approvals": {"k:{\"hash\":\"aa\"}": {".": {}, "f:by": {}}}}}},
            {"manager": "kubectl-edit", "operation": "Update", "fieldsV1": {"f:spec": {"f:suspend": {}}}},
            {"manager": "operator", "operation": "Apply", "subresource": "status", "fieldsV1": {"f:spec": {"f:suspend": {}}}}
        ]}"#;
        k8s_openapi::serde_json::from_str(text).unwrap()
    }

    #[test]
    fn owners_are_found_by_path_and_status_owns_no_declaration() {
        let of = |path: &[String]| owners(&metadata(), path).into_iter().collect::<Vec<_>>();
        assert_eq!(of(&[property("spec"), property("suspend")]), ["git", "kubectl-edit"]);
        assert_eq!(of(&[property("spec"), property("approvals"), item("hash", "aa")]), ["git"]);
        assert!(of(&[property("spec"), property("approvals"), item("hash", "bb")]).is_empty());
    }
}
