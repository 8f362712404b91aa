//! Reads a state file as an administrator would: one JSON object a line, the last one of a subject holds.

use std::{fs, path::Path};

use serde_json::Value;

/// The status of an object (`Tenant`, `UserContact`, …), if there is one.
pub fn status(state: &Path, kind: &str, name: &str) -> Option<Value> {
    let mut last = None;
    for line in fs::read_to_string(state).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        if line["kind"] == kind && line["name"] == name {
            match line["content"].as_object().and_then(|content| content.iter().next()) {
                Some((part, status)) if part == "childStatus" || part == "tenantStatus" => last = Some(status.clone()),
                None => last = None, // released
                _ => {}
            }
        }
    }
    last
}

/// Status and reason of a condition.
pub fn condition(state: &Path, kind: &str, name: &str, condition: &str) -> Option<(String, String)> {
    let status = status(state, kind, name)?;
    let conditions = status["conditions"].as_array()?;
    let found = conditions.iter().find(|one| one["type"] == condition)?;
    Some((found["status"].as_str()?.to_owned(), found["reason"].as_str()?.to_owned()))
}

/// Message of a condition.
pub fn message(state: &Path, kind: &str, name: &str, condition: &str) -> Option<String> {
    let status = status(state, kind, name)?;
    let found = status["conditions"].as_array()?.iter().find(|one| one["type"] == condition)?.clone();
    Some(found["message"].as_str()?.to_owned())
}

/// The records of the audit trail beside a state file; the first line is none, it says whose file it is.
pub fn audit(state: &Path) -> Vec<Value> {
    let mut path = state.as_os_str().to_owned();
    path.push(".audit");
    let text = fs::read_to_string(Path::new(&path)).unwrap();
    text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
}
