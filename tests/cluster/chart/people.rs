//! The roles for people.

use testkit::chart::{SERVED, VALUES, name, of_kind, rendered};

use super::installed::{EDITOR, TENANT_ADMIN, VIEWER, installed};

#[test]
fn each_role_allows_what_its_name_says() {
    let kubectl = installed();
    let rows = [
        ("list", "tenants", [true, true, true]),
        ("watch", "usercontacts", [true, true, true]),
        ("create", "usercontacts", [false, true, true]),
        ("delete", "organizationcontacts", [false, true, true]),
        ("patch", "tenants", [false, false, true]),
        ("create", "tenants", [false, false, true]),
        ("approve", "tenants", [false, false, true]),
        ("enforce", "tenants", [false, false, true]),
        ("declare-recovery-data", "usercontacts", [false, false, true]),
        ("patch", "tenants/status", [false, false, false]),
        ("get", "contactreports", [true, true, true]),
        ("create", "contactpolicies", [false, true, true]),
        ("patch", "trustedsenders", [false, true, true]),
        ("list", "trustedsenders", [true, true, true]),
        // The report is the operator's word.
        ("create", "contactreports", [false, false, false]),
        ("patch", "contactreports/status", [false, false, false]),
        ("list", "secrets", [false, false, false]),
    ];
    for (verb, what, expected) in rows {
        let (resource, subresource) = what.split_once('/').unwrap_or((what, ""));
        let group = if resource == "secrets" { "" } else { ".tenantcontacts.dev" };
        let found = [VIEWER, EDITOR, TENANT_ADMIN].map(|user| {
            let args = ["auth", "can-i", verb, &format!("{resource}{group}"), "--namespace", SERVED, "--as", user]
                .map(str::to_owned);
            let subresource = format!("--subresource={subresource}");
            kubectl.call(&[&args[..], &[subresource]].concat()).out.trim() == "yes"
        });
        assert_eq!(found, expected, "{verb} {what}");
    }
}

#[test]
fn who_may_edit_a_namespace_edits_contacts_but_decides_nothing() {
    let objects = rendered(VALUES);
    for role in of_kind(&objects, "ClusterRole") {
        let labels = role["metadata"]["labels"].as_object().unwrap();
        let to: Vec<_> = labels.keys().filter(|label| label.contains("aggregate-to")).collect();
        if ["tenant-contacts-tenant-admin", "tenant-contacts-gitops"].contains(&name(role)) {
            assert!(to.is_empty(), "{to:?}");
        } else {
            // `view` leaves out what is private.
            assert_eq!(to, ["rbac.authorization.k8s.io/aggregate-to-edit"]);
        }
    }
    let without = rendered(&format!("{VALUES}\nuserRoles: {{aggregate: false}}"));
    assert!(!serde_json::to_string(&without).unwrap().contains("aggregate-to"));
    assert!(of_kind(&rendered(&format!("{VALUES}\nuserRoles: {{enabled: false}}")), "ClusterRole").is_empty());
}
