//! The table of bad objects, `tests/bad_objects/table.yaml`, whose head explains each column.

#![allow(dead_code)] // each test file uses a part of it

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use tenant_contacts_api::reason::Reason;

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
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_objects")
}

/// Its rows, in order.
pub fn table() -> Vec<Row> {
    serde_saphyr::from_str(&fs::read_to_string(folder().join("table.yaml")).unwrap()).unwrap()
}

/// A folder with one bad file and its good neighbour, made anew below the folder of a test.
pub fn scene(test: &str, row: &Row) -> PathBuf {
    let scene = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test).join(row.file.trim_end_matches(".yaml"));
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
