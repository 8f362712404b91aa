//! What lies beside manifests in real repositories, and how people really write them: encrypted Secrets, files of other tools,
//! joined files, short forms, characters that nobody sees.

use std::sync::LazyLock;

use tenant_contacts_api::manifest::{Checker, Note, Object, Problem, Reading, relations};

static CHECKER: LazyLock<Checker> = LazyLock::new(|| Checker::new().unwrap());

const TENANT: &str = r"apiVersion: tenantcontacts.dev/v1alpha1
kind: Tenant
metadata: {name: contoso, namespace: contoso}
spec:
  tenantId: 11111111-2222-3333-4444-555555555555
  credentials:
    - clientId: 11111111-2222-3333-4444-555555555555
      clientSecret: {secretKeyRef: {name: app, key: secret}}
  enforce: [Organization]
";

/// As SOPS leaves it where only values are encrypted.
const SOPS: &str = r#"apiVersion: v1
kind: Secret
metadata: {name: app, namespace: contoso, labels: {tenantcontacts.dev/allow: contoso}}
stringData:
  secret: ENC[AES256_GCM,data:bm90IGl0,iv:bm8=,tag:bm8=,type:str]
data:
  other: ENC[AES256_GCM,data:bm90IGl0,iv:bm8=,tag:bm8=,type:str]
sops:
  lastmodified: "2026-01-01T00:00:00Z"
  mac: ENC[AES256_GCM,data:bm90IGl0,iv:bm8=,tag:bm8=,type:str]
  version: 3.9.0
"#;

fn contacts(name: &str) -> String {
    format!(
        "apiVersion: tenantcontacts.dev/v1alpha1\nkind: OrganizationContacts\n\
         metadata: {{name: {name}, namespace: contoso}}\n\
         spec: {{tenantRef: {{name: contoso}}, technical: {{values: [{{address: noc@contoso.com}}]}}}}\n"
    )
}

/// Reads files as a folder has them, and checks them together.
fn folder(files: &[(&str, &str)]) -> (usize, Vec<Problem>, Vec<Note>) {
    let mut all = Reading::default();
    for (name, text) in files {
        let reading = CHECKER.read(name, text.as_bytes());
        all.manifests.extend(reading.manifests);
        all.problems.extend(reading.problems);
        all.notes.extend(reading.notes);
    }
    let (problems, notes) = relations::check(&all.manifests, &all.problems);
    all.problems.extend(problems);
    all.notes.extend(notes);
    (all.manifests.len(), all.problems, all.notes)
}

fn words(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|problem| format!("{problem} {}", problem.remedy)).collect()
}

#[test]
fn a16_an_encrypted_secret_is_known_and_nobody_is_told_to_destroy_it() {
    let (objects, problems, notes) = folder(&[("tenant.yaml", TENANT), ("app.yaml", SOPS)]);
    assert_eq!((objects, problems), (2, vec![]));
    let [note] = &notes[..] else { panic!("{notes:#?}") };
    let said = note.to_string();
    assert!(said.contains("Secret contoso/app: is encrypted with SOPS: its values are not used"), "{said}");
    assert!(said.contains("Leave it as it is") && said.contains("sops decrypt"), "{said}");

    // Everything encrypted, names too: still nothing to remove.
    let all = SOPS.replace("name: app, namespace: contoso", "name: \"ENC[AES256_GCM,data:eA==,type:str]\"");
    let (objects, problems, notes) = folder(&[("app.yaml", &all)]);
    assert_eq!((objects, problems.len(), notes.len()), (0, 0, 1), "{problems:#?} {notes:#?}");

    // An object of this product cannot be checked so.
    let tenant = format!("{TENANT}sops: {{version: 3.9.0, mac: x}}\n");
    let said = words(&folder(&[("tenant.yaml", &tenant)]).1);
    assert!(said.len() == 1 && said[0].contains("is encrypted with SOPS, and cannot be checked"), "{said:#?}");
    assert!(said.iter().all(|one| !one.contains("Remove") && !one.contains("Delete")), "{said:#?}");
}

#[test]
fn a16_an_encrypted_value_in_a_plain_secret_is_a_problem_where_it_is_used() {
    let plain = SOPS.split("data:\n  other").next().unwrap();
    let (_, problems, _) = folder(&[("tenant.yaml", TENANT), ("app.yaml", plain)]);
    let [problem] = &problems[..] else { panic!("{problems:#?}") };
    assert!(problem.message.contains("holds under `secret` is encrypted with SOPS"), "{problem}");
    assert!(problem.remedy.contains("Leave it as it is"), "{problem:?}");
}

#[test]
fn c1_files_of_other_tools_are_passed_over_with_a_note() {
    for (file, text, words) in [
        ("kustomization.yaml", "resources: [tenant.yaml]\n", "kustomize build"),
        ("base/kustomization.yml", "secretGenerator:\n- name: app\n", "kustomize build"),
        ("k.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", "kustomize build"),
        ("Chart.yaml", "apiVersion: v2\nname: contoso\nversion: 1.0.0\n", "helm template"),
        ("values.yaml", "tenant: {name: contoso}\n", "helm template"),
    ] {
        let (objects, problems, notes) = folder(&[(file, text)]);
        assert_eq!((objects, problems.len(), notes.len()), (0, 0, 1), "{file}: {problems:#?} {notes:#?}");
        assert!(notes[0].message.contains(words), "{file}: {}", notes[0]);
    }
    // The name of a file hides no object, and no slip in one.
    assert_eq!(folder(&[("values.yaml", &contacts("org"))]).0, 1);
    assert_eq!(folder(&[("other.yaml", "resources: []\n")]).1.len(), 2);
}

#[test]
fn c1_joined_files_are_read_as_their_parts_are() {
    let marks =
        format!("\u{feff}{}---\n\u{feff}# second\n{}\u{feff}---\n{}", contacts("a"), contacts("b"), contacts("c"));
    let json = |name: &str| {
        let text = contacts(name).lines().map(str::to_owned).collect::<Vec<_>>().join("\n");
        let value: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        serde_json::to_string_pretty(&value).unwrap()
    };
    let stream = format!("{}\n{}{}\n", json("a"), json("b"), json("c"));
    for (name, text) in [("joined.yaml", &marks), ("stream.json", &stream)] {
        let reading = CHECKER.read(name, text.as_bytes());
        assert_eq!(reading.problems, [], "{name}");
        let names: Vec<_> = reading.manifests.iter().map(|manifest| manifest.object.name()).collect();
        assert_eq!(names, ["a", "b", "c"], "{name}");
    }
    // Places are those of the file, not of the part.
    let bad = stream.replacen("\"b\"", "\"B\"", 1);
    let line = bad.lines().position(|line| line.contains("\"B\"")).unwrap() + 1;
    assert_eq!(CHECKER.read("stream.json", bad.as_bytes()).problems[0].place.line as usize, line);
    // What nobody sees is named where it is no mark before a document.
    let inside = contacts("a").replace("spec:", "\u{feff}spec:");
    let said = words(&CHECKER.read("a.yaml", inside.as_bytes()).problems).join("\n");
    assert!(said.contains("U+FEFF (byte-order mark) as character 1, which cannot be seen"), "{said}");
    let indented = TENANT.replace("  tenantId", "\u{a0}\u{a0}tenantId");
    let said = words(&CHECKER.read("a.yaml", indented.as_bytes()).problems).join("\n");
    assert!(said.contains("U+00A0 (no-break space) as character 1"), "{said}");
}

/// Replaces one line of a good object by a short form, and gives what to do instead.
fn shorthand(line: &str, by: &str) -> String {
    const USER: &str = "apiVersion: tenantcontacts.dev/v1alpha1\nkind: UserContact\nmetadata: {name: jane}\nspec:\n  \
                        tenantRef: {name: contoso}\n  accountRef: {userPrincipalName: jane@contoso.com}\n  \
                        alternateEmails: {values: [{value: jane@fabrikam.com}]}\n  mobilePhone: {value: \"+1 425 555 0100\"}\n";
    const ORGANIZATION: &str = "apiVersion: tenantcontacts.dev/v1alpha1\nkind: OrganizationContacts\nmetadata: {name: o}\n\
                                spec:\n  tenantRef: {name: contoso}\n  technical: {values: [{address: a@contoso.com}]}\n  \
                                privacy: {contactEmail: {address: p@contoso.com}}\n";
    let text = [USER, ORGANIZATION].into_iter().find(|text| text.contains(line)).unwrap().replace(line, by);
    let problems = CHECKER.read("a.yaml", text.as_bytes()).problems;
    let [problem] = &problems[..] else { panic!("{problems:#?}") };
    problem.remedy.clone().into_owned()
}

#[test]
fn c1_a_short_form_is_answered_with_the_fields_that_the_schema_has() {
    for (line, by, remedy) in [
        ("{address: a@contoso.com}", "a@contoso.com", "`- address: …`"),
        (
            "technical: {values: [{address: a@contoso.com}]}",
            "technical: [a@contoso.com]",
            "`values:` below it, indented, and there each item with a dash: `- address: …`",
        ),
        ("values: [{address: a@contoso.com}]", "values: a@contoso.com", "with a dash: `- address: …`"),
        ("contactEmail: {address: p@contoso.com}", "contactEmail: p@contoso.com", "indented: `address: …`"),
        ("accountRef: {userPrincipalName: jane@contoso.com}", "accountRef: jane@contoso.com", "`userPrincipalName: …`"),
        (
            "alternateEmails: {values: [{value: jane@fabrikam.com}]}",
            "alternateEmails: [jane@fabrikam.com]",
            "each item with a dash: `- value: …`",
        ),
        ("{value: jane@fabrikam.com}", "jane@fabrikam.com", "`- value: …`"),
        ("mobilePhone: {value: \"+1 425 555 0100\"}", "mobilePhone: \"+1 425 555 0100\"", "`value: …`"),
        ("tenantRef: {name: contoso}", "tenantRef: contoso", "`name: …`"),
    ] {
        let said = shorthand(line, by);
        assert!(said.contains(remedy), "{by}: {said}");
    }
}

#[test]
fn c1_a_slip_in_the_tenant_is_one_problem() {
    let slip = TENANT.replace("tenantId: 1", "tenantId: x1");
    let broken = TENANT.replace("spec:", "spec: [");
    let children: Vec<(String, String)> =
        (0..27).map(|n| (format!("a{n}.yaml"), contacts(&format!("org{n}")))).collect();
    for tenant in [slip, broken] {
        let mut files: Vec<(&str, &str)> = children.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        files.push(("tenant.yaml", &tenant));
        let (objects, problems, notes) = folder(&files);
        assert_eq!((objects, problems.len()), (27, 1), "{problems:#?}");
        assert!(problems[0].file.contains("tenant.yaml"));
        assert!(notes.iter().any(|note| note.message.contains("27 objects name Tenant contoso/contoso")), "{notes:#?}");
    }
    // Where nothing was refused, a Tenant that is not there is one problem for each that names it.
    let (_, problems, _) = folder(&[("a.yaml", &contacts("org"))]);
    assert_eq!(problems.len(), 1);
}

#[test]
fn a16_what_an_encrypted_secret_holds_is_shown_by_nothing() {
    let reading = CHECKER.read("app.yaml", SOPS.as_bytes());
    let Object::Secret(secret) = &reading.manifests[0].object else { panic!() };
    assert!(secret.encrypted && secret.data.len() == 2);
    assert!(!format!("{secret:?}").contains("ENC["));
}
