//! `reconcile`: asks the operator for a pass now, waits for it, and shows what it came to.

use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
    time::Duration,
};

use futures::StreamExt as _;
use jiff::Timestamp;
use kube::{
    ResourceExt as _,
    api::{Patch, PatchParams},
    runtime::{WatchStreamExt as _, watcher},
};
use serde_json::json;
use tenant_contacts_api::{REQUESTED_AT_ANNOTATION, v1alpha1::Tenant};
use tenant_contacts_core::status::reader::{self, Freshness, Outlook, Settled, settled};
use tenant_contacts_report::published;
use tokio::time::{Instant, sleep_until};

use super::{
    Failure, Output,
    called::called,
    cluster::{Access, Cluster, ClusterError, Doing, changing, envelope},
    plan::print_published,
};

/// Owns the annotation.
const MANAGER: &str = "tenant-contacts-reconcile";

/// How often a terminal is told how long it has been: a person sees that it goes on.
const TICK: Duration = Duration::from_secs(1);

/// How often everything else is told: enough for a log.
const LINE: Duration = Duration::from_secs(15);

/// Arguments of `reconcile`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The Tenant, by name. May be left out where there is only one.
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
    /// How long to wait for the operator.
    // A pass takes seconds; a new leader may have to wait a minute for the lease of one that was killed.
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = crate::operator::duration_flag)]
    pub timeout: Duration,
    /// Which cluster.
    #[command(flatten)]
    pub access: Access,
}

/// There was no pass.
#[derive(Debug, thiserror::Error)]
pub enum NoPass {
    /// It is suspended.
    #[error("Tenant {0}: suspended: nothing is read or written\n    To go on: {1}")]
    Suspended(String, String),
    /// No operator answered.
    #[error(
        "Tenant {tenant}: no operator has answered within {seconds} s\n    \
         See whether one is running that serves this namespace, and what it logs; the request stays, and --timeout waits longer"
    )]
    TimedOut {
        /// The Tenant.
        tenant: String,
        /// How long it was waited.
        seconds: u64,
    },
}

/// Asks, waits and shows. Exit code 0: Ready, and everything is as declared; 2: it is not: it waits for an approval, goes on by
/// itself, is only observed, or lacks what the plan says; 1: something is wrong.
pub async fn run(args: &Args, output: Output) -> Result<ExitCode, Failure> {
    let cluster = args.access.connect().await?;
    let tenant = cluster.find_one(args.tenant.as_deref()).await?;
    let name = tenant.name_any();
    let full = format!("{}/{name}", cluster.namespace());
    let resume = format!("{} resume --namespace {} --tenant {name}", called(), cluster.namespace());
    if tenant.spec.suspend {
        return Err(NoPass::Suspended(full, resume).into());
    }
    // Different each time, and readable in the object.
    let token = Timestamp::now().to_string();
    let mut object = envelope(&tenant, false);
    object["metadata"]["annotations"] = json!({ REQUESTED_AT_ANNOTATION: token });
    // By force: a request that somebody else made before is served by the same pass.
    let (api, parameters) = (cluster.tenants(), PatchParams::apply(MANAGER).force());
    cluster.ask(&changing(&cluster, "ask for a pass"), api.patch(&name, &parameters, &Patch::Apply(&object))).await?;
    let mut progress = Progress::start(&full);
    let served = served(&cluster, &name, &token, args.timeout, &mut progress).await;
    progress.end();
    let Some(tenant) = served? else {
        return Err(NoPass::TimedOut { tenant: full, seconds: args.timeout.as_secs() }.into());
    };
    if tenant.spec.suspend {
        return Err(NoPass::Suspended(full, resume).into());
    }
    let children = cluster.children().await?.remove(&name).unwrap_or_default();
    print_published(&[published::view(&tenant, &children)], false, output)?;
    let status = tenant.status.unwrap_or_default();
    let looked = children.iter().filter_map(|child| child.status.as_ref()).map(reader::child_outlook);
    let outlook = looked.fold(reader::outlook(&status, Freshness::Current), Outlook::max);
    Ok(match settled(&status.conditions) {
        Settled::Ready if outlook == Outlook::AsDeclared => ExitCode::SUCCESS,
        Settled::Ready | Settled::Waits => ExitCode::from(2),
        Settled::Wrong => ExitCode::FAILURE,
    })
}

/// The Tenant as it is once the request was served. `None`: not in time.
async fn served(
    cluster: &Cluster,
    name: &str,
    token: &str,
    within: Duration,
    progress: &mut Progress,
) -> Result<Option<Tenant>, ClusterError> {
    let doing =
        Doing { verb: "watch", resource: "tenants", what: "wait for the operator", namespace: cluster.namespace() };
    let deadline = Instant::now() + within;
    let mut watch = std::pin::pin!(watcher::watch_object(cluster.tenants(), name).default_backoff());
    loop {
        let seen = tokio::select! {
            seen = watch.next() => seen,
            () = sleep_until(deadline) => return Ok(None),
            () = sleep_until(progress.next) => {
                progress.tick();
                continue;
            }
        };
        match seen {
            Some(Ok(Some(tenant))) => {
                let handled = tenant.status.as_ref().and_then(|status| status.last_handled_reconcile_at.as_deref());
                if handled == Some(token) {
                    return Ok(Some(tenant));
                }
            }
            Some(Ok(None)) | None => return Err(ClusterError::Gone("wait for the operator".to_owned())),
            Some(Err(error)) => {
                // What does not pass by itself ends the wait; the rest is tried again until it is over.
                if let Some(error) = refusal(&error) {
                    return Err(cluster.wrong(&doing, error));
                }
            }
        }
    }
}

/// A refusal that a later attempt meets as well.
fn refusal(error: &watcher::Error) -> Option<&kube::Error> {
    let (watcher::Error::InitialListFailed(error) | watcher::Error::WatchStartFailed(error)) = error else {
        return None;
    };
    matches!(error, kube::Error::Api(status) if [401, 403, 404].contains(&status.code)).then_some(error)
}

/// How long it has been: a line that replaces itself on a terminal, plain lines elsewhere.
struct Progress {
    tenant: String,
    started: Instant,
    terminal: bool,
    next: Instant,
}

impl Progress {
    fn start(tenant: &str) -> Self {
        let now = Instant::now();
        let mut progress =
            Self { tenant: tenant.to_owned(), started: now, terminal: io::stderr().is_terminal(), next: now };
        progress.tick();
        progress
    }

    fn tick(&mut self) {
        self.next = Instant::now() + if self.terminal { TICK } else { LINE };
        let (seconds, end) = (self.started.elapsed().as_secs(), if self.terminal { "\r" } else { "\n" });
        // Progress that cannot be shown must not stop the work.
        let _ = write!(io::stderr(), "Tenant {}: waiting for the operator, {seconds} s{end}", self.tenant);
    }

    fn end(&self) {
        if self.terminal {
            let _ = writeln!(io::stderr());
        }
    }
}
