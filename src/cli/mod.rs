//! The command line: one file a verb.
//!
//! Invariant: a verb parses its arguments, calls a library and prints what it answers. Exit codes are the same for every
//! verb: 0 done and nothing to report, 1 something is wrong, 2 as the verb says (`plan`: there are changes). Arguments that
//! are refused are 1 as well and not clap's 2: a pipeline must not take a slip of its own for an answer of the tenant's.

mod announce;
pub mod apply;
pub mod approve;
pub mod audit;
mod called;
pub mod check;
pub mod cluster;
pub mod crds;
pub mod demo;
mod dns;
pub mod explain;
pub mod export;
mod format;
pub mod plan;
mod reach;
pub mod reconcile;
pub mod resume;
pub mod run;
pub mod simulate;
mod source;
mod subject;
pub mod suspend;
pub mod worklist;

pub use dns::{Dns, DnsServer, DnsServerError};
pub use format::{Format, Output};
pub use reach::Reach;
pub use source::{Source, SourceError};
pub use subject::Subject;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

/// Keeps a Microsoft 365 tenant's contact state as declared in YAML.
#[derive(Debug, Parser)]
#[command(name = "tenant-contacts", version, propagate_version = true)]
pub struct Cli {
    /// How to print the answer. Every verb with an answer has text and json; `explain` has them all.
    #[arg(short, long, global = true, value_enum, default_value_t = Format::Text)]
    pub output: Format,
    /// What to log, as `info` or `tenant_contacts_m365=debug`.
    #[arg(long, global = true, value_name = "FILTER", env = "TENANT_CONTACTS_LOG")]
    pub log: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Keep the tenant as declared, and go on.
    Run(run::Args),
    /// See it all work: half a minute with an embedded tenant, no cluster and no credentials.
    Demo(demo::Args),
    /// Show what would be written, and what not, and why. Exit code 0: nothing, 2: changes, 1: something is wrong.
    Plan(plan::Args),
    /// Write what is planned, verify it, and stop.
    Apply(apply::Args),
    /// In a cluster: approve exactly the steps that wait.
    Approve(approve::Args),
    /// In a cluster: read and write nothing for a Tenant until it is resumed.
    Suspend(suspend::Args),
    /// In a cluster: let a suspended Tenant go on.
    Resume(suspend::Args),
    /// In a cluster: ask the operator for a pass now, and wait for it. Exit code 0: Ready, 2: waits for an approval or goes
    /// on by itself, 1: something is wrong.
    Reconcile(reconcile::Args),
    /// Who really receives each of Microsoft's notices, and would it arrive? Exit code 0: every notice reaches somebody; 2: the
    /// tenant has an error; 1: it could not be read.
    Explain(explain::Args),
    /// Write a live tenant as YAML files whose plan is empty.
    Export(export::Args),
    /// List what only a person can do in a portal: where, which value, and the YAML that attests it.
    Worklist(worklist::Args),
    /// Serve a simulated tenant.
    Simulate(simulate::Args),
    /// Check manifests offline, with file, line and column.
    Check(check::Args),
    /// Look into the audit trail beside a state file.
    Audit(audit::Args),
    /// Print the CustomResourceDefinitions.
    Crds(crds::Args),
}

/// Why a verb could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The answer could not be printed.
    #[error("the answer could not be printed")]
    Print(#[source] io::Error),
    /// The answer could not be turned into JSON.
    #[error("the answer could not be turned into JSON")]
    Json(#[source] serde_json::Error),
    /// [`check`] failed.
    #[error("the manifests could not be checked")]
    Check(#[source] tenant_contacts_api::manifest::SchemaError),
    /// [`crds`] failed.
    #[error("the CustomResourceDefinitions could not be written")]
    Crds(#[source] crds::CrdsError),
    /// Manifests or tenant could not be set up.
    #[error(transparent)]
    Source(SourceError),
    /// The simulator could not be started.
    #[error("the simulated tenant could not be started")]
    Simulated(#[source] crate::simulated::SimulatedError),
    /// The demonstration failed.
    #[error("the demonstration could not be told to its end")]
    Demo(#[source] crate::demo::DemoError),
    /// The operator could not run.
    #[error("the operator cannot run")]
    Operator(#[source] crate::operator::OperatorError),
    /// A state file could not be read, or its audit trail is not what was written.
    #[error("the trail is not verified")]
    State(#[source] crate::state::StateError),
    /// Records could not be kept.
    #[error(transparent)]
    Records(tenant_contacts_engine::port::RecordsError),
    /// Arguments do not go together.
    #[error("{0}")]
    Arguments(String),
    /// A cluster did not answer as asked.
    #[error(transparent)]
    Cluster(#[from] cluster::ClusterError),
    /// [`approve`] did not approve.
    #[error(transparent)]
    NotApproved(Box<approve::NotApproved>),
    /// [`suspend`] or [`resume`] met another declaration.
    #[error(transparent)]
    DeclaredElsewhere(Box<suspend::DeclaredElsewhere>),
    /// [`reconcile`] saw no pass.
    #[error(transparent)]
    NoPass(#[from] reconcile::NoPass),
    /// [`export`] wrote nothing, or not everything.
    #[error(transparent)]
    NotExported(#[from] export::NotExported),
    /// The asynchronous runtime could not be started.
    #[error("the process could not be set up")]
    Runtime(#[source] io::Error),
    /// The log filter is not one.
    #[error("--log: {0}")]
    Log(String),
}

impl Cli {
    /// Reads the arguments of this process. Help and usage name the program as it was called; what cannot be read ends it.
    pub fn read() -> Self {
        let matches = Self::command().bin_name(called::called()).try_get_matches();
        matches.and_then(|matches| Self::from_arg_matches(&matches)).unwrap_or_else(|error| refuse(&error))
    }

    /// Does what the arguments ask for.
    pub fn run(self) -> ExitCode {
        let Self { output, log, verb } = self;
        let done = crate::logging::start(log.as_deref()).map_err(Failure::Log).and_then(|()| match verb {
            Verb::Run(args) => output.plain().and_then(|output| block_on(run::run(&args, output))),
            Verb::Demo(args) => output.text_only().and_then(|()| block_on(demo::run(&args))),
            Verb::Plan(args) => output.plain().and_then(|output| block_on(plan::run(&args, output))),
            Verb::Apply(args) => output.plain().and_then(|output| block_on(apply::run(&args, output))),
            Verb::Approve(args) => output.plain().and_then(|output| block_on(approve::run(&args, output))),
            Verb::Suspend(args) => output.plain().and_then(|output| block_on(suspend::run(&args, output))),
            Verb::Resume(args) => output.plain().and_then(|output| block_on(resume::run(&args, output))),
            Verb::Reconcile(args) => output.plain().and_then(|output| block_on(reconcile::run(&args, output))),
            Verb::Explain(args) => block_on(explain::run(&args, output)),
            Verb::Export(args) => output.text_only().and_then(|()| block_on(export::run(&args))),
            Verb::Worklist(args) => output.plain().and_then(|output| block_on(worklist::run(&args, output))),
            Verb::Simulate(args) => output.text_only().and_then(|()| block_on(simulate::run(&args))),
            Verb::Check(args) => output.plain().and_then(|output| check::run(&args, output)),
            Verb::Audit(args) => output.text_only().and_then(|()| audit::run(&args)),
            Verb::Crds(args) => output.text_only().and_then(|()| crds::run(&args)),
        });
        match done {
            Ok(code) => code,
            // Whoever reads the answer has read enough (`| head`): not an error of ours.
            Err(Failure::Print(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(failure) => {
                let mut text = format!("error: {failure}");
                let mut source = std::error::Error::source(&failure);
                while let Some(error) = source {
                    text.push_str(": ");
                    text.push_str(&error.to_string());
                    source = error.source();
                }
                // There is nobody left to tell if this fails as well.
                let _ = writeln!(io::stderr(), "{text}");
                ExitCode::FAILURE
            }
        }
    }
}

/// Prints why arguments are refused, or the help that they ask for, and ends the process.
fn refuse(error: &clap::Error) -> ! {
    // There is nobody left to tell if this fails as well.
    let _ = error.print();
    std::process::exit(i32::from(error.use_stderr()))
}

/// Runs a verb that talks to a tenant. Two threads: a pass that thinks must not keep an embedded simulator from answering.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.map_err(Failure::Runtime)?.block_on(work)
}
