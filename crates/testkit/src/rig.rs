//! A tenant in process, manifests, records, and passes over them on paused time.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use tenant_contacts::{
    connect::Network,
    directory::{self, Manifests},
    driver::Driver,
    gather::{self, TenantSet},
    simulated::{self, InProcess},
    state::Ephemeral,
    world::ProcessClock,
};
use tenant_contacts_api::manifest::{Checker, relations};
use tenant_contacts_core::desired::{DesiredApproval, DesiredTenant};
use tenant_contacts_engine::{
    Mode, PassReport, TenantWorker,
    port::{Clock as _, NoFence, Records, RecordsError},
};
use tenant_contacts_m365::{observe::Unobserved, send::RetryPolicy, transport::Transport};
use tenant_contacts_simulator::{Options, Seed, Simulator};

use crate::places;

/// When every simulated world begins.
pub const EPOCH: &str = "2026-11-21T10:00:00Z";

/// Passes after which a run counts as never ending: a verification window is 120 passes of a second each, and the longest
/// script has far fewer than twenty of them.
const MOST_PASSES: usize = 2_000;

/// A world that outlives any process of the operator: the tenant, the records and the time.
#[derive(Clone)]
pub struct World {
    pub simulator: Simulator,
    pub records: Ephemeral,
    pub clock: ProcessClock,
}

impl World {
    /// Begins a world. Call within a runtime whose time is paused.
    pub fn new(seed: &Seed, options: Options) -> Self {
        let epoch: Timestamp = EPOCH.parse().unwrap();
        let options = Options { epoch: Some(epoch), ..options };
        Self {
            simulator: Simulator::new(seed, options).unwrap(),
            records: Ephemeral::default(),
            clock: ProcessClock::start_at(epoch),
        }
    }

    /// A process of the operator, with what lies between it and the world.
    pub fn process(&self, set: &TenantSet, records: Arc<dyn Records>, transport: Arc<dyn Transport>) -> Driver {
        let network = Network {
            transport,
            endpoints: Some(simulated::in_process_endpoints().unwrap()),
            clock: self.clock,
            policy: RetryPolicy::default(),
            limited: false,
            mail_exchangers: Arc::new(tenant_contacts::survey::NotAsked),
            observer: Arc::new(Unobserved),
            federation: None,
        };
        Driver::new(set.gathered.tenant.object.clone(), records, Arc::new(NoFence), network)
    }

    /// A process with nothing in between.
    pub fn plain_process(&self, set: &TenantSet) -> Driver {
        self.process(set, Arc::new(self.records.clone()), Arc::new(InProcess(self.simulator.clone())))
    }

    /// Now, in the world.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Compiling the schemas and rules of every kind takes longer than most of what tests do with them.
pub fn checker() -> &'static Arc<Checker> {
    static CHECKER: OnceLock<Arc<Checker>> = OnceLock::new();
    CHECKER.get_or_init(|| Arc::new(Checker::new().unwrap()))
}

/// The one Tenant of a folder of manifests. Read once: a test plays hundreds of worlds on it.
pub fn folder(path: &str) -> TenantSet {
    static READ: Mutex<BTreeMap<String, TenantSet>> = Mutex::new(BTreeMap::new());
    let mut read = READ.lock().unwrap();
    read.entry(path.to_owned()).or_insert_with(|| only(&directory::read(checker(), &places::root().join(path)))).clone()
}

/// The one Tenant of a text of manifests.
pub fn text(yaml: &str) -> TenantSet {
    let reading = checker().read("test.yaml", yaml.as_bytes());
    let (manifests, mut problems) = relations::unique(reading.manifests);
    problems.extend(reading.problems);
    only(&Manifests { manifests, problems, complete: true, ..Manifests::default() })
}

fn only(read: &Manifests) -> TenantSet {
    assert!(read.problems.is_empty(), "{:#?}", read.problems);
    let sets = gather::sets(read);
    assert!(sets.problems.is_empty(), "{:#?}", sets.problems);
    let mut tenants: Vec<TenantSet> = sets.tenants.into_values().collect();
    assert_eq!(tenants.len(), 1, "one Tenant is declared");
    tenants.remove(0)
}

/// Gives the approval that the last plan asks for, as a person would.
pub fn approve(driver: &Driver, set: &mut TenantSet, now: Timestamp) -> bool {
    approve_plan(driver.worker(), &mut set.gathered.tenant, now)
}

/// The same of a worker's.
pub fn approve_plan(worker: &TenantWorker, tenant: &mut DesiredTenant, now: Timestamp) -> bool {
    let Some(hash) = worker.plan().and_then(|plan| plan.approval_hash) else { return false };
    let until = now.saturating_add(SignedDuration::from_hours(24)).unwrap();
    tenant.approvals.push(DesiredApproval { hash, by: "somebody".into(), until });
    true
}

/// Passes, with what waits approved, until there is nothing left to write, to verify or to approve.
pub async fn converge(driver: &mut Driver, set: &mut TenantSet, world: &World) -> Result<(), RecordsError> {
    converge_watching(driver, set, world, |_, _| {}).await
}

/// The same, showing each pass's report to `watch`.
pub async fn converge_watching(
    driver: &mut Driver,
    set: &mut TenantSet,
    world: &World,
    mut watch: impl FnMut(&Driver, &PassReport),
) -> Result<(), RecordsError> {
    for _ in 0..MOST_PASSES {
        let report = driver.pass(set, &Mode::Run).await?;
        watch(driver, &report);
        let approved = approve(driver, set, world.now());
        if !approved && !report.unfinished && report.gated == 0 && report.problem.is_none() {
            return Ok(());
        }
        let wait = if approved { Duration::ZERO } else { report.next };
        tokio::time::sleep(wait).await;
    }
    let worker = driver.worker();
    panic!("no end after {MOST_PASSES} passes:\n{:#?}\n{:#?}", worker.plan(), worker.objects());
}

/// Runs a test on a clock that stands still and jumps to the next thing that waits.
pub fn on_paused_time<T>(test: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap().block_on(test)
}
