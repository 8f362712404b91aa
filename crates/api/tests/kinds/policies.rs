//! Policies and reports as manifests.

use tenant_contacts_api::{
    manifest::{Checker, Object, Reading, relations},
    notice::Severity,
    reason::Reason,
    rule::Rule,
};

fn read(text: &str) -> Reading {
    Checker::new().unwrap().read("policy.yaml", text.as_bytes())
}

const POLICY: &str = "apiVersion: tenantcontacts.dev/v1alpha1
kind: ContactPolicy
metadata: {name: house-rules, namespace: contoso}
spec:
  tenantRef: {name: contoso}
  rules:
    - name: PrimaryContactIsOnePerson
      severity: Error
      exceptions:
        - subject: helena.marsh@contoso.com
          owner: helena.marsh
          reason: the list is set up next month
          until: \"2026-12-31\"
";

#[test]
fn a_policy_is_read_with_its_rules_by_name() {
    let reading = read(POLICY);
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let Object::ContactPolicy(policy) = &reading.manifests[0].object else { panic!("another kind") };
    let rule = &policy.spec.rules[0];
    assert_eq!(
        (rule.name, rule.severity, rule.enabled),
        (Rule::PrimaryContactIsOnePerson, Some(Severity::Error), None)
    );
    assert_eq!(rule.exceptions[0].until, "2026-12-31");
    assert!(!format!("{policy:?}").contains("helena"), "an exception's subject and owner end in no log");
}

#[test]
fn a_policy_names_a_tenant_that_is_there() {
    let reading = read(POLICY);
    let (problems, _) = relations::check(&reading.manifests, &reading.problems);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].reason, Reason::TenantNotFound);
    assert_eq!(problems[0].field.as_deref(), Some("spec.tenantRef.name"));
}

#[test]
fn a_report_among_the_files_is_ignored_and_said() {
    let reading = read(&POLICY.replace("kind: ContactPolicy", "kind: ContactReport"));
    assert!(reading.problems.is_empty() && reading.manifests.is_empty());
    assert_eq!(reading.notes.len(), 1);
    assert!(reading.notes[0].message.contains("written by the operator"), "{}", reading.notes[0].message);
}

#[test]
fn the_names_of_all_rules_fit_into_one_policy() {
    let rules = Rule::ALL.iter().fold(String::new(), |text, rule| text + "    - name: " + rule.as_str() + "\n");
    let head = POLICY.split("    - name").next().unwrap();
    let reading = read(&format!("{head}{rules}"));
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
}
