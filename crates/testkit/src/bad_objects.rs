//! The table of bad objects, `tests/bad_objects/table.yaml`, whose head explains each column.

use std::{fs, path::PathBuf};

use serde::Deserialize;
use serde_json::json;
use tenant_contacts_api::reason::Reason;

use crate::places;

/// One bad object, and what is said of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub file: String,
    pub caught: Caught,
    pub reason: Option<Reason>,
    pub at: Option<String>,
    pub field: Option<String>,
    #[serde(default)]
    pub words: Vec<String>,
    #[serde(default)]
    pub others: u64,
    #[serde(default)]
    pub also: Vec<String>,
    pub server: Option<String>,
    pub taken: Option<Taken>,
    pub repeat_to: Option<usize>,
}

/// Why the API server takes what the offline check refuses.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Taken {
    Text,
    Together,
}

/// Where a bad object is caught.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Caught {
    Schema,
    Cel,
    Check,
    Plan,
    Note,
}

/// Where the table and its files are.
pub fn folder() -> PathBuf {
    places::root().join("tests/bad_objects")
}

/// Its rows, in order.
pub fn table() -> Vec<Row> {
    serde_saphyr::from_str(&fs::read_to_string(folder().join("table.yaml")).unwrap()).unwrap()
}

/// A folder with one bad file and its good neighbour, made anew below the folder of a test.
pub fn scene(test: &str, row: &Row) -> PathBuf {
    let scene = places::temporary().join(test).join(row.file.trim_end_matches(".yaml"));
    let _ = fs::remove_dir_all(&scene); // left by a run before
    fs::create_dir_all(&scene).unwrap();
    fs::write(scene.join(&row.file), bytes(row)).unwrap();
    fs::copy(folder().join("neighbour/good.yaml"), scene.join("good.yaml")).unwrap();
    scene
}

/// The bytes of a row's file, repeated if the row says so.
pub fn bytes(row: &Row) -> Vec<u8> {
    let bad = fs::read(folder().join(&row.file)).unwrap();
    let times = row.repeat_to.map_or(1, |bytes| bytes / bad.len() + 1);
    bad.repeat(times)
}

/// The objects of a file, Secrets left out, as kind and name.
pub fn objects(text: &str) -> Vec<(String, String)> {
    let value = |document: &str, key: &str| {
        let line = document.lines().find_map(|line| line.strip_prefix(key).map(str::to_owned));
        line.unwrap_or_else(|| panic!("no {key} in {document}"))
    };
    let documents = text.split("---\n").map(|document| (value(document, "kind: "), value(document, "  name: ")));
    documents.filter(|(kind, _)| kind != "Secret").collect()
}

/// The application of the tenants.
pub const CLIENT: &str = "11111111-2222-3333-4444-555555555555";

/// What it may do in the good tenant: all that the neighbours need, and no phones.
pub const PERMISSIONS: [&str; 6] = [
    "User.Read.All",
    "User-Mail.ReadWrite.All",
    "Organization.ReadWrite.All",
    "Domain.Read.All",
    "RoleManagement.Read.Directory",
    "GroupMember.Read.All",
];

/// The tenant of the good neighbours.
pub fn good_seed() -> String {
    let users = ["jane", "joe", "break-glass", "inside", "nokey", "nolabel"];
    let users = users.map(|name| json!({"upn": format!("{name}@contoso.com")}));
    let seed = json!({
        "tenant": {"id": CLIENT, "displayName": "Contoso", "domains": [{"name": "contoso.com"}]},
        "organization": {"technicalNotificationMails": ["gone@contoso.com"]},
        "applications": [{
            "name": "app", "clientId": CLIENT, "secrets": [{"value": "not-a-real-secret"}],
            "permissions": PERMISSIONS, "directoryRoles": ["Privileged Authentication Administrator"],
        }],
        "users": users,
    });
    seed.to_string()
}

/// The good neighbours, enforced: beside the offline check they are only observed.
pub fn enforced_neighbours() -> String {
    let good = fs::read_to_string(folder().join("neighbour/good.yaml")).unwrap();
    let enforced = good.replace("enforce: []", "enforce: [Organization, Users]");
    assert_ne!(good, enforced);
    enforced
}
