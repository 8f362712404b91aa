//! Tenants that were recorded, and how the product reads them.

use std::{
    collections::BTreeSet,
    future::Future,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use tenant_contacts::simulated::InProcess;
use tenant_contacts_api::field::{Field, Surface};
use tenant_contacts_core::{
    answer::{Declared, explain},
    landscape::{Landscape, Wanted},
    model::Observation,
    plan::{Change, Request},
    step::Target,
};
use tenant_contacts_engine::{
    port::{AccountQuery, Read, Scope, SurfacePort as _, TenantError},
    survey,
};
use tenant_contacts_m365::{
    auth::{Credential, Identity, TokenProvider},
    clock::Clock,
    cloud::{Cloud, GRAPH_VERSION},
    directory::{Access, Directory},
    ports::Ports,
    random::Rng64,
    send::{RetryPolicy, Sender},
    survey::{KnownNames, Services, TenantSurvey},
    transport::Transport,
};
use tenant_contacts_simulator::{Options, Seed, Simulator};
use uuid::Uuid;

use crate::{
    seeds,
    service::{Recorder, Recording},
};

/// When everything happens.
pub const EPOCH: &str = "2026-11-21T10:00:00Z";

/// The application that reads everything, in every seed; and what it shows for itself.
const OBSERVER: &str = "8f03b5ae-6d12-47c9-a4e0-3c5b9d7e1f62";
const SECRET: &str = "simulated-observer";

/// The one that writes.
const WRITER: Uuid = Uuid::from_u128(0x6f9f_1c8e_2b7d_4a52_9a0e_1d3c_5b7a_2001);

pub fn epoch() -> Timestamp {
    EPOCH.parse().expect("a time")
}

struct Fixed(Timestamp);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }
}

struct Sequence(AtomicU64);

impl Rng64 for Sequence {
    fn next_u64(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

fn ports(transport: Arc<dyn Transport>) -> Ports {
    Ports { clock: Arc::new(Fixed(epoch())), rng: Arc::new(Sequence(AtomicU64::new(1))), ..Ports::system(transport) }
}

/// Ways to every service of a tenant over one transport.
pub fn services(transport: Arc<dyn Transport>, tenant: Uuid) -> Services {
    let endpoints = Cloud::Global.endpoints().expect("the cloud's own");
    let identity = Identity { tenant, client_id: OBSERVER.parse().expect("an id") };
    let ports = ports(transport);
    // As for a whole tenant: Partner Center asks for up to a minute.
    let policy =
        RetryPolicy { longest_wait: Duration::from_mins(1), total: Duration::from_mins(5), ..RetryPolicy::default() };
    let secret = Arc::new(Credential::Secret(SECRET.to_owned().into()));
    let tokens = Arc::new(TokenProvider::new(ports.clone(), policy.clone(), &endpoints, identity, secret));
    let sender = |base: &url::Url, path: &str, scope| {
        Ok::<_, url::ParseError>(Arc::new(Sender::new(
            ports.clone(),
            Arc::clone(&tokens),
            scope,
            base.join(path)?,
            policy.clone(),
        )))
    };
    Services::through(Cloud::Global, &endpoints, sender).expect("addresses of the cloud")
}

pub fn survey(transport: Arc<dyn Transport>, tenant: Uuid, names: &Arc<KnownNames>) -> TenantSurvey {
    TenantSurvey::new(tenant, services(transport, tenant), Arc::new(Fixed(epoch())), Arc::clone(names))
}

/// The directory as a pass sees it, with one credential for everything.
pub fn directory(transport: Arc<dyn Transport>, tenant: Uuid) -> Directory {
    let sender = services(transport, tenant).graph;
    let surfaces = BTreeSet::from([Surface::Organization, Surface::Users]);
    let access = Access { place: 0, client_id: WRITER, surfaces, sender: Ok(sender) };
    Directory::new(vec![access], tenant, Arc::new(Fixed(epoch())), RetryPolicy::default())
}

/// Runs on a clock that stands still and jumps to the next thing that waits.
pub fn on_paused_time<T>(work: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().expect("a runtime").block_on(work)
}

/// Whatever the services do, reading a tenant ends: after half an hour it is given up, as the product does.
pub async fn in_time<T>(reading: impl Future<Output = Result<T, TenantError>>) -> Option<Result<T, TenantError>> {
    tokio::time::timeout(Duration::from_mins(30), reading).await.ok()
}

/// Reads a tenant as far as the answer needs it.
pub async fn look(survey: &TenantSurvey) -> Option<Result<Landscape, TenantError>> {
    let declared = Declared::default();
    read(survey, &|landscape| explain(landscape, &declared, epoch()).wanted).await
}

/// Reads a tenant as far as `wanted` says.
pub async fn read(
    survey: &TenantSurvey,
    wanted: &(dyn Fn(&Landscape) -> BTreeSet<Wanted> + Sync),
) -> Option<Result<Landscape, TenantError>> {
    in_time(survey::read(survey, epoch(), wanted)).await
}

/// What somebody who is told of an error must not be told with it.
pub fn is_discreet(text: &str) {
    assert!(!text.contains(SECRET), "a secret is shown: {text}");
    assert!(!text.contains("eyJ"), "a token is shown: {text}");
    for domain in ["@contoso.", "@fabrikam.", "@outside.", "@elsewhere."] {
        assert!(!text.contains(domain), "an address is shown: {text}");
    }
}

/// Writes that go to a tenant.
pub fn writes(tenant: &Known) -> Vec<Request> {
    let values = |value: &str| -> Box<[Box<str>]> { [value.into()].into() };
    let request = |target, field, value| Request {
        target,
        change: Change::Set { set: vec![(field, values(value))], carry: vec![] },
        steps: vec![],
        id: None,
    };
    let accounts = tenant.accounts.iter().take(3).flat_map(|(_, id)| {
        [
            request(Target::account(*id), Field::AlternateEmails, "ann@fabrikam.example"),
            request(Target::account(*id), Field::MobilePhone, "+1 4255550100"),
        ]
    });
    let organization = [
        request(Target::ORGANIZATION, Field::Technical, "it@contoso.com"),
        request(Target::ORGANIZATION, Field::PrivacyContact, "privacy@contoso.com"),
    ];
    organization.into_iter().chain(accounts).collect()
}

/// A tenant that was recorded.
pub struct Known {
    pub recording: Recording,
    /// The details that its answer needs.
    pub wanted: BTreeSet<Wanted>,
    /// Some of its accounts, by sign-in name.
    pub accounts: Vec<(String, Uuid)>,
}

impl Known {
    /// What a pass wants of it.
    pub fn scope(&self, read: Read) -> Scope<'_> {
        let named =
            self.accounts.iter().map(|(name, id)| AccountQuery { name, id: (id.as_u128() % 2 == 0).then_some(*id) });
        let accounts = named.chain([AccountQuery { name: "nobody@contoso.com", id: None }]).collect();
        let direct = self.accounts.iter().take(1).map(|(_, id)| *id).collect();
        Scope { accounts, organization: true, things: Vec::new(), read, direct }
    }
}

fn record(seed: &Seed) -> Known {
    on_paused_time(async {
        let options = Options { epoch: Some(epoch()), ..Options::default() };
        let simulator = Simulator::new(seed, options).expect("a seed of this repository");
        let tenant: Uuid = simulator.tenant_id().parse().expect("an id");
        let truth = simulator.truth();
        let accounts = truth["users"].as_array().into_iter().flatten().filter_map(|user| {
            Some((user["userPrincipalName"].as_str()?.to_owned(), user["id"].as_str()?.parse().ok()?))
        });
        let mut known = Known {
            recording: Recording::of(tenant, Vec::new()),
            wanted: BTreeSet::new(),
            accounts: accounts.take(8).collect(),
        };
        let recorder = Arc::new(Recorder { tenant: InProcess(simulator), exchanges: Mutex::default() });
        let transport: Arc<dyn Transport> = Arc::<Recorder>::clone(&recorder);
        let (declared, wanted) = (Declared::default(), Mutex::new(BTreeSet::new()));
        let noting = |landscape: &Landscape| {
            let explained = explain(landscape, &declared, epoch());
            wanted.lock().expect("nobody else").extend(explained.wanted.clone());
            explained.wanted
        };
        let survey = survey(Arc::clone(&transport), tenant, &Arc::default());
        read(&survey, &noting).await.expect("it ends").expect("it can be read");
        known.wanted = wanted.into_inner().expect("nobody else");
        let directory = directory(transport, tenant);
        let mut observation = Observation::default();
        for read in [Read::Full, Read::Changes, Read::Direct] {
            directory.observe(&known.scope(read), &mut observation).await.expect("it can be observed");
        }
        directory.write(&writes(&known)).await;
        known.recording = Recording::of(tenant, std::mem::take(&mut *recorder.exchanges.lock().expect("nobody else")));
        known
    })
}

/// The tenants, recorded when the first of them is asked for.
pub fn known() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        assert!(Cloud::Global.endpoints().expect("the cloud's own").graph().join(GRAPH_VERSION).is_ok());
        seeds::observed().iter().map(record).collect()
    })
}
