//! The published schemas, and whether what the program printed is what they say.

use std::fs;

use serde_json::Value;

use crate::places;

/// The schema of what a verb prints as JSON, if there is one.
pub fn of(verb: &str) -> Option<Value> {
    let file = places::root().join(format!("docs/schemas/{verb}.schema.json"));
    fs::read_to_string(file).ok().map(|text| serde_json::from_str(&text).unwrap())
}

/// Fails unless a whole document is valid against the verb's schema. Gives the document.
#[track_caller]
pub fn valid(verb: &str, printed: &str) -> Value {
    let document: Value = serde_json::from_str(printed).unwrap_or_else(|error| panic!("{verb}: {error}: {printed}"));
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("file:///schema.json", of(verb).unwrap_or_else(|| panic!("{verb} has no schema"))).unwrap();
    let index = compiler.compile("file:///schema.json", &mut schemas).unwrap();
    schemas.validate(&document, index).unwrap_or_else(|error| panic!("{verb}: {error:#}"));
    document
}
