//! The dependency rules of ARCHITECTURE.md, proved on what cargo resolves, and the rules for files and pages.
//!
//! `cargo tree` per package rather than `cargo metadata`: the latter resolves features for the whole workspace at once, so
//! that the binary's use of a crate would be held against a library that uses less of it.

mod advisories;
mod decisions;
mod levels;
mod links;
mod mended;
mod recovery;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Asynchronous runtimes.
const RUNTIMES: &[&str] = &["tokio", "async-std", "smol"];
/// HTTP, TLS and the network.
const NETWORK: &[&str] =
    &["reqwest", "hyper", "hyper-util", "axum", "h2", "tower", "rustls", "native-tls", "socket2", "mio", "ureq"];
/// Clients of a Kubernetes API server. `kube` itself and `kube-core` are types only as long as these are not below it.
const CLUSTER: &[&str] = &["kube-client", "kube-runtime"];
/// Sources of randomness.
const RANDOM: &[&str] = &["rand", "rand_core", "fastrand", "getrandom"];
/// Kubernetes' types, and the kinds that users write.
const KUBERNETES: &[&str] = &["k8s_openapi", "kube::", "api::v1alpha1"];
/// What decides what is to be written, and what is wrong with a tenant.
const POLICY: &[&str] = &["core::desired", "core::gate", "core::lint", "core::policy"];
/// Files, sockets, the environment, processes, and what is printed.
const SURROUNDINGS: &[&str] =
    &["std::fs", "std::io", "std::net", "std::env", "std::process", "std::thread", "println!", "print!"];
/// Names that only Microsoft's services use, and their addresses.
const WIRE: &[&str] = &[
    "otherMails",
    "businessPhones",
    "NotificationMails",
    "@odata",
    "InvokeCommand",
    "adminapi",
    "graph.microsoft.com",
];
/// Longest file (house rule); above 300 lines it should have been cut already.
const MOST_LINES: usize = 800;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Names of the packages that a package is built on; proc-macro crates and their own dependencies run at build time and are
/// left out, development dependencies as well.
fn below(package: &str) -> BTreeSet<String> {
    tree(&["-p", package, "-e", "normal,no-proc-macro"])
}

/// Names of the packages that a package names itself.
fn named(package: &str) -> BTreeSet<String> {
    tree(&["-p", package, "-e", "normal", "--depth", "1"])
}

fn tree(args: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--prefix", "none", "--format", "{p}"])
        .args(args)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let names: BTreeSet<String> = lines
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    assert!(names.len() > 1, "{args:?}: {names:?}");
    names
}

fn none_of(package: &str, found: &BTreeSet<String>, forbidden: &[&[&str]]) {
    for name in forbidden.concat() {
        assert!(!found.contains(name), "{package} must not know {name}");
    }
}

/// No file has one of these words.
fn say_none_of(files: &[PathBuf], words: &[&[&str]]) {
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        for word in words.concat() {
            assert!(!text.contains(word), "{}: {word}", file.display());
        }
    }
}

#[test]
fn api_knows_no_runtime_no_http_and_no_cluster_client() {
    let below = below("tenant-contacts-api");
    // The package `http` is below kube-core: types of requests, nothing that sends one.
    none_of("api", &below, &[RUNTIMES, NETWORK, CLUSTER]);
    let own = named("tenant-contacts-api");
    assert!(own.iter().all(|name| name != "http"), "{own:?}");
}

#[test]
fn core_is_pure() {
    let name = "tenant-contacts-core";
    none_of("core", &below(name), &[RUNTIMES, NETWORK, CLUSTER]);
    let own = named(name);
    none_of("core", &own, &[RANDOM, &["kube", "http", "tracing", "tenant-contacts-engine", "tenant-contacts-m365"]]);
    // Exactly these, so that a new one is a decision: types, time arithmetic without a clock of its own, digests, and how far
    // two names are from each other.
    let expected = [name, "jiff", "k8s-openapi", "serde", "sha2", "strsim", "tenant-contacts-api", "uuid"];
    let strange: Vec<_> = own.iter().filter(|one| !expected.contains(&one.as_str())).collect();
    assert!(strange.is_empty(), "core has new dependencies: {strange:?}");
    say_none_of(&sources("crates/core/src"), &[SURROUNDINGS]);
}

/// What runs in a cluster beside people's credentials has no tenant in it that takes any password.
#[test]
fn what_is_distributed_has_no_simulator_in_it() {
    let simulator = "tenant-contacts-simulator";
    let product = ["-p", "tenant-contacts", "-e", "normal"];
    assert!(tree(&product).contains(simulator), "on by default");
    let without = tree(&[&product[..], &["--no-default-features"]].concat());
    none_of("the product without its features", &without, &[&[simulator]]);
    let dockerfile = fs::read_to_string(root().join("Dockerfile")).unwrap();
    let dockerfile = dockerfile.replace("\\\n", " ");
    let builds: Vec<&str> = dockerfile.lines().filter(|line| line.contains("cargo build ")).collect();
    let [build] = builds[..] else { panic!("{builds:?}") };
    assert!(build.contains(" --no-default-features --features \"$FEATURES\" "), "{build}");
    assert!(dockerfile.contains("\nARG FEATURES=\"\"\n"), "no feature unless somebody asks for one");
    let gate = fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(gate.contains("cargo check --locked --package tenant-contacts --no-default-features\n"));
}

#[test]
fn engine_knows_no_cluster_and_no_wire_format() {
    let name = "tenant-contacts-engine";
    none_of("engine", &below(name), &[NETWORK, CLUSTER]);
    let others = ["kube", "k8s-openapi", "http", "bytes", "url", "tenant-contacts-m365"];
    none_of("engine", &named(name), &[&others, RANDOM]);
    say_none_of(&sources("crates/engine/src"), &[&["k8s_openapi", "kube::"], WIRE]);
}

#[test]
fn m365_knows_kubernetes_through_the_types_of_api_only() {
    let name = "tenant-contacts-m365";
    none_of("m365", &below(name), &[CLUSTER]);
    // What is below it of kube comes with api's types; it names none itself, and imports none.
    none_of("m365", &named(name), &[&["kube", "kube-core", "k8s-openapi", "tenant-contacts-simulator"]]);
    say_none_of(&sources("crates/m365/src"), &[KUBERNETES, POLICY]);
}

#[test]
fn probe_knows_neither_kubernetes_nor_policy_nor_any_service() {
    let name = "tenant-contacts-probe";
    // Sockets it has, and nothing that speaks HTTP or TLS over them.
    let http = ["reqwest", "hyper", "hyper-util", "axum", "h2", "tower", "rustls", "native-tls", "ureq"];
    none_of("probe", &below(name), &[CLUSTER, &http]);
    let own = named(name);
    none_of("probe", &own, &[&["kube", "kube-core", "k8s-openapi", "http", "url", "tracing"]]);
    let ours: Vec<_> = own.iter().filter(|name| name.starts_with("tenant-contacts")).collect();
    assert_eq!(ours, ["tenant-contacts-api", "tenant-contacts-core", name]);
    say_none_of(&sources("crates/probe/src"), &[KUBERNETES, POLICY]);
}

#[test]
fn report_does_no_io() {
    let name = "tenant-contacts-report";
    none_of("report", &below(name), &[RUNTIMES, NETWORK, CLUSTER]);
    none_of("report", &named(name), &[&["tenant-contacts-engine", "tenant-contacts-m365", "tracing"]]);
    say_none_of(&sources("crates/report/src"), &[SURROUNDINGS]);
}

#[test]
fn simulator_knows_nothing_of_what_it_tests() {
    let below = below("tenant-contacts-simulator");
    none_of("simulator", &below, &[CLUSTER, &["kube"]]);
    let ours: Vec<_> = below.iter().filter(|name| name.starts_with("tenant-contacts")).collect();
    assert_eq!(ours, ["tenant-contacts-simulator"]);
}

/// What tests share is below tests alone: nothing that is shipped is built on it, not even at build time.
#[test]
fn the_testkit_is_never_shipped() {
    let testkit = "tenant-contacts-testkit";
    let mut shipped = 0;
    for entry in fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path()).chain([root().into()])
    {
        let manifest = fs::read_to_string(entry.join("Cargo.toml")).unwrap();
        let (_, package) = manifest.split_once("[package]\nname = \"").unwrap();
        let (name, rest) = package.split_once('"').unwrap();
        if name == testkit {
            assert!(rest.contains("\npublish = false\n"));
            continue;
        }
        shipped += 1;
        let below = tree(&["-p", name, "-e", "normal,build"]);
        assert!(!below.contains(testkit), "{name} must not be built on {testkit}");
    }
    assert!(shipped >= 8, "{shipped}");
}

/// That it decides nothing is for reviewers to see.
#[test]
fn the_binary_knows_no_wire_format() {
    none_of("tenant-contacts", &named("tenant-contacts"), &[&["reqwest", "hyper"]]);
    let mut files = sources("src");
    // The demonstration's other client, and its comparison with the tenant, share nothing with the operator's: on purpose.
    files.retain(|file| !file.starts_with(root().join("src/demo")));
    say_none_of(&files, &[WIRE]);
}

#[test]
fn the_lints_of_core_forbid_clocks_surroundings_chance_and_io() {
    let text = fs::read_to_string(root().join("crates/core/clippy.toml")).unwrap();
    for path in [
        "std::time::Instant::now",
        "std::time::SystemTime::now",
        "jiff::Timestamp::now",
        "jiff::Zoned::now",
        "std::env::var",
        "std::env::var_os",
        "std::env::vars",
        "std::env::args",
        "std::thread::sleep",
        "uuid::Uuid::new_v4",
        // Iteration in random order is randomness too.
        "std::collections::HashMap",
        "std::collections::HashSet",
        "std::fs::File",
        "std::net::TcpStream",
    ] {
        let line = text.lines().find(|line| line.contains(&format!("\"{path}\"")));
        let line = line.unwrap_or_else(|| panic!("crates/core/clippy.toml does not forbid {path}"));
        assert!(line.contains("reason = "), "{path}: no reason");
    }
    let own = fs::read_to_string(root().join("crates/core/Cargo.toml")).unwrap();
    assert!(own.contains("[lints]\nworkspace = true"), "the lints must hold for the crate");
}

/// Every Rust file of the product: the binary's and the crates' own.
fn product() -> Vec<PathBuf> {
    let mut files = sources("src");
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        files.extend(rust_files(&entry.unwrap().path().join("src")));
    }
    assert!(files.len() > 100, "{}", files.len());
    files
}

fn sources(folder: &str) -> Vec<PathBuf> {
    let files = rust_files(&root().join(folder));
    assert!(!files.is_empty(), "{folder}");
    files
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files.extend(rust_files(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
    files.sort();
    files
}

#[test]
fn no_file_is_too_long_and_each_says_what_it_is_about() {
    for file in product() {
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{} has {lines} lines", file.display());
        assert!(text.starts_with("//! "), "{} does not begin with what it is about", file.display());
    }
}

#[test]
fn no_module_is_a_drawer_for_odds_and_ends() {
    for file in product() {
        for part in file.strip_prefix(root()).unwrap().components() {
            let name = part.as_os_str().to_str().unwrap().trim_end_matches(".rs");
            assert!(!["utils", "util", "common", "helpers", "misc"].contains(&name), "{}", file.display());
        }
    }
}

/// `cargo deny` needs the network for its advisories; that a crate it bans is not even locked is known without.
#[test]
fn b9_no_banned_crate_is_locked() {
    let read = |file: &str| fs::read_to_string(root().join(file)).unwrap();
    let (policy, lock) = (read("deny.toml"), read("Cargo.lock"));
    // A crate with a licence of its own stands in the same form, and is not banned.
    let bans = policy.lines().filter(|line| !line.contains("allow = ["));
    let banned: Vec<&str> = bans.filter_map(|line| line.split_once("{ crate = \"")?.1.split('"').next()).collect();
    for name in ["rsa", "jsonwebtoken", "openssl"] {
        assert!(banned.contains(&name), "{name} is not banned any more");
    }
    for name in banned {
        assert!(!lock.contains(&format!("name = \"{name}\"\n")), "{name} is banned and locked");
    }
}

#[test]
fn no_test_is_switched_off() {
    let mut files = product();
    files.extend(sources("tests"));
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let tests = entry.unwrap().path().join("tests");
        if tests.is_dir() {
            files.extend(rust_files(&tests));
        }
    }
    // Spelt in two parts, since this file is looked at too.
    let off = concat!("#[", "ignore");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains(off), "{} switches a test off", file.display());
    }
}
