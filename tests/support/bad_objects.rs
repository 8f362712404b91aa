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
    pub repeat_to: Option<usize>,
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

/// The bytes of a row's file, repeated if the row says so.
pub fn bytes(row: &Row) -> Vec<u8> {
    let bad = fs::read(folder().join(&row.file)).unwrap();
    let times = row.repeat_to.map_or(1, |bytes| bytes / bad.len() + 1);
    bad.repeat(times)
}
