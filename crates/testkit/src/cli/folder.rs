//! A folder of manifests of one test, and a place for its state file.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};

use crate::places;

/// A folder under the build's own temporary directory.
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Made anew: what a run before has left is gone. `name` is one test's alone, since others run beside it.
    pub fn new(name: &str) -> Self {
        static TAKEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
        let fresh = TAKEN.lock().unwrap().insert(name.to_owned());
        assert!(fresh, "the folder {name} is made a second time");
        let root = places::temporary().join("cli").join(name);
        let _ = fs::remove_dir_all(&root); // left by a run before
        fs::create_dir_all(root.join("manifests")).unwrap();
        Self { root }
    }

    /// The manifests.
    pub fn manifests(&self) -> PathBuf {
        self.root.join("manifests")
    }

    /// The state file.
    pub fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    /// Everything of the test.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Writes a file in one go, as a checkout does: whoever watches never sees half of it.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let hidden = self.root.join("being-written");
        fs::write(&hidden, text).unwrap();
        fs::rename(hidden, self.manifests().join(name)).unwrap();
    }

    /// Takes a file away.
    pub fn remove(&self, name: &str) {
        fs::remove_file(self.manifests().join(name)).unwrap();
    }

    /// Copies the manifests of another folder, without its subfolders.
    pub fn copy(&self, from: &Path) {
        for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.extension().is_some_and(|extension| extension == "yaml") {
                self.write(entry.file_name().unwrap().to_str().unwrap(), fs::read(&entry).unwrap());
            }
        }
    }
}
