//! What is continued, and what is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

use jiff::Timestamp;
use tenant_contacts_api::digest::Digest;
use tenant_contacts_core::desired::Kind;
use tenant_contacts_engine::audit::{self, AuditEvent};

use super::*;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tenant-contacts-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn trail(&self) -> PathBuf {
        self.0.join("state.audit")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn tenant(name: &str) -> ObjectKey {
    ObjectKey { kind: Kind::Tenant, namespace: "n".into(), name: name.into() }
}

/// Appends a record for each number, and moves the head as the memory of the Tenant does.
fn write(trail: &mut Trail, name: &str, head: &mut Option<AuditHead>, steps: std::ops::RangeInclusive<u8>) {
    for step in steps {
        let event = AuditEvent::Outcome { step: Digest([step; 16]), outcome: "done".into(), reason: None };
        let record = audit::append(head, Timestamp::UNIX_EPOCH, event);
        trail.append(&tenant(name), &[record]).unwrap();
    }
}

fn heads(all: &[(&str, &Option<AuditHead>)]) -> Heads {
    all.iter().filter_map(|(name, head)| Some((("n".to_owned(), (*name).to_owned()), (*head).clone()?))).collect()
}

#[test]
fn each_tenants_chain_goes_on_behind_its_last_whole_record() {
    let folder = Folder::new("trail-cut");
    let (mut a, mut b) = (None, None);
    let mut trail = Trail::open(&folder.trail(), &Heads::new()).unwrap();
    for step in 1..=3 {
        write(&mut trail, "a", &mut a, step..=step);
        write(&mut trail, "b", &mut b, step + 10..=step + 10);
    }
    drop(trail);
    let whole = fs::read(folder.trail()).unwrap();
    fs::write(folder.trail(), [&whole[..], b"{\"namespace\":\"n\",\"tenant\":\"a\",\"sequ"].concat()).unwrap();
    let trail = Trail::open(&folder.trail(), &heads(&[("a", &a), ("b", &b)])).unwrap();
    assert_eq!((trail.end(&tenant("a")), trail.end(&tenant("b")), trail.end(&tenant("c"))), (a, b, None));
    assert_eq!(fs::read(folder.trail()).unwrap(), whole, "the line that was cut off is gone");
}

#[test]
fn b7_a_trail_that_was_emptied_cut_garbled_or_forged_is_refused_and_left_as_it_is() {
    let folder = Folder::new("trail-forged");
    let mut head = None;
    let mut trail = Trail::open(&folder.trail(), &Heads::new()).unwrap();
    write(&mut trail, "a", &mut head, 1..=3);
    drop(trail);
    let known = heads(&[("a", &head)]);
    let whole = fs::read_to_string(folder.trail()).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let join = |lines: &[&str]| lines.iter().flat_map(|line| [*line, "\n"]).collect::<String>();
    let forged = {
        // Another chain of the same length, every link of it good.
        let (other, mut end) = (Folder::new("trail-forged-2"), None);
        let mut trail = Trail::open(&other.trail(), &Heads::new()).unwrap();
        write(&mut trail, "a", &mut end, 7..=9);
        fs::read_to_string(other.trail()).unwrap()
    };
    for (what, text) in [
        ("lacks records 1 to 3", String::new()),
        ("lacks records 1 to 3", join(&lines[..1])),
        ("lacks records 3 to 3", join(&lines[..3])),
        ("line 3 of", join(&[lines[0], lines[1], lines[3]])),
        ("line 3 of", whole.replacen("\"sequence\":2", "\"sequence\":4", 1)),
        ("line 3 of", join(&[lines[0], lines[1], "\u{fffd}garbage"])),
        ("line 4 of", forged),
        ("not an audit trail", "notes of my own".to_owned()),
        ("not an audit trail", "notes\nof my own\n".to_owned()),
    ] {
        fs::write(folder.trail(), &text).unwrap();
        let error = Trail::open(&folder.trail(), &known).err().unwrap_or_else(|| panic!("accepted: {text}"));
        assert!(error.to_string().contains(what), "{what}: {error}");
        assert!(verify(&folder.trail(), &known).is_err());
        assert_eq!(fs::read_to_string(folder.trail()).unwrap(), text, "{what}: it is left as it is");
    }
    fs::write(folder.trail(), &whole).unwrap();
    assert_eq!(Trail::open(&folder.trail(), &known).unwrap().continued(), []);
}

#[test]
fn b7_a_trail_that_was_moved_away_goes_on_in_a_new_file_that_says_from_where() {
    let folder = Folder::new("trail-moved");
    let mut head = None;
    let mut trail = Trail::open(&folder.trail(), &Heads::new()).unwrap();
    write(&mut trail, "a", &mut head, 1..=3);
    drop(trail);
    fs::remove_file(folder.trail()).unwrap();
    let known = heads(&[("a", &head)]);
    let mut trail = Trail::open(&folder.trail(), &known).unwrap();
    assert_eq!(trail.continued(), [("n/a".to_owned(), 4)]);
    assert_eq!(trail.end(&tenant("a")), head);
    write(&mut trail, "a", &mut head, 4..=5);
    drop(trail);
    let verified = verify(&folder.trail(), &heads(&[("a", &head)])).unwrap();
    assert_eq!((verified[0].first, verified[0].head.sequence), (4, 5));
    // What the memory did not live to hear of is in the file all the same.
    assert!(verify(&folder.trail(), &known).is_ok());
}

#[test]
fn a_trail_of_a_version_without_a_first_line_of_its_own_goes_on() {
    let folder = Folder::new("trail-old");
    let mut head = None;
    let mut trail = Trail::open(&folder.trail(), &Heads::new()).unwrap();
    write(&mut trail, "a", &mut head, 1..=2);
    drop(trail);
    let old: String = fs::read_to_string(folder.trail()).unwrap().split_inclusive('\n').skip(1).collect();
    fs::write(folder.trail(), old).unwrap();
    let trail = Trail::open(&folder.trail(), &heads(&[("a", &head)])).unwrap();
    assert_eq!((trail.end(&tenant("a")), trail.continued()), (head, Vec::new()));
}

#[test]
fn a_line_that_tells_other_readers_something_else_is_refused() {
    let folder = Folder::new("trail-spelt");
    let mut head = None;
    let mut trail = Trail::open(&folder.trail(), &Heads::new()).unwrap();
    write(&mut trail, "a", &mut head, 1..=2);
    drop(trail);
    let known = heads(&[("a", &head)]);
    let whole = fs::read_to_string(folder.trail()).unwrap();
    for (what, text) in [
        ("a member twice", whole.replacen("\"outcome\":\"done\"", "\"outcome\":\"done\",\"outcome\":\"refused\"", 1)),
        (
            "the same before it",
            whole.replacen("\"outcome\":\"done\"", "\"outcome\":\"refused\",\"outcome\":\"done\"", 1),
        ),
        ("a member that is none", whole.replacen("\"sequence\":1", "\"by\":\"somebody\",\"sequence\":1", 1)),
        ("a reason that is none", whole.replacen("\"outcome\":\"done\"", "\"outcome\":\"done\",\"reason\":null", 1)),
        ("a space", whole.replacen("\"sequence\":1", "\"sequence\": 1", 1)),
        ("another spelling of a time", whole.replacen("00:00:00Z", "00:00:00.000Z", 1)),
    ] {
        assert_ne!(text, whole, "{what}");
        fs::write(folder.trail(), &text).unwrap();
        let error = Trail::open(&folder.trail(), &known).err().unwrap_or_else(|| panic!("{what}: accepted"));
        assert!(error.to_string().contains("line 2 of"), "{what}: {error}");
        assert_eq!(fs::read_to_string(folder.trail()).unwrap(), text, "{what}: it is left as it is");
    }
}

#[test]
fn a_chain_that_nothing_can_follow_is_refused_and_none_is_written() {
    let folder = Folder::new("trail-last");
    let begin = |sequence| {
        let head = AuditHead { sequence, hash: Digest([7; 16]) };
        let record = Continues { continues: head.clone() };
        let line = Line { namespace: "n".into(), tenant: "a".into(), record };
        fs::write(folder.trail(), format!("{HEADER}\n{}\n", serde_json::to_string(&line).unwrap())).unwrap();
        Some(head)
    };
    begin(LAST);
    let error = Trail::open(&folder.trail(), &Heads::new()).err().unwrap();
    assert!(error.to_string().contains("line 2 of"), "{error}");
    let mut head = begin(LAST - 1);
    let mut trail = Trail::open(&folder.trail(), &Heads::new()).unwrap();
    let event = AuditEvent::Outcome { step: Digest([1; 16]), outcome: "done".into(), reason: None };
    let record = audit::append(&mut head, Timestamp::UNIX_EPOCH, event);
    assert!(trail.append(&tenant("a"), &[record]).is_err());
    drop(trail);
    Trail::open(&folder.trail(), &Heads::new()).unwrap();
}
