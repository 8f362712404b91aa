//! `plan`: what would be written, what would not, and why. Writes nothing. For a folder of manifests the tenant is looked
//! at; for a cluster it is told what the operator has published.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use kube::ResourceExt as _;
use tenant_contacts_core::{
    desired::ObjectKey,
    status::{
        TenantProblem,
        reader::{self, Outlook, freshness},
    },
};
use tenant_contacts_engine::{Mode, port::NoFence};
use tenant_contacts_report::{
    Shown,
    plan::PlanView,
    published::{PublishedView, view},
    published_text,
};

use super::{
    Around, Failure, Output, Reach,
    called::called,
    cluster::Access,
    interrupt::{self, ONLY_READ},
    source::{Setup, Source},
};
use crate::{driver::Driver, gather::TenantSet};

/// Arguments of `plan`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Folder of manifests, without subfolders. Left out: the cluster, and what its operator plans.
    #[arg(long, value_name = "DIR")]
    pub manifests: Option<PathBuf>,
    /// Keep memory, status and the audit trail in this file. Without it they last as long as the process.
    #[arg(long, value_name = "FILE", requires = "manifests")]
    pub state: Option<PathBuf>,
    /// Only this Tenant, by name; with --manifests as `namespace/name` too.
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<String>,
    /// Show every step of a large plan, and everything that is not written, one by one.
    #[arg(long)]
    pub all: bool,
    /// Which tenant answers, and how it is reached.
    #[command(flatten)]
    pub reach: Reach,
    /// Which cluster.
    #[command(flatten)]
    pub access: Access,
}

/// Plans and prints. Exit code 0: everything is as declared; 2: it is not, or is not known to be; 1: something is wrong.
pub async fn run(args: &Args, output: Output, around: &Around) -> Result<ExitCode, Failure> {
    let Args { manifests, state, tenant, all, reach, access } = args.clone();
    match manifests {
        Some(_) if access.is_given() => Err(Failure::Arguments(
            "--manifests plans for a folder, and takes no --namespace, --context, --kubeconfig, --as or --as-group"
                .into(),
        )),
        Some(manifests) => on_folder(&Source { manifests, state, tenant, reach }, all, output, around).await,
        None if reach.is_given() => Err(Failure::Arguments(
            concat!(
                "in a cluster the operator looks at the tenant: ",
                if_embedded!("--simulate, "),
                "--read-only, --login-endpoint, --graph-endpoint and --ca-file take --manifests DIR"
            )
            .into(),
        )),
        None => on_cluster(&access, tenant.as_deref(), all, output).await,
    }
}

/// What the operator has published of the namespace's Tenants.
async fn on_cluster(access: &Access, tenant: Option<&str>, all: bool, output: Output) -> Result<ExitCode, Failure> {
    let cluster = access.connect().await?;
    let tenants = cluster.find(tenant).await?;
    let mut children = cluster.children().await?;
    let mut views = Vec::new();
    let mut worst = Outlook::AsDeclared;
    for tenant in &tenants {
        let children = children.remove(&tenant.name_any()).unwrap_or_default();
        let status = tenant.status.clone().unwrap_or_default();
        let own = freshness(tenant.metadata.generation, status.observed_generation);
        let oldest = children.iter().fold(own, |oldest, child| {
            let observed = child.status.as_ref().and_then(|status| status.observed_generation);
            oldest.max(freshness(child.object.generation, observed))
        });
        worst = worst.max(reader::outlook(&status, oldest));
        let looked = children.iter().filter_map(|child| child.status.as_ref()).filter(|_| !tenant.spec.suspend);
        worst = looked.map(reader::child_outlook).fold(worst, Outlook::max);
        views.push(view(tenant, &children));
    }
    print_published(&views, all, output)?;
    Ok(match worst {
        Outlook::Unknown => ExitCode::FAILURE,
        Outlook::Differs => ExitCode::from(2),
        Outlook::AsDeclared => ExitCode::SUCCESS,
    })
}

pub(super) fn print_published(views: &[PublishedView], all: bool, output: Output) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match output {
        Output::Text => {
            for (index, view) in views.iter().enumerate() {
                let gap = if index == 0 { "" } else { "\n" };
                write!(out, "{gap}{}", published_text(view, called(), all)).map_err(Failure::Print)?;
            }
        }
        Output::Json => {
            serde_json::to_writer_pretty(&mut out, views).map_err(Failure::Json)?;
            writeln!(out).map_err(Failure::Print)?;
        }
    }
    out.flush().map_err(Failure::Print)
}

/// Looks at the tenant and plans.
async fn on_folder(source: &Source, all: bool, output: Output, around: &Around) -> Result<ExitCode, Failure> {
    if around.is_process() {
        interrupt::ends(ONLY_READ);
    }
    let setup = Setup::new(source, around).await.map_err(Failure::Source)?;
    let (read, sets) = setup.read();
    let mut wrong = !read.problems.is_empty() || !sets.problems.is_empty();
    print_problems(read.problems.iter().chain(&sets.problems), around.err()).map_err(Failure::Print)?;
    setup.need_tenant(&sets).map_err(Failure::Source)?;
    let mut views = Vec::new();
    for (key, set) in &sets.tenants {
        let mut driver = Driver::new(key.clone(), Arc::clone(&setup.records), Arc::new(NoFence), setup.network.clone());
        match setup.progress.of(&reading(key), preview(&mut driver, set)).await? {
            Ok((view, failing)) => {
                wrong |= !failing.is_empty();
                print_failing(key, &failing, around.err()).map_err(Failure::Print)?;
                views.push(view);
            }
            Err(why) => {
                wrong |= why != NoPlan::Suspended;
                why.print(key, around.err()).map_err(Failure::Print)?;
            }
        }
    }
    print(&views, |view| shown(source, view, sets.tenants.len() > 1, all, around), output, around)?;
    Ok(exit_code(wrong, views.iter().all(|view| view.as_declared)))
}

/// What is said while a tenant is read.
pub(super) fn reading(tenant: &ObjectKey) -> String {
    format!("reading Tenant {}/{}", tenant.namespace, tenant.name)
}

/// How a plan of these manifests is shown, with the command that would carry it out.
pub(super) fn shown(source: &Source, view: &PlanView, several: bool, all: bool, around: &Around) -> Shown {
    let tenant = several.then_some(&*view.tenant);
    let apply = format!("{} apply {}", called(), source.words(tenant));
    Shown { all, colour: around.colour(), apply: Some(apply) }
}

/// 0: everything is as declared; 2: it is not, or is not known to be; 1: something is wrong. What has no API is a person's to
/// attest and turns nothing; of a suspended Tenant nobody asked.
pub(super) fn exit_code(wrong: bool, as_declared: bool) -> ExitCode {
    match (wrong, as_declared) {
        (true, _) => ExitCode::FAILURE,
        (false, false) => ExitCode::from(2),
        (false, true) => ExitCode::SUCCESS,
    }
}

/// Why there is no plan of a tenant.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoPlan {
    /// As asked for: not an error.
    Suspended,
    /// It could not be looked at: reason, message and remedy.
    Problem(String),
}

impl NoPlan {
    pub(super) fn print(&self, tenant: &ObjectKey, mut err: impl Write) -> io::Result<()> {
        let ObjectKey { namespace, name, .. } = tenant;
        match self {
            Self::Suspended => {
                writeln!(err, "Tenant {namespace}/{name}: suspended: nothing is read or written")
            }
            Self::Problem(message) => writeln!(err, "error: Tenant {namespace}/{name}: {message}"),
        }
    }
}

/// Says which credentials could not be used. What the others serve went on.
pub(super) fn print_failing(tenant: &ObjectKey, failing: &[TenantProblem], mut err: impl Write) -> io::Result<()> {
    failing.iter().try_for_each(|problem| NoPlan::Problem(said(problem)).print(tenant, &mut err))
}

/// Reason, message and remedy.
fn said(problem: &TenantProblem) -> String {
    format!("{}: {}\n    {}", problem.reason, problem.message, problem.reason.remedy())
}

/// One preview pass: the plan, and the credentials that could not be used. The inner error is why the tenant was not looked
/// at.
pub(super) async fn preview(
    driver: &mut Driver,
    set: &TenantSet,
) -> Result<Result<(PlanView, Vec<TenantProblem>), NoPlan>, Failure> {
    let report = driver.pass(set, &Mode::Preview).await.map_err(Failure::Records)?;
    if let Some(problem) = report.problem {
        return Ok(Err(NoPlan::Problem(said(&problem))));
    }
    Ok(driver.view(set).map(|view| (view, report.failing)).ok_or(NoPlan::Suspended))
}

pub(super) fn print_problems<'a>(
    problems: impl Iterator<Item = &'a tenant_contacts_api::manifest::Problem>,
    err: impl Write,
) -> io::Result<()> {
    // Standard error has no buffer of its own: a thousand problems would be thousands of writes.
    let mut err = io::BufWriter::new(err);
    for problem in problems {
        writeln!(err, "{problem}\n    {}", problem.remedy)?;
    }
    err.flush()
}

pub(super) fn print(
    views: &[PlanView],
    shown: impl Fn(&PlanView) -> Shown,
    output: Output,
    around: &Around,
) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(around.out());
    match output {
        Output::Text => {
            for view in views {
                write!(out, "{}", tenant_contacts_report::plan_text(view, &shown(view))).map_err(Failure::Print)?;
            }
        }
        Output::Json => {
            serde_json::to_writer_pretty(&mut out, views).map_err(Failure::Json)?;
            writeln!(out).map_err(Failure::Print)?;
        }
    }
    out.flush().map_err(Failure::Print)
}
