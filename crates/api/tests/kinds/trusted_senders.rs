//! TrustedSenders as manifests.

use tenant_contacts_api::{
    manifest::{Checker, Object, Reading, relations},
    reason::Reason,
};

const SENDERS: &str = "apiVersion: tenantcontacts.dev/v1alpha1
kind: TrustedSenders
metadata: {name: contoso, namespace: contoso}
spec:
  tenantRef: {name: contoso}
  gateways:
    - name: Mailwall
      domains: [contoso.com, mail.contoso.com]
      attestation: {by: nadia.ferrari@contoso.com, date: \"2026-11-02\", evidence: OPS-4711}
    - name: Archive
";

fn read(text: &str) -> Reading {
    Checker::new().unwrap().read("senders.yaml", text.as_bytes())
}

#[test]
fn e4_gateways_are_read_by_name_with_their_domains_and_the_word_for_them() {
    let reading = read(SENDERS);
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let Object::TrustedSenders(senders) = &reading.manifests[0].object else { panic!("another kind") };
    let [mailwall, archive] = senders.spec.gateways.as_slice() else { panic!("{:?}", senders.spec.gateways) };
    assert_eq!((mailwall.name.as_str(), mailwall.domains.len()), ("Mailwall", 2));
    assert_eq!(mailwall.attestation.as_ref().map(|attestation| attestation.date.as_str()), Some("2026-11-02"));
    assert_eq!((archive.name.as_str(), archive.domains.len(), archive.attestation.is_none()), ("Archive", 0, true));
}

#[test]
fn a_trusted_senders_names_a_tenant_that_is_there_and_needs_no_credential_of_its_own() {
    let reading = read(SENDERS);
    let (problems, _) = relations::check(&reading.manifests, &reading.problems);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].reason, Reason::TenantNotFound);
    let tenant = "---
apiVersion: tenantcontacts.dev/v1alpha1
kind: Tenant
metadata: {name: contoso, namespace: contoso}
spec:
  tenantId: 11111111-2222-3333-4444-555555555555
  enforce: []
  credentials:
    - clientId: 11111111-2222-3333-4444-555555555555
      surfaces: [Users]
      clientSecret: {secretKeyRef: {name: app, key: secret}}
";
    let reading = read(&format!("{SENDERS}{tenant}"));
    let (problems, _) = relations::check(&reading.manifests, &reading.problems);
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn what_is_no_gateway_is_refused_where_it_stands() {
    for (from, to, field, words) in [
        ("name: Archive", "name: Mailwall", "spec.gateways[1]", "is there twice"),
        ("- name: Archive", "- domains: [contoso.com]", "spec.gateways[1].name", "is required"),
        ("mail.contoso.com]", "nadia@contoso.com]", "spec.gateways[0].domains[1]", ""),
        ("mail.contoso.com]", "contoso.com]", "spec.gateways[0].domains[1]", "is there twice"),
        ("\"2026-11-02\"", "\"2026-11-31\"", "spec.gateways[0].attestation.date", "not a day of the calendar"),
        ("by: nadia.ferrari@contoso.com, ", "", "spec.gateways[0].attestation.by", "is required"),
    ] {
        let reading = read(&SENDERS.replace(from, to));
        let [problem] = reading.problems.as_slice() else { panic!("{to}: {:?}", reading.problems) };
        assert_eq!(problem.field.as_deref(), Some(field), "{to}: {problem:?}");
        assert!(problem.message.contains(words), "{to}: {}", problem.message);
    }
}
