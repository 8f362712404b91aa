//! `examples/contoso` carried out: what its READMEs promise of the first plan, of the apply, and of each object that must
//! not become Ready.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};
use tenant_contacts::directory;
use tenant_contacts_api::{field::Field, manifest::Checker};
use testkit::{
    cli::{
        binary::{self, Answer},
        folder::Folder,
        office::Office,
        state,
    },
    contoso,
};

struct Scene {
    office: Office,
    folder: Folder,
}

impl Scene {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        folder.copy(&contoso::path(""));
        Self { office: Office::open(&contoso::text("seed/tenant.yaml")), folder }
    }

    fn call(&self, verb: &str, more: &[&str]) -> Answer {
        let state = self.folder.state();
        binary::call(self.office.verb(
            verb,
            &self.folder,
            &[&["-o", "json", "--state", state.to_str().unwrap()], more].concat(),
        ))
    }

    /// Carries everything out, with the approval that the plan asks for.
    fn apply_approved(&self) -> Answer {
        let plan = self.call("plan", &[]).json();
        self.call("apply", &["--approve", plan[0]["approvalHash"].as_str().unwrap()])
    }

    fn ready(&self, kind: &str, name: &str) -> (String, String) {
        state::condition(&self.folder.state(), kind, name, "Ready")
            .unwrap_or_else(|| panic!("{kind} {name} has no status"))
    }
}

/// The rows of the README's table with this header, as `OBJECT FIELD`.
fn promised(header: &str) -> BTreeSet<String> {
    let readme = contoso::text("README.md");
    let mut rows = BTreeSet::new();
    let lines = readme.lines().skip_while(|line| *line != header).skip(2).take_while(|line| line.starts_with('|'));
    for line in lines {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        let object = quoted(cells[1]).remove(0);
        rows.extend(quoted(cells[2]).into_iter().map(|field| format!("{object} {field}")));
    }
    assert!(!rows.is_empty(), "no table {header:?}");
    rows
}

fn planned(view: &Value, wanted: &str) -> BTreeSet<String> {
    let steps = view["steps"].as_array().unwrap().iter().filter(|step| step["state"] == wanted);
    steps
        .map(|step| {
            let object = step["object"].as_str().unwrap();
            let field: Field = serde_json::from_value(step["field"].clone()).unwrap();
            format!("{} {}", object.rsplit('/').next().unwrap(), field.path())
        })
        .collect()
}

#[test]
fn the_first_plan_is_what_the_readme_says() {
    let scene = Scene::new("contoso_first_plan");
    let answer = scene.call("plan", &[]);
    assert_eq!((answer.code, answer.err.as_str()), (2, ""), "{answer:#?}");
    let view = &answer.json()[0];
    assert_eq!(planned(view, "write"), promised("| object | field |"));
    assert_eq!(planned(view, "awaitingApproval"), promised("| object | field | role |"));
    let gates = view["steps"].as_array().unwrap().iter().filter_map(|step| step["gate"].as_str());
    assert_eq!(gates.collect::<BTreeSet<_>>(), BTreeSet::from(["PrivilegedRecoveryData"]));
    let declared = format!("22 objects are declared; {} of them are as declared already", view["inSync"]);
    assert!(contoso::text("README.md").contains(&declared), "{declared}");
    let left: Vec<_> = view["notDone"].as_array().unwrap().iter().map(|one| (&one["object"], &one["reason"])).collect();
    assert_eq!(left, [(&json!("UserContact contoso/claire-dubois"), &json!("Manual"))]);
    assert_eq!(scene.office.journal(), []);
}

#[test]
fn applied_and_approved_the_tenant_is_what_the_yaml_says_and_nothing_is_left() {
    let scene = Scene::new("contoso_applied");
    let before = scene.office.simulator.truth();
    let answer = scene.apply_approved();
    assert_eq!(answer.code, 0, "{answer:#?}");
    let second = scene.call("plan", &[]);
    assert_eq!(second.code, 0, "{second:#?}");
    assert_eq!(second.json()[0]["steps"], json!([]));
    contoso::truth_is_as_declared(&scene.office);

    // One change per promised field, and none beside.
    let fields = promised("| object | field |").len() + promised("| object | field | role |").len();
    assert_eq!(scene.office.written().len(), fields, "{:?}", scene.office.written());
    for entry in scene.office.journal() {
        assert_eq!(entry.method, "PATCH");
    }
    for (set, objects) in before.as_object().unwrap() {
        if set != "users" && set != "organization" {
            assert_eq!(&scene.office.simulator.truth()[set], objects, "{set} is nobody's business here");
        }
    }
    for name in ["noah-fitzgerald", "priya-raman-admin", "helena-marsh", "claire-dubois"] {
        assert_eq!(scene.ready("UserContact", name).0, "True", "{name}");
    }
    let attested = state::condition(&scene.folder.state(), "UserContact", "claire-dubois", "Attested");
    assert_eq!(attested.unwrap().0, "False", "A4: nobody has looked yet, and nothing turns red");
    assert_eq!(scene.ready("Tenant", "contoso"), ("True".into(), "InSync".into()));
}

/// Name, expected reason, and where it is seen, of each blocked object.
fn blocked() -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    for path in fs::read_dir(contoso::path("blocked")).unwrap().map(|entry| entry.unwrap().path()) {
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = fs::read_to_string(&path).unwrap();
            let expected = |key: &str| {
                let prefix = format!("    example.tenantcontacts.dev/expected-{key}: ");
                text.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap().to_owned()
            };
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            all.push((name, expected("reason"), expected("at")));
        }
    }
    all.sort();
    assert!(all.len() >= 10);
    all
}

/// Every blocked object says exactly its reason: on standard error where the files alone or the missing Tenant tell it,
/// else in plan and status.
fn each_says_its_reason(scene: &Scene, planned: &Answer, applied: &Answer) {
    let view = &planned.json()[0];
    for (name, reason, at) in blocked() {
        if at == "cel" || reason == "TenantNotFound" {
            for answer in [planned, applied] {
                let said = answer.err.lines().any(|line| line.contains(&name) && line.contains(&reason));
                assert!(said, "{name}: {reason} is not said: {}", answer.err);
            }
            continue;
        }
        assert_eq!(scene.ready("UserContact", &name), ("False".into(), reason.clone()), "{name}");
        let object = format!("UserContact contoso/{name}");
        let entries = view["notDone"].as_array().unwrap().iter().filter(|entry| entry["object"] == object.as_str());
        let reasons: BTreeSet<_> =
            entries.filter_map(|entry| entry["reason"].as_str()).filter(|reason| *reason != "Manual").collect();
        assert_eq!(reasons, BTreeSet::from([reason.as_str()]), "{name}");
        let steps = view["steps"].as_array().unwrap();
        assert!(steps.iter().all(|step| step["object"] != object.as_str()), "{name} has a step");
    }
}

fn good_names() -> Vec<(&'static str, String)> {
    let read = directory::read(&Checker::new().unwrap(), &contoso::path(""));
    let kinds = ["OrganizationContacts", "UserContact"];
    let named = read.manifests.iter().filter_map(|manifest| {
        let kind = kinds.into_iter().find(|kind| *kind == manifest.object.kind())?;
        Some((kind, manifest.object.name().to_owned()))
    });
    named.collect()
}

#[test]
fn blocked_objects_that_come_later_say_why_change_nothing_and_harm_no_good_one() {
    let scene = Scene::new("contoso_blocked_later");
    assert_eq!(scene.apply_approved().code, 0);
    let (truth, written) = (scene.office.simulator.truth(), scene.office.journal().len());
    let standing: Vec<_> =
        good_names().iter().map(|(kind, name)| state::status(&scene.folder.state(), kind, name)).collect();

    scene.folder.copy(&contoso::path("blocked"));
    let planned = scene.call("plan", &[]);
    let applied = scene.call("apply", &[]);
    assert_eq!((planned.code, applied.code), (1, 1), "two of the files are refused: {applied:#?}");
    each_says_its_reason(&scene, &planned, &applied);
    assert_eq!(scene.office.journal().len(), written);
    assert_eq!(scene.office.simulator.truth(), truth);
    for ((kind, name), before) in good_names().iter().zip(standing) {
        assert_eq!(state::status(&scene.folder.state(), kind, name), before, "{kind} {name} is not touched");
        assert_eq!(scene.ready(kind, name).0, "True", "{kind} {name}");
    }
}

#[test]
fn blocked_objects_that_come_with_the_others_harm_only_the_one_that_the_readme_names() {
    let scene = Scene::new("contoso_blocked_at_once");
    scene.folder.copy(&contoso::path("blocked"));
    let planned = scene.call("plan", &[]);
    let applied = scene.apply_approved();
    assert_eq!(applied.code, 1, "two of the files are refused: {applied:#?}");
    each_says_its_reason(&scene, &planned, &applied);
    for (kind, name) in good_names() {
        let expected = if name == "hannah-cole" { "False" } else { "True" };
        assert_eq!(scene.ready(kind, &name).0, expected, "{kind} {name}");
    }
    assert_eq!(scene.ready("UserContact", "hannah-cole").1, "Conflict");
    contoso::truth_is_as_declared(&scene.office);
    let fields = promised("| object | field |").len() + promised("| object | field | role |").len();
    assert_eq!(scene.office.written().len(), fields, "{:?}", scene.office.written());

    // As soon as the other one goes, so does the conflict.
    scene.folder.remove("conflict.yaml");
    scene.call("apply", &[]);
    assert_eq!(scene.ready("UserContact", "hannah-cole"), ("True".into(), "InSync".into()));
}
