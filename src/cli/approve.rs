//! `approve`: adds an approval of exactly the steps that wait now to a Tenant, beside those that others declare.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    time::Duration,
};

use jiff::Timestamp;
use kube::{
    ResourceExt as _,
    api::{Patch, PatchParams},
};
use serde_json::json;
use tenant_contacts_api::{
    digest::Digest,
    status::FieldState,
    v1alpha1::{Approval, Tenant},
};
use tenant_contacts_core::{
    approval::{self, Asked, Given, Refusal},
    status::reader::{Freshness, freshness},
};
use tenant_contacts_report::{
    answers::{self, ApprovedView},
    published::{self, Child, PublishedView},
};

use super::{
    Failure, Output,
    called::called,
    cluster::{Access, Cluster, ClusterError, changing, envelope},
};

/// Owns the approvals that are given here, and nothing else: those in git have another owner.
const MANAGER: &str = "tenant-contacts-approve";

/// How often it is decided anew because the Tenant changed meanwhile: the operator writes status a few times in a pass, and
/// then rests.
const ATTEMPTS: usize = 5;

/// Arguments of `approve`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The Tenant, by name. May be left out where there is only one.
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
    /// The approval hash that `plan` showed.
    #[arg(long, value_name = "HASH")]
    pub hash: Digest,
    /// Who approves; left out, the name by which the API server knows you.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// How long the operator may take to carry the steps out.
    // A working day and the night behind it: an operator that is down in the evening is up again by then.
    #[arg(long = "for", value_name = "DURATION", default_value = "24h", value_parser = crate::operator::duration_flag)]
    pub holds: Duration,
    /// Which cluster.
    #[command(flatten)]
    pub access: Access,
}

/// An approval was not given.
#[derive(Debug, thiserror::Error)]
#[error("Tenant {tenant}: nothing was approved: {refusal}\n    {remedy}")]
pub struct NotApproved {
    tenant: String,
    refusal: Refusal,
    remedy: String,
}

/// Approves. Exit code 0: the approval is declared; 1: it is not.
pub async fn run(args: &Args, output: Output) -> Result<ExitCode, Failure> {
    let cluster = args.access.connect().await?;
    let by = match &args.by {
        Some(by) => by.clone(),
        None => cluster.user().await?,
    };
    let what = "approve";
    for attempt in 1..=ATTEMPTS {
        let tenant = cluster.find_one(args.tenant.as_deref()).await?;
        let children = cluster.children().await?.remove(&tenant.name_any()).unwrap_or_default();
        let view = published::view(&tenant, &children);
        if output == Output::Text && attempt == 1 {
            show_waiting(&view).map_err(Failure::Print)?;
        }
        let now = Timestamp::now();
        let until = now.saturating_add(args.holds).unwrap_or(now);
        let until = until.round(jiff::Unit::Second).unwrap_or(until);
        let asked = Asked { hash: args.hash, by: &by, until, manager: MANAGER };
        let entries = match approval::give(&tenant, oldest(&children), &asked, now) {
            Ok(Given::Already(approval)) => return tell(&view, &approval, true, output),
            Ok(Given::Entries(entries)) => entries,
            Err(refusal) => return Err(Failure::NotApproved(Box::new(refused(&view, refusal)))),
        };
        match apply(&cluster, &tenant, &entries, what).await {
            Err(ClusterError::Changed(_)) => {}
            Err(error) => return Err(error.into()),
            Ok(()) => {
                let given = Approval { hash: args.hash.to_string(), by, until: until.to_string() };
                return tell(&view, &given, false, output);
            }
        }
    }
    Err(ClusterError::Changed(what.to_owned()).into())
}

/// How old the oldest status is that shows a step that waits.
fn oldest(children: &[Child]) -> Freshness {
    let shown = children.iter().filter_map(|child| {
        let status = child.status.as_ref()?;
        let waits = status.fields.iter().any(|field| field.state == FieldState::AwaitingApproval);
        waits.then(|| freshness(child.object.generation, status.observed_generation))
    });
    shown.max().unwrap_or(Freshness::Current)
}

/// Applies every entry of ours, on the Tenant exactly as it was looked at.
async fn apply(cluster: &Cluster, tenant: &Tenant, entries: &[Approval], what: &str) -> Result<(), ClusterError> {
    let mut object = envelope(tenant, true);
    object["spec"] = json!({ "approvals": entries });
    let (api, name) = (cluster.tenants(), tenant.name_any());
    let (parameters, patch) = (PatchParams::apply(MANAGER), Patch::Apply(&object));
    cluster.ask(&changing(cluster, what), api.patch(&name, &parameters, &patch)).await.map(|_| ())
}

fn show_waiting(view: &PublishedView) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let gated = view.plan.map_or(0, |plan| plan.gated);
    let wait = if gated == 1 { "step waits" } else { "steps wait" };
    writeln!(out, "Tenant {}: {gated} {wait} for an approval", view.tenant)?;
    write!(out, "{}", tenant_contacts_report::waiting_text(view))?;
    writeln!(out)
}

fn refused(view: &PublishedView, refusal: Refusal) -> NotApproved {
    let (namespace, name) = view.tenant.split_once('/').unwrap_or(("default", &view.tenant));
    let command = |verb: &str| format!("{} {verb} --namespace {namespace} --tenant {name}", called());
    let remedy = match &refusal {
        Refusal::NotLooked => "See whether an operator is running that serves this namespace".to_owned(),
        Refusal::Outdated => format!("Have it looked at, and look again: {}", command("reconcile")),
        Refusal::Suspended => format!("Let it go on, and look at what it plans then: {}", command("resume")),
        Refusal::NothingWaits => format!("See what is planned: {}", command("plan")),
        Refusal::OtherHash(_) => format!("Look at what waits now before you approve it: {}", command("plan")),
        Refusal::HoldsNoLonger(_) | Refusal::Ended => "Give a longer time with --for".to_owned(),
        Refusal::DeclaredElsewhere(_) => {
            "Renew it, or take it out, where it is declared (in git, say), and approve again".to_owned()
        }
    };
    NotApproved { tenant: view.tenant.clone(), refusal, remedy }
}

fn tell(view: &PublishedView, approval: &Approval, already: bool, output: Output) -> Result<ExitCode, Failure> {
    let Approval { hash, by, until } = approval;
    let mut out = io::stdout().lock();
    match output {
        Output::Text if already => {
            writeln!(out, "Approved already, by {by}, until {until}: the operator has not taken it up yet.")
        }
        Output::Text => writeln!(out, "Approved by {by} until {until}: the operator writes exactly these steps."),
        Output::Json => {
            let waiting = |state: FieldState| state == FieldState::AwaitingApproval;
            let answer = ApprovedView {
                schema_version: answers::SCHEMA_VERSION,
                tenant: view.tenant.clone(),
                hash: hash.clone(),
                by: by.clone(),
                until: until.clone(),
                already,
                steps: view.fields.iter().filter(|field| waiting(field.state)).cloned().collect(),
            };
            writeln!(out, "{:#}", json!(answer))
        }
    }
    .map_err(Failure::Print)?;
    Ok(ExitCode::SUCCESS)
}
