//! `worklist`: what only a person can do in a portal.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use jiff::tz::TimeZone;
use tenant_contacts_core::{export::Names, worklist};
use tenant_contacts_engine::port::Clock as _;
use tenant_contacts_report::worklist as printed;

use super::{
    Around, Failure, Output, Subject,
    plan::{print_failing, print_problems, reading},
};
use crate::survey;

/// Arguments of `worklist`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Which tenant.
    #[command(flatten)]
    pub subject: Subject,
}

/// Reads and prints. Exit code 0: nothing to do; 2: tasks; 1: something could not be read.
pub async fn run(args: &Args, output: Output) -> Result<ExitCode, Failure> {
    let asked = args.subject.open(&Around::default()).await.map_err(Failure::Source)?;
    print_problems(asked.problems.iter(), io::stderr()).map_err(Failure::Print)?;
    let mut wrong = !asked.problems.is_empty();
    let mut lists = Vec::new();
    let today = asked.network.clock.now().to_zoned(TimeZone::UTC).date();
    for (key, set) in &asked.sets.tenants {
        match asked.progress.of(&reading(key), survey::directory(set, &asked.network)).await {
            Ok(landscape) => {
                let names = Names::beside(set.gathered.objects.iter().map(|object| &*object.key.name));
                lists.push((key, names, worklist::worklist(&landscape, &survey::declared(set), today)));
            }
            Err(problem) => {
                wrong = true;
                print_failing(key, &[problem], io::stderr()).map_err(Failure::Print)?;
            }
        }
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    match output {
        Output::Text => {
            for (tenant, names, list) in &lists {
                write!(out, "{}", printed::text(list, tenant, names.clone(), today)).map_err(Failure::Print)?;
            }
        }
        Output::Json => {
            let views: Vec<_> = lists.iter().map(|(_, _, list)| printed::view(list)).collect();
            serde_json::to_writer_pretty(&mut out, &views).map_err(Failure::Json)?;
            writeln!(out).map_err(Failure::Print)?;
        }
    }
    out.flush().map_err(Failure::Print)?;
    wrong |= lists.iter().any(|(_, _, list)| !list.unread.is_empty());
    Ok(match (wrong, lists.iter().all(|(_, _, list)| list.tasks.is_empty() && list.gateways.is_empty())) {
        (true, _) => ExitCode::FAILURE,
        (false, false) => ExitCode::from(2),
        (false, true) => ExitCode::SUCCESS,
    })
}
