//! Scenarios: Markdown files that tell what is declared, what happens in the tenant, and what comes of it. `tests/scenarios/README.md`
//! says how one is written.
//!
//! Invariant: a scenario runs the verbs of the command line themselves, in process, over the real client, against the simulator, on
//! paused time. What it expects is what they say.

mod expected;
mod play;
mod status;
mod story;
mod tenant;

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::places;

pub use self::story::Fault;
use self::{
    play::{Played, is_scenario, play},
    story::Story,
};

/// How one scenario ended.
pub struct Outcome {
    /// The file, from the repository on.
    pub file: String,
    /// Its heading.
    pub title: String,
    /// What was not as expected; empty: it holds.
    pub faults: Vec<Fault>,
    /// How long it took.
    pub took: Duration,
    /// The file with what came in place of what was expected, where that differs.
    pub anew: Option<String>,
}

impl Outcome {
    /// The faults, each with file and line.
    pub fn report(&self) -> String {
        let lines: Vec<String> = self.faults.iter().map(|fault| format!("{}:{fault}\n", self.file)).collect();
        lines.concat()
    }
}

/// Plays one file.
pub fn one(file: &str, text: &str) -> Outcome {
    let started = Instant::now();
    let domain = fs::read_to_string(places::root().join("docs/DOMAIN.md")).unwrap();
    let story = match Story::read(text, &domain) {
        Ok(story) => story,
        Err(faults) => {
            return Outcome { file: file.into(), title: String::new(), faults, took: started.elapsed(), anew: None };
        }
    };
    let name: String = file.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let Played { faults, anew } = catch_unwind(AssertUnwindSafe(|| play(&name, &story))).unwrap_or_else(|panic| {
        let words =
            panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|&word| word.into()));
        let what = format!("the scenario could not be played: {}", words.unwrap_or_default());
        Played { faults: vec![Fault::new(1, what)], anew: Vec::new() }
    });
    let anew = (!anew.is_empty()).then(|| rewritten(text, &story, &anew));
    Outcome { file: file.into(), title: story.title, faults, took: started.elapsed(), anew }
}

/// The text with other lines in some of its blocks.
fn rewritten(text: &str, story: &Story, anew: &[(usize, Vec<String>)]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for block in story.blocks.iter().rev() {
        if let Some((_, other)) = anew.iter().find(|(line, _)| *line == block.line) {
            lines.splice(block.line..block.line + block.lines.len(), other.iter().cloned());
        }
    }
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

/// The scenarios of a folder, and the example of its README. None is an error, and so is a file that is no scenario.
pub fn files(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let shown = folder.strip_prefix(places::root()).unwrap_or(folder).display().to_string();
    let entries = fs::read_dir(folder).map_err(|error| format!("{shown}: {error}"))?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let name = format!("{shown}/{}", path.file_name().unwrap_or_default().to_string_lossy());
        if is_scenario(&path) {
            files.push((name, fs::read_to_string(&path).map_err(|error| error.to_string())?));
        } else if !name.ends_with("/README.md") {
            return Err(format!("{name} is no scenario: their names end with .md"));
        }
    }
    if files.is_empty() { Err(format!("{shown} has no scenario")) } else { Ok(files) }
}

/// The example of a README: what stands between four backticks.
pub fn example(readme: &str) -> Option<String> {
    let (_, rest) = readme.split_once("\n````markdown\n")?;
    rest.split_once("\n````\n").map(|(example, _)| format!("{example}\n"))
}

/// Plays all of them, as many at once as the machine has processors.
pub fn all(files: &[(String, String)]) -> Vec<Outcome> {
    let (next, outcomes) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let workers = thread::available_parallelism().map_or(1, usize::from).min(files.len());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((file, text)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = one(file, text);
                    outcomes.lock().unwrap().push(outcome);
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().unwrap();
    outcomes.sort_by(|a, b| a.file.cmp(&b.file));
    outcomes
}
