//! What the operator may ask of the API server: exactly this, and nothing cluster-wide.

use serde_json::{Value, json};
use testkit::chart::{FOREIGN, OPERATORS, RELEASE, SERVED, VALUES, name, of_kind, rendered};

use super::installed::installed;

const GROUP: &str = "tenantcontacts.dev";

fn rules(group: &str, resources: &[&str], verbs: &[&str]) -> Value {
    json!({"apiGroups": [group], "resources": resources, "verbs": verbs})
}

fn named(mut rule: Value, names: &[&str]) -> Value {
    rule["resourceNames"] = json!(names);
    rule
}

#[test]
fn the_roles_are_exactly_these() {
    let objects = rendered(VALUES);
    let found: Vec<_> = of_kind(&objects, "Role")
        .into_iter()
        .map(|role| (role["metadata"]["namespace"].as_str().unwrap(), role["rules"].clone()))
        .collect();
    let children = ["organizationcontacts", "usercontacts"];
    let statuses =
        ["tenants", "organizationcontacts", "usercontacts", "trustedsenders", "contactpolicies", "contactreports"];
    let statuses = statuses.map(|resource| format!("{resource}/status"));
    let served = json!([
        rules(GROUP, &["tenants"], &["get", "list", "watch"]),
        rules(GROUP, &children, &["list", "watch", "patch"]),
        rules(GROUP, &["trustedsenders", "contactpolicies"], &["list", "watch"]),
        rules(GROUP, &["contactreports"], &["get", "create"]),
        rules(GROUP, &statuses.each_ref().map(String::as_str), &["patch"]),
        named(rules("", &["secrets"], &["list", "watch"]), &["contoso-graph"]),
        named(rules("", &["serviceaccounts"], &["get"]), &["contoso-graph"]),
        named(rules("", &["serviceaccounts/token"], &["create"]), &["contoso-graph"]),
        rules("events.k8s.io", &["events"], &["create", "patch"]),
    ]);
    let own = json!([rules("coordination.k8s.io", &["leases"], &["get", "create", "update"])]);
    assert_eq!(found.len(), 2);
    assert!(found.contains(&(SERVED, served)) && found.contains(&(OPERATORS, own)), "{found:#?}");
}

#[test]
fn a_namespace_without_secrets_and_accounts_gives_no_right_to_any() {
    // A rule with an empty list of names would be a rule for all of them.
    let objects = rendered("tenantNamespaces: [{name: contoso, secrets: [], serviceAccounts: []}]");
    for role in of_kind(&objects, "Role") {
        let text = role["rules"].to_string();
        assert!(!text.contains("secrets") && !text.contains("serviceaccounts"), "{text}");
    }
}

#[test]
fn nothing_is_granted_by_a_star_and_nothing_in_the_whole_cluster() {
    let objects = rendered(VALUES);
    for kind in ["Role", "ClusterRole"] {
        for role in of_kind(&objects, kind) {
            assert!(!role["rules"].to_string().contains('*'), "{role}");
        }
    }
    assert!(of_kind(&objects, "ClusterRoleBinding").is_empty());
    // The ClusterRoles are for people: none is bound to anybody.
    for binding in of_kind(&objects, "RoleBinding") {
        assert_eq!(binding["roleRef"]["kind"], "Role", "{}", name(binding));
    }
}

/// A right as `kubectl auth can-i` takes it: verb, resource with what belongs to it, namespace.
type Right = (&'static str, &'static str, &'static str);

const EVERYWHERE: &str = "";

/// Samples of what it needs.
const NEEDED: [Right; 7] = [
    ("list", "tenants.tenantcontacts.dev", SERVED),
    ("patch", "usercontacts.tenantcontacts.dev", SERVED),
    ("watch", "contactpolicies.tenantcontacts.dev", SERVED),
    ("create", "contactreports.tenantcontacts.dev", SERVED),
    ("watch", "secrets/contoso-graph", SERVED),
    ("create", "serviceaccounts/contoso-graph --subresource=token", SERVED),
    ("create", "leases.coordination.k8s.io", OPERATORS),
];

/// What would be too much: other namespaces, other names, other verbs.
const TOO_MUCH: [Right; 25] = [
    ("list", "tenants.tenantcontacts.dev", FOREIGN),
    ("list", "usercontacts.tenantcontacts.dev", FOREIGN),
    ("patch", "usercontacts.tenantcontacts.dev", FOREIGN),
    ("list", "secrets", FOREIGN),
    ("list", "secrets/contoso-graph", FOREIGN),
    ("create", "serviceaccounts/contoso-graph --subresource=token", FOREIGN),
    ("create", "events.events.k8s.io", FOREIGN),
    ("get", "leases.coordination.k8s.io", FOREIGN),
    ("list", "secrets", SERVED),
    ("get", "secrets/contoso-graph", SERVED),
    ("watch", "secrets/another", SERVED),
    ("create", "serviceaccounts/default --subresource=token", SERVED),
    ("patch", "tenants.tenantcontacts.dev", SERVED),
    ("delete", "usercontacts.tenantcontacts.dev", SERVED),
    ("patch", "contactpolicies.tenantcontacts.dev", SERVED),
    ("patch", "contactreports.tenantcontacts.dev", SERVED),
    ("delete", "contactreports.tenantcontacts.dev", SERVED),
    ("approve", "tenants.tenantcontacts.dev", SERVED),
    ("get", "leases.coordination.k8s.io", SERVED),
    ("list", "secrets", OPERATORS),
    ("get", "pods", OPERATORS),
    ("create", "serviceaccounts/tenant-contacts --subresource=token", OPERATORS),
    ("list", "tenants.tenantcontacts.dev", EVERYWHERE),
    ("list", "secrets", EVERYWHERE),
    ("get", "nodes", EVERYWHERE),
];

/// Whether the operator's account has a right.
fn may((verb, what, namespace): Right) -> bool {
    let own = format!("--as=system:serviceaccount:{OPERATORS}:{RELEASE}");
    let place =
        if namespace == EVERYWHERE { "--all-namespaces".to_owned() } else { format!("--namespace={namespace}") };
    let mut args = vec!["auth", "can-i", verb, &own, &place];
    args.extend(what.split(' '));
    let answer = installed().call(&args);
    assert!(["yes", "no"].contains(&answer.out.trim()), "{answer:#?}");
    answer.out.trim() == "yes"
}

#[test]
fn the_operators_account_reaches_what_it_serves_and_nothing_else() {
    let missing: Vec<_> = NEEDED.into_iter().filter(|right| !may(*right)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    let too_much: Vec<_> = TOO_MUCH.into_iter().filter(|right| may(*right)).collect();
    assert!(too_much.is_empty(), "{too_much:#?}");
}
