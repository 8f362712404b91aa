//! The folder of a control plane. It stays after the test, to be looked at, until another control plane is started: each
//! takes more than a hundred megabytes.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

/// A folder of this process's own.
pub struct Folder {
    pub path: PathBuf,
    /// Held as long as the process lives: a folder whose lock is free is left over.
    _lock: File,
}

impl Folder {
    /// Makes it, empty, and removes those that are left over.
    pub fn fresh() -> Self {
        let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("control-planes");
        fs::create_dir_all(&all).unwrap();
        for left in fs::read_dir(&all).unwrap().flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
            // Of two that clean up at once, one finds things gone.
            if File::create(lock_of(&left)).is_ok_and(|lock| lock.try_lock().is_ok()) {
                let _ = fs::remove_dir_all(&left);
            }
        }
        let path = all.join(std::process::id().to_string());
        // Before the folder is there, so that it is never seen without.
        let lock = File::create(lock_of(&path)).unwrap();
        lock.lock().unwrap();
        fs::create_dir_all(&path).unwrap();
        Self { path, _lock: lock }
    }
}

fn lock_of(folder: &Path) -> PathBuf {
    folder.with_extension("lock")
}
