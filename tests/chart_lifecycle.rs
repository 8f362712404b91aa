//! The release over time: installed, upgraded, uninstalled, and what stays.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking, its helpers as well

#[path = "support/chart.rs"]
mod chart;
#[path = "support/cluster/mod.rs"]
mod cluster;

use chart::{OPERATORS, RELEASE, SERVED, VALUES, install, release};
use cluster::{ControlPlane, Helm};

const OBJECT: &str = r"
apiVersion: tenantcontacts.dev/v1alpha1
kind: OrganizationContacts
metadata: {name: contoso, namespace: contoso}
spec:
  tenantRef: {name: contoso}
  technical: {values: [{address: noc@contoso.com}]}
";

#[test]
fn an_upgrade_takes_effect_and_uninstalling_leaves_what_is_declared() {
    let plane = ControlPlane::shared();
    let kubectl = install(plane);
    kubectl.call_with(&["create", "-f", "-"], OBJECT.as_bytes()).ok();

    // Another value, and another definition: Helm would not upgrade what lies in a chart's crds/ folder.
    kubectl.call(&["label", "crd", "tenants.tenantcontacts.dev", "helm.sh/chart-", "app.kubernetes.io/version-"]).ok();
    release(plane, "upgrade", &format!("{VALUES}\nreadOnly: true")).ok();
    let deployment = kubectl.call(&["get", "deployment", RELEASE, "--namespace", OPERATORS, "--output=json"]).json();
    assert!(deployment["spec"]["template"]["spec"]["containers"][0]["args"].to_string().contains("--read-only"));
    let crd = kubectl.call(&["get", "crd", "tenants.tenantcontacts.dev", "--output=json"]).json();
    assert_eq!(crd["metadata"]["labels"]["app.kubernetes.io/version"], env!("CARGO_PKG_VERSION"));

    // What the upgraded operator was served in a namespace ends with its entry.
    kubectl.call(&["get", "role", "tenant-contacts-tenants", "--namespace", SERVED]).ok();
    release(plane, "upgrade", "tenantNamespaces: [{name: fabrikam}]").ok();
    kubectl.call(&["get", "role", "tenant-contacts-tenants", "--namespace", SERVED]).refused();

    let helm = Helm::with_access(plane.administrator_kubeconfig());
    helm.call(&["uninstall", RELEASE, "--namespace", OPERATORS]).ok();
    kubectl.call(&["get", "deployment", RELEASE, "--namespace", OPERATORS]).refused();
    kubectl.call(&["get", "validatingadmissionpolicy", "tenant-contacts-approvals"]).refused();
    kubectl.call(&["get", "organizationcontacts", "contoso", "--namespace", SERVED]).ok();

    // The definitions that stayed are taken up again.
    release(plane, "install", VALUES).ok();
    kubectl.call(&["get", "organizationcontacts", "contoso", "--namespace", SERVED]).ok();
}
