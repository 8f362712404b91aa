//! A Chromium: the one that `CHROMIUM` names, the one on the path, or else Debian's package with what it depends on, unpacked
//! once below `target/`: nothing is installed, and no rights are needed.
//!
//! Invariant: nothing is skipped; what is missing fails with the words of what to install.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

/// Names on the path. Not `chromium-browser`, which on Ubuntu is a stub that wants a snap.
const NAMES: [&str; 3] = ["chromium", "google-chrome", "google-chrome-stable"];

/// Said in every failure of this kind.
const WANTED: &str = "the browser tests need Chromium: on the path (Debian: apt-get install chromium), named by CHROMIUM=/path, \
    or, on Debian, apt-get with a package mirror that it can reach";

/// A program and what it needs to run.
pub struct Chromium {
    pub program: PathBuf,
    pub variables: Vec<(&'static str, OsString)>,
}

/// The browser.
pub fn chromium() -> &'static Chromium {
    static CHROMIUM: OnceLock<Chromium> = OnceLock::new();
    CHROMIUM.get_or_init(|| {
        let on_path = || {
            let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
            NAMES
                .iter()
                .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
                .find(|file| file.is_file())
        };
        match env::var_os("CHROMIUM").map(PathBuf::from).or_else(on_path) {
            Some(program) => Chromium { program, variables: Vec::new() },
            None => unpacked(),
        }
    })
}

fn unpacked() -> Chromium {
    // Beside the build's own temporary files, so that `cargo clean` takes it away.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("chromium");
    let (root, fonts) = (folder.join("root"), folder.join("fonts.conf"));
    let stamp = folder.join("installed");
    if !stamp.exists() {
        // Left half made by an earlier run.
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        for inner in ["root", "lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(folder.join(inner)).unwrap();
        }
        // Lists and packages of its own: the machine's are neither read nor written.
        let own = [
            format!("Dir::State::lists={}", folder.join("lists").display()),
            format!("Dir::Cache={}", folder.join("cache").display()),
            "Debug::NoLocking=true".to_owned(),
            "APT::Sandbox::User=root".to_owned(),
        ];
        let apt = || {
            let mut command = Command::new("apt-get");
            command.args(own.iter().flat_map(|option| ["-o", option]));
            command
        };
        run(apt().args(["-qq", "update"]));
        let packages = ["chromium", "fonts-liberation"];
        run(apt().args(["-qq", "--yes", "--no-install-recommends", "--download-only", "install"]).args(packages));
        let archives = fs::read_dir(folder.join("cache/archives")).unwrap().map(|entry| entry.unwrap().path());
        for archive in archives.filter(|path| path.extension().is_some_and(|extension| extension == "deb")) {
            run(Command::new("dpkg-deb").arg("--extract").arg(archive).arg(&root));
        }
        // A machine without a desktop may have neither fonts nor the rules that choose among them.
        let here = root.join("usr/share/fonts");
        let conf = format!(
            "<fontconfig><dir>{}</dir><dir>/usr/share/fonts</dir><alias><family>sans-serif</family><prefer>\
             <family>Liberation Sans</family></prefer></alias></fontconfig>",
            here.display()
        );
        fs::write(&fonts, conf).unwrap();
        for used in ["lists", "cache"] {
            fs::remove_dir_all(folder.join(used)).unwrap();
        }
        fs::write(&stamp, "").unwrap();
    }
    let program = root.join("usr/lib/chromium/chromium");
    assert!(program.is_file(), "the package holds no {}; {WANTED}", program.display());
    Chromium {
        program,
        variables: vec![("LD_LIBRARY_PATH", libraries(&root)), ("FONTCONFIG_FILE", fonts.into_os_string())],
    }
}

/// The folders of libraries: those of this machine's kind of processor, which Debian names by a triplet, and the folders in
/// them, where some packages keep what is theirs alone.
fn libraries(root: &Path) -> OsString {
    let mut folders = Vec::new();
    for place in [root.join("usr/lib"), root.join("lib")] {
        let triplets = below(&place).into_iter().filter(|path| path.to_string_lossy().ends_with("-linux-gnu"));
        for triplet in triplets {
            folders.extend(below(&triplet));
            folders.push(triplet);
        }
    }
    env::join_paths(folders).unwrap()
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

fn run(command: &mut Command) {
    match command.output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => panic!("{command:?} failed; {WANTED}\n{}", text(&output)),
        Err(error) => panic!("{command:?} could not be started ({error}); {WANTED}"),
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
