//! What a file can make `check` take: the real process, under a limit of memory that the kernel keeps.

#![cfg(target_os = "linux")] // `ulimit -d` counts what is mapped only there

use std::{fs, path::PathBuf, process::Command};

use serde_json::Value;

/// What the process may take, in KiB: half of what the chart gives the operator, and thirty times the largest file.
const LIMIT: usize = 256 * 1024;

/// The most that an answer may be long: a thousand problems and a thousand notes.
const LONGEST: usize = 2 * 1024 * 1024;

const MIB: usize = 1024 * 1024;

/// Reads `text` as a manifest, and gives the answer; fails where the process ends otherwise than by answering.
fn check(name: &str, text: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bounds-{name}.yaml"));
    fs::write(&path, text).unwrap();
    let limited = format!("ulimit -d {LIMIT} && exec \"$0\" check -o json \"$1\"");
    let output =
        Command::new("sh").args(["-c", &limited, env!("CARGO_BIN_EXE_tenant-contacts")]).arg(&path).output().unwrap();
    fs::remove_file(&path).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{name}: {said}");
    assert!(output.stdout.len() < LONGEST, "{name}: an answer of {} bytes", output.stdout.len());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The start of a Secret, whose values nothing but the file limits.
const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n";

/// The start of a contact, to whose spec any field can be added.
const CONTACT: &str = "apiVersion: tenantcontacts.dev/v1alpha1\nkind: UserContact\nmetadata: {name: c}\nspec:\n";

#[test]
fn b1_aliases_of_a_long_scalar_are_refused_before_they_are_copied() {
    let plain = "x".repeat(MIB / 2);
    let escaped = format!("\"{plain}\\u00e9\"");
    let folded = format!(">\n    {}", format!("{}\n    ", "y".repeat(60)).repeat(MIB / 128));
    for (name, scalar) in [("plain", plain), ("escaped", escaped), ("folded", folded)] {
        let aliases = (0..2_000).map(|n| format!("  k{n}: *a\n")).collect::<Vec<_>>().concat();
        let answer = check(&format!("alias-{name}"), &format!("{SECRET}  a: &a {scalar}\n{aliases}"));
        let message = answer["problems"][0]["message"].as_str().unwrap();
        assert!(message.contains("aliases copy too much"), "{name}: {message}");
    }
}

#[test]
fn b1_a_file_of_mistakes_gives_a_list_that_ends() {
    let unknown = (0..7 * MIB / 16).map(|n| format!("  field{n:07}: \n")).collect::<Vec<_>>().concat();
    let files = [
        ("unknown", format!("{CONTACT}{unknown}")),
        ("tags", format!("{CONTACT}  tenantRef:\n{}", "  - !x y\n".repeat(MIB / 32))),
        ("broken", "--- [\n".repeat(MIB / 32)),
        ("kinds", "--- {apiVersion: v1, kind: 1}\n".repeat(MIB / 64)),
    ];
    for (name, text) in files {
        let answer = check(name, &text);
        let problems = answer["problems"].as_array().unwrap();
        assert!(problems.len() <= 1_002, "{name}: {}", problems.len());
        assert!(
            problems.iter().any(|one| one["message"].as_str().unwrap().contains("more problems are not listed")),
            "{name}: nothing says that the list ended"
        );
    }
}
