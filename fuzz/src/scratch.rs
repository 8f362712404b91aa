//! Files of this process, for what is read from files.
//!
//! Invariant: nothing is flushed to the disk here; a file is shortened after it was written, and never emptied before, which a
//! file system may take as a reason to flush it.

use futures::FutureExt as _;

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// A state file's place; nobody else uses it.
pub fn state() -> &'static Path {
    static STATE: OnceLock<PathBuf> = OnceLock::new();
    STATE.get_or_init(|| {
        // Of a test, the build's own place.
        let root = option_env!("CARGO_TARGET_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from);
        let folder = root.join(format!("tenant-contacts-fuzz-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for scratch files");
        folder.join("state")
    })
}

/// The place of the trail beside it.
pub fn trail() -> &'static Path {
    static TRAIL: OnceLock<PathBuf> = OnceLock::new();
    TRAIL.get_or_init(|| state().with_file_name("state.audit"))
}

/// Makes a file what it should be.
pub fn put(path: &Path, bytes: &[u8]) {
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path).expect("a scratch file");
    file.write_all(bytes).expect("room for a scratch file");
    file.set_len(bytes.len() as u64).expect("room for a scratch file");
}

/// Takes a file away.
pub fn remove(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => panic!("{error}"),
        _ => {}
    }
}

/// The outcome of what waits for nothing but files.
pub fn at_once<T>(work: impl Future<Output = T>) -> T {
    work.now_or_never().expect("files are read and written at once")
}

/// What is in a file.
pub fn get(path: &Path) -> Vec<u8> {
    fs::read(path).expect("a scratch file")
}
