//! The rows of the table of bad objects that only a tenant shows, through the real binary: each is refused with its reason,
//! a message, a remedy and a page, in the plan as in the status; its good neighbours converge, and nothing else is written.

use std::{fs, path::Path, thread};

use serde_json::{Value, json};
use tenant_contacts_api::reason::Reason;
use tenant_contacts_simulator::Seed;
use testkit::{
    bad_objects::{CLIENT, Caught, PERMISSIONS, Row, enforced_neighbours, folder, good_seed, objects, table},
    cli::{
        binary::{self, Answer},
        folder::Folder,
        front::Front,
        office::arguments,
        state,
    },
};

/// Rows that the offline check catches and `plan` must catch as well: it may be run without it, and in a cluster there is
/// no check.
const AT_PLAN_TOO: [&str; 7] = [
    "alternate_email_inside.yaml",
    "conflict_users.yaml",
    "credentials_key_missing.yaml",
    "credentials_not_allowed.yaml",
    "protected_account.yaml",
    "secret_key_missing.yaml",
    "secret_not_allowed.yaml",
];

fn rows() -> Vec<Row> {
    let rows: Vec<Row> = table()
        .into_iter()
        .filter(|row| row.caught == Caught::Plan || AT_PLAN_TOO.contains(&row.file.as_str()))
        .collect();
    assert!(rows.len() >= AT_PLAN_TOO.len() + 8, "{}", rows.len());
    rows
}

/// The tenant of the bad Tenant objects: its application's secret is as the row wants it, or it has another application.
fn other_seed(row: &Row) -> Seed {
    let (client, secret) = match row.file.as_str() {
        "plan_wrong_tenant.yaml" => ("99999999-2222-3333-4444-555555555555", json!({"value": "not-a-real-password"})),
        "plan_secret_expired.yaml" => {
            (CLIENT, json!({"value": "not-a-real-password", "expires": "2020-01-01T00:00:00Z"}))
        }
        _ => (CLIENT, json!({"value": "another one"})),
    };
    let seed = json!({
        "tenant": {
            "id": "22222222-2222-3333-4444-555555555555", "displayName": "Other", "domains": [{"name": "other.example"}],
        },
        "applications": [{"name": "app", "clientId": client, "secrets": [secret], "permissions": PERMISSIONS}],
    });
    Seed::from_yaml(&seed.to_string()).unwrap()
}

struct Scene {
    front: Front,
    folder: Folder,
}

impl Scene {
    fn new(row: &Row, test: &str) -> Self {
        let folder = Folder::new(&format!("{test}_{}", row.file.trim_end_matches(".yaml")));
        folder.write("good.yaml", enforced_neighbours());
        Self { front: Front::open(&[Seed::from_yaml(&good_seed()).unwrap(), other_seed(row)]), folder }
    }

    fn call(&self, verb: &str) -> Answer {
        let state = self.folder.state();
        let more = ["-o", "json", "--state", state.to_str().unwrap()];
        binary::call(arguments(verb, &self.folder.manifests(), self.front.address, &more))
    }

    /// What comes between the first pass and the bad object, for the rows that need a past.
    fn prepare(&self, row: &Row) {
        let simulator = &self.front.simulators[0];
        match row.file.as_str() {
            "plan_permission_revoked.yaml" => {
                assert_eq!(self.call("apply").code, 0);
                let left = PERMISSIONS.map(|one| one.replace("Organization.ReadWrite", "Organization.Read"));
                assert!(simulator.set_permissions(CLIENT, &left.each_ref().map(String::as_str)));
            }
            "plan_protected_target.yaml" => {
                // The account is known as protected, and is given another name.
                assert_eq!(self.call("apply").code, 0);
                let name = json!({"userPrincipalName": "glass-alias@contoso.com"});
                simulator.disturb_user("break-glass@contoso.com", name.as_object().unwrap()).unwrap();
            }
            _ => {}
        }
    }
}

/// A whole Tenant: said on standard error, and in its status.
fn tenant_is_refused(scene: &Scene, name: &str, reason: Reason, answer: &Answer) {
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert!(answer.err.contains(&format!("Tenant contoso/{name}: {reason}: ")), "{answer:#?}");
    assert!(answer.err.contains(reason.remedy()), "{answer:#?}");
    let state = scene.folder.state();
    let stalled = state::condition(&state, "Tenant", name, "Stalled");
    assert_eq!(stalled, Some(("True".into(), reason.as_str().into())));
}

/// An object of the good Tenant: an entry of the plan, and its status.
fn object_is_refused(scene: &Scene, (kind, name): &(String, String), row: &Row, plan: &Value, answer: &Answer) {
    let reason = row.reason.unwrap();
    let object = format!("{kind} contoso/{name}");
    let entries = plan["notDone"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["object"] == object.as_str() && entry["reason"] == reason.as_str());
    let entry = entry.unwrap_or_else(|| panic!("{object} is not in the plan as {reason}: {plan:#}"));
    assert_eq!(entry["remedy"], reason.remedy());
    let message = entry["message"].as_str().unwrap();
    assert!(message.len() > 10, "{message}");
    // The place: the object above, and the field here or in words.
    let said = format!("{} {message} {}", entry["field"], reason.remedy());
    let field = row.field.as_deref().unwrap_or_default().trim_start_matches("spec.");
    let first = field.split(['.', '[']).next().unwrap();
    let named = said.contains(first) || message.contains("account");
    assert!(named, "{said:?} does not name {first:?}");
    if reason == Reason::PermissionMissing {
        let permission = if kind == "UserContact" { "User-Phone.ReadWrite.All" } else { "Organization.ReadWrite.All" };
        assert!(message.contains(permission), "the permission is named: {message}");
    }
    assert_eq!(answer.code, 2, "one bad object is not a failed run, and it is not as declared: {answer:#?}");
    let state = scene.folder.state();
    for (condition, status) in [("Ready", "False"), ("Stalled", "True")] {
        let is = state::condition(&state, kind, name, condition);
        assert_eq!(is, Some((status.into(), reason.as_str().into())), "{object} {condition}");
    }
    let said = state::message(&state, kind, name, "Ready").unwrap();
    assert!(said.contains(message), "{said:?} {message:?}");
}

#[test]
fn every_bad_object_is_refused_with_its_reason_and_its_neighbours_converge() {
    // Most of the time is spent waiting until a write counts as verified, and every scene has a tenant of its own.
    thread::scope(|scope| {
        for row in rows() {
            scope.spawn(move || is_refused_and_harms_nothing(&row));
        }
    });
}

fn is_refused_and_harms_nothing(row: &Row) {
    let scene = Scene::new(row, "bad");
    scene.prepare(row);
    let bad = fs::read_to_string(folder().join(&row.file)).unwrap();
    scene.folder.write(&row.file, &bad);
    let planned = scene.call("plan");
    let answer = scene.call("apply");
    let views = planned.json();
    let plan = views.as_array().unwrap().iter().find(|view| view["tenant"] == "contoso/contoso");
    let plan = plan.unwrap_or_else(|| panic!("{}: the good tenant is not planned: {planned:#?}", row.file));
    let reason = row.reason.unwrap();
    for object in objects(&bad) {
        if object.0 == "Tenant" {
            tenant_is_refused(&scene, &object.1, reason, &answer);
            assert!(planned.err.contains(reason.as_str()), "{planned:#?}");
        } else {
            object_is_refused(&scene, &object, row, plan, &answer);
        }
    }
    neighbours_converged(&scene, row);
    assert!(!format!("{planned:?} {answer:?}").contains("not-a-real"), "{}: shows a secret", row.file);
}

fn neighbours_converged(scene: &Scene, row: &Row) {
    let state = scene.folder.state();
    for (kind, name) in [("OrganizationContacts", "contoso"), ("UserContact", "jane")] {
        let ready = state::condition(&state, kind, name, "Ready");
        assert_eq!(ready, Some(("True".into(), "InSync".into())), "{}: {kind} {name}", row.file);
    }
    let journal = scene.front.simulators[0].journal(0);
    let written = journal.iter().filter(|entry| entry.actor != "outside").flat_map(|entry| &entry.changes);
    let mut written: Vec<(&str, String)> =
        written.map(|change| (change.property.as_str(), change.after.to_string())).collect();
    written.sort();
    let expected = [
        ("otherMails", r#"["jane.doe@fabrikam.com"]"#.to_owned()),
        ("technicalNotificationMails", r#"["noc@contoso.com","it@contoso.com"]"#.to_owned()),
    ];
    assert_eq!(written, expected, "{}: the neighbours' two writes and nothing else", row.file);
    assert_eq!(scene.front.simulators[1].journal(0), [], "{}: the other tenant is not touched", row.file);
}

#[test]
fn the_missing_permission_is_listed_in_the_tenants_status() {
    let rows = rows();
    let row = rows.iter().find(|row| row.file == "plan_permission_missing.yaml").unwrap();
    let scene = Scene::new(row, "granted");
    scene.folder.write(&row.file, fs::read(folder().join(&row.file)).unwrap());
    assert_eq!(scene.call("apply").code, 2, "the phone is not as declared");
    let status = state::status(&scene.folder.state(), "Tenant", "contoso").unwrap();
    let missing = json!([{"permission": "User-Phone.ReadWrite.All", "purpose": "allows writing phones"}]);
    assert_eq!(status["credentials"][0]["permissions"]["missing"], missing, "{status:#}");

    // Granted, it takes effect with the next token, and the object is mended without a change.
    let granted = [&PERMISSIONS[..], &["User-Phone.ReadWrite.All"]].concat();
    assert!(scene.front.simulators[0].set_permissions(CLIENT, &granted));
    assert_eq!(scene.call("apply").code, 0);
    let ready = state::condition(&scene.folder.state(), "UserContact", "joe", "Ready");
    assert_eq!(ready, Some(("True".into(), "InSync".into())));
    assert_eq!(state::condition(&scene.folder.state(), "UserContact", "joe", "Stalled"), None);
}

#[test]
fn every_reason_of_the_table_has_a_page() {
    for row in table() {
        let Some(reason) = row.reason else { continue };
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/reasons/{reason}.md"));
        assert!(page.is_file(), "{}: no page {}", row.file, page.display());
    }
}
