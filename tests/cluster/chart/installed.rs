//! The release installed once for all tests of this binary, with people of different rights.

use std::{
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use testkit::{
    chart::{self, SERVED},
    cluster::{Answer, ControlPlane, Kubectl},
};

/// How long a policy may take to hold after it was created; it is less than a second on a quiet machine.
const HOLDS_WITHIN: Duration = Duration::from_mins(1);

/// Who may change a Tenant and its children, and none of what the policies guard.
pub const MAINTAINER: &str = "maintainer";

/// A maintainer who may approve besides.
pub const APPROVER: &str = "approver";

/// Bound to the chart's ClusterRoles.
pub const VIEWER: &str = "viewer";
pub const EDITOR: &str = "editor";
pub const TENANT_ADMIN: &str = "tenant-admin";
pub const GITOPS: &str = "gitops";

/// A Tenant with something in every guarded field, and a UserContact with recovery data.
pub const DECLARED: &str = r#"
apiVersion: tenantcontacts.dev/v1alpha1
kind: Tenant
metadata: {name: contoso, namespace: northwind}
spec:
  tenantId: 3f1d2c4b-8a6e-4f0d-9b7c-5e2a1d0c9b8a
  credentials:
    - clientId: 6b29fc40-ca47-1067-b31d-00dd010662da
      workloadIdentity: {serviceAccountName: contoso-graph}
  enforce: [Organization, Users]
  guardRails:
    minimumRecipients: 2
    protectedAccounts: [{userPrincipalName: breakglass@contoso.com}]
  approvals:
    - {hash: 0123456789abcdef0123456789abcdef, by: helena.marsh, until: "2026-12-01T00:00:00Z"}
    - {hash: 1123456789abcdef0123456789abcdef, by: helena.marsh, until: "2026-12-01T00:00:00Z"}
---
apiVersion: tenantcontacts.dev/v1alpha1
kind: OrganizationContacts
metadata: {name: contoso, namespace: northwind}
spec:
  tenantRef: {name: contoso}
  technical:
    values: [{address: noc@contoso.com}]
---
apiVersion: tenantcontacts.dev/v1alpha1
kind: UserContact
metadata: {name: noah, namespace: northwind}
spec:
  tenantRef: {name: contoso}
  accountRef: {userPrincipalName: noah.fitzgerald@contoso.com}
  alternateEmails:
    values: [{value: noah.fitzgerald@example.org}]
  mobilePhone: {value: "+1 206 555 0133"}
"#;

/// The control plane with the release, the people and the objects, as the administrator. Nothing here is changed by a test:
/// what is tried out is tried as a dry run.
pub fn installed() -> &'static Kubectl {
    static INSTALLED: OnceLock<&Kubectl> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let kubectl = chart::shared();
        for (role, user) in [("viewer", VIEWER), ("editor", EDITOR), ("tenant-admin", TENANT_ADMIN), ("gitops", GITOPS)] {
            bind(kubectl, user, &format!("--clusterrole=tenant-contacts-{role}"));
        }
        for (user, verbs) in [(MAINTAINER, None), (APPROVER, Some("approve"))] {
            kubectl.call_with(&["apply", "-f", "-"], maintaining(user, verbs).to_string().as_bytes()).ok();
            bind(kubectl, user, &format!("--role={user}"));
        }
        kubectl.call_with(&["apply", "-f", "-"], DECLARED.as_bytes()).ok();
        for (what, change) in [
            ("tenant/contoso", r#"{"spec": {"enforce": []}}"#),
            ("tenant/contoso", r#"{"spec": {"approvals": [{"hash": "2123456789abcdef0123456789abcdef", "by": "x", "until": "2026-12-01T00:00:00Z"}]}}"#),
            ("organizationcontacts/contoso", r#"{"spec": {"technical": {"values": []}}}"#),
            ("usercontact/noah", r#"{"spec": {"mobilePhone": {"value": "+1 206 555 0199"}}}"#),
        ] {
            until_refused(what, change);
        }
        kubectl
    })
}

fn bind(kubectl: &Kubectl, user: &str, role: &str) {
    let namespace = format!("--namespace={SERVED}");
    kubectl.call(&["create", "rolebinding", user, role, &format!("--user={user}"), &namespace]).ok();
}

/// A Role that edits everything declared, with more verbs on Tenants.
fn maintaining(name: &str, verb: Option<&str>) -> serde_json::Value {
    let verbs: Vec<_> = ["get", "list", "create", "update", "patch"].into_iter().chain(verb).collect();
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": name, "namespace": SERVED},
        "rules": [{
            "apiGroups": ["tenantcontacts.dev"],
            "resources": ["tenants", "organizationcontacts", "usercontacts"],
            "verbs": verbs,
        }],
    })
}

/// A merge patch of a declared object, tried by somebody.
pub fn change_by(kubectl: &Kubectl, user: &str, what: &str, change: &str) -> Answer {
    let (namespace, user) = (format!("--namespace={SERVED}"), format!("--as={user}"));
    kubectl.call(&["patch", what, &namespace, "--type=merge", "--dry-run=server", &user, "--patch", change])
}

/// A policy holds some moments after it was created: waits until it refuses.
fn until_refused(what: &str, change: &str) {
    let kubectl = ControlPlane::shared().administrator();
    until(&format!("{what} {change} is refused"), || change_by(kubectl, MAINTAINER, what, change).failed());
}

/// Waits until something holds. What it is is said when it does not.
#[track_caller]
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + HOLDS_WITHIN;
    while !holds() {
        assert!(Instant::now() < deadline, "never came true: {what}");
        thread::sleep(Duration::from_millis(50)); // between two looks; nothing depends on its length
    }
}
