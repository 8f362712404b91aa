//! A namespace that is deleted: the operator's rights go last, so that it can let go what waits for it.

use serde_json::json;
use testkit::chart::{of_kind, rendered};

use super::installed::{installed, until};

const NAMESPACE: &str = "closing";

#[test]
fn the_operators_rights_outlast_what_waits_for_it_in_a_namespace_that_is_deleted() {
    let kubectl = installed();
    let answer = |args: &[&str]| kubectl.call(&[args, &["--namespace", NAMESPACE]].concat());
    kubectl.call(&["create", "namespace", NAMESPACE]).ok();
    let objects = rendered(&json!({"tenantNamespaces": [{"name": NAMESPACE}]}).to_string());
    let here = |kind| of_kind(&objects, kind).into_iter().find(|object| object["metadata"]["namespace"] == NAMESPACE);
    let contact = json!({
        "apiVersion": "tenantcontacts.dev/v1alpha1",
        "kind": "UserContact",
        "metadata": {"name": "noah", "finalizers": ["tenantcontacts.dev/restore"], "namespace": NAMESPACE},
        "spec": {
            "tenantRef": {"name": "contoso"},
            "accountRef": {"userPrincipalName": "noah.fitzgerald@contoso.com"},
            "deletionPolicy": "Restore",
            "businessPhone": {"value": "+1 206 555 0105"},
        },
    });
    for object in [here("Role").unwrap(), here("RoleBinding").unwrap(), &contact] {
        kubectl.call_with(&["create", "-f", "-"], object.to_string().as_bytes()).ok();
    }
    kubectl.call(&["delete", "namespace", NAMESPACE, "--wait=false"]).ok();
    let said = |answer: &str| answer.contains("needs its rights");
    until("the rights are kept", || {
        let path = "-o=jsonpath={.status.conditions[?(@.type=='NamespaceDeletionContentFailure')].message}";
        said(&kubectl.call(&["get", "namespace", NAMESPACE, path]).ok())
    });
    assert!(said(&answer(&["delete", "role", "tenant-contacts-tenants"]).refused()));
    answer(&["get", "role/tenant-contacts-tenants", "rolebinding/tenant-contacts-tenants"]).ok();
    answer(&["patch", "usercontact", "noah", "--type=merge", r#"--patch={"metadata": {"finalizers": null}}"#]).ok();
    kubectl.call(&["wait", "--for=delete", "namespace", NAMESPACE, "--timeout=90s"]).ok();
}
