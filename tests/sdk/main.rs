//! Microsoft's own Graph SDK for Python, unmodified, against `simulate --tls`: that a client nobody here wrote can work with
//! the simulator is what keeps the simulator honest. Each scenario is a Python program beside this file, with a fresh
//! simulator; it fails by its exit code, and its output is shown.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

mod python;

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk")
}

/// The simulator as its own process; ends with it.
struct Simulator {
    process: Child,
    url: String,
    ca: PathBuf,
}

impl Simulator {
    fn start(scenario: &str, users: usize, limits: &str) -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sdk-{scenario}"));
        let mut process = Command::new(env!("CARGO_BIN_EXE_tenant-contacts"))
            .args(["simulate", "--listen", "127.0.0.1:0", "--limits", limits, "--generate", &format!("users={users}")])
            .arg("--seed")
            .arg(folder().join("tenant.yaml"))
            .arg("--tls")
            .arg(&directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The address is printed once the port is open.
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        if url.is_empty() {
            let mut said = String::new();
            process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("the simulator did not start: {said}");
        }
        Self { process, url: url.trim().to_owned(), ca: directory.join("ca.pem") }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn scenario(name: &str, users: usize, limits: &str) {
    let python = python::interpreter();
    let simulator = Simulator::start(name, users, limits);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/simulator/tests/fixtures");
    let certificate = simulator.ca.with_file_name("application.pem");
    let [key, chain] = ["app.key", "app.crt"].map(|file| fs::read_to_string(fixtures.join(file)).unwrap());
    fs::write(&certificate, key + &chain).unwrap();
    let output = Command::new(python)
        // Only what is installed above and what lies beside the scenario.
        .args(["-B", "-I", "-c", "import runpy, sys; sys.path.insert(0, sys.argv[1]); runpy.run_path(sys.argv[2])"])
        .arg(folder())
        .arg(folder().join(format!("{name}.py")))
        .env("SIMULATOR", &simulator.url)
        .env("SIMULATOR_CA", &simulator.ca)
        .env("SDK_CERTIFICATE", &certificate)
        // A proxy of the machine has no business on the loopback.
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap();
    let said = python::text(&output);
    assert!(output.status.success(), "scenario {name} ({}):\n{said}", output.status);
    assert!(said.contains(&format!("{name}: done")), "scenario {name} ended without having run:\n{said}");
}

/// One test per scenario, and the list of them.
macro_rules! scenarios {
    ($($name:ident: $users:expr, $limits:expr;)*) => {
        const SCENARIOS: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            fn $name() {
                scenario(stringify!($name), $users, $limits);
            }
        )*
    };
}

// Name of the program, how many accounts are generated beside the seed's three, and the limits.
scenarios! {
    batch: 0, "none";
    certificate: 0, "none";
    delta: 450, "none";
    errors: 0, "none";
    groups: 0, "none";
    organization: 0, "none";
    paging: 1200, "none";
    quota: 0, "0.004";
    roles: 0, "none";
    throttling: 0, "none";
    units: 0, "none";
    // Within the published limits a client notices nothing of them.
    users: 0, "published";
    writes: 0, "published";
}

/// A program that no test runs would be one that cannot fail.
#[test]
fn every_program_is_a_scenario() {
    let programs = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let programs: BTreeSet<String> = programs
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| name != "tenant")
        .collect();
    assert_eq!(programs, SCENARIOS.iter().map(|name| (*name).to_owned()).collect());
}
