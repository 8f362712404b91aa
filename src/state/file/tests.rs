//! Whose file it is, and who may use it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

use std::{os::unix::fs::PermissionsExt as _, process::Command};

use tenant_contacts_core::desired::Kind;

use super::*;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tenant-contacts-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(fs::canonicalize(folder).unwrap())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn key() -> ObjectKey {
    ObjectKey { kind: Kind::Tenant, namespace: "n".into(), name: "t".into() }
}

/// Keeps a memory that says how often it was kept.
fn keep(state: &StateFile, times: u64) -> Result<(), RecordsError> {
    let memory = TenantMemory { protected: vec![], ..TenantMemory::default() };
    let key = key();
    let mut log = state.0.lock().unwrap();
    for _ in 0..times {
        let line = Line { subject: Subject::of(&key, &key, Part::Memory), content: Content::Tenant(memory.clone()) };
        log.append(vec![line]).map_err(|source| RecordsError { action: "written", source: Box::new(source) })?;
    }
    Ok(())
}

fn refused(path: &Path) -> String {
    let error = StateFile::open(path).err().unwrap_or_else(|| panic!("{} was taken", path.display()));
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

#[test]
fn b7_a_file_that_another_program_wrote_is_left_as_it_is() {
    let folder = Folder::new("state-strange");
    let path = folder.file("notes");
    let long = "x".repeat(usize::try_from(LONGEST_LINE).unwrap() + 1);
    for text in ["one line without an end", "{\"namespace\":\"n\"", "{}\n", "a: b\nc: d\n", "\n", &long, "\u{0}\u{1}"] {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(refused(&path).contains("was left as it is"), "{:.40}", refused(&path));
        assert!(verify(&path).is_err());
        assert!(fs::read_to_string(&path).unwrap() == *text, "{text:.40}");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        assert!(!folder.file("notes.audit").exists() && !folder.file("notes.lock").exists());
    }
}

#[test]
fn b7_what_is_ours_is_taken_up_whatever_a_crash_left_of_its_end() {
    let folder = Folder::new("state-ours");
    let path = folder.file("state");
    let state = StateFile::open(&path).unwrap();
    keep(&state, 2).unwrap();
    drop(state);
    let whole = fs::read(&path).unwrap();
    let header = header_bytes().unwrap();
    assert!(whole.starts_with(&header));
    for end in 0..=whole.len() {
        fs::write(&path, &whole[..end]).unwrap();
        let state = StateFile::open(&path).unwrap();
        keep(&state, 1).unwrap();
        drop(state);
        StateFile::open(&path).unwrap();
    }
    // A version before the first line told whose file it is.
    fs::write(&path, &whole[header.len()..]).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let state = StateFile::open(&path).unwrap();
    assert!(state.0.lock().unwrap().index.len() == 1);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(&folder.file("state.audit"))), (0o600, 0o600));
}

#[test]
fn b7_a_lock_ends_with_its_holder_and_not_with_a_copy_that_a_starting_child_has() {
    let folder = Folder::new("state-copies");
    let path = folder.file("state");
    let state = StateFile::open(&path).unwrap();
    let copies = {
        let log = state.0.lock().unwrap();
        (log.file.try_clone().unwrap(), log.trail.copy())
    };
    assert!(refused(&path).contains("in use by another process"));
    drop(state);
    let again = StateFile::open(&path).unwrap();
    // The copies' end does not take the lock that holds now.
    drop(copies);
    assert!(refused(&path).contains("in use by another process"));
    drop(again);
}

#[test]
fn b7_one_file_is_one_processs_by_whatever_name_it_is_called() {
    let folder = Folder::new("state-names");
    let path = folder.file("state");
    let state = StateFile::open(&path).unwrap();
    std::os::unix::fs::symlink(&path, folder.file("link")).unwrap();
    for name in ["state", "link", "./state"] {
        assert!(refused(&folder.file(name)).contains("in use by another process"), "{name}");
    }
    // Compaction puts another file in its place, and the link stays one.
    keep(&state, 1).unwrap();
    state.0.lock().unwrap().compact().unwrap();
    for name in ["state", "link"] {
        assert!(refused(&folder.file(name)).contains("in use by another process"), "{name}");
    }
    drop(state);
    let state = StateFile::open(&folder.file("link")).unwrap();
    state.0.lock().unwrap().compact().unwrap();
    assert!(fs::symlink_metadata(folder.file("link")).unwrap().is_symlink());
    assert!(!folder.file("link.audit").exists());
    drop(state);
    // A version before this one locks a file beside it.
    let earlier = fs::File::create(folder.file("state.lock")).unwrap();
    earlier.try_lock().unwrap();
    assert!(refused(&path).contains("in use by another process"));
    drop(earlier);
    fs::remove_file(folder.file("state.lock")).unwrap();
    fs::hard_link(&path, folder.file("hard")).unwrap();
    assert!(refused(&path).contains("2 names"));
}

#[test]
fn b7_what_keeps_nothing_is_refused_without_waiting_for_it() {
    let folder = Folder::new("state-pipe");
    let pipe = folder.file("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink("/proc/self/environ", folder.file("kernel")).unwrap();
    std::os::unix::fs::symlink("/dev/null", folder.file("null")).unwrap();
    std::os::unix::fs::symlink(folder.file("nowhere"), folder.file("dangling")).unwrap();
    for (name, why) in [
        ("pipe", "a pipe, a socket or a device"),
        ("kernel", "a place of the system's"),
        ("null", "a place of the system's"),
        ("dangling", "a link to nothing"),
        ("", "a folder"),
    ] {
        let said = refused(&folder.file(name));
        assert!(said.contains(why), "{name}: {said}");
    }
    // Nor is a trail written into what lies at its place.
    assert!(Command::new("mkfifo").arg(folder.file("state.audit")).status().unwrap().success());
    assert!(refused(&folder.file("state")).contains("a pipe, a socket or a device"));
}

#[test]
fn b7_a_file_that_is_removed_or_replaced_while_it_is_used_keeps_nothing_in_silence() {
    let folder = Folder::new("state-removed");
    let path = folder.file("state");
    let state = StateFile::open(&path).unwrap();
    keep(&state, 1).unwrap();
    fs::rename(&path, folder.file("away")).unwrap();
    assert!(keep(&state, 1).is_err(), "removed");
    fs::write(&path, "somebody else's").unwrap();
    assert!(keep(&state, 1).is_err(), "replaced");
    assert_eq!(fs::read_to_string(&path).unwrap(), "somebody else's");
}

#[test]
fn b7_compaction_writes_through_no_link() {
    let folder = Folder::new("state-new");
    let path = folder.file("state");
    let state = StateFile::open(&path).unwrap();
    keep(&state, 1).unwrap();
    fs::write(folder.file("victim"), "precious").unwrap();
    std::os::unix::fs::symlink(folder.file("victim"), folder.file("state.new")).unwrap();
    state.0.lock().unwrap().compact().unwrap();
    assert_eq!(fs::read_to_string(folder.file("victim")).unwrap(), "precious");
}
