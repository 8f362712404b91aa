//! Who may: the chart's roles and its admission policies, met through the plugin.

use serde_json::json;
use testkit::{
    cli::{binary::until, small},
    operator::Site,
};

use super::call::plugin;

/// Gives somebody one of the chart's roles in the namespace of a site.
pub fn bind(site: &Site, user: &str, role: &str) {
    site.kubectl(&["create", "rolebinding", user, &format!("--clusterrole={role}"), &format!("--user={user}")]).ok();
}

/// Gives somebody what it takes to edit Tenants and to see what waits, with more verbs on Tenants.
fn edits_tenants(site: &Site, user: &str, more: &[&str]) {
    bind(site, user, "tenant-contacts-viewer");
    let verbs = [&["update", "patch"], more].concat();
    let role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": user, "namespace": site.namespace},
        "rules": [{
            "apiGroups": ["tenantcontacts.dev"],
            "resources": ["tenants"],
            "verbs": verbs,
        }],
    });
    site.kubectl.call_with(&["apply", "-f", "-"], role.to_string().as_bytes()).ok();
    let name = format!("{user}-edits");
    site.kubectl(&["create", "rolebinding", &name, &format!("--role={user}"), &format!("--user={user}")]).ok();
}

#[test]
fn who_may_not_approve_is_told_what_to_ask_for_and_changes_nothing() {
    let site = Site::open("plugin-rights");
    let _operator = site.operator(&[]);
    bind(&site, "editor", "tenant-contacts-editor");
    edits_tenants(&site, "maintainer", &[]);
    edits_tenants(&site, "approver", &["approve"]);
    site.apply(&small::tenant("[Users]", ""));
    site.apply(small::SECRET);
    site.apply(&small::contact("ada", small::ADA));
    site.ready("tenant", "contoso", "False PrivilegedRecoveryData");
    let hash = site.object("tenant", "contoso").unwrap()["status"]["plan"]["approvalHash"].as_str().unwrap().to_owned();
    let approve = |user: &str| plugin(&site, &["approve", "--hash", &hash, "--as", user]);

    let said = approve("editor").refused();
    let right = r#"you may not approve: tenants.tenantcontacts.dev "contoso" is forbidden: User "editor""#;
    assert!(said.contains(right), "{said}");
    let ask = format!("the right to patch tenants in namespace {}", site.namespace);
    assert!(said.contains(&ask) && said.contains("tenant-contacts-tenant-admin"), "{said}");

    // A policy holds some moments after it was created.
    let try_out = r#"{"spec": {"approvals": [{"hash": "00000000000000000000000000000003", "by": "x", "until": "2999-01-01T00:00:00Z"}]}}"#;
    until("the policy holds", || {
        let args =
            ["patch", "tenant", "contoso", "--type=merge", "--dry-run=server", "--as=maintainer", "--patch", try_out];
        site.kubectl(&args).failed()
    });
    let said = approve("maintainer").refused();
    for expected in [
        "the cluster's policy refuses to approve:",
        "adding or changing an approval of Tenant contoso needs the verb approve on tenants.tenantcontacts.dev, which maintainer does not have",
        "kubectl create rolebinding NAME",
    ] {
        assert!(said.contains(expected), "{expected}\n{said}");
    }
    let tenant = site.object("tenant", "contoso").unwrap();
    assert!(tenant["spec"].get("approvals").is_none(), "{tenant:#}");
    assert_eq!(site.office.user("ada@contoso.com")["otherMails"], json!(["ada.old@example.org"]));

    let given = approve("approver").ok();
    assert!(given.contains("Approved by approver until "), "{given}");
    site.ready("usercontact", "ada", "True InSync");

    // Who may not even look is told so too.
    let said = plugin(&site, &["plan", "--as", "stranger"]).refused();
    assert!(said.contains("you may not look at the Tenants") && said.contains("tenant-contacts-viewer"), "{said}");
}
