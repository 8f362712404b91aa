//! `export`: the files of a team, whose plan is empty.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use tenant_contacts_api::manifest::Checker;
use testkit::cli::{
    binary::{self, Answer},
    folder::Folder,
    office::Office,
};

use super::reader::{CREDENTIAL, at, contoso, embedded, served};

/// The file that holds private data in the clear.
const PRIVATE: &str = "private-contacts.yaml";

fn export(office: &Office, to: &Path, more: &[&str]) -> Answer {
    served(office, &[&["export", "--to", to.to_str().unwrap()], more].concat())
}

fn plan(office: &Office, manifests: &Path) -> Answer {
    binary::call(at(office.address, &["plan", "--manifests", manifests.to_str().unwrap(), "-o", "json"]))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Alternate emails and phones of every account, as they are.
fn private_values(office: &Office) -> BTreeSet<String> {
    let truth = office.simulator.truth();
    let mut values = BTreeSet::new();
    for user in truth["users"].as_array().unwrap() {
        for field in ["otherMails", "businessPhones"] {
            values.extend(user[field].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        }
        values.extend(user["mobilePhone"].as_str().map(str::to_owned));
    }
    values
}

/// Exports, and adds the Secret with the credential.
fn exported(office: &Office, name: &str, more: &[&str]) -> PathBuf {
    let to = Folder::new(name).root().join("exported");
    let answer = export(office, &to, more);
    assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{answer:#?}");
    fs::write(to.join("credentials.yaml"), CREDENTIAL).unwrap();
    to
}

#[test]
fn the_files_are_valid_and_the_plan_of_what_was_exported_is_empty() {
    let (office, mut to) = (contoso(), PathBuf::new());
    for (name, more) in [("export_in_place", &[][..]), ("export_secrets", &["--private", "secrets"])] {
        to = exported(&office, name, more);
        let files = names(&to);
        for file in ["administrators.yaml", "organization.yaml", "people-contoso.com.yaml", "tenant.yaml"] {
            assert!(files.iter().any(|name| name == file), "{file}: {files:?}");
        }
        assert_eq!(files.iter().any(|name| name == PRIVATE), name == "export_secrets");
        let check = binary::call([Path::new("check"), &to]);
        assert_eq!(check.code, 0, "{check:#?}");
        assert!(check.out.contains("0 problems, 0 notes"), "{check:#?}");

        // As it is written it only observes; that nothing differs holds when it enforces, too.
        let tenant = fs::read_to_string(to.join("tenant.yaml")).unwrap();
        for enforce in ["enforce: []", "enforce: [Organization, Users]"] {
            assert!(tenant.contains("enforce: []"));
            fs::write(to.join("tenant.yaml"), tenant.replace("enforce: []", enforce)).unwrap();
            let plan = plan(&office, &to);
            assert_eq!((plan.code, plan.err.as_str()), (0, ""), "{enforce}: {plan:#?}");
            let view = plan.json();
            assert_eq!((&view[0]["steps"], &view[0]["notDone"]), (&json!([]), &json!([])), "{enforce}");
        }
    }
    // It is not empty whatever happens. The observer may write nothing, so that what differs is listed as not done.
    office.disturb("marcus.oyelaran@contoso.com", &json!({"otherMails": ["somebody@example.org"]}));
    let changed = plan(&office, &to).json();
    let not_done = changed[0]["notDone"].as_array().unwrap();
    assert_eq!(not_done.len(), 1, "{changed:#}");
    assert_eq!(not_done[0]["object"], "UserContact contoso-cloud-services/marcus-oyelaran");
}

#[test]
fn c3_an_edited_alternate_email_replaces_the_old_one() {
    let office = contoso();
    let to = exported(&office, "export_edited", &[]);
    let file = names(&to)
        .into_iter()
        .map(|name| to.join(name))
        .find(|path| fs::read_to_string(path).unwrap().contains("marcus.oyelaran.private@gmail.com"));
    let file = file.unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.lines().any(|line| line.trim_start().starts_with("value: +")), "numbers are quoted: {text}");
    fs::write(&file, text.replace("marcus.oyelaran.private@gmail.com", "marcus@example.org")).unwrap();
    let view = plan(&office, &to).json();
    // Who only observes is shown what would be written.
    let steps = view[0]["steps"].as_array().unwrap();
    let [step] = &steps[..] else { panic!("{view:#}") };
    assert_eq!(step["object"], "UserContact contoso-cloud-services/marcus-oyelaran");
    let count = |name: &str| step[name].as_array().unwrap().len();
    assert_eq!((count("adds"), count("removes")), (1, 1), "replaced, and not added: {step:#}");
}

#[test]
fn private_data_is_in_one_file_only_if_that_is_asked_for() {
    let office = contoso();
    let to = exported(&office, "export_private", &["--private", "secrets"]);
    let private = private_values(&office);
    assert!(private.len() > 20, "{private:?}");
    let kept = fs::read_to_string(to.join(PRIVATE)).unwrap();
    assert!(kept.starts_with("# Private data in the clear. DO NOT COMMIT"), "{kept}");
    assert!(kept.contains("marcus.oyelaran.private@gmail.com"), "{kept}");
    for file in names(&to).iter().filter(|name| name.starts_with("people") || *name == "administrators.yaml") {
        let text = fs::read_to_string(to.join(file)).unwrap();
        assert!(text.contains("valueFrom"), "{file}");
        for value in &private {
            // A sign-in name is no private value, though somebody may have given it as an alternate email.
            let shown = text.lines().any(|line| line.contains(&**value) && !line.contains("userPrincipalName: "));
            assert!(!shown, "{file} shows {value}");
        }
    }
}

#[test]
fn what_is_there_is_not_overwritten_unless_that_is_asked_for() {
    let office = contoso();
    let to = exported(&office, "export_overwrite", &[]);
    fs::write(to.join("organization.yaml"), "# somebody's own\n").unwrap();
    fs::remove_file(to.join("administrators.yaml")).unwrap();
    let refused = export(&office, &to, &[]);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""), "{refused:#?}");
    assert!(refused.err.contains("is there already") && refused.err.contains("--overwrite"), "{}", refused.err);
    assert_eq!(fs::read_to_string(to.join("organization.yaml")).unwrap(), "# somebody's own\n");
    assert!(!to.join("administrators.yaml").exists(), "half an export is none");

    assert_eq!(export(&office, &to, &["--overwrite"]).code, 0);
    assert!(fs::read_to_string(to.join("organization.yaml")).unwrap().contains("kind: OrganizationContacts"));
    assert!(to.join("administrators.yaml").exists());
}

#[test]
#[cfg(unix)]
fn private_data_is_nobody_elses_even_where_a_file_was_open_to_others() {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let office = contoso();
    let to = exported(&office, "export_mode", &["--private", "secrets"]);
    let private = to.join(PRIVATE);
    assert_eq!(mode(&private), 0o600);
    fs::set_permissions(&private, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(export(&office, &to, &["--private", "secrets"]).code, 1, "it is not overwritten unasked");
    let again = export(&office, &to, &["--private", "secrets", "--overwrite"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert_eq!(mode(&private), 0o600);
    assert!(names(&to).iter().all(|name| !name.starts_with('.')), "nothing stays behind: {:?}", names(&to));
}

#[test]
#[cfg(unix)]
fn a_link_is_not_written_through_whatever_was_asked_for() {
    let office = contoso();
    let root = Folder::new("export_link").root().to_owned();
    let (to, elsewhere) = (root.join("exported"), root.join("elsewhere"));
    fs::create_dir(&to).unwrap();
    // It leads nowhere yet: whoever only asks whether the file exists is told no.
    std::os::unix::fs::symlink(&elsewhere, to.join(PRIVATE)).unwrap();
    for more in [&["--private", "secrets"][..], &["--private", "secrets", "--overwrite"]] {
        let refused = export(&office, &to, more);
        assert_eq!(refused.code, 1, "{refused:#?}");
        assert!(refused.err.contains("private-contacts.yaml is a link or a folder"), "{}", refused.err);
        assert!(!elsewhere.exists());
        assert_eq!(names(&to), [PRIVATE], "half an export is none");
    }
}

#[test]
fn what_was_written_where_and_what_is_next_is_said() {
    let office = contoso();
    let to = exported(&office, "export_said", &[]);
    let said = export(&office, &to, &["--overwrite", "--private", "secrets"]).err;
    let place = to.display();
    for expected in [
        format!("written: 6 files with 29 objects to {place}\n"),
        format!("private: {place}/{PRIVATE} holds private data in the clear, readable by you alone"),
        format!("beside:  credentials.yaml in {place}: not of this export"),
        "next:    add the credential that tenant.yaml names".into(),
    ] {
        assert!(said.contains(&expected), "{expected}\n{said}");
    }
}

#[test]
fn without_a_folder_everything_is_one_stream_of_documents() {
    let office = contoso();
    let to = exported(&office, "export_stream", &[]);
    let objects = |text: &str| {
        let reading = Checker::new().unwrap().read("export.yaml", text.as_bytes());
        assert!(reading.problems.is_empty(), "{:#?}", reading.problems);
        reading.manifests.len()
    };
    let files = names(&to).into_iter().filter(|name| name != "credentials.yaml");
    let of_files: usize = files.map(|name| objects(&fs::read_to_string(to.join(name)).unwrap())).sum();
    let stream = served(&office, &["export"]);
    assert_eq!(stream.code, 0, "{}", stream.err);
    assert_eq!(objects(&stream.out), of_files);
    assert!(of_files > 20, "{of_files}");
    assert!(stream.err.contains("left out: guests"), "what is missing is said beside the stream: {}", stream.err);
}

#[test]
fn a_tenant_that_is_declared_keeps_its_name_and_its_break_glass_accounts_stay_out() {
    let declared = embedded(&["export", "--manifests", "examples/contoso"]);
    assert_eq!(declared.code, 0, "{}", declared.err);
    assert!(declared.out.contains("namespace: contoso"), "{}", declared.out);
    assert!(declared.err.contains("left out: protected accounts"), "{}", declared.err);
    let nothing_declared = embedded(&["export"]).out;
    assert!(nothing_declared.contains("enforce: []"), "it only observes: {nothing_declared}");
}
