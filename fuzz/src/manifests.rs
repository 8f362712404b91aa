//! Manifests, read as `check` reads them: the bytes of a file to objects, problems and notes.
//!
//! Checked of every file: the list of problems ends; a problem stands inside the file, and shows no control character; the same
//! bytes give the same answer; an object that comes out is valid when it is written down and read again, and the same.

use std::sync::OnceLock;

use serde_json::Value;
use tenant_contacts::{directory::Manifests, gather};
use tenant_contacts_api::manifest::{
    self, Checker, MAX_LISTED, Manifest, Object, Place, Reading, printable, relations,
};

use crate::{
    recipe::Recipe,
    seeds,
    splice::{said_twice, scratch, splices},
};

/// Most that a recipe makes of a document, in bytes.
const MOST: usize = 1 << 20;

fn checker() -> &'static Checker {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    CHECKER.get_or_init(|| Checker::new().expect("the kinds' own schemas compile"))
}

/// One file: as it is, or by a recipe one of the known documents with some of it changed.
pub fn run(data: &[u8]) {
    match data.split_first() {
        Some((b'\0', recipe)) => read(&cooked(&mut Recipe::new(recipe))),
        _ => read(data),
    }
}

fn cooked(recipe: &mut Recipe<'_>) -> Vec<u8> {
    let mut file = Vec::new();
    for number in 0..=recipe.byte() % 3 {
        let mut document = recipe.pick(seeds::objects()).clone();
        splices(&mut document, recipe, MOST);
        if number > 0 {
            file.extend_from_slice(b"\n---\n");
        }
        match recipe.byte() % 8 {
            7 => file.extend(said_twice(&document, recipe)),
            6 => file.extend(serde_json::to_vec_pretty(&document).unwrap_or_default()),
            _ => file.extend(document.to_string().into_bytes()),
        }
    }
    if recipe.happens(64) {
        scratch(&mut file, recipe);
    }
    file
}

fn read(bytes: &[u8]) {
    let reading = checker().read("file.yaml", bytes);
    check(&reading, bytes);
    if bytes.len().is_multiple_of(8) {
        let again = checker().read("file.yaml", bytes);
        assert_eq!((&reading.problems, &reading.notes), (&again.problems, &again.notes), "read twice, said two things");
        assert_eq!(reading.manifests.len(), again.manifests.len());
    }
    for manifest in &reading.manifests {
        written_down(manifest);
    }
    let Reading { manifests, mut problems, .. } = reading;
    let (manifests, duplicates) = relations::unique(manifests);
    problems.extend(duplicates);
    let (more, notes) = relations::check(&manifests, &problems);
    let place = Extent::of(bytes);
    for problem in &more {
        place.holds(problem.place, &problem.to_string());
    }
    for note in &notes {
        place.holds(note.place, &note.to_string());
    }
    let _ = manifest::expired(&manifests, jiff::Timestamp::UNIX_EPOCH);
    let complete = problems.is_empty();
    let sets = gather::sets(&Manifests { manifests, problems, notes: Vec::new(), files: 1, complete });
    sets.problems.iter().for_each(|problem| place.holds(problem.place, &problem.to_string()));
}

fn check(reading: &Reading, bytes: &[u8]) {
    assert!(reading.problems.len() <= MAX_LISTED + 1 && reading.notes.len() <= MAX_LISTED + 1, "a list has no end");
    let place = Extent::of(bytes);
    for problem in &reading.problems {
        let shown = problem.to_string();
        place.holds(problem.place, &shown);
        assert!(!problem.message.is_empty() && !problem.remedy.is_empty(), "{shown}");
        assert!(!shown.contains(char::is_control), "a control character: {shown:?}");
        assert!(!problem.remedy.contains(char::is_control), "a control character: {:?}", problem.remedy);
    }
    for note in &reading.notes {
        place.holds(note.place, &note.to_string());
        assert!(!note.to_string().contains(char::is_control), "a control character: {:?}", note.to_string());
    }
    for manifest in &reading.manifests {
        place.holds(manifest.source.place, "an object");
        assert!(manifest.source.place.line > 0, "an object without a place");
        assert_eq!(printable(manifest.object.name()), manifest.object.name(), "a name that cannot be shown was taken");
    }
}

/// How far a file goes.
struct Extent {
    /// Characters of each line; `None` where other characters than line feeds end lines.
    lines: Option<Vec<usize>>,
    most: usize,
}

impl Extent {
    fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let most = 1 + text.matches(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count();
        let odd = text.replace("\r\n", "\n").contains(['\r', '\u{85}', '\u{2028}', '\u{2029}']);
        let lines = (!odd).then(|| text.split('\n').map(|line| line.chars().count()).collect());
        Self { lines, most }
    }

    fn holds(&self, Place { line, column }: Place, what: &str) {
        if line == 0 {
            assert_eq!(column, 0, "{what}");
            return;
        }
        assert!(line as usize <= self.most, "line {line} of {}: {what}", self.most);
        assert!(column > 0, "{what}");
        if let Some(lines) = &self.lines {
            let length = lines[line as usize - 1];
            assert!(column as usize <= length + 1, "column {column} of {length} in line {line}: {what}");
        }
    }
}

/// What is valid is valid when it is written down, and says the same.
fn written_down(manifest: &Manifest) {
    fn json(object: &Object) -> Option<Value> {
        let json = match object {
            Object::Tenant(object) => serde_json::to_value(object),
            Object::OrganizationContacts(object) => serde_json::to_value(object),
            Object::UserContact(object) => serde_json::to_value(object),
            Object::TrustedSenders(object) => serde_json::to_value(object),
            Object::ContactPolicy(object) => serde_json::to_value(object),
            Object::Secret(_) | Object::ServiceAccount(_) => return None,
        };
        Some(json.expect("an object is JSON"))
    }
    let Some(before) = json(&manifest.object) else { return };
    let text = before.to_string();
    let reading = checker().read("again.yaml", text.as_bytes());
    assert!(
        reading.problems.is_empty(),
        "what was valid is not when it is written down: {text}\n{:?}",
        reading.problems
    );
    assert_eq!(reading.manifests.len(), 1, "{text}");
    let after = json(&reading.manifests[0].object);
    assert_eq!(after.as_ref(), Some(&before), "what was read says something else when it is written down");
}
