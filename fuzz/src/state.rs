//! State files.
//!
//! Checked of every file: one that is not taken stays as it is, to the byte, and so does the trail beside it; one that is taken
//! loses at most a line that has no end, opens again, tells the same again, and keeps what it is given; `verify` and opening are
//! of one mind.

use std::sync::OnceLock;

use serde_json::{Value, json};
use tenant_contacts::state::{StateFile, verify};
use tenant_contacts_core::desired::{Kind, ObjectKey};
use tenant_contacts_engine::port::{Loaded, ObjectUpdate, Records as _, TenantUpdate};

use crate::{
    recipe::Recipe,
    scratch,
    splice::{said_twice, scratch as scratched, splices},
};

/// First line of a trail.
const TRAIL: &[u8] = b"{\"trail\":\"tenant-contacts\",\"version\":1}\n";

/// Most that a recipe makes of a line, in bytes.
const MOST: usize = 1 << 20;

/// In one of so many inputs something is kept: that waits for the disk.
const KEEP_ONE_IN: usize = 64;

/// What the program writes before anything else.
fn header() -> &'static [u8] {
    static HEADER: OnceLock<Vec<u8>> = OnceLock::new();
    HEADER.get_or_init(|| {
        scratch::remove(scratch::state());
        scratch::put(scratch::trail(), TRAIL);
        drop(StateFile::open(scratch::state()).expect("a new file"));
        let header = scratch::get(scratch::state());
        assert!(header.ends_with(b"\n") && header.len() > 50);
        header
    })
}

/// A state file: as it is, or by a recipe made of lines that are almost right.
pub fn run(data: &[u8]) {
    match data.split_first() {
        Some((b'\0', recipe)) => open(&cooked(&mut Recipe::new(recipe)), data.len().is_multiple_of(KEEP_ONE_IN)),
        _ => open(data, data.len().is_multiple_of(KEEP_ONE_IN)),
    }
}

/// Lines that are right.
fn lines() -> &'static [Value] {
    static LINES: OnceLock<[Value; 6]> = OnceLock::new();
    LINES.get_or_init(right)
}

fn right() -> [Value; 6] {
    let digest = "00112233445566778899aabbccddeeff";
    let id = "9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001";
    let at = "2026-11-21T10:00:00Z";
    let condition = json!({"type": "Ready", "status": "True", "reason": "Succeeded", "message": "all is well",
        "lastTransitionTime": at, "observedGeneration": 3});
    let fields = json!([
        {"field": "alternateEmails", "original": ["ann@fabrikam.example"], "verified": digest, "declared": digest},
        {"field": "mobilePhone", "intent": {"after": digest, "at": at, "once": true, "declared": digest}},
        {"field": "businessPhone", "refusal": {"of": digest, "reason": "Rejected", "at": at},
            "contest": {"corrections": 3, "last": at}}]);
    let line = |kind: &str, name: &str, part: &str, content: Value| json!({"namespace": "n", "tenant": "t", "kind": kind, "name": name, "part": part, "content": content});
    [
        line(
            "Tenant",
            "t",
            "memory",
            json!({"tenant": {
            "usedApprovals": [{"hash": digest, "by": "ann", "until": at, "open": [digest]}],
            "recentChanges": [{"object": digest, "at": at}], "moreChanges": [{"at": at, "objects": 7}],
            "protected": [{"name": digest, "id": id}]}}),
        ),
        line(
            "Tenant",
            "t",
            "status",
            json!({"tenantStatus": {"observedGeneration": 3, "conditions": [condition],
            "plan": {"steps": 1, "gated": 2, "blocked": 3, "approvalHash": digest}}}),
        ),
        line("UserContact", "ann", "memory", json!({"child": {"objectId": id, "fields": fields, "removedAt": at}})),
        line(
            "UserContact",
            "ann",
            "status",
            json!({"childStatus": {"observedGeneration": 1, "conditions": [condition],
            "fields": [{"field": "mobilePhone", "state": "InSync", "reason": "Rejected", "message": "x", "live": ["+1"]}]}}),
        ),
        line("OrganizationContacts", "contoso", "memory", json!({"child": {"fields": []}})),
        line("UserContact", "ann", "memory", json!("released")),
    ]
}

fn cooked(recipe: &mut Recipe<'_>) -> Vec<u8> {
    let mut file = Vec::new();
    if !recipe.happens(48) {
        file.extend_from_slice(header());
    }
    for _ in 0..=recipe.byte() % 8 {
        let mut line = recipe.pick(lines()).clone();
        match recipe.byte() % 8 {
            0..=2 => {}
            3 => {
                file.extend(said_twice(&line, recipe));
                file.push(b'\n');
                continue;
            }
            _ => splices(&mut line, recipe, MOST),
        }
        file.extend(line.to_string().into_bytes());
        file.push(b'\n');
    }
    if recipe.happens(64) {
        scratched(&mut file, recipe);
    }
    file
}

fn tenants() -> [ObjectKey; 2] {
    let key =
        |namespace: &str, name: &str| ObjectKey { kind: Kind::Tenant, namespace: namespace.into(), name: name.into() };
    [key("n", "t"), key("", "")]
}

fn load(state: &StateFile) -> Vec<Loaded> {
    tenants()
        .iter()
        .map(|tenant| scratch::at_once(state.load(tenant)).expect("what was recognised can be read"))
        .collect()
}

fn same(first: &[Loaded], second: &[Loaded]) {
    for (first, second) in first.iter().zip(second) {
        assert_eq!(first.tenant, second.tenant);
        assert_eq!(first.trail_end, second.trail_end);
        assert_eq!(first.objects.keys().collect::<Vec<_>>(), second.objects.keys().collect::<Vec<_>>());
        for (first, second) in first.objects.values().zip(second.objects.values()) {
            assert_eq!(first, second);
        }
        assert_eq!(first.tenant_standing, second.tenant_standing);
    }
}

fn open(bytes: &[u8], keeps: bool) {
    let (path, trail) = (scratch::state(), scratch::trail());
    header();
    scratch::put(path, bytes);
    scratch::put(trail, TRAIL);
    let verified = verify(path);
    assert!(scratch::get(path) == bytes && scratch::get(trail) == TRAIL, "verifying changed a file");
    let opened = StateFile::open(path);
    assert_eq!(opened.is_ok(), verified.is_ok(), "opening: {:?}, verifying: {verified:?}", opened.as_ref().err());
    assert!(scratch::get(trail) == TRAIL, "a trail that was whole was changed");
    let state = match opened {
        Ok(state) => state,
        Err(error) => {
            assert!(scratch::get(path) == bytes, "a file that is not ours was changed: {error}");
            return;
        }
    };
    let left = scratch::get(path);
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let expected = if whole == 0 { header() } else { &bytes[..whole] };
    assert!(left == expected, "another part was cut off than the line without an end");
    let first = load(&state);
    drop(state);
    let state = StateFile::open(path).expect("what was opened once opens again");
    assert!(scratch::get(path) == left, "opening it again changed it");
    let second = load(&state);
    same(&first, &second);
    if keeps {
        keep(state, &second[0]);
    }
}

/// Keeps what was read, and reads it again.
fn keep(state: StateFile, loaded: &Loaded) {
    let tenant = &tenants()[0];
    let objects = loaded.objects.iter();
    let objects: Vec<ObjectUpdate<'_>> =
        objects.map(|(key, (memory, _))| ObjectUpdate { key, memory, status: None, released: false }).collect();
    let memory = TenantUpdate { memory: &loaded.tenant, status: None };
    scratch::at_once(state.keep(tenant, Some(memory), &objects)).expect("it can be kept");
    drop(state);
    let state = StateFile::open(scratch::state()).expect("what was kept can be read");
    same(std::slice::from_ref(loaded), &load(&state)[..1]);
}
