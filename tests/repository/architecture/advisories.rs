//! What is locked against the advisories that somebody has read (`advisories.yaml`).

use std::{collections::BTreeSet, fs};

use semver::{Version, VersionReq};
use serde::Deserialize;

use super::root;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reviewed {
    #[serde(rename = "reviewed")]
    _reviewed: jiff::civil::Date,
    advisories: Vec<Advisory>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advisory {
    id: String,
    #[serde(rename = "crate")]
    name: String,
    #[serde(rename = "informational")]
    _informational: Option<String>,
    patched: Vec<VersionReq>,
    #[serde(default)]
    unaffected: Vec<VersionReq>,
    about: String,
    accepted: Option<String>,
}

impl Advisory {
    fn affects(&self, name: &str, version: &Version) -> bool {
        self.name == name && !self.patched.iter().chain(&self.unaffected).any(|range| range.matches(version))
    }
}

fn reviewed() -> Vec<Advisory> {
    let text = fs::read_to_string(root().join("advisories.yaml")).unwrap();
    serde_saphyr::from_str::<Reviewed>(&text).unwrap().advisories
}

/// Names and versions in a lock file.
fn locked(text: &str) -> Vec<(&str, Version)> {
    let lines: Vec<&str> = text.lines().collect();
    let named = lines.windows(2).filter_map(|pair| {
        let name = pair[0].strip_prefix("name = \"")?.strip_suffix('"')?;
        let version = pair[1].strip_prefix("version = \"")?.strip_suffix('"')?;
        Some((name, version.parse().unwrap()))
    });
    named.collect()
}

fn found<'a>(advisories: &'a [Advisory], lock: &str) -> Vec<&'a Advisory> {
    let locked = locked(lock);
    advisories.iter().filter(|one| locked.iter().any(|(name, version)| one.affects(name, version))).collect()
}

#[test]
fn b9_nothing_is_locked_that_a_reviewed_advisory_is_about() {
    let advisories = reviewed();
    let mut affected = Vec::new();
    for file in ["Cargo.lock", "fuzz/Cargo.lock"] {
        let Ok(lock) = fs::read_to_string(root().join(file)) else {
            assert_ne!(file, "Cargo.lock");
            continue;
        };
        affected.extend(found(&advisories, &lock));
    }
    for one in &affected {
        assert!(one.accepted.is_some(), "{}, {}: {}", one.id, one.name, one.about);
    }
    // What is accepted is affected: an old excuse would hide the next version's weakness.
    for one in advisories.iter().filter(|one| one.accepted.is_some()) {
        assert!(affected.iter().any(|affected| affected.id == one.id), "{} is accepted for nothing", one.id);
    }
    // What is ignored where the database can be reached is what is accepted here.
    let policy = fs::read_to_string(root().join("deny.toml")).unwrap();
    let (_, policy) = policy.split_once("\n[advisories]\n").unwrap();
    let (policy, _) = policy.split_once("\n[").unwrap();
    let ignored = policy.split("id = \"").skip(1).filter_map(|rest| rest.split('"').next());
    let ignored: BTreeSet<&str> = ignored.collect();
    let accepted: BTreeSet<&str> =
        advisories.iter().filter(|one| one.accepted.is_some()).map(|one| one.id.as_str()).collect();
    assert_eq!(ignored, accepted, "deny.toml and advisories.yaml");
}

#[test]
fn b9_a_lock_file_with_an_older_version_is_found() {
    let lock =
        "[[package]]\nname = \"rustls\"\nversion = \"0.23.12\"\n\n[[package]]\nname = \"rsa\"\nversion = \"0.9.8\"\n";
    let advisories = reviewed();
    let ids: Vec<&str> = found(&advisories, lock).iter().map(|one| one.id.as_str()).collect();
    assert!(ids.contains(&"RUSTSEC-2026-0348") && ids.contains(&"RUSTSEC-2023-0071"), "{ids:?}");
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    assert!(locked(&lock).len() > 300);
}
