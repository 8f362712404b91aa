//! Audit trails, beside state files that know where they end.
//!
//! Checked of every trail: one that was not touched verifies; `verify` and opening are of one mind, and what is refused stays
//! as it is; what verifies, verifies again, and goes on; of a Tenant whose end is known, no line up to that end is another one
//! than was written.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use tenant_contacts::state::{StateFile, verify};
use tenant_contacts_api::{digest::Digest, field::Field, reason::Reason, status::AuditHead};
use tenant_contacts_core::desired::{Kind, ObjectKey};
use tenant_contacts_engine::{
    audit::{self, AuditEvent, AuditRecord},
    port::Records as _,
};

use crate::{
    recipe::Recipe,
    scratch,
    splice::{said_twice, scratch as scratched, splices},
};

/// First line of a trail, and of a state file.
const HEADER: &str = "{\"trail\":\"tenant-contacts\",\"version\":1}";
const STATE: &str = "{\"namespace\":\"\",\"tenant\":\"\",\"kind\":\"state of tenant-contacts\",\"name\":\"1\",\"part\":\"memory\",\"content\":\"released\"}\n";

/// Names of Tenants in one trail.
const TENANTS: [&str; 3] = ["a", "b", "tenant-with-a-long-name"];

/// Most that a recipe makes of a line, in bytes.
const MOST: usize = 1 << 16;

/// In one of so many inputs a record is appended: that waits for the disk.
const APPEND_ONE_IN: usize = 64;

/// A trail as it was written.
struct Written {
    /// Its lines, first line left out.
    lines: Vec<String>,
    /// Where each Tenant's chain ends.
    heads: BTreeMap<&'static str, AuditHead>,
}

/// A trail by a recipe and what was done to it, or any bytes.
pub fn run(data: &[u8]) {
    let [way, recipe @ ..] = data else { return };
    let mut recipe = Recipe::new(recipe);
    let appends = data.len().is_multiple_of(APPEND_ONE_IN);
    if *way == 255 {
        return open(&Written { lines: Vec::new(), heads: BTreeMap::new() }, recipe.rest(), &BTreeMap::new(), appends);
    }
    let written = write(&mut recipe);
    let mut known = written.heads.clone();
    if recipe.happens(32) {
        known.remove(recipe.pick(&TENANTS));
    }
    let trail = touched(&written, *way, &mut recipe);
    open(&written, &trail, &known, appends);
}

fn key(tenant: &str) -> ObjectKey {
    ObjectKey { kind: Kind::Tenant, namespace: "n".into(), name: tenant.into() }
}

fn digest(recipe: &mut Recipe<'_>) -> Digest {
    Digest([recipe.byte(); 16])
}

fn event(recipe: &mut Recipe<'_>) -> AuditEvent {
    const REASONS: [Reason; 3] = [Reason::Rejected, Reason::InvalidSpec, Reason::PermissionMissing];
    let object = |recipe: &mut Recipe<'_>| format!("UserContact n/{}", recipe.text(253));
    match recipe.byte() % 4 {
        0 => AuditEvent::Outcome {
            step: digest(recipe),
            outcome: (*recipe.pick(&["done", "refused", "notDone", "unknown"])).to_owned(),
            reason: recipe.happens(128).then(|| *recipe.pick(&REASONS)),
        },
        1 => AuditEvent::Intent {
            object: object(recipe),
            field: *recipe.pick(&Field::ALL),
            entry: recipe.happens(64).then(|| digest(recipe)),
            step: digest(recipe),
            before: digest(recipe),
            after: digest(recipe),
            approval: recipe.happens(128).then(|| digest(recipe)),
        },
        2 => AuditEvent::Released {
            object: object(recipe),
            field: *recipe.pick(&Field::ALL),
            entry: recipe.happens(64).then(|| digest(recipe)),
        },
        _ => AuditEvent::ReleasedUnrestored {
            object: object(recipe),
            field: *recipe.pick(&Field::ALL),
            entry: recipe.happens(64).then(|| digest(recipe)),
            reason: *recipe.pick(&REASONS),
        },
    }
}

/// A record as a line, with the members in the order in which they are written.
fn line(tenant: &str, record: &AuditRecord) -> String {
    #[derive(serde::Serialize)]
    struct Line<'r> {
        namespace: &'r str,
        tenant: &'r str,
        #[serde(flatten)]
        record: &'r AuditRecord,
    }
    serde_json::to_string(&Line { namespace: "n", tenant, record }).expect("a record is JSON")
}

fn write(recipe: &mut Recipe<'_>) -> Written {
    let (mut lines, mut heads) = (Vec::new(), BTreeMap::new());
    if recipe.happens(48) {
        // A chain that goes on from a file that was moved away.
        let tenant = *recipe.pick(&TENANTS);
        let sequence = *recipe.pick(&[1, 41, u64::MAX - 2]);
        let head = AuditHead { sequence, hash: digest(recipe) };
        let continues = serde_json::to_string(&head).expect("a head is JSON");
        lines.push(format!("{{\"namespace\":\"n\",\"tenant\":\"{tenant}\",\"continues\":{continues}}}"));
        heads.insert(tenant, head);
    }
    for _ in 0..=recipe.byte() % 6 {
        let tenant = *recipe.pick(&TENANTS);
        let mut head = heads.get(tenant).cloned();
        // Nothing can follow the last number there is.
        if head.as_ref().is_some_and(|head| head.sequence == u64::MAX - 1) {
            continue;
        }
        let at = Timestamp::new(i64::from(recipe.number()), i32::from(recipe.byte()) * 1_000).unwrap_or_default();
        let record = audit::append(&mut head, at, event(recipe));
        lines.push(line(tenant, &record));
        heads.extend(head.map(|head| (tenant, head)));
    }
    Written { lines, heads }
}

fn touched(written: &Written, way: u8, recipe: &mut Recipe<'_>) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = written.lines.iter().map(|line| line.clone().into_bytes()).collect();
    let at = recipe.below(lines.len());
    let json = || serde_json::from_str::<Value>(&written.lines[at]).unwrap_or_default();
    match way % 12 {
        0 => {}
        _ if lines.is_empty() => {}
        1 => drop(lines.remove(at)),
        2 => lines.push(lines[at].clone()),
        3 => lines.reverse(),
        4 | 5 => {
            let mut json = json();
            splices(&mut json, recipe, MOST);
            lines[at] = json.to_string().into_bytes();
        }
        // The same, in another order of members.
        6 => lines[at] = json().to_string().into_bytes(),
        7 | 8 => {
            let mut text = written.lines[at].clone();
            let names: Vec<usize> = text.match_indices(",\"").map(|(at, _)| at).collect();
            if !names.is_empty() {
                // A member twice, beside the one that is there.
                let place = *recipe.pick(&names);
                let end = text[place + 2..].find('"').map_or(text.len(), |end| place + 2 + end);
                let member = format!(",{}:{}", &text[place + 1..(end + 1).min(text.len())], said(recipe));
                text.insert_str(place, &member);
            }
            lines[at] = text.into_bytes();
        }
        9 => lines[at] = said_twice(&json(), recipe),
        _ => scratched(&mut lines[at], recipe),
    }
    let mut trail = Vec::new();
    if !recipe.happens(32) {
        trail.extend_from_slice(HEADER.as_bytes());
        trail.push(b'\n');
    }
    for line in lines {
        trail.extend(line);
        trail.push(b'\n');
    }
    if recipe.happens(32) {
        scratched(&mut trail, recipe);
    }
    trail
}

fn said(recipe: &mut Recipe<'_>) -> Value {
    match recipe.byte() % 4 {
        0 => json!(recipe.text(16)),
        1 => json!(recipe.number()),
        2 => json!(null),
        _ => json!("00112233445566778899aabbccddeeff"),
    }
}

fn open(written: &Written, trail: &[u8], known: &BTreeMap<&str, AuditHead>, appends: bool) {
    let (state_path, path) = (scratch::state(), scratch::trail());
    let mut state = STATE.as_bytes().to_vec();
    for (tenant, head) in known {
        let content = json!({"tenant": {"auditHead": head}});
        let line = json!({"namespace": "n", "tenant": tenant, "kind": "Tenant", "name": tenant, "part": "memory", "content": content});
        state.extend(line.to_string().into_bytes());
        state.push(b'\n');
    }
    scratch::put(state_path, &state);
    scratch::put(path, trail);
    let verified = verify(state_path);
    assert!(scratch::get(path) == trail, "verifying changed the trail");
    let opened = StateFile::open(state_path);
    assert_eq!(opened.is_ok(), verified.is_ok(), "opening: {:?}, verifying: {verified:?}", opened.as_ref().err());
    assert!(scratch::get(state_path) == state, "the state file was changed");
    let whole = written.lines.iter().fold(format!("{HEADER}\n"), |text, line| text + line + "\n");
    let (file, verified) = match (opened, verified) {
        (Ok(file), Ok(verified)) => (file, verified),
        (opened, _) => {
            assert!(scratch::get(path) == trail, "a trail that was refused was changed");
            assert!(trail != whole.as_bytes(), "a trail that nobody touched was refused: {:?}", opened.err());
            return;
        }
    };
    let left = scratch::get(path);
    let end = trail.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    assert!(left == trail[..end], "another part was cut off than the line without an end");
    for one in &verified {
        if let Some(head) = known.get(&*one.tenant.1).filter(|_| one.tenant.0 == "n") {
            assert!(one.head.sequence >= head.sequence, "a trail that ends too early was taken");
        }
    }
    is_what_was_written(written, &left, known);
    for tenant in known.keys() {
        let loaded = scratch::at_once(file.load(&key(tenant))).expect("it was read before");
        let mut head = loaded.trail_end;
        assert!(head.is_some(), "a chain without an end");
        let released =
            AuditEvent::Released { object: "UserContact n/x".into(), field: Field::MobilePhone, entry: None };
        let record = audit::append(&mut head, Timestamp::UNIX_EPOCH, released);
        if appends {
            let last = record.sequence == u64::MAX;
            let appended = scratch::at_once(file.audit(&key(tenant), &[record]));
            assert_eq!(appended.is_err(), last, "{appended:?}");
        }
    }
    drop(file);
    let again = verify(state_path).expect("what was opened verifies");
    assert_eq!(again.len(), verified.len());
}

/// Of a Tenant whose end is known, every line up to there is one that was written, to the byte.
fn is_what_was_written(written: &Written, left: &[u8], known: &BTreeMap<&str, AuditHead>) {
    for line in left.split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && *line != HEADER.as_bytes()) {
        let json: Value = serde_json::from_slice(line).expect("a line that was taken is JSON");
        let head = json["tenant"].as_str().and_then(|tenant| known.get(tenant)).filter(|_| json["namespace"] == "n");
        let Some(head) = head else { continue };
        if json.get("continues").is_some() || json["sequence"].as_u64().is_some_and(|sequence| sequence > head.sequence)
        {
            continue;
        }
        let known = written.lines.iter().any(|known| known.as_bytes() == line);
        assert!(known, "a line that nobody wrote was taken: {}", String::from_utf8_lossy(line));
    }
}
