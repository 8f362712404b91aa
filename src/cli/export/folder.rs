//! Exported files in a folder.
//!
//! Invariant: either no file of an export is written or every name was looked at before; no link is followed; private data is
//! readable by whoever exported it, and nobody else, from the first byte on.

use std::{
    ffi::OsStr,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::NotExported;

/// A file to be written.
pub(super) struct Content<'a> {
    /// Its name, without a folder.
    pub name: &'a str,
    /// What it holds.
    pub text: String,
    /// Whether that is for nobody else's eyes.
    pub private: bool,
}

/// Looks at every name before it writes the first file: half an export is none.
pub(super) fn write(contents: &[Content<'_>], folder: &Path, overwrite: bool) -> Result<(), NotExported> {
    fs::create_dir_all(folder).map_err(failed(folder))?;
    for content in contents {
        let path = folder.join(content.name);
        // Not `exists`, which looks behind a link: one that leads nowhere yet would be written through.
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&path)(error)),
            Ok(found) if !found.is_file() => return Err(NotExported::NoFile(path)),
            Ok(_) if !overwrite => return Err(NotExported::Exists(path)),
            Ok(_) => {}
        }
    }
    contents.iter().try_for_each(|content| replace(content, folder).map_err(failed(&folder.join(content.name))))
}

/// Writes beside the name, and then takes it: what was open to others, or a link that came between, is replaced and never
/// written to, and a reader finds the old file or the new one.
fn replace(content: &Content<'_>, folder: &Path) -> io::Result<()> {
    // Hidden, so that whoever watches the folder takes no half of a file for a manifest.
    let beside = folder.join(format!(".{}.{}", content.name, std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if content.private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut file = options.open(&beside)?;
    let written = file.write_all(content.text.as_bytes()).and_then(|()| fs::rename(&beside, folder.join(content.name)));
    if written.is_err() {
        // Nothing of ours stays behind; that it could not be written is what is told.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> NotExported {
    let path = path.to_owned();
    move |source| NotExported::Write { path, source }
}

/// Manifests in the folder that are none of these: what they declare counts too.
pub(super) fn others(contents: &[Content<'_>], folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| PathBuf::from(entry.file_name()));
    let manifests = names.filter(|name| {
        matches!(name.extension().and_then(OsStr::to_str), Some("yaml" | "yml" | "json"))
            && !name.to_string_lossy().starts_with('.')
            && !contents.iter().any(|content| Path::new(content.name) == name)
    });
    let mut others: Vec<String> = manifests.map(|name| name.display().to_string()).collect();
    others.sort();
    others
}
