//! One task per Tenant while this replica leads: passes when they are due or something else is declared.
//!
//! Invariant: one Tenant holds up no other; a task that is told to end ends after its pass, and nothing is cut off.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_engine::{
    Mode,
    port::{Fence, Records, RecordsError},
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};

use super::{
    claims::Claims,
    declared::Declared,
    events::Events,
    lease::{LeaseClient, LeaseFence},
    metrics::Metrics,
    policies::PolicyStatuses,
    reports::Reports,
    set_aside::SetAsides,
    surveys::{self, Passed},
};
use crate::{connect::Network, driver::Driver};

/// How long after records could not be kept they are tried again: longer than a blip of the API server.
const RECORDS_RETRY: Duration = Duration::from_secs(5);

/// How soon it is looked again whether a Secret has been looked for, or a claim has become free.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// What every task needs.
#[derive(Clone)]
pub struct Surroundings {
    /// What is declared.
    pub declared: Arc<Declared>,
    /// Where records are kept.
    pub records: Arc<dyn Records>,
    /// The leader's lease.
    pub leader: Arc<LeaseClient>,
    /// Claims to tenant ids.
    pub claims: Arc<Claims>,
    /// How tenants are reached.
    pub network: Network,
    /// How long a removed object waits for its originals.
    pub release_after: Duration,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Children that no pass looks at.
    pub set_asides: Arc<SetAsides>,
    /// What is said of policies.
    pub policies: Arc<PolicyStatuses>,
    /// Where reports are published.
    pub reports: Arc<Reports>,
    /// What a person would want to be told.
    pub events: Events,
}

/// The tasks of a Tenant, by what wakes them. Dropped, they end.
struct Running {
    /// Something of the Tenant is declared anew.
    passes: watch::Sender<u64>,
    /// The same, or a policy.
    surveys: watch::Sender<u64>,
}

/// Keeps all Tenants until told to stop, by `lead` turning false or closing; then lets what is in hand end.
pub async fn keep_all(around: &Surroundings, lead: &mut watch::Receiver<bool>, finish_within: Duration) {
    let mut tasks = JoinSet::new();
    let mut running: BTreeMap<ObjectKey, Running> = BTreeMap::new();
    let mut changes = around.declared.changes();
    loop {
        if around.declared.is_ready() {
            update(around, &mut running, &mut tasks).await;
        }
        tokio::select! {
            closed = changes.changed() => if closed.is_err() { break },
            closed = lead.changed() => if closed.is_err() || !*lead.borrow() { break },
            () = around.set_asides.retry() => {}
            () = around.policies.retry() => {}
        }
    }
    // Dropping a sender ends its task after the pass in hand.
    running.clear();
    let all = async { while tasks.join_next().await.is_some() {} };
    if timeout(finish_within, all).await.is_err() {
        tracing::warn!("a pass did not end in time; its open writes are settled by reading at the next start");
    }
}

async fn update(around: &Surroundings, running: &mut BTreeMap<ObjectKey, Running>, tasks: &mut JoinSet<()>) {
    let dirty: BTreeSet<ObjectKey> = around.declared.take_dirty();
    let policies: BTreeSet<ObjectKey> = around.declared.take_dirty_policies();
    let tenants = around.declared.tenants();
    let gone: Vec<ObjectKey> = running.keys().filter(|key| !tenants.contains(*key)).cloned().collect();
    for key in gone {
        running.remove(&key);
        around.claims.give_back(&key).await;
        around.metrics.forget(&key);
    }
    for key in tenants {
        if let Some(tasks) = running.get(&key) {
            if dirty.contains(&key) {
                tasks.passes.send_modify(|count| *count += 1);
            }
            if dirty.contains(&key) || policies.contains(&key) {
                tasks.surveys.send_modify(|count| *count += 1);
            }
            continue;
        }
        let (passes, declared) = watch::channel(0);
        let (surveys, said) = watch::channel(0);
        let (manages, tenant) = watch::channel(Passed::default());
        tasks.spawn(keep(around.clone(), key.clone(), declared, manages));
        tasks.spawn(surveys::keep(around.clone(), key.clone(), said, tenant));
        running.insert(key, Running { passes, surveys });
    }
    around.set_asides.attend().await;
    around.policies.attend().await;
}

/// Keeps one Tenant until the sender of its changes is dropped, and tells whether it is ours to manage.
async fn keep(around: Surroundings, key: ObjectKey, mut changed: watch::Receiver<u64>, manages: watch::Sender<Passed>) {
    let mut driver: Option<(Arc<LeaseClient>, Driver)> = None;
    loop {
        changed.borrow_and_update();
        let next = pass(&around, &key, &mut driver, &manages).await;
        tokio::select! {
            closed = changed.changed() => if closed.is_err() { return },
            () = sleep_until(Instant::now() + next) => {}
        }
    }
}

/// One pass. Says when the next one is due.
async fn pass(
    around: &Surroundings,
    key: &ObjectKey,
    driver: &mut Option<(Arc<LeaseClient>, Driver)>,
    manages: &watch::Sender<Passed>,
) -> Duration {
    let opens_in = around.leader.opens_in();
    if !opens_in.is_zero() {
        return opens_in;
    }
    let Some(mut set) = around.declared.set(key) else { return LOOK_AGAIN };
    let claim = around.claims.of(set.gathered.tenant.key, key);
    set.gathered.claimed = !claim.holds().await;
    // A Tenant that was deleted and created anew may name another tenant: its claim, and so its fence, is another one.
    let (_, driver) = match driver {
        Some(current) if Arc::ptr_eq(&current.0, &claim.lease) => current,
        _ => {
            // Status is published under the leader's lease alone: a Tenant that is claimed says so itself.
            let clock = around.network.clock;
            let fence: Arc<dyn Fence> =
                Arc::new(LeaseFence::new(vec![Arc::clone(&around.leader), Arc::clone(&claim.lease)], clock));
            let made = Driver::new(key.clone(), Arc::clone(&around.records), fence, around.network.clone());
            driver.insert((Arc::clone(&claim.lease), made.releasing_after(around.release_after)))
        }
    };
    let started = Instant::now();
    let result = driver.pass(&set, &Mode::Run).await;
    around.metrics.pass(key, started.elapsed(), result.as_ref());
    tracing::debug!(tenant = %key, ?result, "pass");
    let ours = (!set.gathered.claimed).then(|| Arc::clone(driver.surveys()));
    let written = result.as_ref().map_or(0, |report| u64::try_from(report.done).unwrap_or(u64::MAX));
    manages.send_if_modified(|passed| {
        let same = passed.surveys.as_ref().map(Arc::as_ptr) == ours.as_ref().map(Arc::as_ptr);
        passed.surveys = ours;
        passed.written = passed.written.saturating_add(written);
        !same || written > 0
    });
    let next = match &result {
        Ok(report) => report.next,
        Err(error) => {
            log_records(key, error);
            RECORDS_RETRY
        }
    };
    let claimed = if set.gathered.claimed { LOOK_AGAIN } else { claim.renew_within() };
    next.min(claimed)
}

fn log_records(key: &ObjectKey, error: &RecordsError) {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    tracing::warn!(tenant = %key, %error, cause, "nothing is written to the tenant until records can be kept");
}
