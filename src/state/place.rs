//! Files that are ours: found without following links into other places, locked by their inode, and left alone where another
//! program wrote them.
//!
//! Invariant: nothing here changes a file before whoever reads it has recognised it; what has the lock is what the path names.

use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions},
    io,
    ops::{Deref, DerefMut},
    path::{Path, PathBuf},
};

/// A file with its lock. The lock ends with this value, and not with the last copy of the file's descriptor: a child process
/// that is being started holds copies until it runs its own program, and whoever opened the file in that moment would be told
/// that another process uses it.
#[derive(Debug)]
pub(super) struct Held(File);

impl Held {
    /// Locks a file, or says that somebody else has the lock.
    pub(super) fn take(file: File) -> Result<Self, fs::TryLockError> {
        file.try_lock()?;
        Ok(Self(file))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Nothing to do about a failure: closing the file ends the lock as well.
        let _ = self.0.unlock();
    }
}

impl Deref for Held {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut File {
        &mut self.0
    }
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The system refused.
    #[error("{path} could not be {action}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// Not a file that keeps what is written to it.
    #[error("{path} is {what}: name a file on a disk, or one that is not there yet")]
    NotAFile {
        /// The file, with links resolved.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The same file has another name, by which another process may use it.
    #[error(
        "{path} has {names} names (hard links): by another of them a second process could write the tenant against this one. \
         Remove the other names, or copy the file and name the copy"
    )]
    HardLinks {
        /// The file.
        path: PathBuf,
        /// How many names it has.
        names: u64,
    },
    /// Another process has it.
    #[error("{0} is in use by another process: two of them would write the tenant against each other")]
    Locked(PathBuf),
}

/// File systems of the kernel, where a file is a view of something else.
const KERNEL: [&str; 3] = ["/proc", "/sys", "/dev"];

/// How often a path that names another file than the one that was locked is opened again. A process that compacts its log
/// replaces the file once and keeps the lock on the new one, so the second try already meets the lock.
const TRIES: usize = 4;

/// The place that a path leads to, links resolved. The file itself may not be there yet.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, PlaceError> {
    let io = |action| move |source| PlaceError::Io { path: path.to_owned(), action, source };
    let resolved = match fs::symlink_metadata(path) {
        Ok(_) => fs::canonicalize(path).map_err(io("found: it may be a link to nothing"))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let name = path
                .file_name()
                .ok_or(PlaceError::NotAFile { path: path.to_owned(), what: "not the name of a file" })?;
            match fs::canonicalize(parent) {
                Ok(parent) => parent.join(name),
                // It is made by whoever creates the file.
                Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
                Err(error) => return Err(io("found")(error)),
            }
        }
        Err(error) => return Err(io("found")(error)),
    };
    if KERNEL.iter().any(|folder| resolved.starts_with(folder)) {
        return Err(PlaceError::NotAFile { path: resolved, what: "a place of the system's" });
    }
    Ok(resolved)
}

/// The file with this ending beside another one.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(OsStr::new(ending));
    PathBuf::from(name)
}

/// Opens or creates a file and locks it. The second value: it was created here.
pub(super) fn lock(path: &Path) -> Result<(Held, bool), PlaceError> {
    for _ in 0..TRIES {
        let io = |action| move |source| PlaceError::Io { path: path.to_owned(), action, source };
        let (file, created) = match fs::symlink_metadata(path) {
            Ok(metadata) => {
                // Before it is opened: opening a pipe waits for its other end.
                regular(path, &metadata)?;
                (options().open(path).map_err(io("opened"))?, false)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => match options().create_new(true).open(path) {
                Ok(file) => (file, true),
                // Somebody was quicker.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(io("created")(error)),
            },
            Err(error) => return Err(io("opened")(error)),
        };
        let file = match Held::take(file) {
            Ok(file) => file,
            Err(fs::TryLockError::WouldBlock) => return Err(PlaceError::Locked(path.to_owned())),
            Err(fs::TryLockError::Error(source)) => return Err(io("locked")(source)),
        };
        if is_at(&file, path).map_err(io("opened"))? {
            regular(path, &file.metadata().map_err(io("opened"))?)?;
            return Ok((file, created));
        }
    }
    Err(PlaceError::Locked(path.to_owned()))
}

/// Opens a file to read it, without a lock. `None`: there is none.
pub(super) fn look(path: &Path) -> Result<Option<File>, PlaceError> {
    let io = |source| PlaceError::Io { path: path.to_owned(), action: "opened", source };
    match fs::symlink_metadata(path) {
        Ok(metadata) => regular(path, &metadata)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
    }
    File::open(path).map(Some).map_err(io)
}

/// Creates a file of our own in the place of one that a crash left, and never through a link.
pub(super) fn create(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    options().create_new(true).open(path)
}

/// Takes from everybody else the right to read it: values may be private data.
pub(super) fn close_to_others(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
}

/// Whether a path still names an open file: it may have been removed, or another one put in its place.
pub(super) fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(identity(&metadata) == identity(&file.metadata()?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn identity(metadata: &fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

/// Elsewhere a locked file can be neither removed nor replaced.
#[cfg(not(unix))]
fn identity(_: &fs::Metadata) -> (u64, u64) {
    (0, 0)
}

fn regular(path: &Path, metadata: &fs::Metadata) -> Result<(), PlaceError> {
    let kind = metadata.file_type();
    if !kind.is_file() {
        let what = if kind.is_dir() {
            "a folder"
        } else if kind.is_symlink() {
            "a link"
        } else {
            "a pipe, a socket or a device"
        };
        return Err(PlaceError::NotAFile { path: path.to_owned(), what });
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if metadata.nlink() > 1 {
            return Err(PlaceError::HardLinks { path: path.to_owned(), names: metadata.nlink() });
        }
    }
    Ok(())
}

/// For reading and writing; what is created nobody else may read.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
