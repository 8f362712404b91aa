//! The engine as a process: first pass, idle passes, one change, and one field on many accounts.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Method, Request, Response};
use serde_json::{Value, json};
use tenant_contacts::{
    connect::{Connection, Network},
    gather::TenantSet,
    world::{Chance, ProcessClock},
};
use tenant_contacts_api::{
    field::{Field, Surface},
    v1alpha1::DeletionPolicy,
};
use tenant_contacts_core::{
    desired::{DesiredField, DesiredObject, DesiredTarget, Kind, ObjectKey, Want},
    model::Observation,
    plan::{self, Input},
};
use tenant_contacts_engine::{
    Mode, PassReport, TenantWorker,
    audit::AuditRecord,
    port::{
        Limits, Loaded, NoFence, ObjectUpdate, Outcome, Read, Records, RecordsError, Scope, SurfacePort, TenantError,
        TenantUpdate,
    },
    worker::{Gathered, Ports},
};
use tenant_contacts_m365::{
    cloud::Endpoints,
    net::{NetCounts, NetOptions, NetTransport},
    observe::Unobserved,
    send::RetryPolicy,
    transport::{Body, Transport, TransportError},
};
use tokio::time::Instant;

use super::{bare::Client, declared, measure};

/// The network, with requests counted by what they do.
struct Counting {
    net: NetTransport,
    /// Batches that write.
    writes: AtomicU64,
    /// Batches that read accounts.
    reads: AtomicU64,
    /// Everything else: the change feed, the batch on organization, domains and roles, tokens.
    others: AtomicU64,
}

impl Counting {
    fn counts(&self) -> NetCounts {
        self.net.counts()
    }
}

impl Transport for Counting {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        let body = std::str::from_utf8(request.body()).unwrap_or_default();
        let counter = if body.contains("\"method\":\"PATCH\"") {
            &self.writes
        } else if body.contains("\"url\":\"/users/") {
            &self.reads
        } else {
            &self.others
        };
        counter.fetch_add(1, Relaxed);
        self.net.send(request)
    }
}

/// The tenant port, with the time spent observing and the reads that confirm before a write.
struct Watched {
    tenant: Arc<dyn SurfacePort>,
    net: Arc<Counting>,
    observing: Mutex<Duration>,
    confirming: AtomicU64,
}

impl SurfacePort for Watched {
    fn surfaces(&self) -> &'static [Surface] {
        self.tenant.surfaces()
    }

    fn observe<'a>(
        &'a self,
        scope: &'a Scope<'a>,
        observation: &'a mut Observation,
    ) -> BoxFuture<'a, Result<(), TenantError>> {
        Box::pin(async move {
            let (started, before) = (Instant::now(), self.net.reads.load(Relaxed));
            let done = self.tenant.observe(scope, observation).await;
            *self.observing.lock().unwrap() += started.elapsed();
            if scope.read == Read::Direct {
                self.confirming.fetch_add(self.net.reads.load(Relaxed) - before, Relaxed);
            }
            done
        })
    }

    fn write<'a>(&'a self, requests: &'a [plan::Request]) -> BoxFuture<'a, Vec<Outcome>> {
        self.tenant.write(requests)
    }

    fn limits(&self) -> Limits {
        self.tenant.limits()
    }
}

/// Records that are counted and not kept: in a cluster the API server keeps them.
#[derive(Default)]
struct Discarding(AtomicU64);

impl Records for Discarding {
    fn load<'a>(&'a self, _tenant: &'a ObjectKey) -> BoxFuture<'a, Result<Loaded, RecordsError>> {
        Box::pin(async { Ok(Loaded::default()) })
    }

    fn keep<'a>(
        &'a self,
        _tenant: &'a ObjectKey,
        update: Option<TenantUpdate<'a>>,
        objects: &'a [ObjectUpdate<'a>],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        self.0.fetch_add(objects.len() as u64 + u64::from(update.is_some()), Relaxed);
        Box::pin(async { Ok(()) })
    }

    fn audit<'a>(
        &'a self,
        _tenant: &'a ObjectKey,
        _records: &'a [AuditRecord],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        Box::pin(async { Ok(()) })
    }
}

/// Accounts whose phone is changed in the bulk part.
const BULK: usize = 1_000;

pub(crate) async fn run(base: &str, file: &str) -> Value {
    let net = Arc::new(Counting {
        net: NetTransport::new(&NetOptions::default()).unwrap(),
        writes: AtomicU64::new(0),
        reads: AtomicU64::new(0),
        others: AtomicU64::new(0),
    });
    let clock = ProcessClock::start();
    let url = url::Url::parse(base).unwrap();
    let network = Network {
        transport: Arc::<Counting>::clone(&net),
        endpoints: Some(Endpoints::overridden(url.clone(), url.clone(), url).unwrap()),
        clock,
        policy: RetryPolicy::default(),
        limited: false,
        mail_exchangers: Arc::new(tenant_contacts::survey::NotAsked),
        observer: Arc::new(Unobserved),
        federation: None,
    };
    let mut set = set(file);
    let records = Arc::new(Discarding::default());
    let mut connection = Connection::open(set.gathered.tenant.key, &network, Arc::new(NoFence)).unwrap();
    let watched = Arc::new(Watched {
        tenant: connection.surfaces(&set).unwrap().remove(0),
        net: Arc::clone(&net),
        observing: Mutex::default(),
        confirming: AtomicU64::new(0),
    });
    let ports = Ports {
        surfaces: vec![Arc::<Watched>::clone(&watched)],
        records: Arc::<Discarding>::clone(&records),
        clock: Arc::new(clock),
        rng: Arc::new(Chance),
        fence: Arc::new(NoFence),
    };
    let mut worker = TenantWorker::new(set.gathered.tenant.object.clone());
    let mut out = serde_json::Map::new();

    // The token is fetched before: it is not Graph's, and once an hour.
    let (before, started, cpu) = (net.counts(), Instant::now(), measure::cpu());
    let first = pass(&mut worker, &ports, &set.gathered).await;
    assert!(first.problem.is_none() && first.sent == 0, "{first:?}");
    let after = net.counts();
    out.insert("observe_requests".into(), json!(after.requests - before.requests - 1));
    out.insert("observe_bytes".into(), json!(after.bytes_in - before.bytes_in));
    out.insert("observe_wall".into(), json!(watched.observing.lock().unwrap().as_secs_f64()));
    out.insert("pass_wall".into(), json!(started.elapsed().as_secs_f64()));
    out.insert("observe_cpu".into(), json!(measure::cpu() - cpu));

    let (before, cpu, kept) = (net.counts(), measure::cpu(), records.0.load(Relaxed));
    for _ in 0..AVERAGED {
        let idle = pass(&mut worker, &ports, &set.gathered).await;
        assert_eq!(idle.sent, 0);
    }
    out.insert("idle_requests".into(), json!((net.counts().requests - before.requests) / u64::from(AVERAGED)));
    out.insert("idle_cpu".into(), json!((measure::cpu() - cpu) / f64::from(AVERAGED)));
    out.insert("idle_records".into(), json!(records.0.load(Relaxed) - kept));
    out.insert("plan_wall".into(), json!(plan_alone(&worker, &set.gathered, &ports)));
    out.insert("peak".into(), json!(measure::peak_memory("self")));

    one_change(base, &mut worker, &ports, &set.gathered, &net, &mut out).await;
    bulk(&mut worker, &ports, &mut set, &watched, &mut out).await;
    out.insert("connections".into(), json!(net.counts().connections));
    Value::Object(out)
}

async fn pass(worker: &mut TenantWorker, ports: &Ports, gathered: &Gathered) -> PassReport {
    worker.pass(ports, gathered, &Mode::Run).await.unwrap()
}

/// Planning alone, best of five: the whole fleet, in memory.
fn plan_alone(worker: &TenantWorker, gathered: &Gathered, ports: &Ports) -> f64 {
    let memory = worker.memories();
    let time = |_| {
        let started = std::time::Instant::now();
        let plan = plan::plan(&Input {
            tenant: &gathered.tenant,
            claimed: false,
            objects: worker.objects(),
            observation: worker.observation(),
            landscape: None,
            memory,
            tenant_memory: worker.tenant_memory(),
            now: ports.clock.now(),
        });
        assert_eq!(plan.steps().count(), 0);
        started.elapsed().as_secs_f64()
    };
    (0..5).map(time).fold(f64::INFINITY, f64::min)
}

/// Passes whose CPU is averaged: the system's clock for it ticks every ten milliseconds.
const AVERAGED: u32 = 20;

async fn one_change(
    base: &str,
    worker: &mut TenantWorker,
    ports: &Ports,
    gathered: &Gathered,
    net: &Counting,
    out: &mut serde_json::Map<String, Value>,
) {
    let client = Client::sign_in(base).await;
    let with_phone = gathered.objects.iter().filter(|object| object.fields.iter().any(has_phone));
    let names = with_phone.filter_map(|object| match &object.target {
        // Not the minimal seed's administrator, whose phone would wait for an approval.
        DesiredTarget::Account { name, .. } if !name.starts_with("admin@") => Some(name),
        _ => None,
    });
    let body = json!({"mobilePhone": "+1 206 555 0199"}).to_string();
    let mut cpu = 0.0;
    for name in names.take(AVERAGED as usize) {
        client.send(Method::PATCH, &format!("{base}/_sim/users/{name}"), "application/json", body.clone()).await;
        let (before, started) = (net.counts(), measure::cpu());
        let report = pass(worker, ports, gathered).await;
        assert_eq!(report.done, 1, "{report:?}");
        cpu += measure::cpu() - started;
        // The later ones verify the earlier ones as well.
        out.entry("change_requests").or_insert(json!(net.counts().requests - before.requests));
    }
    out.insert("change_cpu".into(), json!(cpu / f64::from(AVERAGED)));
    settle(worker, ports, gathered).await;
}

async fn settle(worker: &mut TenantWorker, ports: &Ports, gathered: &Gathered) -> usize {
    for passes in 1..10_000 {
        let report = pass(worker, ports, gathered).await;
        assert!(report.problem.is_none(), "{report:?}");
        if !report.unfinished {
            return passes;
        }
        tokio::time::sleep(report.next).await;
    }
    panic!("not settled")
}

async fn bulk(
    worker: &mut TenantWorker,
    ports: &Ports,
    set: &mut TenantSet,
    watched: &Watched,
    out: &mut serde_json::Map<String, Value>,
) {
    let net = &watched.net;
    set.gathered.tenant.mass_objects = u32::MAX;
    let mut changed = 0;
    for object in Arc::make_mut(&mut set.gathered.objects) {
        // Not the minimal seed's administrator, whose phone would wait for an approval.
        let administrator = matches!(&object.target, DesiredTarget::Account { name, .. } if name.starts_with("admin@"));
        if let Some(at) = object.fields.iter().position(|field| field.field == Field::MobilePhone)
            && changed < BULK
            && !administrator
        {
            Arc::make_mut(object).fields[at].want = Want::Exact([format!("+1 206 555 {changed:04}").into()].into());
            changed += 1;
        }
    }
    let before = (net.writes.load(Relaxed), net.reads.load(Relaxed), net.others.load(Relaxed));
    let confirmed = watched.confirming.load(Relaxed);
    let passes = settle(worker, ports, &set.gathered).await;
    out.insert("bulk".into(), json!(changed));
    out.insert("bulk_writes".into(), json!(net.writes.load(Relaxed) - before.0));
    let confirming = watched.confirming.load(Relaxed) - confirmed;
    out.insert("bulk_confirms".into(), json!(confirming));
    out.insert("bulk_reads".into(), json!(net.reads.load(Relaxed) - before.1 - confirming));
    out.insert("bulk_others".into(), json!(net.others.load(Relaxed) - before.2));
    out.insert("bulk_passes".into(), json!(passes));
}

fn set(file: &str) -> TenantSet {
    let mut objects = Vec::new();
    for (index, line) in BufReader::new(File::open(file).unwrap()).lines().enumerate() {
        let line = line.unwrap();
        let mut parts = line.split('\t');
        let name = parts.next().unwrap();
        let phone = parts.next().unwrap();
        let mails: Box<[Box<str>]> =
            parts.next().unwrap().split(',').filter(|mail| !mail.is_empty()).map(Into::into).collect();
        let field = |field, want| DesiredField { field, entry: None, want, from_secret: false, inside_allowed: true };
        let mut fields = vec![field(Field::AlternateEmails, Want::Contains(mails))];
        let synchronised = parts.next() == Some("true");
        // Every cloud account has a phone declared, so that the bulk part finds enough to change; where there is none, its
        // absence is.
        if !synchronised {
            fields.push(field(Field::MobilePhone, phone_wanted(phone)));
        }
        fields.shrink_to_fit();
        objects.push(DesiredObject {
            key: declared::key(Kind::UserContact, &format!("account-{index:06}")),
            generation: Some(1),
            target: DesiredTarget::Account { name: name.into(), id: None },
            deletion: DeletionPolicy::Orphan,
            fields,
            removed: false,
            business_email: None,
            mail: None,
            requested_at: None,
        });
    }
    declared::tenant_set(objects)
}

fn has_phone(field: &DesiredField) -> bool {
    field.field == Field::MobilePhone && matches!(field.want, Want::Exact(_))
}

fn phone_wanted(phone: &str) -> Want {
    if phone.is_empty() { Want::Contains([].into()) } else { Want::Exact([phone.into()].into()) }
}
