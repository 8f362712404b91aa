//! A simulated tenant and the engine on it, in process and on paused time.
//!
//! Invariant: nothing sleeps for real and nothing is random; a world of equal seed and declarations runs equal passes.

use std::{
    future::Future,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use jiff::Timestamp;
use serde_json::{Map, Value};
use tenant_contacts::{
    connect::Network,
    driver::Driver,
    gather::TenantSet,
    simulated::{InProcess, in_process_endpoints},
    state::Ephemeral,
    world::ProcessClock,
};
use tenant_contacts_core::{plan::Plan, step::Verdict};
use tenant_contacts_engine::{Mode, PassReport, port::NoFence};
use tenant_contacts_m365::{
    observe::Unobserved,
    send::RetryPolicy,
    transport::{Body, Transport, TransportError},
};
use tenant_contacts_report::plan::PlanView;
use tenant_contacts_simulator::{Options, Seed, Simulator};

use super::declared::Declared;

/// When every world begins.
const EPOCH: &str = "2026-11-21T12:00:00Z";

/// Longer than the spacing of two reads that verify a write (5 s).
pub const BETWEEN_READS: Duration = Duration::from_secs(6);

/// An ordinary interval, and longer than the replication window (two minutes): what differs after it is not a replica that
/// is behind. Five of them end before a refusal for want of a permission is tried again (an hour).
pub const INTERVAL: Duration = Duration::from_mins(10);

/// A PATCH as it left.
#[derive(Clone, Debug)]
pub struct Patch {
    pub path: String,
    pub body: Map<String, Value>,
}

/// Every write that left, whether the tenant took it or not.
#[derive(Clone, Default)]
pub struct Sent(Arc<Mutex<Vec<(String, Patch)>>>, Arc<Mutex<Vec<String>>>);

impl Sent {
    /// Methods and requests of everything but reads.
    pub fn all(&self) -> Vec<(String, Patch)> {
        self.0.lock().unwrap().clone()
    }

    /// The scopes that tokens were asked for.
    pub fn scopes(&self) -> Vec<String> {
        self.1.lock().unwrap().clone()
    }

    /// Looks for the scope in the form of a request for a token; nothing else of it is kept.
    fn note_scope(&self, form: &[u8]) {
        let mut pairs = form.split(|byte| *byte == b'&').filter_map(|pair| pair.strip_prefix(b"scope="));
        self.1.lock().unwrap().extend(pairs.next().map(|scope| String::from_utf8_lossy(scope).into_owned()));
    }

    fn note(&self, method: &str, path: &str, body: &Value) {
        // Exchange is asked by POST: what a request does is told by the name of its cmdlet.
        let cmdlet = body.pointer("/CmdletInput/CmdletName").and_then(Value::as_str);
        let asks = cmdlet.is_some_and(|name| name.starts_with("Get-"));
        let read = method == "GET" || asks || path.ends_with("/$batch") || path.ends_with("/oauth2/v2.0/token");
        if !read {
            let body = body.as_object().cloned().unwrap_or_default();
            self.0.lock().unwrap().push((method.to_owned(), Patch { path: path.to_owned(), body }));
        }
    }
}

/// Looks at what passes by.
struct Watched(InProcess, Sent);

impl Transport for Watched {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        self.1.note_scope(request.body());
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        self.1.note(request.method().as_str(), request.uri().path(), &body);
        for item in body.get("requests").and_then(Value::as_array).into_iter().flatten() {
            self.1.note(item["method"].as_str().unwrap(), item["url"].as_str().unwrap(), &item["body"]);
        }
        self.0.send(request)
    }
}

/// See the module.
pub struct World {
    pub simulator: Simulator,
    pub records: Ephemeral,
    pub driver: Driver,
    pub sent: Sent,
    /// How the tenant is reached.
    pub network: Network,
    clock: ProcessClock,
}

/// What it took to converge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Converged {
    pub passes: usize,
    pub approvals: usize,
}

/// Most approvals on the way to a declared state: one for what is gated at first, and one for what an hour's limit gates
/// after that.
const MOST_APPROVALS: usize = 2;

/// Most passes: one that writes, three that verify (two reads agree, the third pass sees nothing left), and as many again
/// for each approval.
const MOST_PASSES: usize = 4 * (1 + MOST_APPROVALS);

/// Runs on a paused clock.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(test)
}

impl World {
    /// A fresh world. Call it inside of [`run`].
    pub fn new(seed: &Seed) -> Self {
        let epoch: Timestamp = EPOCH.parse().unwrap();
        let simulator = Simulator::new(seed, Options { epoch: Some(epoch), ..Options::default() }).unwrap();
        let (records, sent) = (Ephemeral::default(), Sent::default());
        let clock = ProcessClock::start_at(epoch);
        let network = Network {
            transport: Arc::new(Watched(InProcess(simulator.clone()), sent.clone())),
            endpoints: Some(in_process_endpoints().unwrap()),
            clock,
            policy: RetryPolicy::default(),
            limited: false,
            mail_exchangers: Arc::new(tenant_contacts::survey::NotAsked),
            observer: Arc::new(Unobserved),
            federation: None,
        };
        let driver = Driver::new(Declared::key(), Arc::new(records.clone()), Arc::new(NoFence), network.clone());
        Self { simulator, records, driver, sent, network, clock }
    }

    /// One pass. The records of a test never fail.
    pub async fn pass(&mut self, set: &TenantSet, mode: &Mode) -> PassReport {
        self.driver.pass(set, mode).await.unwrap()
    }

    /// The last pass's plan.
    pub fn plan(&self) -> &Plan {
        self.driver.worker().plan().unwrap()
    }

    /// The last pass's plan as it is shown.
    pub fn view(&self, set: &TenantSet) -> PlanView {
        let worker = self.driver.worker();
        tenant_contacts_report::plan::view(&set.gathered.tenant, worker.objects(), worker.observation(), self.plan())
    }

    /// The verdicts of the last plan, by object name and field.
    pub fn verdicts(&self) -> Vec<(String, tenant_contacts_api::field::Field, Verdict)> {
        let objects = self.driver.worker().objects().iter().zip(&self.plan().objects);
        objects
            .flat_map(|(object, plan)| {
                plan.fields.iter().map(|field| (object.key.name.to_string(), field.field, field.verdict.clone()))
            })
            .collect()
    }

    /// Lets time go by.
    pub async fn wait(&self, time: Duration) {
        tokio::time::advance(time).await;
    }

    /// Now, in the world.
    pub fn now(&self) -> Timestamp {
        tenant_contacts_engine::port::Clock::now(&self.clock)
    }

    /// An hour from now.
    pub fn in_an_hour(&self) -> String {
        self.now().saturating_add(jiff::SignedDuration::from_hours(1)).unwrap().to_string()
    }

    /// Passes until nothing is left to write or to verify, approving whatever asks for it.
    pub async fn converge(&mut self, declared: &mut Declared) -> Converged {
        let mut approvals = 0;
        for passes in 1..=MOST_PASSES {
            let report = self.pass(&declared.set(), &Mode::Run).await;
            assert_eq!(report.problem, None);
            if let Some(hash) = self.plan().approval_hash {
                approvals += 1;
                assert!(approvals <= MOST_APPROVALS, "{:#?}", self.view(&declared.set()));
                declared.approve(&hash.to_string(), &self.in_an_hour());
                // Time goes by before somebody approves.
                self.wait(Duration::from_secs(1)).await;
            } else if report.unfinished {
                self.wait(BETWEEN_READS).await;
            } else {
                return Converged { passes, approvals };
            }
        }
        panic!("{MOST_PASSES} passes were not enough: {:#?}", self.view(&declared.set()));
    }

    /// The organization, or a user by id, as it truly is.
    pub fn truth(&self, user: Option<&str>) -> Value {
        let truth = self.simulator.truth();
        let (set, id) = user.map_or(("organization", super::seeds::TENANT), |id| ("users", id));
        let mut objects = truth[set].as_array().unwrap().iter();
        objects.find(|object| object["id"] == id).cloned().unwrap_or_default()
    }
}
