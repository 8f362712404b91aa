//! The folder of a control plane. It stays after the test, to be looked at, until another control plane is started: each
//! takes more than a hundred megabytes.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use crate::places;

/// A folder of one control plane of this process.
pub struct Folder {
    pub path: PathBuf,
    /// Held as long as the process lives: a folder whose lock is free is left over.
    _lock: File,
}

impl Folder {
    /// Makes it, empty, and removes those that are left over.
    pub fn fresh() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let all = places::temporary().join("control-planes");
        fs::create_dir_all(&all).unwrap();
        for left in fs::read_dir(&all).unwrap().flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
            // Of two that clean up at once, one finds things gone.
            if File::create(lock_of(&left)).is_ok_and(|lock| lock.try_lock().is_ok()) {
                let _ = fs::remove_dir_all(&left);
            }
        }
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = all.join(format!("{}-{number}", std::process::id()));
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
