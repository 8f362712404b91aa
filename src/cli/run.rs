//! `run`: keeps the tenant as declared, in a folder that it watches (`--manifests DIR`) or in a cluster.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_engine::{
    Mode,
    port::{Listening, NoFence, Records, RecordsError},
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};

use super::{
    Around, Failure, Output, Reach,
    announce::Announcing,
    interrupt,
    plan::print_problems,
    source::{Setup, Source},
    watch::Watch,
};
use crate::{connect::Network, driver::Driver, gather::TenantSet, operator};

/// How often the folder is looked at: a person who saves a file sees something happen within a second.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long a pass in hand may take to end after an interrupt: one request's time-out and a little.
const FINISH_WITHIN: Duration = Duration::from_secs(35);

/// How long after records could not be kept they are tried again: a full disk does not empty itself in seconds.
const RECORDS_RETRY: Duration = Duration::from_secs(15);

/// Arguments of `run`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Folder of manifests, without subfolders, or one file. Left out: the cluster.
    #[arg(long, value_name = "DIR")]
    pub manifests: Option<PathBuf>,
    /// Keep memory, status and the audit trail in this file. Without it they last as long as the process.
    #[arg(long, value_name = "FILE", requires = "manifests")]
    pub state: Option<PathBuf>,
    /// Only this Tenant, as `name` or `namespace/name`.
    #[arg(long, value_name = "TENANT", requires = "manifests")]
    pub tenant: Option<String>,
    /// Which tenant answers, and how it is reached.
    #[command(flatten)]
    pub reach: Reach,
    /// How the operator runs in a cluster.
    #[command(flatten)]
    pub operator: operator::Options,
}

/// Runs until interrupted: on a folder of manifests, or as an operator in a cluster.
pub async fn run(args: &Args, output: Output, around: &Around) -> Result<ExitCode, Failure> {
    let Args { manifests, state, tenant, reach, operator } = args.clone();
    if let Some(manifests) = manifests {
        return on_folder(&Source { manifests, state, tenant, reach }, output, around).await;
    }
    // Caught from here on: what begins below must not be cut off.
    let interrupted = interrupted();
    let (network, _server) = reach.network().await.map_err(Failure::Source)?;
    operator::run(operator, network, interrupted).await.map_err(Failure::Operator)?;
    Ok(ExitCode::SUCCESS)
}

async fn on_folder(source: &Source, output: Output, around: &Around) -> Result<ExitCode, Failure> {
    let mut stopped = std::pin::pin!(around.stopped());
    let setup = Setup::new(source, around).await.map_err(Failure::Source)?;
    let records: Arc<dyn Records> =
        Arc::new(Listening::new(Arc::clone(&setup.records), Announcing::new(output, around.clone())));
    if source.state.is_none() && around.is_process() {
        tracing::warn!("no --state: memory is lost when this process ends, and with it originals and pins");
    }
    let mut tenants =
        Tenants { running: BTreeMap::new(), tasks: JoinSet::new(), records, network: setup.network.clone() };
    let mut watch = Watch::default();
    let mut first = true;
    loop {
        if watch.is_due(&setup) {
            let (read, sets) = watch.read(&setup, around).await.map_err(Failure::Records)?;
            print_problems(read.problems.iter().chain(&sets.problems), around.err()).map_err(Failure::Print)?;
            if std::mem::take(&mut first) {
                setup.need_tenant(&sets).map_err(Failure::Source)?;
            }
            tenants.update(sets.tenants, read.complete);
        }
        tokio::select! {
            () = &mut stopped => break,
            () = sleep(LOOK_EVERY) => {}
        }
    }
    if around.is_process() {
        interrupt::ends("stopped: what was written and is not verified is read back at the next start");
    }
    tracing::info!("stopping: the steps in hand end first; a second interrupt ends at once");
    tenants.finish().await;
    Ok(ExitCode::SUCCESS)
}

/// One task per Tenant, so that one that does not answer holds up no other.
struct Tenants {
    running: BTreeMap<ObjectKey, watch::Sender<TenantSet>>,
    tasks: JoinSet<()>,
    records: Arc<dyn Records>,
    network: Network,
}

impl Tenants {
    fn update(&mut self, sets: BTreeMap<ObjectKey, TenantSet>, complete: bool) {
        if complete {
            // Dropping the sender ends the task after its pass.
            self.running.retain(|key, _| sets.contains_key(key));
        }
        for (key, set) in sets {
            if let Some(sender) = self.running.get(&key) {
                sender.send_replace(set);
                continue;
            }
            let (sender, receiver) = watch::channel(set);
            let driver = Driver::new(key.clone(), Arc::clone(&self.records), Arc::new(NoFence), self.network.clone());
            self.tasks.spawn(keep(driver, receiver));
            self.running.insert(key, sender);
        }
    }

    /// Lets the steps in hand end.
    async fn finish(mut self) {
        self.running.clear();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(FINISH_WITHIN, all).await.is_err() {
            tracing::warn!("a pass did not end in time; its open writes are settled by reading at the next start");
        }
    }
}

/// Keeps one Tenant: a pass when one is due or something else is declared.
async fn keep(mut driver: Driver, mut declared: watch::Receiver<TenantSet>) {
    loop {
        let set = declared.borrow_and_update().clone();
        let next = match driver.pass(&set, &Mode::Run).await {
            Ok(report) => report.next,
            Err(error) => {
                log_records(&error);
                RECORDS_RETRY
            }
        };
        tokio::select! {
            changed = declared.changed() => if changed.is_err() { return },
            () = sleep_until(Instant::now() + next) => {}
        }
    }
}

fn log_records(error: &RecordsError) {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    tracing::error!(%error, cause, "nothing is written to the tenant until records can be kept");
}

/// Completes at Ctrl-C or, where there is one, SIGTERM. Both are caught from the call on, not from the first wait on: what
/// begins in between must not be cut off.
pub fn interrupted() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::terminate()).ok().zip(signal(SignalKind::interrupt()).ok())
    };
    async move {
        #[cfg(unix)]
        if let Some((mut terminate, mut interrupt)) = signals {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            return;
        }
        // Where it cannot be caught either, this goes on for ever, which is better than ending at once.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
