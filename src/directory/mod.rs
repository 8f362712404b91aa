//! Manifests from a folder, as `kubectl apply -f DIR` takes it.
//!
//! Invariant: says whether it saw everything. An object that is missing from an incomplete reading may be in the part
//! that was not read, so nothing may be concluded from its absence, a deletion least of all.

pub mod absence;
mod files;
pub mod fingerprint;

use std::path::Path;

use tenant_contacts_api::manifest::{Checker, Listed, Manifest, Note, Problem, relations};

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Manifests {
    /// The valid objects, by file name and place in the file.
    pub manifests: Vec<Manifest>,
    /// What must be corrected in single files, and objects declared twice. The list ends, and says so.
    pub problems: Vec<Problem>,
    /// What is worth knowing.
    pub notes: Vec<Note>,
    /// How many files were read.
    pub files: usize,
    /// Whether every file was read and every document in them is an object or rightly ignored.
    pub complete: bool,
}

/// Reads a folder without its subfolders, or one file. Hidden files and files that are not `.yaml`, `.yml` or `.json` are
/// left out; links to files are followed, since a mounted ConfigMap is made of them.
pub fn read(checker: &Checker, path: &Path) -> Manifests {
    let listing = files::list(path);
    let (mut manifests, mut problems, mut notes) = (Vec::new(), Listed::default(), Listed::default());
    problems.extend(listing.problems);
    let (mut total, mut files) = (0, 0);
    for file in listing.files {
        let bytes = match files::contents(&file, &mut total) {
            Ok(bytes) => bytes,
            Err(problem) => {
                problems.push(*problem);
                continue;
            }
        };
        let reading = checker.read(&file.to_string_lossy(), &bytes);
        files += 1;
        manifests.extend(reading.manifests);
        problems.extend(reading.problems);
        notes.extend(reading.notes);
    }
    gathered(manifests, problems, notes, files, path)
}

/// What was read, without objects that are declared twice. `whole` names what the lists are of.
fn gathered(
    manifests: Vec<Manifest>,
    mut problems: Listed<Problem>,
    notes: Listed<Note>,
    files: usize,
    whole: &Path,
) -> Manifests {
    let (manifests, duplicates) = relations::unique(manifests);
    problems.extend(duplicates);
    let whole = whole.to_string_lossy().into();
    let (problems, notes) = (problems.ended(&whole), notes.ended(&whole));
    Manifests { complete: problems.is_empty(), manifests, problems, notes, files }
}

/// Reads manifests from standard input.
pub fn read_standard_input(checker: &Checker) -> Manifests {
    let name = Path::new("(standard input)");
    let (mut manifests, mut problems, mut notes, mut files) = (Vec::new(), Listed::default(), Listed::default(), 0);
    match files::bounded(std::io::stdin().lock(), name, &mut 0) {
        Ok(bytes) => {
            let reading = checker.read(&name.to_string_lossy(), &bytes);
            (manifests, files) = (reading.manifests, 1);
            problems.extend(reading.problems);
            notes.extend(reading.notes);
        }
        Err(problem) => problems.push(*problem),
    }
    gathered(manifests, problems, notes, files, name)
}

/// The problem of a folder in which there is nothing to read, for those to whom that is one.
pub fn nothing_in(path: &Path) -> Problem {
    files::nothing_in(path)
}

#[cfg(test)]
mod tests;
