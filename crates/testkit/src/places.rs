//! Where things are: the repository, the program under test, and what tests may write to.
//!
//! Cargo tells these to the test binaries of the program's own package, when they are compiled. A library it tells only where
//! its sources are; the rest follows from where the running test binary is: two folders below the one of its profile, which
//! is in the target folder.

use std::{
    env,
    fs::create_dir_all,
    path::{Path, PathBuf},
};

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// The program under test, which cargo builds before any test of its package runs.
pub fn program() -> PathBuf {
    let test = env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("tenant-contacts");
    assert!(program.is_file(), "{} is not there: it is built with the tests of its package", program.display());
    program
}

/// The target folder.
pub fn target() -> PathBuf {
    env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned()
}

/// The folder for what tests write, as `CARGO_TARGET_TMPDIR` names it.
pub fn temporary() -> PathBuf {
    let folder = target().join("tmp");
    create_dir_all(&folder).unwrap();
    folder
}
