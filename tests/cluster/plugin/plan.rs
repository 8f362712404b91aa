//! `plan` without a folder: what the operator has published, by those who may look and no more.

use serde_json::json;
use tenant_contacts_simulator::Options;
use testkit::{cli::small, operator::Site};

use super::{
    call::{plugin, plugins, with},
    rights,
};

/// A phone that is nobody's business, the operator's and the person's aside.
const PRIVATE: &str = "
apiVersion: v1
kind: Secret
metadata: {name: private, namespace: contoso, labels: {tenantcontacts.dev/allow: contoso}}
stringData: {ada: \"+1 425 555 0123\"}
";

#[test]
fn plan_shows_what_waits_and_what_is_blocked_without_a_secret() {
    let site = Site::naming("plugin-plan", small::SEED, Options::default(), &["app", "private"], &[]);
    rights::bind(&site, "looker", "tenant-contacts-viewer");
    site.apply(&small::tenant("[Organization, Users]", ""));
    site.apply(small::SECRET);
    site.apply(PRIVATE);
    let from_secret = "  mobilePhone: {valueFrom: {secretKeyRef: {name: private, key: ada}}}";
    for (name, fields) in [("bob", small::BOB), ("ada", &format!("{}\n{from_secret}", small::ADA)), ("sam", small::SAM)]
    {
        site.apply(&small::contact(name, fields));
    }
    let plan = |more: &[&str]| plugin(&site, &[&["plan", "--as", "looker"], more].concat());

    let before = plan(&[]);
    assert_eq!(before.code, Some(1), "{before:#?}");
    assert!(before.out.contains("No operator has processed it yet"), "{}", before.out);

    let operator = site.operator(&[]);
    site.ready("usercontact", "sam", "False SynchronisedOnPremises");
    site.ready("tenant", "contoso", "False PrivilegedRecoveryData");
    let hash = site.object("tenant", "contoso").unwrap()["status"]["plan"]["approvalHash"].clone();
    let namespace = &site.namespace;

    let text = plan(&[]);
    assert_eq!(text.code, Some(2), "{text:#?}");
    for expected in [
        format!("Tenant {namespace}/contoso (9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001)"),
        "Ready=False PrivilegedRecoveryData: ".into(),
        format!("UserContact {namespace}/ada -> ada@contoso.com"),
        "~ alternateEmails (needs approval: PrivilegedRecoveryData)".into(),
        "in the tenant: a***@example.org".into(),
        "declared:      a***@example.net".into(),
        "~ mobilePhone (needs approval: PrivilegedRecoveryData)".into(),
        "in the tenant: nothing".into(),
        "declared:      in a Secret".into(),
        format!("UserContact {namespace}/sam mobilePhone: SynchronisedOnPremises: "),
        "Change the attribute that the message names in the on-premises directory.".into(),
        "Plan: 0 to write, 2 waiting for approval, 1 blocked, 1 object as declared.".into(),
        format!(
            "kubectl tenant-contacts approve --namespace {namespace} --tenant contoso --hash {}",
            hash.as_str().unwrap()
        ),
    ] {
        assert!(text.out.contains(&expected), "{expected}\n{}", text.out);
    }
    for private in ["ada.old", "ada.new", "555 01"] {
        assert!(!text.out.contains(private), "{private}\n{}", text.out);
    }

    let answer = plan(&["--output", "json"]);
    assert_eq!(answer.code, Some(2));
    let view: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    let view = &view[0];
    assert_eq!(view["schemaVersion"], 1);
    assert_eq!(view["status"], "current");
    assert_eq!(view["plan"], json!({"steps": 0, "gated": 2, "blocked": 1}));
    assert_eq!(view["approvalHash"], hash);
    assert_eq!(view["objectsInSync"], 1);
    let field = &view["fields"][0];
    assert_eq!(
        (&field["object"], &field["field"], &field["state"], &field["reason"], &field["live"]),
        (
            &json!(format!("UserContact {namespace}/ada")),
            &json!("alternateEmails"),
            &json!("AwaitingApproval"),
            &json!("PrivilegedRecoveryData"),
            &json!(["a***@example.org"]),
        )
    );
    assert_eq!(field["declared"], json!({"mode": "exactly", "values": ["a***@example.net"]}));

    // Nothing is to be done once nothing of it is declared.
    site.kubectl(&["delete", "usercontact", "ada", "sam"]).ok();
    site.ready("tenant", "contoso", "True InSync");
    let quiet = plan(&["--tenant", "contoso"]);
    assert_eq!(quiet.code, Some(0), "{quiet:#?}");

    // What an operator has not seen is not planned.
    operator.terminate();
    assert_eq!(operator.end().0, Some(0));
    site.apply(&small::contact("bob", "  mobilePhone: {value: \"+1 425 555 0155\"}"));
    let old = plan(&[]);
    assert_eq!(old.code, Some(1), "{old:#?}");
    assert!(old.out.contains("changed after the operator's last pass: generation 2, processed was 1"), "{}", old.out);
    site.apply(&small::tenant("[Users]", ""));
    assert!(plan(&[]).out.contains("Changed after the operator's last pass: what follows is older"));
}

#[test]
fn kubectl_finds_the_plugin_under_both_spellings_and_help_names_it_so() {
    let kubectl = testkit::cluster::ControlPlane::shared().administrator();
    for spelling in ["tenant-contacts", "tenant_contacts"] {
        let help = kubectl.call_with_plugins(plugins(), &[spelling, "approve", "--help"]).ok();
        assert!(help.contains("Usage: kubectl tenant-contacts approve [OPTIONS] --hash <HASH>"), "{help}");
    }
    let refused = with(kubectl, &["approve"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("Usage: kubectl tenant-contacts approve"), "{}", refused.err);
    let own = testkit::cli::binary::call(["approve", "--help"]).out;
    assert!(own.contains("Usage: tenant-contacts approve"), "{own}");
}
