//! Notices that a folder, or one file, has changed.
//!
//! Invariant: an edit is seen whether or not it changes a size, a time or a name.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::Path,
};

use super::files;

/// Up to how many bytes what the files hold is looked at as well. Reading this much from the page cache takes a few
/// milliseconds; above it the change time tells, which nothing but the file system sets.
const CONTENTS: u64 = 16 * 1024 * 1024;

/// A number that differs when what would be read differs. What cannot be read counts as it is: the reader says what is wrong.
pub fn of(path: &Path) -> u64 {
    let listing = files::list(path);
    let mut hasher = DefaultHasher::new();
    listing.problems.len().hash(&mut hasher);
    let mut bytes = 0;
    for file in &listing.files {
        // Through links: a mounted ConfigMap changes where its links lead.
        let metadata = fs::metadata(file).ok();
        file.hash(&mut hasher);
        metadata.as_ref().map(metadata_of).hash(&mut hasher);
        bytes += metadata.map_or(0, |metadata| metadata.len());
    }
    if bytes <= CONTENTS {
        let mut total = 0;
        for file in &listing.files {
            files::contents(file, &mut total).ok().hash(&mut hasher);
        }
    }
    hasher.finish()
}

#[cfg(unix)]
fn metadata_of(metadata: &fs::Metadata) -> impl std::hash::Hash + use<> {
    use std::os::unix::fs::MetadataExt as _;
    let times = (metadata.mtime(), metadata.mtime_nsec(), metadata.ctime(), metadata.ctime_nsec());
    (metadata.len(), times, metadata.ino(), metadata.dev(), metadata.mode())
}

#[cfg(not(unix))]
fn metadata_of(metadata: &fs::Metadata) -> impl std::hash::Hash + use<> {
    (metadata.len(), metadata.modified().ok())
}
