//! Python with the SDK in an environment of its own, made once and kept as long as the pinned versions stay.
//!
//! Invariant: nothing is skipped; what is missing fails with the words of what to install.

use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash, Hasher},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

/// Said in every failure of this kind.
const WANTED: &str = "the SDK tests need python3 (3.10 or newer) with its venv module and pip (Debian and Ubuntu: \
    apt-get install python3 python3-venv python3-pip), and a package index that pip can reach";

/// The interpreter of the environment.
pub fn interpreter() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk/requirements.txt");
        // Beside the build's own temporary files, so that `cargo clean` takes it away.
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("python-sdk");
        let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
        let stamp = folder.join("installed");
        let wanted = hash(&requirements);
        if fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) && python.exists() {
            return python;
        }
        // Left half made by an earlier run, or of other versions.
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        run(Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(&requirements));
        fs::write(stamp, wanted).unwrap();
        python
    })
}

/// Tells versions of the requirements apart; nothing but this file's own stamp is compared with it.
fn hash(requirements: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    fs::read(requirements).unwrap().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn run(command: &mut Command) {
    match command.output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => panic!("{command:?} failed; {WANTED}\n{}", text(&output)),
        Err(error) => panic!("{command:?} could not be started ({error}); {WANTED}"),
    }
}

/// Both streams of a process.
pub fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
