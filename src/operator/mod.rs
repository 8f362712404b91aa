//! The operator: the same passes, declared by custom resources and recorded in their status.
//!
//! Invariant: wiring only. What to write is decided in `core`, when in `engine`; here objects are watched, leases kept,
//! and records written. Every replica watches; only the one that holds the lease passes.

mod admin;
mod api;
mod claims;
mod declared;
mod events;
mod identity;
mod lease;
mod metrics;
mod options;
mod patience;
mod policies;
mod records;
mod reference;
mod reports;
mod set_aside;
mod surveys;
mod tenants;
mod trouble;
mod written;

use std::{collections::BTreeSet, io, sync::Arc, time::Duration};

use kube::{Client, Config};
use tenant_contacts_engine::{
    lease::Elector,
    port::{Clock as _, Fence, Listening},
};
use tenant_contacts_m365::{
    observe::Observer,
    random::{Rng64 as _, SystemRng},
};
use tokio::{sync::watch, task::JoinSet};

pub use options::Options;
pub(crate) use options::duration_flag;
pub(crate) use trouble::innermost;

use self::{
    admin::Admin,
    api::ApiServer,
    claims::Claims,
    declared::Declared,
    events::{Events, Telling},
    lease::{LeaseClient, LeaseFence},
    metrics::{Heartbeat, Metrics},
    policies::PolicyStatuses,
    records::ClusterRecords,
    reports::Reports,
    set_aside::SetAsides,
    tenants::Surroundings,
};
use crate::connect::Network;

/// How long a watch may stay silent: the API server sends a bookmark every minute, so two and a half are a dead connection.
const WATCH_SILENCE: Duration = Duration::from_secs(150);

/// What putting back takes at the least: two reads that agree, five seconds apart, and the passes around them.
const LEAST_RELEASE: Duration = Duration::from_secs(10);

/// Time that a pass in hand may take to end beyond its last request.
const FINISH_MARGIN: Duration = Duration::from_secs(5);

/// The operator cannot run.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// No namespace is served.
    #[error(
        "no --namespace: say which namespaces' Tenants to serve, or give a folder with --manifests to run without a cluster"
    )]
    NoNamespace,
    /// The lease is too short for the requests it has to cover.
    #[error("--lease-duration must be at least twice --request-timeout: a request may only leave if it ends in time")]
    LeaseTooShort,
    /// No original could ever be put back.
    #[error("--release-after must be at least 10s: putting back a value and reading it twice takes that long")]
    ReleaseTooSoon,
    /// There is no way to the API server.
    #[error("the API server's address and credentials cannot be found: outside a cluster, KUBECONFIG names them")]
    NoCluster(#[source] Box<kube::config::InferConfigError>),
    /// The client could not be set up.
    #[error("the client for the API server could not be set up")]
    Client(#[source] Box<kube::Error>),
    /// The admin port is taken, or may not be opened.
    #[error("the admin port {address} could not be opened")]
    Admin {
        /// Its address.
        address: std::net::SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Runs the operator until `stop`; then ends the pass in hand and gives the leases back.
pub async fn run(options: Options, mut network: Network, stop: impl Future<Output = ()>) -> Result<(), OperatorError> {
    let Options {
        namespaces,
        lease_namespace,
        lease_name,
        lease_duration,
        request_timeout,
        release_after,
        admin_listen,
        replica,
    } = options;
    let namespaces: BTreeSet<String> = namespaces.into_iter().collect();
    if namespaces.is_empty() {
        return Err(OperatorError::NoNamespace);
    }
    if lease_duration < request_timeout * 2 {
        return Err(OperatorError::LeaseTooShort);
    }
    if release_after < LEAST_RELEASE {
        return Err(OperatorError::ReleaseTooSoon);
    }
    let client = connect().await?;
    network.policy.attempt_timeout = request_timeout;
    network.federation = Some(Arc::new(identity::ServiceAccounts(client.clone())));
    let clock = network.clock;
    // No request takes longer, those to the API server included.
    let aftermath = request_timeout;
    let operator = format!("{lease_namespace}/{lease_name}");

    // Another one after every start: what this replica sent before may still be under way.
    let me = format!("{replica}-{:016x}", SystemRng.next_u64());
    let elector = Elector::new(me, lease_duration, aftermath);
    let leader = Arc::new(LeaseClient::new(&client, &lease_namespace, lease_name, clock, elector));
    let claims = Arc::new(Claims::new(client.clone(), lease_namespace, operator, clock, aftermath));
    let fence: Arc<dyn Fence> = Arc::new(LeaseFence::new(vec![Arc::clone(&leader)], clock));

    let listener =
        admin::bind(admin_listen).await.map_err(|source| OperatorError::Admin { address: admin_listen, source })?;
    // The port may have been left to the system.
    let admin = listener.local_addr().map(|address| address.to_string()).unwrap_or_default();
    let (declared, _watches) = Declared::watch(&client, &namespaces);
    let (events, sending) = Events::new(client.clone(), replica, Arc::clone(&declared));
    let server = Arc::new(ApiServer::new(client, fence, request_timeout));
    let records = Arc::new(ClusterRecords::new(Arc::clone(&server), Arc::clone(&declared)));
    let (metrics, heartbeat) = (Arc::new(Metrics::new()), Heartbeat::default());
    let observer: Arc<dyn Observer> = Arc::<Metrics>::clone(&metrics);
    network.observer = observer;
    let set_asides = Arc::new(SetAsides::new(Arc::clone(&declared), Arc::clone(&records), events.clone(), clock));
    let around = Surroundings {
        declared: Arc::clone(&declared),
        records: Arc::new(Listening::new(records, Telling::new(events.clone()))),
        leader: Arc::clone(&leader),
        claims,
        network,
        release_after,
        metrics: Arc::clone(&metrics),
        set_asides,
        policies: Arc::new(PolicyStatuses::new(Arc::clone(&declared), Arc::clone(&server), clock)),
        reports: Arc::new(Reports::new(server)),
        events,
    };

    let (held, lead) = watch::channel(false);
    let mut background = JoinSet::new();
    background.spawn(sending);
    background.spawn(admin::serve(
        listener,
        Admin {
            declared,
            metrics: Arc::clone(&metrics),
            heartbeat: heartbeat.clone(),
            patience: lease_duration,
            clock,
        },
    ));
    background.spawn(Arc::clone(&leader).keep(held, move || heartbeat.beat(clock.monotonic())));
    tracing::info!(?namespaces, admin, "serving");

    let finish_within = request_timeout + FINISH_MARGIN;
    let (stopping, stopped) = watch::channel(true);
    let work = lead_and_stand_by(&around, lead, stopped, finish_within);
    let mut work = std::pin::pin!(work);
    tokio::select! {
        () = &mut work => {}
        () = stop => {
            tracing::info!("stopping: the pass in hand ends first");
            stopping.send_replace(false);
            work.await;
        }
    }
    background.abort_all();
    leader.give_back().await;
    Ok(())
}

/// Leads while the lease is held, stands by otherwise, until `go_on` turns false.
async fn lead_and_stand_by(
    around: &Surroundings,
    lead: watch::Receiver<bool>,
    go_on: watch::Receiver<bool>,
    finish_within: Duration,
) {
    let (both, mut leading) = watch::channel(false);
    let mut inputs = (lead, go_on);
    let merged = async move {
        loop {
            both.send_if_modified(|now| {
                let wanted = *inputs.0.borrow_and_update() && *inputs.1.borrow_and_update();
                std::mem::replace(now, wanted) != wanted
            });
            if !*inputs.1.borrow() {
                return;
            }
            let changed = tokio::select! {
                changed = inputs.0.changed() => changed,
                changed = inputs.1.changed() => changed,
            };
            if changed.is_err() {
                both.send_replace(false);
                return;
            }
        }
    };
    let working = async {
        while leading.wait_for(|leads| *leads).await.is_ok() {
            around.metrics.leads(true);
            tenants::keep_all(around, &mut leading, finish_within).await;
            around.metrics.leads(false);
        }
    };
    // When the merging ends, its sender is dropped, which ends the work.
    tokio::join!(merged, working);
}

async fn connect() -> Result<Client, OperatorError> {
    let mut config = Config::infer().await.map_err(|error| OperatorError::NoCluster(Box::new(error)))?;
    config.read_timeout = Some(WATCH_SILENCE);
    Client::try_from(config).map_err(|error| OperatorError::Client(Box::new(error)))
}
