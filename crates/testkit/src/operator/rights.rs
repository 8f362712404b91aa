//! The chart's rights of an operator, and what the API server refused to it all the same.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::{Value, json};

use super::chart;
use crate::cluster::ControlPlane;

/// What decides about an operator's rights in its own namespaces. What the chart has for the whole cluster is there already.
const KINDS: [&str; 3] = ["ServiceAccount", "Role", "RoleBinding"];

/// The chart's values that serve namespaces, each with its Secrets and ServiceAccounts.
pub fn serving(namespaces: &[&str], secrets: &[&str], service_accounts: &[&str]) -> String {
    let served: Vec<Value> = namespaces
        .iter()
        .map(|name| json!({"name": name, "secrets": secrets, "serviceAccounts": service_accounts}))
        .collect();
    json!({"tenantNamespaces": served}).to_string()
}

/// Gives a release in `release` the rights that the chart has for values. Returns the access of its ServiceAccount.
pub fn give(plane: &ControlPlane, release: &str, values: &str) -> PathBuf {
    let mut objects = chart::rendered_in(release, values);
    objects.retain(|object| KINDS.iter().any(|kind| object["kind"] == *kind));
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    plane.administrator().call_with(&["apply", "--server-side", "-f", "-"], list.to_string().as_bytes()).ok();
    plane.kubeconfig_for_service_account(release, chart::RELEASE)
}

/// What the release's operators asked of the API server so far, as it stands in the audit log.
pub fn requests(plane: &ControlPlane, release: &str) -> Vec<Value> {
    let user = format!("system:serviceaccount:{release}:{}", chart::RELEASE);
    fs::read_to_string(plane.audit_log())
        .unwrap()
        .lines()
        // Of what many operators asked, little is read as JSON.
        .filter(|line| line.contains(&user))
        .filter_map(|line| serde_json::from_str::<Value>(line).ok()) // the last line may be half written
        .filter(|entry| entry["user"]["username"] == user.as_str())
        .collect()
}

/// Requests of the release's operators that the API server forbade, each once.
pub fn refusals(plane: &ControlPlane, release: &str) -> BTreeSet<String> {
    requests(plane, release)
        .iter()
        .filter(|entry| entry["responseStatus"]["code"] == 403)
        .map(|entry| format!("{} {}", entry["verb"].as_str().unwrap(), entry["requestURI"].as_str().unwrap()))
        .collect()
}
