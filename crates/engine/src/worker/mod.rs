//! One worker per tenant: its state between passes, and the pass.

mod execute;
mod known;
mod ledger;
mod planning;
mod publish;
mod publisher;
mod scope;
mod unplanned;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Weak},
    time::Duration,
};

use jiff::SignedDuration;
use tenant_contacts_api::{
    digest::Digest,
    field::Surface,
    memory::Memory,
    reason::{Handling, Reason},
    status::TenantMemory,
};
use tenant_contacts_core::{
    desired::{DesiredObject, DesiredTenant, ObjectKey},
    flight,
    landscape::Landscape,
    model::{CredentialFacts, Failure, Observation},
    plan::Plan,
    status::TenantProblem,
    step::{Step, Verdict},
    surface,
};

use known::Known;
use ledger::Ledger;
use publisher::Publisher;

use crate::{
    port::{Clock, Fence, Read, Records, RecordsError, Rng, Scope, SurfacePort, Surveyor, TenantError},
    reading,
};

/// Most steps of one pass (design §3): a pass over a large backlog gives way to newer, smaller changes.
pub const MOST_STEPS: usize = 200;

/// Longest time a pass goes on writing (design §3).
pub const LONGEST_WORK: Duration = Duration::from_secs(1);

/// How soon a failed pass is tried again when the service does not say: soon enough for a blip, and no burden.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// Soonest that a pass follows one that a service turned away, whatever the service says: a pass sends some requests, and one
/// that follows at once sends them hundreds of times a second.
const SOONEST_AGAIN: Duration = Duration::from_secs(1);

/// When to come back to a service that could not be used: as it asks, but not at once.
fn again(asked: Option<Duration>) -> Duration {
    asked.unwrap_or(RETRY_AFTER).max(SOONEST_AGAIN)
}

/// What a worker needs of the world.
#[derive(Clone)]
pub struct Ports {
    /// The tenant's surfaces: no two ports serve the same.
    pub surfaces: Vec<Arc<dyn SurfacePort>>,
    /// Where records are kept.
    pub records: Arc<dyn Records>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub rng: Arc<dyn Rng>,
    /// The right to write.
    pub fence: Arc<dyn Fence>,
}

impl Ports {
    /// The place of the port that serves a surface.
    fn serving(&self, surface: Surface) -> Option<usize> {
        self.surfaces.iter().position(|port| port.surfaces().contains(&surface))
    }
}

/// What is declared of one tenant.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// The tenant.
    pub tenant: DesiredTenant,
    /// Whether another Tenant object manages the same tenant id.
    pub claimed: bool,
    /// Its children, in key order. Shared: a fleet of them is not copied for every pass.
    pub objects: Arc<Vec<Arc<DesiredObject>>>,
    /// Whether these are all: only then does a missing object count as removed.
    pub complete: bool,
}

/// What a pass may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Everything the plan allows.
    Run,
    /// Only these steps of it: what somebody looked at and said yes to.
    Only(BTreeSet<Digest>),
    /// Nothing: not a write to the tenant, not a record.
    Preview,
}

/// What a pass came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PassReport {
    /// Steps that were sent.
    pub sent: usize,
    /// Steps the tenant took.
    pub done: usize,
    /// Steps the tenant refused.
    pub refused: usize,
    /// Steps that wait for an approval.
    pub gated: usize,
    /// How many slots are blocked, by reason.
    pub blocked: BTreeMap<Reason, usize>,
    /// Whether steps remain that need nobody's approval, values are still to be verified, or a surface is out of reach for a
    /// while only.
    pub unfinished: bool,
    /// When to come back.
    pub next: Duration,
    /// Why the tenant as a whole could not be dealt with.
    pub problem: Option<TenantProblem>,
    /// Credentials that could not be used, while others could: their surfaces stood still.
    pub failing: Vec<TenantProblem>,
}

/// The state of one tenant between passes. Everything in it can be lost: memory is read back from the records, the rest
/// from the tenant.
pub struct TenantWorker {
    object: ObjectKey,
    loaded: bool,
    observation: Observation,
    ledger: Ledger,
    publisher: Publisher,
    objects: Arc<Vec<Arc<DesiredObject>>>,
    /// What was declared when `objects` was made, to make it anew only if that changed.
    declared: Arc<Vec<Arc<DesiredObject>>>,
    known: Known,
    plan: Option<Plan>,
    /// Who reads the tenant as a whole, where somebody does, and what that gave last.
    surveyor: Option<Arc<dyn Surveyor>>,
    landscape: Option<Arc<Landscape>>,
}

impl TenantWorker {
    /// A worker for the tenant that this object declares.
    pub fn new(object: ObjectKey) -> Self {
        Self {
            object,
            loaded: false,
            observation: Observation::default(),
            ledger: Ledger::default(),
            publisher: Publisher::default(),
            objects: Arc::default(),
            declared: Arc::default(),
            known: Known::default(),
            plan: None,
            surveyor: None,
            landscape: None,
        }
    }

    /// The same with another patience for removed objects.
    pub fn releasing_after(mut self, patience: Duration) -> Self {
        self.ledger.patience = SignedDuration::try_from(patience).unwrap_or(SignedDuration::MAX);
        self
    }

    /// The same, judging what is about to change who receives a notice on the tenant as a whole.
    pub fn surveying(self, surveyor: Arc<dyn Surveyor>) -> Self {
        Self { surveyor: Some(surveyor), ..self }
    }

    /// The last plan, if a pass came so far.
    pub fn plan(&self) -> Option<&Plan> {
        self.plan.as_ref()
    }

    /// The objects the last plan speaks of, in its order: what is declared, and what was and is being let go.
    pub fn objects(&self) -> &[Arc<DesiredObject>] {
        &self.objects
    }

    /// What was last observed.
    pub fn observation(&self) -> &Observation {
        &self.observation
    }

    /// The tenant as a whole, where the last plan was judged on it.
    pub fn landscape(&self) -> Option<&Landscape> {
        self.landscape.as_deref()
    }

    /// What is remembered of an object.
    pub fn memory(&self, key: &ObjectKey) -> Option<&Memory> {
        self.ledger.memory.get(key)
    }

    /// What is remembered of every object.
    pub fn memories(&self) -> &BTreeMap<ObjectKey, Memory> {
        &self.ledger.memory
    }

    /// What is remembered of the tenant.
    pub fn tenant_memory(&self) -> &TenantMemory {
        &self.ledger.tenant_memory
    }

    /// One pass: observe, settle, plan, write, publish. The error is that records could not be kept, in which case nothing
    /// was sent that they should have held.
    pub async fn pass(&mut self, ports: &Ports, gathered: &Gathered, mode: &Mode) -> Result<PassReport, RecordsError> {
        self.load(ports).await?;
        self.objects = self.with_removed(gathered);
        let interval = jittered(gathered.tenant.interval_seconds, ports.rng.next());
        if *mode != Mode::Preview {
            self.ledger.note_removed(&self.objects, ports.clock.now());
        }
        if gathered.tenant.suspend {
            let problem = TenantProblem { reason: Reason::Suspended, message: String::new() };
            return self.without_plan(ports, gathered, mode, (problem, interval)).await;
        }
        if let Err(error) = self.observe(ports, gathered).await {
            let problem = TenantProblem { reason: error.reason, message: self.since(error.reason, error.message) };
            let next = error.retry_after.map_or(RETRY_AFTER.min(interval), |asked| again(Some(asked)));
            return self.without_plan(ports, gathered, mode, (problem, next)).await;
        }
        if *mode != Mode::Preview {
            self.follow_operations(ports).await;
        }
        let previous = self.plan.take();
        let mut plan = self.settle_and_plan(ports, gathered, previous);
        if self.confirm(ports, gathered, &plan).await {
            plan = self.settle_and_plan(ports, gathered, Some(plan));
        }
        if self.survey(&plan).await {
            plan = self.plan_now(ports, gathered, Some(plan));
        }
        let mut report = PassReport { next: self.look_again(interval), ..PassReport::default() };
        if *mode == Mode::Preview {
            self.plan = Some(plan);
        } else {
            let known = &self.known;
            self.ledger.adopt(&self.objects, &plan, |index| known.is_quiet(index), ports.clock.now());
            let executed = self.execute(ports, gathered, &plan, mode, &mut report).await;
            if report.sent > 0 {
                plan = self.plan_now(ports, gathered, Some(plan));
            }
            if self.ledger.let_go(&self.objects, Ok(&plan), ports.clock.now()) {
                plan = self.plan_now(ports, gathered, Some(plan));
            }
            self.plan = Some(plan);
            self.conclude(ports, mode, &mut report);
            self.publish(ports, gathered, &report).await?;
            executed?;
            return Ok(report);
        }
        self.conclude(ports, mode, &mut report);
        Ok(report)
    }

    async fn load(&mut self, ports: &Ports) -> Result<(), RecordsError> {
        if self.loaded {
            return Ok(());
        }
        let loaded = ports.records.load(&self.object).await?;
        let now = ports.clock.now();
        self.ledger.load(loaded.tenant, loaded.trail_end, now);
        self.publisher.found_tenant(loaded.tenant_standing);
        for (key, (memory, published)) in loaded.objects {
            if let Some(published) = published {
                self.publisher.found(key.clone(), published);
            }
            self.ledger.load_object(key, memory, now);
        }
        self.loaded = true;
        Ok(())
    }

    async fn observe(&mut self, ports: &Ports, gathered: &Gathered) -> Result<(), TenantError> {
        let now = ports.clock.now();
        let (objects, read) = (Arc::clone(&self.objects), reading::choose(&self.observation, now));
        let scope = Self::scope(objects.iter(), &self.ledger.memory, gathered, read, self.due_for_verification(now));
        Self::observe_all(ports, &scope, &mut self.observation).await?;
        if self.observation.credentials.iter().all(|credential| credential.failure.is_none()) {
            self.observation.read_at = Some(now);
        }
        Ok(())
    }

    /// A message about what cannot be read for a while, with how old that makes what status says.
    fn since(&self, reason: Reason, message: String) -> String {
        match self.observation.read_at {
            Some(at) if reason.handling() == Handling::Progress => {
                format!("{message} (status is as it was read at {})", at.strftime("%Y-%m-%dT%H:%M:%SZ"))
            }
            _ => message,
        }
    }

    fn settle_and_plan(&mut self, ports: &Ports, gathered: &Gathered, previous: Option<Plan>) -> Plan {
        self.ledger.settle(&self.objects, &self.observation, ports.clock.now());
        self.ledger.pin_protected(gathered, &self.observation);
        self.plan_now(ports, gathered, previous)
    }

    /// Reads directly what is about to be written and was known only through the change feed. Whether anything was read.
    async fn confirm(&mut self, ports: &Ports, gathered: &Gathered, plan: &Plan) -> bool {
        // What was read within this pass is fresh; a pass takes far less than the spacing of agreeing reads.
        let fresh = ports.clock.now().saturating_sub(flight::GRAPH.spacing).unwrap_or_default();
        let (mut stale, mut objects) = (BTreeSet::new(), Vec::new());
        for (index, step) in plan.writes().take(MOST_STEPS) {
            let Some(id) = step.target().as_account() else { continue };
            let account = self.observation.accounts.get(&id).and_then(|fact| fact.present());
            if account.is_none_or(|account| account.read_at < fresh) {
                stale.insert(id);
                objects.push(&self.objects[index]);
            }
        }
        if stale.is_empty() {
            return false;
        }
        objects.dedup_by_key(|object| &object.key);
        let scope = Self::scope(objects.into_iter(), &self.ledger.memory, gathered, Read::Direct, stale);
        // A failed confirmation puts the accounts out of reach, and the plan made of that writes nothing there.
        Self::observe_all(ports, &scope, &mut self.observation).await.is_ok()
    }

    /// Reads every surface by its port. What one port cannot read is out of reach, and the others go on; the error is what all
    /// of them have.
    async fn observe_all(ports: &Ports, scope: &Scope<'_>, observation: &mut Observation) -> Result<(), TenantError> {
        let (mut failed, mut failures) = (Vec::new(), BTreeMap::new());
        for port in &ports.surfaces {
            if let Err(error) = port.observe(scope, observation).await {
                failures.extend(port.surfaces().iter().map(|surface| {
                    let TenantError { reason, message, retry_after } = error.clone();
                    (*surface, Failure { reason, message, retry_after })
                }));
                failed.push(error);
            }
        }
        if failed.len() == ports.surfaces.len()
            && let Some(first) = failed.into_iter().next()
        {
            return Err(first);
        }
        // A look at a few accounts says nothing of surfaces that failed before.
        if scope.read == Read::Direct {
            observation.failures.append(&mut failures);
        } else {
            observation.failures = failures;
        }
        Ok(())
    }

    /// Asks services how far they are with what they accepted.
    async fn follow_operations(&mut self, ports: &Ports) {
        for running in self.ledger.running(MOST_STEPS) {
            let Some(port) = ports.serving(running.surface) else { continue };
            let progress = ports.surfaces[port].poll(running.surface, &running.operation).await;
            self.ledger.progressed(running, progress, ports.clock.now());
        }
    }

    /// Has the tenant read as a whole where the plan would change who receives a notice. Whether there is something new to
    /// judge it on.
    async fn survey(&mut self, plan: &Plan) -> bool {
        let Some(surveyor) = &self.surveyor else { return false };
        let steps = plan.steps().map(|(_, step, _)| step);
        let (observation, read) = (&self.observation, self.landscape.as_deref());
        let matters = |step: &&Step| surface::matters(step, observation, read);
        let steps: Vec<Step> = steps.filter(matters).cloned().collect();
        // What no step bears on is not held, neither beside the one that is read next: a tenant may be large.
        let known = self.landscape.take().map(|known| Arc::downgrade(&known));
        if steps.is_empty() {
            return false;
        }
        let read = surveyor.landscape(&steps).await;
        let same = read.as_ref().map(Arc::as_ptr) == known.as_ref().map(Weak::as_ptr);
        self.landscape = read;
        !same
    }

    /// When to come back, apart from work in hand: at once where a credential could not be used for a while only. What takes a
    /// person is no reason to ask the other surfaces more often than the interval says.
    fn look_again(&self, interval: Duration) -> Duration {
        let failures = self.observation.credentials.iter().filter_map(|credential| credential.failure.as_ref());
        let passing = failures
            .chain(self.observation.failures.values())
            .filter(|failure| failure.reason.handling() == Handling::Progress);
        passing.map(|failure| again(failure.retry_after)).fold(interval, Duration::min)
    }

    fn failing(&self) -> Vec<TenantProblem> {
        let failing = |credential: &CredentialFacts| {
            let Failure { reason, message, .. } = credential.failure.as_ref()?;
            let message = self.since(*reason, format!("{}: {message}", credential.name()));
            Some(TenantProblem { reason: *reason, message })
        };
        let ports = self.observation.failures.iter().map(|(surface, Failure { reason, message, .. })| TenantProblem {
            reason: *reason,
            message: self.since(*reason, format!("surface {}: {message}", surface.as_str())),
        });
        self.observation.credentials.iter().filter_map(failing).chain(ports).collect()
    }

    fn conclude(&self, ports: &Ports, mode: &Mode, report: &mut PassReport) {
        let Some(plan) = &self.plan else { return };
        report.failing = self.failing();
        report.gated = plan.steps().filter(|(_, _, verdict)| matches!(verdict, Verdict::Gated(..))).count();
        report.blocked = plan.blocked_by();
        let open = plan.writes().any(|(_, step)| match mode {
            Mode::Run => true,
            Mode::Only(steps) => steps.contains(&step.digest),
            Mode::Preview => false,
        });
        let verifying = plan.verifying();
        let away = report.failing.iter().any(|problem| problem.reason.handling() == Handling::Progress);
        report.unfinished = *mode != Mode::Preview && (open || verifying || away);
        if verifying {
            report.next = report.next.min(self.until_next_read(ports.clock.now()));
        }
        if let Some(due) = plan.due() {
            let until = Duration::try_from(due.duration_since(ports.clock.now())).unwrap_or_default();
            report.next = report.next.min(until.max(SOONEST_AGAIN));
        }
        self.return_for_removed(mode, ports.clock.now(), report);
        // Work that was left for want of time goes on at once; work that the service turned away waits as it asked.
        if open && report.sent > 0 && report.done == report.sent {
            report.next = Duration::ZERO;
        }
    }
}

/// The interval, ±10 %: a fleet of tenants started together must not ask together for ever.
fn jittered(seconds: u64, random: u64) -> Duration {
    let per_mille = 900 + random % 201;
    Duration::from_millis(seconds.saturating_mul(per_mille))
}
