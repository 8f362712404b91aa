//! Manifests from a folder, as `kubectl apply -f DIR` takes it.
//!
//! Invariant: says whether it saw everything. An object that is missing from an incomplete reading may be in the part
//! that was not read, so nothing may be concluded from its absence, a deletion least of all.

mod files;

use std::path::Path;

use tenant_contacts_api::manifest::{Checker, Manifest, Note, Problem, relations};

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Manifests {
    /// The valid objects, by file name and place in the file.
    pub manifests: Vec<Manifest>,
    /// What must be corrected in single files, and objects declared twice.
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
    let mut read = Manifests { problems: listing.problems, ..Manifests::default() };
    let mut total = 0;
    for file in listing.files {
        let bytes = match files::contents(&file, &mut total) {
            Ok(bytes) => bytes,
            Err(problem) => {
                read.problems.push(*problem);
                continue;
            }
        };
        let reading = checker.read(&file.to_string_lossy(), &bytes);
        read.files += 1;
        read.manifests.extend(reading.manifests);
        read.problems.extend(reading.problems);
        read.notes.extend(reading.notes);
    }
    let (manifests, duplicates) = relations::unique(std::mem::take(&mut read.manifests));
    read.manifests = manifests;
    read.problems.extend(duplicates);
    read.complete = read.problems.is_empty();
    read
}

/// The problem of a folder in which there is nothing to read, for those to whom that is one.
pub fn nothing_in(path: &Path) -> Problem {
    files::nothing_in(path)
}

#[cfg(test)]
mod tests;
