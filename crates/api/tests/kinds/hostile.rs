//! Whatever a file holds: no panic, no endless work, no private value in what is said, and good neighbours stay.

use std::sync::LazyLock;

use proptest::prelude::*;
use tenant_contacts_api::manifest::{Checker, Manifest, Reading, relations};

static CHECKER: LazyLock<Checker> = LazyLock::new(|| Checker::new().unwrap());

/// One object of each kind, with every field of its spec.
const GOOD: &str = r#"apiVersion: tenantcontacts.dev/v1alpha1
kind: Tenant
metadata:
  name: contoso
  namespace: contoso
  labels: {team: it}
spec:
  tenantId: 11111111-2222-3333-4444-555555555555
  cloud: Global
  credentials:
    - clientId: 11111111-2222-3333-4444-555555555555
      surfaces: [Users]
      clientSecret: {secretKeyRef: {name: app, key: secret}}
    - clientId: 11111111-2222-3333-4444-555555555555
      certificate: {secretRef: {name: app-tls}}
  enforce: [Organization, Users]
  suspend: false
  interval: 10m
  ownDomains: [contoso.com]
  guardRails:
    protectedAccounts: [{userPrincipalName: glass@contoso.com}]
    massChange: {objects: 10, percent: 10}
    minimumRecipients: 2
  approvals:
    - {hash: 0123456789abcdef0123456789abcdef, by: joe, until: "2026-12-01T00:00:00Z"}
---
apiVersion: tenantcontacts.dev/v1alpha1
kind: OrganizationContacts
metadata: {name: contoso, namespace: contoso}
spec:
  tenantRef: {name: contoso}
  deletionPolicy: Restore
  technical: {mode: Exact, values: [{address: SENTINEL-noc@contoso.com}]}
  securityAndCompliance:
    mails: {values: [{address: soc@contoso.com}]}
    phones: {values: ["+1 425 555 0100"]}
  marketing: {mode: Exact, values: []}
  privacy: {contactEmail: {address: privacy@contoso.com}, statementUrl: "https://contoso.com/privacy"}
---
apiVersion: tenantcontacts.dev/v1alpha1
kind: UserContact
metadata: {name: jane, namespace: contoso}
spec:
  tenantRef: {name: contoso}
  accountRef: {userPrincipalName: jane@contoso.com, objectId: 11111111-2222-3333-4444-555555555555}
  alternateEmails: {mode: Contains, values: [{value: SENTINEL-jane@fabrikam.com}]}
  businessEmail: {address: jane.doe@contoso.com, attestation: {by: joe, date: "2026-11-02", evidence: TICKET-1}}
  mobilePhone: {value: "+1 425 555 0101"}
  businessPhone: {valueFrom: {secretKeyRef: {name: phones, key: jane}}}
  mail: {intent: Receives}
---
apiVersion: v1
kind: Secret
metadata: {name: phones, namespace: contoso, labels: {tenantcontacts.dev/allow: contoso}}
stringData: {jane: SENTINEL-5550102}
"#;

/// Reads, looks at the objects together, and checks what holds of every answer.
fn read(bytes: &[u8]) -> Reading {
    let reading = CHECKER.read("file.yaml", bytes);
    let (manifests, _) = relations::unique(reading.manifests.clone());
    let (problems, notes) = relations::check(&manifests, &reading.problems);
    for problem in reading.problems.iter().chain(&problems) {
        let text = problem.to_string();
        assert!(!text.chars().any(char::is_control), "{text:?}");
        assert!(!problem.remedy.is_empty());
    }
    for note in reading.notes.iter().chain(&notes) {
        assert!(!note.to_string().chars().any(char::is_control));
    }
    reading
}

fn said(reading: &Reading) -> String {
    let problems = reading.problems.iter().map(|problem| format!("{problem} {}\n", problem.remedy));
    problems.chain(reading.notes.iter().map(ToString::to_string)).collect()
}

fn names(manifests: &[Manifest]) -> Vec<String> {
    manifests.iter().map(|manifest| manifest.object.key().to_string()).collect()
}

#[test]
fn the_good_file_is_good() {
    let reading = read(GOOD.as_bytes());
    assert_eq!(reading.problems, []);
    assert_eq!(
        names(&reading.manifests),
        [
            "Tenant contoso/contoso",
            "OrganizationContacts contoso/contoso",
            "UserContact contoso/jane",
            "Secret contoso/phones"
        ]
    );
}

/// Scalars that a slip or a template puts where a value was.
fn replacement() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("~".to_owned()),
        Just("no".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("+14255550100".to_owned()),
        Just("1e400".to_owned()),
        Just("!!binary x".to_owned()),
        Just("*a".to_owned()),
        Just("&a [*a]".to_owned()),
        Just("{{ .Values.x }}".to_owned()),
        Just("\"\\e[2J\\0\\u202e\"".to_owned()),
        "[ -~]{0,40}",
        "\\PC{0,20}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_give_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        read(&bytes);
    }

    #[test]
    fn any_text_of_yaml_signs_gives_an_answer(text in "[-:?\\[\\]{},&*!|>'\"%@`# \nab1.~<]{0,300}") {
        read(text.as_bytes());
    }

    #[test]
    fn any_change_of_one_line_is_answered_without_showing_values(
        line in 0..GOOD.lines().count(), value in replacement(), indent in 0_usize..10,
    ) {
        let changed: Vec<String> = GOOD.lines().enumerate().map(|(index, text)| match text.split_once(": ") {
            _ if index != line => text.to_owned(),
            Some((key, _)) => format!("{key}: {value}"),
            None => format!("{}{value}", " ".repeat(indent)),
        }).collect();
        let reading = read((changed.join("\n") + "\n").as_bytes());
        prop_assert!(!said(&reading).contains("SENTINEL"), "{}", said(&reading));
    }

    #[test]
    fn any_loss_or_gain_of_bytes_is_answered(cut in 0..GOOD.len(), length in 0_usize..40, put in "\\PC{0,8}") {
        let end = (cut + length).min(GOOD.len());
        let mut text = GOOD.to_owned();
        text.replace_range(cut..end, &put);
        read(text.as_bytes());
        read(&GOOD.as_bytes()[..cut]);
    }

    /// A document of its own, however bad, between two good ones: both are read, as long as it does not open what only
    /// the end of the file could close (a quote, a bracket) or end the document itself.
    #[test]
    fn a_bad_document_takes_no_neighbour_with_it(bad in "(kind|metadata|spec|[a-z]{1,5}): [-a-z0-9~.@]{0,20}\n") {
        let text = format!("{GOOD}---\n{bad}---\n{}", GOOD.replace("name: contoso\n", "name: other\n").replace("{name:", "{name: x-"));
        let good = text.replace(&format!("---\n{bad}"), "");
        let (with, without) = (read(text.as_bytes()), read(good.as_bytes()));
        prop_assert_eq!(names(&with.manifests), names(&without.manifests));
        prop_assert!(!with.problems.is_empty());
    }

    /// Reading what was written gives what was written: names, labels and data survive whatever their text is.
    #[test]
    fn secrets_keep_their_bytes(value in "\\PC{0,60}", bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        use std::fmt::Write as _;
        let quoted = serde_json::to_string(&value).unwrap();
        let mut hex = String::new();
        for byte in &bytes {
            write!(hex, "{byte:02x}").unwrap();
        }
        let text = format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData:\n  a: {quoted}\n  b: \"{hex}\"\n");
        let reading = read(text.as_bytes());
        let [manifest] = &reading.manifests[..] else { panic!("{:?}", reading.problems) };
        let tenant_contacts_api::manifest::Object::Secret(secret) = &manifest.object else { panic!() };
        prop_assert_eq!(secret.data["a"].expose(), value.as_bytes());
        prop_assert_eq!(secret.data["b"].expose(), hex.as_bytes());
        prop_assert_eq!(format!("{:?}", secret.data["a"]), "SecretBytes(…)");
    }
}
