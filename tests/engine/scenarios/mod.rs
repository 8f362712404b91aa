//! `tests/scenarios`: what is declared, what happens in the tenant, and what comes of it, told in Markdown.

mod player;

use std::{env, fs};

use testkit::{
    places,
    scenario::{self, Outcome},
};

/// Where they lie, from the repository on.
const FOLDER: &str = "tests/scenarios";

/// Has what came written in place of what was expected. Authors read it before they commit it.
const WRITE: &str = "WRITE_SCENARIOS";

/// A part of the names of the files that are to be played; all, where it is not set.
const ONLY: &str = "SCENARIO";

/// What the author wants of the run. A gate takes everything as it is.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    only: Option<String>,
    write: bool,
}

impl Wanted {
    fn of(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let wanted = Self { only: variable(ONLY), write: variable(WRITE).is_some() };
        let gate = variable("CI").is_some();
        match wanted {
            Self { write: true, .. } if gate => Err(format!("{WRITE} would have a gate accept whatever comes")),
            Self { only: Some(_), .. } if gate => {
                Err(format!("{ONLY} leaves scenarios out, and a gate plays all of them"))
            }
            wanted => Ok(wanted),
        }
    }

    /// Those that are to be played. None is an error.
    fn chosen(&self, mut files: Vec<(String, String)>) -> Result<Vec<(String, String)>, String> {
        if let Some(part) = &self.only {
            files.retain(|(file, _)| file.rsplit('/').next().is_some_and(|name| name.contains(part)));
            if files.is_empty() {
                return Err(format!("no scenario has {part} in its name"));
            }
        }
        Ok(files)
    }
}

#[test]
fn every_scenario_holds() {
    let wanted = Wanted::of(|name| env::var(name).ok()).unwrap();
    let files = wanted.chosen(scenario::files(&places::root().join(FOLDER)).unwrap()).unwrap();
    let outcomes = scenario::all(&files);
    assert_eq!(outcomes.len(), files.len());
    for Outcome { file, title, faults, took, .. } in &outcomes {
        let verdict = if faults.is_empty() { "holds" } else { "FAILS" };
        println!("{verdict} {:>5} ms  {file}  {title}", took.as_millis());
    }
    if wanted.write {
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

#[test]
fn the_example_of_the_readme_is_a_scenario_that_holds() {
    let readme = fs::read_to_string(places::root().join(FOLDER).join("README.md")).unwrap();
    let outcome = scenario::one("the example of tests/scenarios/README.md", &scenario::example(&readme).unwrap());
    assert_eq!(outcome.report(), "");
}

#[test]
fn a_gate_neither_writes_scenarios_anew_nor_leaves_any_out() {
    let set = |names: &'static [&'static str]| move |name: &str| names.contains(&name).then(|| "plan".to_owned());
    assert_eq!(Wanted::of(set(&["CI"])), Ok(Wanted { only: None, write: false }));
    assert_eq!(Wanted::of(set(&[ONLY, WRITE])), Ok(Wanted { only: Some("plan".into()), write: true }));
    for variable in [ONLY, WRITE] {
        let refused = Wanted::of(move |name| (name == "CI" || name == variable).then(|| "1".to_owned()));
        assert!(refused.is_err_and(|why| why.contains(variable)));
    }
    let chosen =
        Wanted { only: Some("nothing".into()), write: false }.chosen(vec![("a/plan.md".into(), String::new())]);
    assert_eq!(chosen, Err("no scenario has nothing in its name".to_owned()));
}
