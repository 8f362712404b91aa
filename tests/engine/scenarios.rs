//! `tests/scenarios`: what is declared, what happens in the tenant, and what comes of it, told in Markdown.

use std::{env, fs};

use testkit::{
    places,
    scenario::{self, Outcome},
};

/// Has what came written in place of what was expected. Authors read it before they commit it.
const WRITE: &str = "WRITE_SCENARIOS";

/// A part of the names of those that are to be played; all, where it is not set.
const ONLY: &str = "SCENARIO";

#[test]
fn every_scenario_holds() {
    let folder = places::root().join("tests/scenarios");
    let mut files = scenario::files(&folder).unwrap();
    if let Ok(part) = env::var(ONLY) {
        assert!(env::var_os("CI").is_none(), "{ONLY} leaves scenarios out, and a gate plays all of them");
        files.retain(|(file, _)| file.contains(&part));
        assert!(!files.is_empty(), "no scenario has {part} in its name");
    }
    let outcomes = scenario::all(&files);
    for Outcome { file, title, faults, took, .. } in &outcomes {
        let verdict = if faults.is_empty() { "holds" } else { "FAILS" };
        println!("{verdict} {:>5} ms  {file}  {title}", took.as_millis());
    }
    if env::var_os(WRITE).is_some() {
        assert!(env::var_os("CI").is_none(), "{WRITE} would have a gate accept whatever comes");
        for outcome in &outcomes {
            if let Some(text) = &outcome.anew {
                fs::write(places::root().join(&outcome.file), text).unwrap();
                println!("written anew: {}", outcome.file);
            }
        }
    }
    let failed: Vec<&Outcome> = outcomes.iter().filter(|outcome| !outcome.faults.is_empty()).collect();
    let reports: String = failed.iter().map(|outcome| outcome.report()).collect();
    assert!(failed.is_empty(), "{} of {} scenarios fail:\n{reports}", failed.len(), outcomes.len());
}
