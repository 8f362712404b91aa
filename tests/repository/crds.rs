//! `crds/` and the chart's copy are what `tenant-contacts crds` writes, byte for byte.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use tenant_contacts_api::crds;

/// Files of a folder by name.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap()))
        .collect()
}

fn run(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tenant-contacts")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The folders in the repository that hold them.
const COMMITTED: [&str; 2] = ["crds", "charts/tenant-contacts/files/crds"];

#[test]
fn the_committed_files_are_the_generated_ones() {
    let fresh = COMMITTED.map(|folder| Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated").join(folder));
    let mut arguments = vec!["crds"];
    for folder in &fresh {
        let _ = fs::remove_dir_all(folder); // left by a run before
        arguments.extend(["--write", folder.to_str().unwrap()]);
    }
    run(&arguments);
    for (committed, fresh) in COMMITTED.iter().zip(&fresh) {
        assert!(
            files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(committed)) == files(fresh),
            "{committed} differs from the types: regenerate with `cargo run -- crds --write {}` and commit the result",
            COMMITTED.join(" --write ")
        );
    }
}

#[test]
fn printing_gives_the_same_documents_in_installation_order() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("crds"));
    let order = [
        "tenants.yaml",
        "organizationcontacts.yaml",
        "usercontacts.yaml",
        "trustedsenders.yaml",
        "contactpolicies.yaml",
        "contactreports.yaml",
    ];
    assert_eq!(files.len(), order.len());
    assert_eq!(run(&["crds"]), order.map(|name| files[name].as_str()).join("---\n"));
}

#[test]
fn the_yaml_reads_back_as_what_was_written() {
    for crd in crds::all() {
        let yaml = crds::to_yaml(&crd).unwrap();
        let read: serde_json::Value = serde_saphyr::from_str(&yaml).unwrap();
        assert_eq!(read, serde_json::to_value(&crd).unwrap(), "{}", crds::file_name(&crd));
        // Words that YAML 1.1, which kubectl reads, takes for booleans must not stand bare.
        for line in yaml.lines() {
            let word = line.trim_start().trim_start_matches("- ").rsplit(": ").next().unwrap_or_default();
            assert!(!["y", "n", "yes", "no", "on", "off"].contains(&word.to_ascii_lowercase().as_str()), "{line}");
        }
    }
}
