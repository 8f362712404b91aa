//! What versions before this one planned and kept, taken up by this one: the same steps, hashes and approvals, and nothing is written.
//!
//! `kept.jsonl` was recorded by the version that its first line names: three hundred random tenants and the example company, each
//! with its manifests, its first plan, what came of it, and the state file at the end. Words for people may differ from version to
//! version, and nothing else may. `TENANT_CONTACTS_KEEP=1 cargo test --test engine kept` records anew; that is for a version
//! whose fields are more, and never for one that reads the old ones otherwise.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use proptest::{strategy::Strategy as _, strategy::ValueTree as _, test_runner::TestRunner};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenant_contacts::{directory, driver::Driver, gather, gather::TenantSet, state::StateFile};
use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_engine::{Mode, PassReport, port::NoFence};
use tenant_contacts_simulator::Seed;
use testkit::{
    declared::{self, Declared},
    random::{self, pruned},
    rig,
    world::{self, BETWEEN_READS, INTERVAL, World},
};

/// How many random tenants.
const CASES: usize = 300;

/// What stands for the manifests of the example company, which are files.
const EXAMPLE: &str = "examples/contoso";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    seed: Value,
    /// The manifests at first.
    begin: String,
    first: Value,
    /// The manifests in the end: with approvals.
    end: String,
    last: Value,
    /// How long after the beginning the last pass was, in seconds.
    elapsed: u64,
    /// What the tenant took: kind of target, id, and the values after it.
    writes: Vec<(String, String, BTreeMap<String, Value>)>,
    /// The state file in the end, each line that holds.
    state: Vec<Value>,
}

fn place() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine/properties/kept.jsonl")
}

/// A folder for one state file.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("kept-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn state(&self) -> PathBuf {
        self.0.join("state")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The set that is declared, and its Tenant.
fn declared(text: &str) -> (ObjectKey, TenantSet) {
    if text != EXAMPLE {
        return (Declared::key(), declared::read(text));
    }
    let read = directory::read(rig::checker(), &Path::new(env!("CARGO_MANIFEST_DIR")).join(EXAMPLE));
    gather::sets(&read).tenants.into_iter().next().unwrap()
}

/// A world whose records are in a state file.
fn world(seed: &Seed, key: ObjectKey, state: &Path) -> World {
    let mut world = World::new(seed);
    let records = Arc::new(StateFile::open(state).unwrap());
    world.driver = Driver::new(key, records, Arc::new(NoFence), world.network.clone());
    world
}

/// Without words for people, which are no promise.
fn wordless(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(name, _)| !matches!(name.as_str(), "message" | "remedy" | "notes"))
            .map(|(name, value)| (name, wordless(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(wordless).collect(),
        other => other,
    }
}

fn view(world: &World, set: &TenantSet) -> Value {
    wordless(serde_json::to_value(world.view(set)).unwrap())
}

/// The lines of a state file that hold, in their order, the first one included.
fn lines(state: &Path) -> Vec<Value> {
    let text = fs::read_to_string(state).unwrap();
    let mut found: Vec<(Value, Value)> = Vec::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let mut subject = line.clone();
        let content = subject.as_object_mut().unwrap().remove("content");
        let part = content.as_ref().and_then(Value::as_object).and_then(|content| content.keys().next().cloned());
        let subject = json!([subject, part]);
        found.retain(|(known, _)| *known != subject);
        found.push((subject, line));
    }
    found.into_iter().map(|(_, line)| line).collect()
}

/// Lives through it, and says what there is to keep.
async fn lived(seed: &Seed, mut manifests: Manifests) -> Kept {
    let folder = Folder::new("record");
    let begin = manifests.text();
    let (key, set) = declared(&begin);
    let mut world = world(seed, key, &folder.state());
    let start = world.now();
    world.pass(&set, &Mode::Preview).await;
    let first = view(&world, &set);
    match &mut manifests {
        Manifests::Random(declared) => drop(world.converge(declared).await),
        Manifests::Example => {
            while world.pass(&set, &Mode::Run).await.unfinished {
                world.wait(BETWEEN_READS).await;
            }
        }
    }
    world.wait(INTERVAL).await;
    let end = manifests.text();
    let set = declared(&end).1;
    let report = world.pass(&set, &Mode::Run).await;
    assert!(report.sent == 0 && !report.unfinished, "{report:?}");
    let writes = world.simulator.journal(0).into_iter().map(|entry| {
        let changes = entry.changes.into_iter().map(|change| (change.property, change.after));
        (entry.kind, entry.target, changes.collect())
    });
    let mut kept = Kept {
        seed: pruned(serde_json::to_value(seed).unwrap()),
        begin,
        first,
        last: Value::Null,
        end,
        elapsed: u64::try_from(world.now().duration_since(start).as_secs()).unwrap(),
        writes: writes.collect(),
        state: lines(&folder.state()),
    };
    // As a process sees it that begins then: one that has lived through it knows the tenant from before.
    (_, kept.last, kept.state) = begun_later(&kept, 0).await;
    kept
}

enum Manifests {
    Random(Box<Declared>),
    Example,
}

impl Manifests {
    fn text(&self) -> String {
        match self {
            Self::Random(declared) => declared.text(),
            Self::Example => EXAMPLE.into(),
        }
    }
}

async fn record() {
    let mut runner = TestRunner::deterministic();
    let strategy = random::cases();
    let mut out = format!("{{\"recordedBy\":\"{}\"}}\n", env!("CARGO_PKG_VERSION"));
    let contoso = lived(&tenant_contacts::simulated::seed(None).unwrap(), Manifests::Example).await;
    out.push_str(&serde_json::to_string(&contoso).unwrap());
    out.push('\n');
    for _ in 0..CASES {
        let case = strategy.new_tree(&mut runner).unwrap().current();
        let kept = lived(&case.seed, Manifests::Random(Box::new(case.declared))).await;
        out.push_str(&serde_json::to_string(&kept).unwrap());
        out.push('\n');
    }
    fs::write(place(), out).unwrap();
}

/// A process of this version that begins where the kept one ended: its pass, and what is kept then.
async fn begun_later(kept: &Kept, number: usize) -> (PassReport, Value, Vec<Value>) {
    let seed: Seed = serde_json::from_value(kept.seed.clone()).unwrap();
    let folder = Folder::new("later");
    let text: Vec<String> = kept.state.iter().map(ToString::to_string).collect();
    fs::write(folder.state(), text.join("\n") + "\n").unwrap();
    let (key, set) = declared(&kept.end);
    let mut world = world(&seed, key, &folder.state());
    for (kind, target, changes) in &kept.writes {
        let changes = changes.clone().into_iter().collect();
        match kind.as_str() {
            "user" => world.simulator.disturb_user(target, &changes).unwrap(),
            "organization" => world.simulator.disturb_organization(&changes).unwrap(),
            other => panic!("case {number}: a {other} was written"),
        }
    }
    world.wait(Duration::from_secs(kept.elapsed)).await;
    let report = world.pass(&set, &Mode::Run).await;
    assert_eq!(world.sent.all().len(), 0, "case {number}");
    (report, view(&world, &set), lines(&folder.state()))
}

/// The version that is tested takes up what was kept.
async fn taken_up(kept: &Kept, number: usize) {
    let seed: Seed = serde_json::from_value(kept.seed.clone()).unwrap();
    let folder = Folder::new("anew");
    let (key, set) = declared(&kept.begin);
    let mut anew = world(&seed, key, &folder.state());
    anew.pass(&set, &Mode::Preview).await;
    assert_eq!(view(&anew, &set), kept.first, "case {number}: the first plan");

    let (report, last, state) = begun_later(kept, number).await;
    assert!(report.sent == 0 && !report.unfinished && report.problem.is_none(), "case {number}: {report:?}");
    assert_eq!(last, kept.last, "case {number}: the last plan");
    let sorted = |lines: Vec<Value>| {
        let mut lines: Vec<Value> = lines.into_iter().map(wordless).collect();
        lines.sort_by_key(ToString::to_string);
        lines
    };
    assert_eq!(sorted(state), sorted(kept.state.clone()), "case {number}: what is kept");
}

#[test]
fn what_an_earlier_version_planned_and_kept_is_taken_up_unharmed() {
    if std::env::var_os("TENANT_CONTACTS_KEEP").is_some() {
        world::run(record());
    }
    let text = fs::read_to_string(place()).unwrap();
    let kept: Vec<Kept> = text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(kept.len(), CASES + 1);
    assert!(kept.iter().filter(|kept| !kept.writes.is_empty()).count() > CASES / 2, "most of them write something");
    let waiting = |plan: &Value| !plan["approvalHash"].is_null();
    assert!(kept.iter().filter(|kept| waiting(&kept.first)).count() > CASES / 4, "many wait for an approval");
    for (number, kept) in kept.iter().enumerate() {
        world::run(taken_up(kept, number));
    }
}
