//! The chart's rights of an operator, and what the API server refused to it all the same.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::{Value, json};

use super::chart;
use crate::cluster::ControlPlane;

/// What decides about an operator's rights.
const KINDS: [&str; 5] =
    ["ServiceAccount", "Role", "RoleBinding", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];

/// Gives a release in `release` its rights in `namespace`. Returns the access of its ServiceAccount.
pub fn give(
    plane: &ControlPlane,
    release: &str,
    namespace: &str,
    secrets: &[&str],
    service_accounts: &[&str],
) -> PathBuf {
    let served = json!({"name": namespace, "secrets": secrets, "serviceAccounts": service_accounts});
    let mut objects = chart::rendered_in(release, &json!({"tenantNamespaces": [served]}).to_string());
    objects.retain(|object| KINDS.iter().any(|kind| object["kind"] == *kind));
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    // The policies are everybody's: server-side, so that tests that begin at once do not meet.
    plane.administrator().call_with(&["apply", "--server-side", "-f", "-"], list.to_string().as_bytes()).ok();
    plane.kubeconfig_for_service_account(release, chart::RELEASE)
}

/// Requests of the release's operators that the API server forbade, each once.
pub fn refusals(plane: &ControlPlane, release: &str) -> BTreeSet<String> {
    let user = format!("system:serviceaccount:{release}:{}", chart::RELEASE);
    fs::read_to_string(plane.audit_log())
        .unwrap()
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok()) // the last line may be half written
        .filter(|entry| entry["user"]["username"] == user.as_str() && entry["responseStatus"]["code"] == 403)
        .map(|entry| format!("{} {}", entry["verb"].as_str().unwrap(), entry["requestURI"].as_str().unwrap()))
        .collect()
}
