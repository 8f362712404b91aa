//! Random input for everything that tenant-contacts reads: one module a target, and what they share.
//!
//! A target gets bytes and fails by panicking. It checks what the product promises of any input, not only that nothing panics:
//! a file that is not ours stays as it is, a credential goes to its own service alone, what was read once reads the same again.
//!
//! Invariant: the same bytes always do the same, so that a file that libFuzzer keeps is a whole report.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a target fails by panicking

pub mod billing;
#[cfg(not(test))]
pub mod bounded;
pub mod exchange;
pub mod graph;
pub mod manifests;
pub mod partner;
mod recipe;
mod scratch;
pub mod seed;
pub mod seeds;
mod service;
mod splice;
pub mod state;
mod tenant;
pub mod trail;

/// Whatever is read, the whole process never holds more than its bound.
#[cfg(not(test))]
#[global_allocator]
static ALLOCATOR: bounded::Bounded = bounded::Bounded;

/// Each target on what its corpus begins with: the gate builds and runs what campaigns need.
#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    /// A recipe, and bytes that are none.
    const FIRST: [&[u8]; 4] =
        [b"", b"\x01\x00\x00", b"\x00\x01\x02\x03\x04\x05\x06\x07", b"\xff\x80{\"a\": [1, null]}"];

    fn runs(target: fn(&[u8])) {
        for data in FIRST {
            target(data);
        }
        for choice in (0..=255).step_by(5) {
            target(&[choice, 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]);
        }
    }

    #[test]
    fn answers_of_graph() {
        runs(super::graph::run);
    }

    #[test]
    fn answers_of_exchange() {
        runs(super::exchange::run);
    }

    #[test]
    fn answers_of_partner_center() {
        runs(super::partner::run);
    }

    #[test]
    fn answers_of_billing() {
        runs(super::billing::run);
    }

    // They share the files of the process.
    #[test]
    fn state_files_and_audit_trails() {
        runs(super::state::run);
        runs(super::trail::run);
    }

    #[test]
    fn manifests() {
        runs(super::manifests::run);
        for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/contoso")).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                super::manifests::run(&fs::read(path).unwrap());
            }
        }
    }

    #[test]
    fn seeds() {
        runs(super::seed::run);
    }
}
