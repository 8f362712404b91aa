//! `kill -9` in the middle of an `apply`, with real processes: the simulated tenant is one, each `apply` is another. Ten times
//! the apply is killed, at a request that a seed chooses, and started again on the same state file.
//!
//! `KILL_SEED=n cargo test --test cli apply_killed` chooses other moments. The test takes somewhat more than two minutes, nearly all of it
//! waiting: a write that was on its way when the process died is looked for during the replication window before it is sent
//! again.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tenant_contacts::state::StateFile;
use tenant_contacts_api::field::Field;
use tenant_contacts_core::desired::{Kind, ObjectKey};
use tenant_contacts_engine::{
    audit::{self, AuditRecord},
    port::Records as _,
};
use tenant_contacts_simulator::{JournalEntry, Seed, UserSeed};
use testkit::{
    cli::{
        binary::{Running, until},
        folder::Folder,
        small::{self, SEED},
    },
    dice::Dice,
};

const KILLS: usize = 10;

/// Accounts: two requests each, more than nine interrupted runs get through.
const ACCOUNTS: usize = 400;

/// Most requests of a run that is killed: the first six read, so that about half of the runs die while they write.
const MOST_REQUESTS: u64 = 12;

/// How long the last run may take: the replication window of two minutes, and as much again on a busy machine.
const LONGEST_APPLY: Duration = Duration::from_mins(5);

/// A simulated tenant in a process of its own. Killed when dropped.
struct Tenant {
    address: String,
    _process: Running,
}

impl Tenant {
    fn start(folder: &Folder) -> Self {
        let seed = folder.root().join("seed.yaml");
        fs::write(&seed, SEED).unwrap();
        let users = format!("users={ACCOUNTS}");
        let args = ["simulate", "--listen", "127.0.0.1:0", "--latency", "20", "--generate", &users, "--seed"];
        let process = Running::start(args.into_iter().chain([seed.to_str().unwrap()]));
        let address = process.says(&["http://127.0.0.1:"]);
        let address = address.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
        let address = address.trim_start_matches("http://").split('/').next().unwrap().to_owned();
        Self { address, _process: process }
    }

    /// What the simulator's own surface says.
    fn tells(&self, what: &str) -> Value {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET /_sim/{what} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let body = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a header") + 4;
        serde_json::from_slice(&answer[body..]).unwrap()
    }

    fn requests(&self) -> u64 {
        self.tells("statistics")["requests"].as_u64().unwrap()
    }

    fn journal(&self) -> Vec<JournalEntry> {
        serde_json::from_value(self.tells("journal")).unwrap()
    }

    fn apply(&self, folder: &Folder) -> Running {
        let (manifests, state) = (folder.manifests(), folder.state());
        let endpoint = format!("http://{}/", self.address);
        Running::start([
            "apply",
            "--manifests",
            manifests.to_str().unwrap(),
            "--state",
            state.to_str().unwrap(),
            "--login-endpoint",
            &endpoint,
            "--graph-endpoint",
            &endpoint,
        ])
    }
}

/// Generated accounts whose phone may be written in the cloud.
fn people() -> Vec<UserSeed> {
    let mut seed = Seed::from_yaml(SEED).unwrap();
    let planted = seed.users.len();
    seed.generate(ACCOUNTS, 0);
    seed.users.into_iter().skip(planted).filter(|user| user.on_premises_sync_enabled.is_none()).collect()
}

fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("secret.yaml", small::SECRET);
    folder.write("tenant.yaml", small::tenant("[Users]", "  guardRails: {massChange: {objects: 10000}}"));
    let mut contacts = String::new();
    for (number, person) in people().iter().enumerate() {
        write!(
            contacts,
            "---\napiVersion: tenantcontacts.dev/v1alpha1\nkind: UserContact\nmetadata: {{name: person-{number}, \
             namespace: contoso}}\nspec:\n  tenantRef: {{name: contoso}}\n  accountRef: {{userPrincipalName: {}}}\n  \
             deletionPolicy: Restore\n  mobilePhone: {{value: \"+1 206 555 {number:04}\"}}\n  alternateEmails: {{values: \
             [{{value: person-{number}@example.org}}]}}\n",
            person.upn
        )
        .unwrap();
    }
    folder.write("people.yaml", contacts);
    folder
}

/// Changes by target and content, with how often; what changed nothing is counted apart.
fn writes(journal: &[JournalEntry]) -> (BTreeMap<(String, String), usize>, usize) {
    let mut writes = BTreeMap::new();
    for entry in journal.iter().filter(|entry| !entry.changes.is_empty()) {
        let properties = entry.changes.iter().map(|change| change.property.as_str());
        assert!(properties.into_iter().all(|property| ["mobilePhone", "otherMails"].contains(&property)), "{entry:?}");
        assert_eq!(entry.actor, small::CLIENT);
        let changes = serde_json::to_string(&entry.changes).unwrap();
        *writes.entry((entry.target.clone(), changes)).or_default() += 1;
    }
    (writes, journal.iter().filter(|entry| entry.changes.is_empty()).count())
}

fn finished(mut process: Running) {
    let deadline = Instant::now() + LONGEST_APPLY;
    while !process.ended() {
        assert!(Instant::now() < deadline, "does not end: {:#?}", process.said().last());
        thread::sleep(Duration::from_millis(20)); // between two looks; nothing depends on its length
    }
    let (code, said) = process.end();
    assert_eq!(code, Some(0), "{said:#?}");
}

/// Opens the state as the next process would, and looks at its audit chain. How long the chain is.
fn readable(state: &Path) -> usize {
    drop(StateFile::open(state).expect("the state file can be read"));
    let trail = format!("{}.audit", state.display());
    let text = fs::read_to_string(trail).unwrap();
    let records: Vec<AuditRecord> = text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    audit::verify(&records).expect("the audit chain is continuous");
    records.len()
}

/// The originals that are kept must be what was there before the first write.
fn originals_are_from_before_the_first_write(state: &Path) {
    let key = ObjectKey { kind: Kind::Tenant, namespace: "contoso".into(), name: "contoso".into() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let loaded = runtime.block_on(StateFile::open(state).unwrap().load(&key)).unwrap();
    for (number, person) in people().iter().enumerate() {
        let name = format!("person-{number}");
        let (_, (memory, _)) = loaded.objects.iter().find(|(key, _)| *key.name == *name).expect("memory of each");
        let original = |field| memory.field(field).unwrap().original.clone().unwrap();
        assert_eq!(original(Field::MobilePhone), person.mobile_phone.iter().cloned().collect::<Vec<_>>(), "{name}");
        assert_eq!(original(Field::AlternateEmails), person.other_mails, "{name}");
    }
}

#[test]
fn an_apply_killed_ten_times_ends_like_one_that_was_not() {
    let seed: u64 = std::env::var("KILL_SEED").map_or(1, |seed| seed.parse().expect("KILL_SEED is a number"));
    let mut dice = Dice::new(seed);

    let undisturbed = folder("kill_whole");
    let whole = Tenant::start(&undisturbed);
    finished(whole.apply(&undisturbed));
    let (expected, repeated) = writes(&whole.journal());
    assert_eq!(expected.len(), 2 * people().len(), "each of the two fields of each person");
    assert_eq!(repeated, 0);

    let killed = folder("kill_killed");
    let tenant = Tenant::start(&killed);
    let mut trail = 0;
    for kill in 1..=KILLS {
        let after = 1 + dice.below(MOST_REQUESTS);
        let target = tenant.requests() + after;
        eprintln!("KILL_SEED={seed}: kill {kill} after {after} requests, {} written so far", tenant.journal().len());
        let mut process = tenant.apply(&killed);
        until("the request at which to kill", || process.ended() || tenant.requests() >= target);
        assert!(!process.ended(), "the apply was through before kill {kill}: {:#?}", process.said());
        drop(process); // SIGKILL
        let longer = readable(&killed.state());
        assert!(longer >= trail, "the audit trail only grows");
        trail = longer;
    }
    let written = tenant.journal().len();
    assert!(0 < written && written < expected.len(), "the kills came while it wrote: {written} of {}", expected.len());
    finished(tenant.apply(&killed));

    let (got, repeated) = writes(&tenant.journal());
    assert_eq!(got, expected, "the same changes, each once");
    // A step in hand might be repeated; it is looked for before, so it is not.
    assert_eq!(repeated, 0, "nothing is sent twice");
    assert_eq!(tenant.tells("truth")["users"], whole.tells("truth")["users"], "the same tenant");
    readable(&killed.state());
    originals_are_from_before_the_first_write(&killed.state());
}
