//! The admission policies: who may approve, declare recovery data, and decide what is written. What they do not guard passes.

use kube::CustomResourceExt as _;
use serde_json::{Value, json};
use tenant_contacts_api::v1alpha1::OrganizationContacts;
use testkit::{
    chart::{OPERATORS, RELEASE, SERVED, VALUES, of_kind, rendered},
    cluster::{Answer, Kubectl},
};

use super::installed::{APPROVER, DECLARED, EDITOR, GITOPS, MAINTAINER, TENANT_ADMIN, change_by, installed};

const TENANT: &str = "tenant/contoso";
const CONTACT: &str = "usercontact/noah";
const ORGANIZATION: &str = "organizationcontacts/contoso";

/// Fields that say of no notice whom it goes to.
const HARMLESS: [&str; 2] = ["tenantRef", "deletionPolicy"];

/// The entries of the declared Tenant.
const FIRST: &str =
    r#"{"hash": "0123456789abcdef0123456789abcdef", "by": "helena.marsh", "until": "2026-12-01T00:00:00Z"}"#;
const SECOND: &str =
    r#"{"hash": "1123456789abcdef0123456789abcdef", "by": "helena.marsh", "until": "2026-12-01T00:00:00Z"}"#;

fn approvals(entries: &[&str]) -> String {
    format!(r#"{{"spec": {{"approvals": [{}]}}}}"#, entries.join(","))
}

/// Refused by a policy, for want of the verb, with the way to get it.
#[track_caller]
fn refused_for(answer: Answer, user: &str, verb: &str) {
    let said = answer.refused();
    assert!(said.contains("ValidatingAdmissionPolicy"), "{said}");
    assert!(said.contains(&format!("needs the verb {verb} on ")), "{said}");
    assert!(said.contains(&format!("which {user} does not have in namespace {SERVED}")), "{said}");
    assert!(said.contains("--clusterrole=tenant-contacts-tenant-admin"), "{said}");
}

/// Creates an object as somebody, as a dry run.
fn create_by(kubectl: &Kubectl, user: &str, object: &Value) -> Answer {
    let args = ["create", "--dry-run=server", "-f", "-", &format!("--as={user}")].map(str::to_owned);
    kubectl.call_with(&args, object.to_string().as_bytes())
}

#[test]
fn approving_takes_the_verb_approve_and_no_more() {
    let kubectl = installed();
    for user in [APPROVER, TENANT_ADMIN] {
        let added = FIRST.replace("0123", "2123").replace("helena.marsh", user);
        let other_person = FIRST.replace("helena.marsh", user);
        let longer = other_person.replace("2026-12", "2027-12");
        for entries in [vec![FIRST, SECOND, &added], vec![&other_person, SECOND], vec![&longer, SECOND], vec![&added]] {
            let change = approvals(&entries);
            refused_for(change_by(kubectl, MAINTAINER, TENANT, &change), MAINTAINER, "approve");
            change_by(kubectl, user, TENANT, &change).ok();
        }
    }
    // Approving is not deciding what is written.
    let enforce = r#"{"spec": {"enforce": ["Users"]}}"#;
    refused_for(change_by(kubectl, APPROVER, TENANT, enforce), APPROVER, "enforce");
}

#[test]
fn taking_an_approval_back_or_ending_it_earlier_is_free() {
    let kubectl = installed();
    let shorter = FIRST.replace("2026-12-01", "2026-11-25");
    for entries in [vec![FIRST], vec![SECOND, FIRST], vec![&shorter, SECOND], vec![]] {
        change_by(kubectl, MAINTAINER, TENANT, &approvals(&entries)).ok();
    }
    change_by(kubectl, MAINTAINER, TENANT, r#"{"spec": {"approvals": null}}"#).ok();
}

#[test]
fn b8_an_approval_is_in_the_approvers_own_name_unless_they_may_approve_as_others() {
    let kubectl = installed();
    let named = |by: &str| approvals(&[FIRST, SECOND, &FIRST.replace("0123", "2123").replace("helena.marsh", by)]);
    for user in [APPROVER, TENANT_ADMIN] {
        change_by(kubectl, user, TENANT, &named(user)).ok();
        let said = change_by(kubectl, user, TENANT, &named("helena.marsh")).refused();
        assert!(said.contains("needs the verb approve-as on ") && said.contains("tenant-contacts-gitops"), "{said}");
    }
    change_by(kubectl, GITOPS, TENANT, &named("helena.marsh")).ok();
}

#[test]
fn b8_declaring_whom_notices_go_to_takes_its_own_verb() {
    let kubectl = installed();
    for change in [
        r#"{"spec": {"technical": {"values": [{"address": "mallory@example.net"}]}}}"#,
        r#"{"spec": {"technical": {"mode": "Exact", "values": []}}}"#,
        r#"{"spec": {"securityAndCompliance": {"mails": {"values": [{"address": "mallory@example.net"}]}}}}"#,
        r#"{"spec": {"securityAndCompliance": {"phones": {"values": ["+1 206 555 0199"]}}}}"#,
        r#"{"spec": {"marketing": {"values": [{"address": "mallory@example.net"}]}}}"#,
        r#"{"spec": {"privacy": {"contactEmail": {"address": "mallory@example.net"}}}}"#,
    ] {
        for user in [EDITOR, MAINTAINER] {
            refused_for(change_by(kubectl, user, ORGANIZATION, change), user, "declare-notices");
        }
        change_by(kubectl, TENANT_ADMIN, ORGANIZATION, change).ok();
    }
    // No longer declaring something is free, and so is what says nothing of it.
    change_by(kubectl, EDITOR, ORGANIZATION, r#"{"spec": {"technical": null}}"#).ok();
    change_by(kubectl, EDITOR, ORGANIZATION, r#"{"metadata": {"labels": {"team": "platform"}}}"#).ok();
}

/// A field that decides who receives notices cannot be added without its verb.
#[test]
fn b8_every_field_of_organization_contacts_is_guarded_or_known_to_be_harmless() {
    let crd = serde_json::to_value(OrganizationContacts::crd()).unwrap();
    let properties = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"];
    let policy = serde_json::to_string(&rendered(VALUES)).unwrap();
    for field in properties.as_object().unwrap().keys().filter(|field| !HARMLESS.contains(&field.as_str())) {
        assert!(policy.contains(&format!("variables.{field}Declared")), "{field} is not guarded by declare-notices");
    }
}

#[test]
fn deciding_what_is_written_takes_the_verb_enforce() {
    let kubectl = installed();
    for change in [
        r#"{"spec": {"enforce": ["Users"]}}"#,
        r#"{"spec": {"guardRails": {"minimumRecipients": 0}}}"#,
        r#"{"spec": {"guardRails": {"protectedAccounts": []}}}"#,
        r#"{"spec": {"guardRails": {"massChange": {"objects": 1000}}}}"#,
        r#"{"spec": {"guardRails": null}}"#,
        r#"{"spec": {"credentials": [{"clientId": "6b29fc40-ca47-1067-b31d-00dd010662da",
            "workloadIdentity": {"serviceAccountName": "another"}}]}}"#,
        r#"{"spec": {"ownDomains": ["example.net"]}}"#,
        r#"{"spec": {"interval": "24h"}}"#,
    ] {
        refused_for(change_by(kubectl, MAINTAINER, TENANT, change), MAINTAINER, "enforce");
        change_by(kubectl, TENANT_ADMIN, TENANT, change).ok();
    }
}

#[test]
fn creating_a_tenant_decides_what_is_written_and_may_approve() {
    let kubectl = installed();
    let documents: Vec<Value> = serde_saphyr::from_multiple(DECLARED).unwrap();
    let mut tenant = documents.into_iter().find(|document| document["kind"] == "Tenant").unwrap();
    tenant["metadata"]["name"] = json!("second");
    create_by(kubectl, GITOPS, &tenant).ok();
    // In one's own name, as everybody approves who is no GitOps tool.
    create_by(kubectl, TENANT_ADMIN, &tenant).refused();
    for approval in tenant["spec"]["approvals"].as_array_mut().unwrap() {
        approval["by"] = json!(TENANT_ADMIN);
    }
    create_by(kubectl, TENANT_ADMIN, &tenant).ok();
    create_by(kubectl, MAINTAINER, &tenant).refused();
    tenant["spec"]["approvals"] = json!([]);
    refused_for(create_by(kubectl, MAINTAINER, &tenant), MAINTAINER, "enforce");
}

#[test]
fn declaring_recovery_data_takes_its_own_verb() {
    let kubectl = installed();
    for change in [
        r#"{"spec": {"alternateEmails": {"values": [{"value": "mallory@example.net"}]}}}"#,
        r#"{"spec": {"alternateEmails": {"mode": "Exact"}}}"#,
        r#"{"spec": {"mobilePhone": {"value": "+1 206 555 0199"}}}"#,
        r#"{"spec": {"mobilePhone": {"value": null, "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}}}"#,
        r#"{"spec": {"businessPhone": {"value": "+1 206 555 0199"}}}"#,
        r#"{"spec": {"accountRef": {"objectId": "6b29fc40-ca47-1067-b31d-00dd010662da"}}}"#,
    ] {
        for user in [EDITOR, MAINTAINER] {
            refused_for(change_by(kubectl, user, CONTACT, change), user, "declare-recovery-data");
        }
        change_by(kubectl, TENANT_ADMIN, CONTACT, change).ok();
    }
}

#[test]
fn an_editor_declares_everything_else_of_an_account() {
    let kubectl = installed();
    let mut contact = json!({
        "apiVersion": "tenantcontacts.dev/v1alpha1",
        "kind": "UserContact",
        "metadata": {"name": "claire", "namespace": SERVED},
        "spec": {
            "tenantRef": {"name": "contoso"},
            "accountRef": {"userPrincipalName": "claire.dubois@contoso.com"},
            "businessEmail": {"address": "claire.dubois@contoso.com"},
        },
    });
    create_by(kubectl, EDITOR, &contact).ok();
    contact["spec"]["businessPhone"] = json!({"value": "+1 206 555 0105"});
    refused_for(create_by(kubectl, EDITOR, &contact), EDITOR, "declare-recovery-data");
    create_by(kubectl, TENANT_ADMIN, &contact).ok();
    // No longer declaring something is free, as deleting the object is.
    change_by(kubectl, EDITOR, CONTACT, r#"{"spec": {"mobilePhone": null}}"#).ok();
    change_by(kubectl, EDITOR, CONTACT, r#"{"spec": {"mail": {"intent": "Receives"}}}"#).ok();
}

#[test]
fn what_changes_nothing_guarded_passes() {
    let kubectl = installed();
    for (user, what, change) in [
        (MAINTAINER, TENANT, r#"{"metadata": {"labels": {"team": "platform"}}}"#),
        (MAINTAINER, TENANT, r#"{"spec": {"suspend": true}}"#),
        (MAINTAINER, TENANT, r#"{"spec": {"enforce": ["Users", "Organization"]}}"#),
        (EDITOR, CONTACT, r#"{"metadata": {"annotations": {"example.org/ticket": "OPS-1"}}}"#),
    ] {
        change_by(kubectl, user, what, change).ok();
    }
    // A GitOps tool applies again what is there.
    let args = ["apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-", "--as=maintainer"];
    kubectl.call_with(&args, DECLARED.as_bytes()).ok();
}

#[test]
fn the_operator_writes_status_and_finalizers_under_its_own_rights() {
    let kubectl = installed();
    let own = format!("--as=system:serviceaccount:{OPERATORS}:{RELEASE}");
    let apply = |object: &Value, more: &[&str]| {
        let args = ["apply", "--server-side", "--dry-run=server", "--validate=false", "-f", "-", &own];
        kubectl.call_with(&[&args, more].concat(), object.to_string().as_bytes())
    };
    for (kind, name) in [("Tenant", "contoso"), ("UserContact", "noah")] {
        let mut object = json!({
            "apiVersion": "tenantcontacts.dev/v1alpha1",
            "kind": kind,
            "metadata": {"name": name, "namespace": SERVED},
            "status": {"observedGeneration": 1},
        });
        apply(&object, &["--subresource=status"]).ok();
        object.as_object_mut().unwrap().remove("status");
        object["metadata"]["finalizers"] = json!(["tenantcontacts.dev/restore"]);
        // A Tenant has no finalizer, so that its operator cannot patch it at all.
        assert_eq!(apply(&object, &[]).failed(), kind == "Tenant");
    }
}

#[test]
fn the_policies_speak_of_the_operators_kinds_and_its_rights_only_and_the_api_server_finds_their_types_right() {
    let kubectl = installed();
    for policy in of_kind(&rendered(VALUES), "ValidatingAdmissionPolicy") {
        let name = policy["metadata"]["name"].as_str().unwrap();
        let constraints = &policy["spec"]["matchConstraints"];
        let (groups, failure, labels) = if name.starts_with("tenant-contacts-rights-") {
            ("rbac.authorization.k8s.io", "Ignore", json!({"app.kubernetes.io/name": "tenant-contacts"}))
        } else {
            ("tenantcontacts.dev", "Fail", Value::Null)
        };
        assert_eq!(policy["spec"]["failurePolicy"], failure);
        assert_eq!(constraints["objectSelector"]["matchLabels"], labels);
        for rule in constraints["resourceRules"].as_array().unwrap() {
            assert_eq!(rule["apiGroups"], json!([groups]));
        }
        let what = format!("validatingadmissionpolicy/{name}");
        kubectl.call(&["wait", "--for=jsonpath={.status.observedGeneration}=1", "--timeout=60s", &what]).ok();
        let checked = kubectl.call(&["get", &what, "--output=json"]).json();
        assert_eq!(checked["status"]["typeChecking"].get("expressionWarnings"), None, "{checked:#}");
    }
}
