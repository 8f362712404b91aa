//! `plan`: what would be written, what would not, and why. Writes nothing.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    sync::Arc,
};

use tenant_contacts_engine::{Mode, port::NoFence};
use tenant_contacts_report::plan::PlanView;

use super::{
    Failure, Output,
    source::{Setup, Source},
};
use crate::{driver::Driver, gather::TenantSet};

/// Arguments of `plan`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Where manifests come from and which tenant answers.
    #[command(flatten)]
    pub source: Source,
}

/// Plans and prints. Exit code 0: nothing to write; 2: changes; 1: something is wrong.
pub async fn run(args: &Args, output: Output) -> Result<ExitCode, Failure> {
    let setup = Setup::new(&args.source).await.map_err(Failure::Source)?;
    let (read, sets) = setup.read();
    let mut wrong = !read.problems.is_empty() || !sets.problems.is_empty();
    print_problems(read.problems.iter().chain(&sets.problems)).map_err(Failure::Print)?;
    setup.need_tenant(&sets).map_err(Failure::Source)?;
    let mut changes = false;
    let mut views = Vec::new();
    for (key, set) in &sets.tenants {
        let mut driver = Driver::new(key.clone(), Arc::clone(&setup.records), Arc::new(NoFence), setup.network.clone());
        match preview(&mut driver, set).await? {
            Ok(view) => {
                changes |= !view.steps.is_empty();
                views.push(view);
            }
            Err(message) => {
                wrong = true;
                writeln!(io::stderr(), "error: Tenant {}/{}: {message}", key.namespace, key.name)
                    .map_err(Failure::Print)?;
            }
        }
    }
    print(&views, output)?;
    Ok(match (wrong, changes) {
        (true, _) => ExitCode::FAILURE,
        (false, true) => ExitCode::from(2),
        (false, false) => ExitCode::SUCCESS,
    })
}

/// One preview pass. The inner error is why the tenant could not be looked at, with its remedy.
pub(super) async fn preview(driver: &mut Driver, set: &TenantSet) -> Result<Result<PlanView, String>, Failure> {
    let report = driver.pass(set, &Mode::Preview).await.map_err(Failure::Records)?;
    if let Some(problem) = report.problem {
        return Ok(Err(format!("{}: {}\n    {}", problem.reason, problem.message, problem.reason.remedy())));
    }
    let worker = driver.worker();
    Ok(match worker.plan() {
        Some(plan) => {
            Ok(tenant_contacts_report::plan::view(&set.gathered.tenant, worker.objects(), worker.observation(), plan))
        }
        None => Err("suspended: nothing is read or written".into()),
    })
}

pub(super) fn print_problems<'a>(
    problems: impl Iterator<Item = &'a tenant_contacts_api::manifest::Problem>,
) -> io::Result<()> {
    let mut err = io::stderr().lock();
    for problem in problems {
        writeln!(err, "{problem}\n    {}", problem.remedy)?;
    }
    Ok(())
}

pub(super) fn print(views: &[PlanView], output: Output) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match output {
        Output::Text => {
            for view in views {
                write!(out, "{}", tenant_contacts_report::plan_text(view)).map_err(Failure::Print)?;
            }
        }
        Output::Json => {
            serde_json::to_writer_pretty(&mut out, views).map_err(Failure::Json)?;
            writeln!(out).map_err(Failure::Print)?;
        }
    }
    out.flush().map_err(Failure::Print)
}
