//! `approve`: exactly what waits, beside what git declares.

use serde_json::{Value, json};
use testkit::{cli::small, operator::Site};

use super::call::plugin;

/// An approval that git declares, of something else.
const IN_GIT: &str =
    r#"approvals: [{hash: "00000000000000000000000000000001", by: helena.marsh, until: "2999-01-01T00:00:00Z"}]"#;

fn approvals(site: &Site) -> Vec<Value> {
    let tenant = site.object("tenant", "contoso").unwrap();
    tenant["spec"]["approvals"].as_array().cloned().unwrap_or_default()
}

/// Applies as a GitOps tool does.
fn apply_from_git(site: &Site, manifest: &str) {
    let manifest = manifest.replace("namespace: contoso", &format!("namespace: {}", site.namespace));
    let args = ["apply", "--server-side", "--force-conflicts", "--field-manager=kustomize-controller", "-f", "-"];
    site.kubectl.call_with(&args, manifest.as_bytes()).ok();
}

#[test]
fn what_waits_is_approved_by_its_hash_written_and_git_keeps_its_own() {
    let site = Site::open("plugin-approve");
    let _operator = site.operator(&[]);
    let declared = small::tenant("[Users]", &format!("  {IN_GIT}"));
    apply_from_git(&site, &declared);
    site.apply(small::SECRET);
    site.apply(&small::contact("ada", small::ADA));
    site.ready("tenant", "contoso", "False PrivilegedRecoveryData");
    let before = site.object("tenant", "contoso").unwrap();
    let hash = before["status"]["plan"]["approvalHash"].as_str().unwrap();

    let stale = plugin(&site, &["approve", "--hash", "00000000000000000000000000000002"]);
    assert_eq!(stale.code, Some(1), "{stale:#?}");
    for expected in
        ["nothing was approved: the waiting steps have another approval hash", hash, "kubectl tenant-contacts plan"]
    {
        assert!(stale.err.contains(expected), "{expected}\n{}", stale.err);
    }
    let after = site.object("tenant", "contoso").unwrap();
    assert_eq!(
        (&after["spec"], &after["metadata"]["generation"]),
        (&before["spec"], &before["metadata"]["generation"])
    );

    let given = plugin(&site, &["approve", "--tenant", "contoso", "--hash", hash, "--for", "2h"]);
    assert_eq!(given.code, Some(0), "{given:#?}");
    for expected in [
        "1 step waits for an approval",
        "~ alternateEmails (needs approval: PrivilegedRecoveryData)",
        "Approved by administrator until ",
    ] {
        assert!(given.out.contains(expected), "{expected}\n{}", given.out);
    }
    site.ready("usercontact", "ada", "True InSync");
    assert_eq!(site.office.user("ada@contoso.com")["otherMails"], json!(["ada.new@example.net"]));
    let names = |approvals: &[Value]| -> Vec<String> {
        approvals.iter().map(|one| one["by"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&approvals(&site)), ["helena.marsh", "administrator"]);

    // Used once: the same hash is refused, since nothing waits.
    site.ready("tenant", "contoso", "True InSync");
    let again = plugin(&site, &["approve", "--hash", hash]);
    assert!(again.refused().contains("no step waits for an approval"));

    // Another one, as JSON: the first one stays until it expires, and git's as long as git says so.
    site.apply(&small::contact("ada", "  mobilePhone: {value: \"+1 425 555 0188\"}"));
    site.ready("tenant", "contoso", "False PrivilegedRecoveryData");
    let hash = site.object("tenant", "contoso").unwrap()["status"]["plan"]["approvalHash"].as_str().unwrap().to_owned();
    let given = plugin(&site, &["approve", "--hash", &hash, "--by", "ops-4711", "--output", "json"]).json();
    assert_eq!((&given["hash"], &given["by"], &given["already"]), (&json!(hash), &json!("ops-4711"), &json!(false)));
    assert_eq!(given["steps"][0]["field"], "mobilePhone");
    site.ready("usercontact", "ada", "True InSync");
    assert_eq!(names(&approvals(&site)), ["helena.marsh", "administrator", "ops-4711"]);
    apply_from_git(&site, &declared);
    assert_eq!(names(&approvals(&site)), ["helena.marsh", "administrator", "ops-4711"]);
    apply_from_git(&site, &small::tenant("[Users]", ""));
    assert_eq!(names(&approvals(&site)), ["administrator", "ops-4711"]);
}

#[test]
fn an_approval_is_given_once_and_not_before_an_operator_has_looked() {
    let site = Site::open("plugin-approve-early");
    site.apply(&small::tenant("[Users]", ""));
    site.apply(small::SECRET);
    site.apply(&small::contact("ada", small::ADA));
    let hash = "00000000000000000000000000000002";
    let early = plugin(&site, &["approve", "--hash", hash]).refused();
    assert!(early.contains("no operator has processed it yet"), "{early}");
    let operator = site.operator(&[]);
    site.ready("tenant", "contoso", "False PrivilegedRecoveryData");
    let hash = site.object("tenant", "contoso").unwrap()["status"]["plan"]["approvalHash"].as_str().unwrap().to_owned();
    operator.terminate();
    assert_eq!(operator.end().0, Some(0));
    plugin(&site, &["approve", "--hash", &hash]).ok();
    let again = plugin(&site, &["approve", "--hash", &hash]);
    // The status is older than the declaration, which has the approval now.
    assert!(again.refused().contains("it changed after the operator's last pass"));
    assert_eq!(approvals(&site).len(), 1);
    let _operator = site.operator(&[]);
    site.ready("usercontact", "ada", "True InSync");
}
