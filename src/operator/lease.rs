//! A Lease object: reading it, writing ourselves into it, giving it back. When to do which is the engine's `Elector`'s.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::MicroTime,
};
use kube::{
    Api, Client,
    api::{ObjectMeta, PostParams},
};
use tenant_contacts_engine::{
    lease::{Action, Elector, LOOK_EVERY, Record, Window},
    port::{Clock as _, Fence},
};
use tokio::{sync::watch, time::timeout};

use super::trouble;
use crate::world::ProcessClock;

/// How much of its duration may pass before a lease is renewed: a quarter leaves three more tries before it ends.
const RENEW_AFTER: u32 = 4;

/// How soon a failed look at a lease is repeated.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How long one request to the API server may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// A Lease and our view of it.
pub struct LeaseClient {
    api: Api<Lease>,
    name: String,
    clock: ProcessClock,
    elector: Mutex<Elector>,
}

/// The API server did not do what was asked; what was asked says the context.
#[derive(Debug, thiserror::Error)]
enum LeaseError {
    #[error("the API server did not answer in time")]
    TimedOut,
    #[error(transparent)]
    Kube(#[from] kube::Error),
}

impl LeaseClient {
    /// A client of the Lease of this name.
    pub fn new(client: &Client, namespace: &str, name: String, clock: ProcessClock, elector: Elector) -> Self {
        Self { api: Api::namespaced(client.clone(), namespace), name, clock, elector: Mutex::new(elector) }
    }

    fn elector(&self) -> MutexGuard<'_, Elector> {
        // A panic while holding the lock leaves a view behind that only says less than is true.
        self.elector.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether we hold it.
    pub fn holds(&self) -> bool {
        self.elector().holds(self.clock.monotonic())
    }

    /// When requests may be under way, if we hold it.
    pub fn window(&self) -> Option<Window> {
        self.elector().window()
    }

    /// How long what the holder before us sent may still take effect: until then nothing may leave, so nothing is begun.
    pub fn opens_in(&self) -> Duration {
        let now = self.clock.monotonic();
        self.window().map_or(Duration::ZERO, |window| window.from.saturating_sub(now))
    }

    /// How long to wait between two renewals.
    pub fn renew_after(&self) -> Duration {
        self.elector().duration() / RENEW_AFTER
    }

    /// Looks at the lease, and takes or renews it if that is allowed. Says when to look again.
    pub async fn attend(&self) -> Duration {
        match self.try_attend().await {
            Ok(next) => next,
            Err(error) => {
                let error = match error {
                    LeaseError::Kube(error) => trouble::why(&error),
                    LeaseError::TimedOut => error.to_string(),
                };
                tracing::warn!(lease = self.name, error, "the lease could not be attended to");
                RETRY_AFTER
            }
        }
    }

    async fn try_attend(&self) -> Result<Duration, LeaseError> {
        let lease = self.bounded(self.api.get_opt(&self.name)).await?;
        let action = self.elector().read(lease.as_ref().map(record), self.clock.monotonic());
        let write = match action {
            Action::Wait(wait) => return Ok(wait.min(LOOK_EVERY)),
            Action::Create => self.wanted(None),
            Action::Take { .. } => self.wanted(lease.as_ref()),
        };
        // Measured before it leaves: our right begins no later than the API server can have seen it.
        let sent = self.clock.monotonic();
        let parameters = PostParams::default();
        let written = if lease.is_some() {
            // The version in it makes this fail if somebody else was faster.
            self.bounded(self.api.replace(&self.name, &parameters, &write)).await
        } else {
            self.bounded(self.api.create(&parameters, &write)).await
        };
        match written {
            Ok(lease) => {
                self.elector().written(record(&lease), sent, self.clock.monotonic());
                Ok(self.renew_after())
            }
            Err(LeaseError::Kube(kube::Error::Api(status))) if status.code == 409 => Ok(RETRY_AFTER),
            Err(error) => Err(error),
        }
    }

    async fn bounded<T>(&self, work: impl Future<Output = Result<T, kube::Error>>) -> Result<T, LeaseError> {
        timeout(self.renew_after().min(ANSWER_WITHIN), work)
            .await
            .map_err(|_| LeaseError::TimedOut)?
            .map_err(LeaseError::Kube)
    }

    fn wanted(&self, before: Option<&Lease>) -> Lease {
        let elector = self.elector();
        let spec = before.and_then(|lease| lease.spec.as_ref());
        let ours = spec.and_then(|spec| spec.holder_identity.as_deref()) == Some(elector.me());
        let now = MicroTime(Timestamp::now());
        let transitions = spec.and_then(|spec| spec.lease_transitions).unwrap_or(0);
        let metadata = before.map_or_else(
            || ObjectMeta { name: Some(self.name.clone()), ..ObjectMeta::default() },
            |lease| lease.metadata.clone(),
        );
        Lease {
            metadata,
            spec: Some(LeaseSpec {
                holder_identity: Some(elector.me().to_owned()),
                lease_duration_seconds: i32::try_from(elector.duration().as_secs()).ok(),
                acquire_time: spec.filter(|_| ours).map_or(Some(now.clone()), |spec| spec.acquire_time.clone()),
                renew_time: Some(now),
                lease_transitions: Some(if ours { transitions } else { transitions.saturating_add(1) }),
                ..LeaseSpec::default()
            }),
        }
    }

    /// Gives the lease back, if we hold it: whoever waits for it need not wait for its end. Nothing may be under way.
    pub async fn give_back(&self) {
        let held = self.elector().window().is_some();
        self.elector().give_up();
        if !held {
            return;
        }
        let given_back = async {
            let Some(mut lease) = self.bounded(self.api.get_opt(&self.name)).await? else { return Ok(()) };
            let me = self.elector().me().to_owned();
            match &mut lease.spec {
                Some(spec) if spec.holder_identity.as_ref() == Some(&me) => spec.holder_identity = None,
                _ => return Ok(()),
            }
            self.bounded(self.api.replace(&self.name, &PostParams::default(), &lease)).await?;
            Ok::<(), LeaseError>(())
        };
        // If it cannot be given back, it ends by itself.
        if given_back.await.is_err() {
            tracing::warn!(lease = self.name, "the lease could not be given back: it ends by itself");
        }
    }

    /// Attends to the lease until dropped, and tells whether we hold it.
    pub async fn keep(self: Arc<Self>, held: watch::Sender<bool>, alive: impl Fn()) {
        loop {
            alive();
            let next = self.attend().await;
            let holds = self.holds();
            if held.send_replace(holds) != holds {
                tracing::info!(lease = self.name, holds, "leadership");
            }
            // A lease that ends while the API server does not answer ends our part on time.
            let until_end = self.window().map(|window| window.until.saturating_sub(self.clock.monotonic()));
            tokio::time::sleep(until_end.map_or(next, |end| end.min(next))).await;
            if !self.holds() && *held.borrow() {
                held.send_replace(false);
                tracing::warn!(lease = self.name, "leadership ended: the lease could not be renewed in time");
            }
        }
    }
}

fn record(lease: &Lease) -> Record {
    let spec = lease.spec.as_ref();
    let seconds = spec.and_then(|spec| spec.lease_duration_seconds).and_then(|seconds| u64::try_from(seconds).ok());
    Record {
        holder: spec.and_then(|spec| spec.holder_identity.clone()).filter(|holder| !holder.is_empty()),
        version: lease.metadata.resource_version.clone().unwrap_or_default(),
        duration: Duration::from_secs(seconds.unwrap_or(0)),
    }
}

/// Lets requests leave only while every one of these leases is ours for as long as the request may take.
pub struct LeaseFence {
    leases: Vec<Arc<LeaseClient>>,
    clock: ProcessClock,
}

impl LeaseFence {
    /// A fence of these leases.
    pub fn new(leases: Vec<Arc<LeaseClient>>, clock: ProcessClock) -> Self {
        Self { leases, clock }
    }
}

impl Fence for LeaseFence {
    fn permits(&self, timeout: Duration) -> bool {
        let now = self.clock.monotonic();
        self.leases.iter().all(|lease| lease.window().is_some_and(|window| window.permits(now, timeout)))
    }
}
