//! Folders as people leave them: links, pipes, half-written files, odd names.

use std::{
    fs,
    os::unix::fs::symlink,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use super::*;

/// A folder that is removed with the value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("tenant-contacts-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn read(&self) -> Manifests {
        read(&Checker::new().unwrap(), &self.0)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn contacts(name: &str) -> String {
    format!(
        "apiVersion: tenantcontacts.dev/v1alpha1\nkind: OrganizationContacts\nmetadata: {{name: {name}}}\n\
         spec: {{tenantRef: {{name: contoso}}}}\n"
    )
}

fn names(read: &Manifests) -> Vec<&str> {
    read.manifests.iter().map(|manifest| manifest.object.name()).collect()
}

#[test]
fn reads_what_kubectl_reads_in_the_order_of_names() {
    let folder = Folder::new();
    folder.write("b.yml", contacts("b"));
    folder.write("a.yaml", format!("{}---\n{}", contacts("a1"), contacts("a2")));
    folder.write(
        "c.json",
        serde_json::json!({
            "apiVersion": "tenantcontacts.dev/v1alpha1", "kind": "OrganizationContacts", "metadata": {"name": "c"},
            "spec": {"tenantRef": {"name": "contoso"}},
        })
        .to_string(),
    );
    folder.write(".hidden.yaml", "not: [yaml");
    folder.write("README.md", "not: [yaml");
    fs::create_dir(folder.0.join("sub.yaml")).unwrap();
    folder.write("sub.yaml/d.yaml", contacts("d"));
    let read = folder.read();
    assert_eq!(names(&read), ["a1", "a2", "b", "c"]);
    assert!(read.complete, "{:?}", read.problems);
    assert_eq!(read.files, 3);
}

#[test]
fn one_bad_file_makes_the_reading_incomplete_and_harms_no_other() {
    for bad in [&b"a: [1"[..], b"\xff\xfe", b"kind: UserContact\napiVersion: tenantcontacts.dev/v1alpha1\n", b"- 1\n"] {
        let folder = Folder::new();
        folder.write("a.yaml", contacts("a"));
        folder.write("bad.yaml", bad);
        let read = folder.read();
        assert_eq!(names(&read), ["a"]);
        assert!(!read.complete && !read.problems.is_empty());
    }
}

#[test]
fn a_link_to_a_file_is_followed_and_a_loop_or_a_broken_link_is_a_problem() {
    let folder = Folder::new();
    fs::create_dir(folder.0.join("..data")).unwrap();
    folder.write("..data/a.yaml", contacts("a"));
    symlink("..data/a.yaml", folder.0.join("a.yaml")).unwrap();
    assert!(folder.read().complete);
    symlink("loop.yaml", folder.0.join("loop.yaml")).unwrap();
    symlink("nowhere", folder.0.join("gone.yaml")).unwrap();
    let read = folder.read();
    assert_eq!(names(&read), ["a"]);
    assert_eq!(read.problems.len(), 2);
    assert!(!read.complete);
}

#[test]
fn a_missing_folder_an_empty_one_and_an_empty_file_are_told_apart() {
    let folder = Folder::new();
    let empty = folder.read();
    assert!(empty.complete && empty.manifests.is_empty());
    folder.write("empty.yaml", "# nothing yet\n");
    let read = folder.read();
    assert!(read.complete);
    assert_eq!(read.notes.len(), 1);
    let missing = super::read(&Checker::new().unwrap(), &folder.0.join("missing"));
    assert!(!missing.complete);
    assert_eq!(missing.problems.len(), 1);
}

#[test]
fn a_file_over_the_limit_is_one_problem() {
    let folder = Folder::new();
    let limit = tenant_contacts_api::manifest::MAX_FILE_BYTES;
    folder.write("large.yaml", vec![b'#'; limit + 1]);
    folder.write("just.yaml", vec![b'#'; limit]);
    let read = folder.read();
    assert_eq!(read.problems.len(), 1);
    assert!(read.problems[0].message.contains("larger than 8 MiB"));
}

#[test]
fn the_second_of_two_objects_of_one_name_is_refused() {
    let folder = Folder::new();
    folder.write("a.yaml", contacts("same"));
    folder.write("b.yaml", format!("# moved\n{}", contacts("same")));
    let read = folder.read();
    assert_eq!(names(&read), ["same"]);
    assert_eq!(read.problems[0].place.line, 4);
    assert!(read.problems[0].message.contains("a.yaml:1"));
    assert!(!read.complete);
}
