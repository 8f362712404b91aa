//! The surface of tests: a service whose things are created, whose entries come, go and expire, whose documents are replaced by
//! operations that take their time, and whose replicas are behind. What a surface can do to an engine, it does.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tenant_contacts::world::ProcessClock;
use tenant_contacts_api::{
    field::{Field, Surface},
    reason::Reason,
    v1alpha1::DeletionPolicy,
};
use tenant_contacts_core::{
    desired::{DesiredField, DesiredObject, DesiredTarget, Kind, ObjectKey, Want, WantedEntry},
    digest,
    flight::Progress,
    model::{Entry, Fact, Observation, Thing},
    plan::{Change, Request},
    step::Target,
};
use tenant_contacts_engine::port::{Clock as _, Limits, Outcome, Scope, SurfacePort, TenantError};
use uuid::Uuid;

use crate::{
    dice::Dice,
    stop::{Mortal, Stop},
};

/// A thing as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    pub name: String,
    pub text: Vec<String>,
    pub holders: BTreeSet<String>,
    pub leases: BTreeMap<String, Option<Timestamp>>,
    /// The document; `member` is the one that is managed.
    pub document: BTreeMap<String, Vec<String>>,
}

/// Everything there is.
pub type State = BTreeMap<Uuid, Live>;

#[derive(Clone, Serialize, Deserialize)]
struct Operation {
    ready: Timestamp,
    thing: Uuid,
    member: Vec<String>,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trouble {
    /// How many seconds a replica may be behind.
    pub lag: u64,
    /// One of so many calls fails, in one way or another. `0`: none does.
    pub one_in: u64,
}

struct Inner {
    clock: ProcessClock,
    dice: Dice,
    trouble: Trouble,
    /// Every state there was, with when each replica shows it.
    versions: Vec<(State, [Timestamp; REPLICAS])>,
    operations: BTreeMap<Box<str>, Operation>,
    /// What was answered to a request, by its id: a repetition gets the same answer and has no effect.
    answered: BTreeMap<Box<str>, Outcome>,
    writes: Vec<String>,
    /// What must never have been so.
    wrong: Vec<String>,
    created: u128,
    /// Where it is kept before anything is answered, if it outlives its process.
    file: Option<PathBuf>,
}

/// What outlives the process: all but the clock and what goes wrong.
#[derive(Serialize, Deserialize)]
struct OnDisk {
    now: Timestamp,
    versions: Vec<(State, [Timestamp; REPLICAS])>,
    operations: BTreeMap<Box<str>, Operation>,
    /// The address of the operation of a request that was accepted; none of one that was done.
    answered: BTreeMap<Box<str>, Option<Box<str>>>,
    writes: Vec<String>,
    wrong: Vec<String>,
    created: u128,
}

const REPLICAS: usize = 3;

/// How long the service takes for an operation.
const OPERATION: SignedDuration = SignedDuration::from_secs(40);

/// The service. Clones share it.
#[derive(Clone)]
pub struct Service(Arc<Mutex<Inner>>);

impl Service {
    /// A service with these things in it.
    pub fn new(clock: ProcessClock, seed: u64, trouble: Trouble, things: impl IntoIterator<Item = Live>) -> Self {
        let state: State = things.into_iter().zip(1..).map(|(thing, id)| (Uuid::from_u128(id), thing)).collect();
        let created = state.len() as u128;
        Self(Arc::new(Mutex::new(Inner {
            clock,
            dice: Dice::new(seed),
            trouble,
            versions: vec![(state, [clock.now(); REPLICAS])],
            operations: BTreeMap::new(),
            answered: BTreeMap::new(),
            writes: Vec::new(),
            wrong: Vec::new(),
            created,
            file: None,
        })))
    }

    /// The service of a process that may die at any moment: what it did is in the file before it answers. Begins where the file
    /// ends, at the time that it was then; with these things where there is none.
    pub fn on_disk(
        file: &Path,
        began: Timestamp,
        seed: u64,
        trouble: Trouble,
        things: impl IntoIterator<Item = Live>,
    ) -> (Self, ProcessClock) {
        let kept: Option<OnDisk> = fs::read(file).ok().map(|bytes| serde_json::from_slice(&bytes).unwrap());
        let clock = ProcessClock::start_at(kept.as_ref().map_or(began, |kept| kept.now));
        let service = Self::new(clock, seed, trouble, things);
        let mut inner = service.0.lock().unwrap();
        if let Some(kept) = kept {
            let outcome = |operation: Option<Box<str>>| {
                operation.map_or(Outcome::Done, |operation| Outcome::Accepted { operation })
            };
            inner.answered = kept.answered.into_iter().map(|(id, operation)| (id, outcome(operation))).collect();
            (inner.versions, inner.operations) = (kept.versions, kept.operations);
            (inner.writes, inner.wrong, inner.created) = (kept.writes, kept.wrong, kept.created);
        }
        inner.file = Some(file.to_owned());
        drop(inner);
        (service, clock)
    }

    /// Ends all trouble.
    pub fn calm(&self) {
        self.0.lock().unwrap().trouble = Trouble::default();
    }

    /// What there is, whatever replicas show.
    pub fn truth(&self) -> State {
        let mut inner = self.0.lock().unwrap();
        inner.advance();
        inner.latest().clone()
    }

    /// Every write that had an effect, in order.
    pub fn writes(&self) -> Vec<String> {
        self.0.lock().unwrap().writes.clone()
    }

    /// What must never have been so, and was.
    pub fn wrong(&self) -> Vec<String> {
        self.0.lock().unwrap().wrong.clone()
    }

    /// Somebody else changes something.
    pub fn change(&self, change: impl FnOnce(&mut State)) {
        let mut inner = self.0.lock().unwrap();
        inner.advance();
        let mut state = inner.latest().clone();
        change(&mut state);
        inner.commit(state);
    }
}

impl Inner {
    fn latest(&self) -> &State {
        &self.versions.last().unwrap().0
    }

    fn commit(&mut self, state: State) {
        let now = self.clock.now();
        let lag = self.trouble.lag;
        let shown = std::array::from_fn(|_| {
            let behind = if lag == 0 { 0 } else { self.dice.below(lag) };
            now.saturating_add(SignedDuration::from_secs(i64::try_from(behind).unwrap())).unwrap()
        });
        self.versions.push((state, shown));
    }

    /// Operations that ended meanwhile take effect.
    fn advance(&mut self) {
        let now = self.clock.now();
        let ready: Vec<Box<str>> =
            self.operations.iter().filter(|(_, one)| one.ready <= now).map(|(id, _)| id.clone()).collect();
        for id in ready {
            let Operation { thing, member, .. } = self.operations.remove(&id).unwrap();
            let mut state = self.latest().clone();
            state.get_mut(&thing).unwrap().document.insert("member".into(), member);
            self.commit(state);
        }
    }

    /// What a replica shows.
    fn read(&mut self) -> State {
        self.advance();
        let (now, replica) = (self.clock.now(), self.dice.pick(REPLICAS));
        self.versions.iter().rev().find(|(_, shown)| shown[replica] <= now).unwrap().0.clone()
    }

    /// In one piece: whoever dies in between leaves what was there.
    fn keep(&self) {
        let Some(file) = &self.file else { return };
        let answered = self.answered.iter().map(|(id, outcome)| {
            let operation = match outcome {
                Outcome::Accepted { operation } => Some(operation.clone()),
                _ => None,
            };
            (id.clone(), operation)
        });
        let kept = OnDisk {
            now: self.clock.now(),
            versions: self.versions.clone(),
            operations: self.operations.clone(),
            answered: answered.collect(),
            writes: self.writes.clone(),
            wrong: self.wrong.clone(),
            created: self.created,
        };
        let next = file.with_extension("next");
        fs::write(&next, serde_json::to_vec(&kept).unwrap()).unwrap();
        fs::rename(next, file).unwrap();
    }

    fn is_unlucky(&mut self) -> bool {
        self.trouble.one_in > 0 && self.dice.below(self.trouble.one_in) == 0
    }

    fn write(&mut self, request: &Request) -> Outcome {
        self.advance();
        if self.is_unlucky() {
            return match self.dice.below(4) {
                0 => Outcome::NotDone { reason: Reason::Throttled, retry_after: None },
                1 => Outcome::NotDone { reason: Reason::TenantUnreachable, retry_after: None },
                // No answer came: the request may have arrived, or not.
                2 => {
                    self.carry_out(request);
                    Outcome::Unknown
                }
                _ => Outcome::Unknown,
            };
        }
        self.carry_out(request)
    }

    fn carry_out(&mut self, request: &Request) -> Outcome {
        if let Some(answer) = request.id.as_ref().and_then(|id| self.answered.get(id)) {
            return answer.clone();
        }
        let mut state = self.latest().clone();
        let outcome = self.take(request, &mut state);
        if state != *self.latest() {
            self.writes.push(format!("{:?} {:?}", request.target, request.fields()));
            self.commit(state);
        }
        if let (Some(id), Outcome::Accepted { .. } | Outcome::Done) = (&request.id, &outcome) {
            self.answered.insert(id.clone(), outcome.clone());
        }
        outcome
    }

    fn take(&mut self, request: &Request, state: &mut State) -> Outcome {
        if let (Target::Absent(_, name), Change::Create { first, .. }) = (&request.target, &request.change) {
            if state.values().any(|thing| *thing.name == **name) {
                self.wrong.push(format!("{name} was created twice"));
            }
            self.created += 1;
            let text = first.iter().find(|(field, _)| *field == Field::RehearsedText);
            let thing = Live {
                name: name.to_string(),
                text: text.map(|(_, values)| texts(values)).unwrap_or_default(),
                document: BTreeMap::from([("other".into(), vec!["theirs".into()])]),
                ..Live::default()
            };
            state.insert(Uuid::from_u128(self.created), thing);
            return Outcome::Done;
        }
        let Some(id) = request.target.object_id() else { panic!("{request:?}") };
        let Some(thing) = state.get_mut(&id) else {
            return Outcome::Refused { reason: Reason::Rejected, message: "there is no such thing".into() };
        };
        match &request.change {
            Change::Set { set, .. } => {
                for (field, values) in set {
                    assert_eq!(*field, Field::RehearsedText);
                    thing.text = texts(values);
                }
            }
            Change::Add { field: Field::RehearsedHolders, entry, .. } => {
                thing.holders.insert(entry.to_string());
            }
            Change::Add { entry, expires, .. } => {
                thing.leases.insert(entry.to_string(), *expires);
            }
            Change::Remove { field: Field::RehearsedHolders, entry } => {
                thing.holders.remove(&**entry);
                if thing.holders.is_empty() {
                    self.wrong.push(format!("{} was without a holder", thing.name));
                }
            }
            Change::Remove { entry, .. } => {
                thing.leases.remove(&**entry);
            }
            Change::Replace { base, members } => {
                if document(thing) != *base {
                    return Outcome::NotDone { reason: Reason::WaitingOn, retry_after: None };
                }
                let operation: Box<str> = format!("operations/{}", self.answered.len()).into();
                let ready = self.clock.now().saturating_add(OPERATION).unwrap();
                let member = texts(&members[0].1);
                self.operations.insert(operation.clone(), Operation { ready, thing: id, member });
                self.writes.push(format!("{:?} {:?}", request.target, request.fields()));
                return Outcome::Accepted { operation };
            }
            Change::Create { .. } => panic!("{request:?}"),
        }
        Outcome::Done
    }
}

fn texts(values: &[Box<str>]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

fn document(thing: &Live) -> tenant_contacts_api::digest::Digest {
    let parts = thing.document.iter().flat_map(|(name, values)| std::iter::once(name).chain(values));
    digest::of("document", parts.map(String::as_bytes))
}

fn observed(id: Uuid, thing: &Live) -> Thing {
    let values = |texts: &[String]| texts.iter().map(|text| text.as_str().into()).collect::<Box<[Box<str>]>>();
    let entry = |key: &String, expires| {
        let key: Box<str> = key.as_str().into();
        (key.clone(), Entry { values: [key].into(), expires })
    };
    Thing {
        id,
        name: [thing.name.as_str().into()].into(),
        text: values(&thing.text),
        holders: thing.holders.iter().map(|key| entry(key, None)).collect(),
        leases: thing.leases.iter().map(|(key, expires)| entry(key, *expires)).collect(),
        member: values(thing.document.get("member").map_or(&[], |values| &values[..])),
        base: document(thing),
    }
}

impl SurfacePort for Service {
    fn surfaces(&self) -> &'static [Surface] {
        &[Surface::Rehearsal]
    }

    fn observe<'a>(
        &'a self,
        scope: &'a Scope<'a>,
        observation: &'a mut Observation,
    ) -> BoxFuture<'a, Result<(), TenantError>> {
        Box::pin(async move {
            let mut inner = self.0.lock().unwrap();
            if inner.is_unlucky() {
                let message = "no answer".to_owned();
                return Err(TenantError { reason: Reason::TenantUnreachable, message, retry_after: None });
            }
            let now = inner.clock.now();
            for query in &scope.things {
                // Each question may be answered by another replica.
                let shown = inner.read();
                let found = shown.iter().find(|(id, thing)| match query.id {
                    Some(wanted) => **id == wanted,
                    None => thing.name == query.name,
                });
                let things = &mut observation.rehearsal;
                let id = found.map_or(Fact::Absent, |(id, _)| Fact::Present(*id));
                if query.id.is_none() {
                    things.names.insert(query.name.into(), (id, now));
                }
                match (found, query.id) {
                    (Some((id, thing)), _) => {
                        things.by_id.insert(*id, (Fact::Present(observed(*id, thing)), now));
                    }
                    (None, Some(id)) => {
                        things.by_id.insert(id, (Fact::Absent, now));
                    }
                    (None, None) => {}
                }
            }
            inner.keep();
            Ok(())
        })
    }

    fn write<'a>(&'a self, requests: &'a [Request]) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(async move {
            let mut inner = self.0.lock().unwrap();
            let outcomes = requests.iter().map(|request| inner.write(request)).collect();
            inner.keep();
            outcomes
        })
    }

    fn poll<'a>(&'a self, _surface: Surface, operation: &'a str) -> BoxFuture<'a, Progress> {
        Box::pin(async move {
            let mut inner = self.0.lock().unwrap();
            inner.advance();
            inner.keep();
            if inner.is_unlucky() || inner.operations.contains_key(operation) {
                return Progress::Running;
            }
            Progress::Succeeded
        })
    }

    fn limits(&self) -> Limits {
        Limits { batch: 2, write_timeout: std::time::Duration::from_secs(10) }
    }
}

impl SurfacePort for Mortal<Service> {
    fn surfaces(&self) -> &'static [Surface] {
        self.inner.surfaces()
    }

    fn observe<'a>(
        &'a self,
        scope: &'a Scope<'a>,
        observation: &'a mut Observation,
    ) -> BoxFuture<'a, Result<(), TenantError>> {
        Box::pin(self.stop.call(self.inner.observe(scope, observation)))
    }

    fn write<'a>(&'a self, requests: &'a [Request]) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(self.stop.call(self.inner.write(requests)))
    }

    fn poll<'a>(&'a self, surface: Surface, operation: &'a str) -> BoxFuture<'a, Progress> {
        Box::pin(self.stop.call(self.inner.poll(surface, operation)))
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }
}

/// A service as a process sees it that dies.
pub fn mortal(service: &Service, stop: &Stop) -> Mortal<Service> {
    Mortal { inner: service.clone(), stop: stop.clone() }
}

/// What is declared of a thing.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    pub name: &'static str,
    pub create: bool,
    pub text: Option<&'static str>,
    /// These and no others.
    pub holders: Option<&'static [&'static str]>,
    /// At least these.
    pub leases: Option<&'static [&'static str]>,
    pub member: Option<&'static str>,
}

impl Declared {
    /// As the engine sees it.
    pub fn object(&self, deletion: DeletionPolicy) -> Arc<DesiredObject> {
        let one = |text: &str| Want::Exact([text.into()].into());
        let entries = |keys: &[&str], exact| {
            let mut keys: Vec<&str> = keys.to_vec();
            keys.sort_unstable();
            let entry = |key: &&str| WantedEntry { key: (*key).into(), values: [(*key).into()].into() };
            Want::Entries { wanted: keys.iter().map(entry).collect(), exact }
        };
        let wants = [
            (Field::RehearsedThing, self.create.then(|| one(self.name))),
            (Field::RehearsedText, self.text.map(one)),
            (Field::RehearsedHolders, self.holders.map(|keys| entries(keys, true))),
            (Field::RehearsedLeases, self.leases.map(|keys| entries(keys, false))),
            (Field::RehearsedMember, self.member.map(one)),
        ];
        let fields = wants.into_iter().filter_map(|(field, want)| Some(DesiredField::whole(field, want?)));
        Arc::new(DesiredObject {
            key: ObjectKey { kind: Kind::UserContact, namespace: "contoso".into(), name: self.name.into() },
            generation: Some(1),
            target: DesiredTarget::Thing { surface: Surface::Rehearsal, name: self.name.into() },
            deletion,
            fields: fields.collect(),
            removed: false,
            business_email: None,
            mail: None,
            requested_at: None,
        })
    }
}
