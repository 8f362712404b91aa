//! Lists and reads the files of a folder.
//!
//! Invariant: never blocks on a pipe or device, never follows a link to a folder, never holds more than the limits below.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use tenant_contacts_api::{
    manifest::{MAX_FILE_BYTES, Place, Problem},
    reason::Reason,
};

/// Most bytes read from a folder: some million manifests, ten times the largest fleet this is built for.
const MAX_TOTAL_BYTES: usize = 512 * 1024 * 1024;

/// Extensions that `kubectl apply -f DIR` reads.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The files of a folder, by name.
pub(super) struct Listing {
    pub files: Vec<PathBuf>,
    pub problems: Vec<Problem>,
}

/// Lists a folder's manifests, or gives a file itself.
pub(super) fn list(path: &Path) -> Listing {
    let mut listing = Listing { files: Vec::new(), problems: Vec::new() };
    let entries =
        match fs::metadata(path).and_then(|metadata| metadata.is_dir().then(|| fs::read_dir(path)).transpose()) {
            Ok(Some(entries)) => entries,
            Ok(None) => {
                listing.files.push(path.to_owned());
                return listing;
            }
            Err(error) => {
                listing.problems.push(unreadable(path, &error));
                return listing;
            }
        };
    for entry in entries {
        let file = match entry {
            Ok(entry) => entry.path(),
            Err(error) => {
                listing.problems.push(unreadable(path, &error));
                continue;
            }
        };
        let hidden = file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let known = file.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known));
        if hidden || !known {
            continue;
        }
        match fs::metadata(&file) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => listing.files.push(file),
            Err(error) => listing.problems.push(unreadable(&file, &error)),
        }
    }
    listing.files.sort_unstable();
    listing
}

/// Reads a file, up to one byte more than is allowed, so that the checker says that it is too large.
pub(super) fn contents(path: &Path, total: &mut usize) -> Result<Vec<u8>, Box<Problem>> {
    // Asked before it is opened: opening a pipe would wait for a writer.
    let metadata = fs::metadata(path).map_err(|error| Box::new(unreadable(path, &error)))?;
    if !metadata.is_file() {
        return Err(Box::new(problem(path, "is not a regular file".to_owned(), "Remove it from the folder.")));
    }
    let file = File::open(path).map_err(|error| Box::new(unreadable(path, &error)))?;
    bounded(file, path, total)
}

/// Reads what is there, up to one byte more than a file may have. `path` is how problems name it.
pub(super) fn bounded(from: impl io::Read, path: &Path, total: &mut usize) -> Result<Vec<u8>, Box<Problem>> {
    let mut bytes = Vec::new();
    from.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| Box::new(unreadable(path, &error)))?;
    *total += bytes.len();
    if *total > MAX_TOTAL_BYTES {
        let message = format!("is not read: the folder's files exceed {} MiB", MAX_TOTAL_BYTES / (1024 * 1024));
        return Err(Box::new(problem(path, message, "Split the folder by tenant.")));
    }
    Ok(bytes)
}

/// There is no file that would be read.
pub(super) fn nothing_in(path: &Path) -> Problem {
    let message = "has no `.yaml`, `.yml` or `.json` file; subfolders are not read".to_owned();
    problem(path, message, "Name the folder that the manifests lie in.")
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    // The kind, not the error: its text depends on the system, and the answer is the same everywhere.
    let why = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        other => other.to_string(),
    };
    problem(path, format!("cannot be read: {why}"), "Correct the path, the link or its permissions.")
}

fn problem(path: &Path, message: String, remedy: &'static str) -> Problem {
    Problem {
        file: path.to_string_lossy().into(),
        place: Place::default(),
        object: None,
        field: None,
        reason: Reason::InvalidSpec,
        message,
        remedy: remedy.into(),
    }
}
