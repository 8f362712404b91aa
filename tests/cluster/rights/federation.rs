//! A tenant that trusts the test's own cluster: workload identity as it is, signatures included.

use serde_json::{Value, json};
use testkit::{
    cli::small,
    cluster::{ControlPlane, Kubectl},
};

/// The ServiceAccount that the tenant trusts.
pub const ACCOUNT: &str = "graph";

/// The audience that Microsoft documents for Kubernetes.
pub const AUDIENCE: &str = "api://AzureADTokenExchange";

/// The small tenant, whose application trusts the ServiceAccount of the site's namespace as the cluster signs for it.
pub fn seed() -> String {
    let kubectl = ControlPlane::with_controllers().administrator();
    let raw = |path: &str| kubectl.call(&["get", "--raw", path]).json();
    let credential = json!({
        "issuer": raw("/.well-known/openid-configuration")["issuer"],
        "subject": format!("system:serviceaccount:NAMESPACE:{ACCOUNT}"),
        "audience": AUDIENCE,
        "jwks": raw("/openid/v1/jwks"),
    });
    let trusting = format!("    federatedCredentials: [{credential}]\n    permissions:");
    let seed = small::SEED.replace("    permissions:", &trusting);
    assert_ne!(seed, small::SEED);
    seed
}

/// A Tenant of this name that authenticates as a ServiceAccount.
pub fn tenant(name: &str, account: &str) -> String {
    let tenant = small::tenant("[Users]", "").replace("{name: contoso,", &format!("{{name: {name},"));
    let secret = "clientSecret: {secretKeyRef: {name: app, key: secret}}";
    assert!(tenant.contains(secret));
    tenant.replace(secret, &format!("workloadIdentity: {{serviceAccountName: {account}}}"))
}

/// Makes a ServiceAccount, which allows a Tenant to use it.
pub fn account(kubectl: &Kubectl, namespace: &str, name: &str, allowed: Option<&str>) {
    let labels = allowed.map_or(json!({}), |tenant| json!({"tenantcontacts.dev/allow": tenant}));
    let object: Value = json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
    });
    kubectl.call_with(&["apply", "-f", "-"], object.to_string().as_bytes()).ok();
}
