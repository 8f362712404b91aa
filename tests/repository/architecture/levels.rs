//! Levels within `core` and `engine`: what may name what, file by file.

use std::{fs, path::Path};

use super::{
    circles::{file, imports::reached, read},
    root, rust_files,
};

/// The code of a file, without comments, words in quotes and tests.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let without_comments = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    without_comments.map(|line| line.split('"').step_by(2).collect::<String>()).collect::<Vec<_>>().join("\n")
}

/// The places at which files of a folder or a file (below `core/src`) name one of these modules of the crate.
fn naming(place: &str, modules: &[&str]) -> Vec<String> {
    let at = root().join("crates/core/src").join(place);
    let mut files = if at.is_dir() { rust_files(&at) } else { Vec::new() };
    files.extend(Some(at.with_extension("rs")).filter(|file| file.is_file()));
    assert_ne!(files.len(), 0, "{place}");
    let is_test = |file: &Path| file.to_string_lossy().contains("test");
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !is_test(file)) {
        for (number, line) in code(file).lines().enumerate() {
            let line = line.trim_start();
            let names = |module: &&&str| {
                // As a path from the crate, or as a line of a list of imports from there.
                line.contains(&format!("crate::{module}::"))
                    || line.starts_with(&format!("{module}::"))
                    || line.contains(&format!("crate::{module};"))
            };
            found.extend(
                modules.iter().filter(names).map(|module| format!("{}:{}: {module}", file.display(), number + 1)),
            );
        }
    }
    found
}

#[test]
fn what_reads_a_tenant_knows_no_plan_and_no_status() {
    for place in ["landscape", "routing", "answer", "policy"] {
        assert_eq!(naming(place, &["plan", "gate", "status", "step", "flight"]), [""; 0], "{place}");
    }
    // What only a person can do, and what is exported, are made of the same.
    for place in ["export", "worklist"] {
        assert_eq!(naming(place, &["plan", "gate", "status"]), [""; 0], "{place}");
    }
}

/// Nor does anything that it imports, or that this imports, wherever an item is handed on.
#[test]
fn nothing_behind_what_reads_a_tenant_knows_a_plan_or_a_status() {
    let imports = read("core").imports();
    let is_of =
        |module: &[String], places: &[&str]| module.first().is_some_and(|first| places.contains(&first.as_str()));
    let reading = ["landscape", "routing", "answer", "policy", "export", "worklist"];
    let above = ["plan", "gate", "status", "step", "flight", "surface", "release", "consequences"];
    let mut files = 0;
    for from in imports.keys().filter(|from| is_of(from, &reading)) {
        files += 1;
        let known: Vec<String> = reached(&imports, from).into_iter().filter(|to| is_of(to, &above)).map(file).collect();
        assert_eq!(known, [""; 0], "{}", file(from));
    }
    assert!(files > 60, "{files}");
    // What would be found is found.
    let plan = vec!["plan".to_owned()];
    assert!(reached(&imports, &plan).into_iter().any(|to| is_of(to, &["step"])));
}

#[test]
fn the_data_of_a_plan_is_below_everything_that_decides() {
    let above =
        ["plan", "gate", "status", "release", "consequences", "surface", "flight", "routing", "answer", "policy"];
    assert_eq!(naming("step", &above), [""; 0]);
    assert_eq!(naming("surface", &["plan", "gate", "status", "release", "consequences"]), [""; 0]);
    assert_eq!(naming("flight", &["plan", "gate", "status", "release", "surface"]), [""; 0]);
    assert_eq!(naming("attestation", &above), [""; 0]);
}

/// What would be found is found: a plan knows the gates.
#[test]
fn names_are_found_where_there_are_some() {
    assert_ne!(naming("plan", &["step"]), [""; 0]);
    assert_ne!(naming("gate", &["plan"]), [""; 0]);
}

#[test]
fn planning_and_the_engine_know_no_surface_by_name() {
    let mut files = rust_files(&root().join("crates/core/src/plan"));
    files.extend(rust_files(&root().join("crates/engine/src")));
    let named: Vec<String> = files
        .iter()
        .filter(|file| !file.to_string_lossy().contains("test"))
        // What did not change is known of accounts alone: of them it is noted what the change feed touched.
        .filter(|file| !file.ends_with("plan/quiet.rs"))
        .filter(|file| ["Surface::Users", "Surface::Organization"].iter().any(|name| code(file).contains(name)))
        .map(|file| file.display().to_string())
        .collect();
    assert_eq!(named, [""; 0]);
}
