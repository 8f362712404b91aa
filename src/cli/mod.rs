//! The command line: one file a verb.
//!
//! Invariant: a verb parses its arguments, calls a library and prints what it answers. Exit codes are the same for every
//! verb: 0 done and nothing to report, 1 something is wrong, 2 as the verb says (`plan`, `apply`: the tenant is not as declared;
//! `explain`: it has an error), 3 what was asked cannot be said (`explain`). What is not known is never 0. Arguments that
//! are refused are 1 as well and not clap's 2: a pipeline must not take a slip of its own for an answer of the tenant's. Whoever
//! interrupts a verb gets 130, as shells say of it, and never a code that says something of the tenant.

#[macro_use]
mod embedded;

mod announce;
pub mod apply;
pub mod approve;
mod around;
pub mod audit;
mod called;
pub mod check;
pub mod cluster;
pub mod crds;
#[cfg(feature = "simulator")]
pub mod demo;
mod dns;
pub mod explain;
pub mod export;
mod format;
pub mod grants;
mod help;
mod interrupt;
mod manual;
pub mod plan;
mod progress;
mod reach;
pub mod reconcile;
pub mod resume;
pub mod run;
#[cfg(feature = "simulator")]
pub mod simulate;
mod source;
mod subject;
pub mod suspend;
mod terminal;
mod watch;
pub mod worklist;

pub use around::{Around, Within};
pub use dns::{Dns, DnsServer, DnsServerError};
pub use embedded::{Embedded, Server};
pub use format::{Format, Formed, Output, Plain};
pub use reach::Reach;
pub use source::{Source, SourceError};
pub use subject::Subject;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use format::text_only;

/// Keeps a Microsoft 365 tenant's contact state as declared in YAML.
#[derive(Debug, Parser)]
#[command(name = "tenant-contacts", version, propagate_version = true, after_help = help::ENVIRONMENT)]
pub struct Cli {
    /// The form of the answer, as it can be given in front of the verb too. Which forms there are is the verb's affair.
    #[arg(short, long, value_enum, hide = true)]
    pub output: Option<Format>,
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
    #[command(after_help = help::RUN)]
    Run(Plain<run::Args>),
    /// See it all work: half a minute with an embedded tenant, no cluster and no credentials.
    #[cfg(feature = "simulator")]
    #[command(after_help = help::DEMO)]
    Demo(demo::Args),
    /// Show what would be written, and what not, and why. Exit code 0: everything is as declared; 2: it is not; 1: something is
    /// wrong.
    #[command(after_help = help::PLAN)]
    Plan(Plain<plan::Args>),
    /// Write what is planned, verify it, and stop. Exit code 0: everything is as declared; 2: it is not; 1: something is wrong.
    #[command(after_help = help::APPLY)]
    Apply(Plain<apply::Args>),
    /// In a cluster: approve exactly the steps that wait.
    #[command(after_help = help::APPROVE)]
    Approve(Plain<approve::Args>),
    /// In a cluster: read and write nothing for a Tenant until it is resumed.
    #[command(after_help = help::SUSPEND)]
    Suspend(Plain<suspend::Args>),
    /// In a cluster: let a suspended Tenant go on.
    #[command(after_help = help::RESUME)]
    Resume(Plain<suspend::Args>),
    /// In a cluster: ask the operator for a pass now, and wait for it. Exit code 0: Ready, and everything is as declared; 2: it
    /// is not; 1: something is wrong.
    #[command(after_help = help::RECONCILE)]
    Reconcile(Plain<reconcile::Args>),
    /// Who really receives each of Microsoft's notices, and would it arrive? Exit code 0: every notice reaches somebody; 2: the
    /// tenant has an error; 3: no error is certain, and whether every notice reaches somebody is unknown; 1: it could not be
    /// read.
    #[command(after_help = help::EXPLAIN)]
    Explain(Formed<explain::Args>),
    /// Write a live tenant as YAML files whose plan is empty.
    #[command(after_help = help::EXPORT)]
    Export(export::Args),
    /// List what only a person can do in a portal: where, which value, and the YAML that attests it.
    #[command(after_help = help::WORKLIST)]
    Worklist(Plain<worklist::Args>),
    /// Print a script that grants to an application what reading the tenant takes, or reading or writing a surface of it.
    #[command(after_help = help::GRANTS)]
    Grants(grants::Args),
    /// Serve a simulated tenant.
    #[cfg(feature = "simulator")]
    #[command(after_help = help::SIMULATE)]
    Simulate(simulate::Args),
    /// Check manifests offline, with file, line and column.
    #[command(after_help = help::CHECK)]
    Check(Plain<check::Args>),
    /// Look into the audit trail beside a state file.
    #[command(after_help = help::AUDIT)]
    Audit(audit::Args),
    /// Print the CustomResourceDefinitions.
    #[command(after_help = help::CRDS)]
    Crds(crds::Args),
    /// Print what completes this command in a shell.
    #[command(after_help = help::COMPLETIONS)]
    Completions(manual::CompletionsArgs),
    /// Print the manual page of this command, or of one of its verbs.
    #[command(after_help = help::MAN)]
    Man(manual::ManArgs),
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
    #[cfg(feature = "simulator")]
    #[error("the simulated tenant could not be started")]
    Simulated(#[source] crate::simulated::SimulatedError),
    /// The demonstration failed.
    #[cfg(feature = "simulator")]
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
            #[cfg(feature = "simulator")]
            Verb::Demo(args) => text_only(output).and_then(|()| block_on(demo::run(&args))),
            verb @ (Verb::Run(_) | Verb::Plan(_) | Verb::Apply(_) | Verb::Explain(_) | Verb::Check(_)) => {
                block_on(verb.on_folder(output, &Around::default()))
            }
            Verb::Approve(asked) => block_on(approve::run(&asked.args, asked.form(output)?)),
            Verb::Suspend(asked) => block_on(suspend::run(&asked.args, asked.form(output)?)),
            Verb::Resume(asked) => block_on(resume::run(&asked.args, asked.form(output)?)),
            Verb::Reconcile(asked) => block_on(reconcile::run(&asked.args, asked.form(output)?)),
            Verb::Export(args) => text_only(output).and_then(|()| block_on(export::run(&args))),
            Verb::Worklist(asked) => block_on(worklist::run(&asked.args, asked.form(output)?)),
            Verb::Grants(args) => text_only(output).and_then(|()| grants::run(&args)),
            #[cfg(feature = "simulator")]
            Verb::Simulate(args) => text_only(output).and_then(|()| block_on(simulate::run(&args))),
            Verb::Audit(args) => text_only(output).and_then(|()| audit::run(&args)),
            Verb::Crds(args) => text_only(output).and_then(|()| crds::run(&args)),
            Verb::Completions(args) => text_only(output).and_then(|()| manual::completions(&args)),
            Verb::Man(args) => text_only(output).and_then(|()| manual::man(&args)),
        });
        conclude(done, &Around::default())
    }

    /// Does what the arguments ask for in process, within what it is given, and says it there. Only the verbs that look at a folder
    /// of manifests work so.
    pub async fn within(self, around: &Around) -> ExitCode {
        conclude(Box::pin(self.verb.on_folder(self.output, around)).await, around)
    }
}

impl Verb {
    /// The verbs that look at a folder of manifests.
    async fn on_folder(self, output: Option<Format>, around: &Around) -> Result<ExitCode, Failure> {
        match self {
            Self::Run(asked) => run::run(&asked.args, asked.form(output)?, around).await,
            Self::Plan(asked) => plan::run(&asked.args, asked.form(output)?, around).await,
            Self::Apply(asked) => apply::run(&asked.args, asked.form(output)?, around).await,
            Self::Explain(asked) => {
                explain::run(&asked.args, asked.output.or(output).unwrap_or(Format::Text), around).await
            }
            Self::Check(asked) => check::run(&asked.args, asked.form(output)?, around),
            _ => Err(Failure::Arguments("this verb looks at no folder of manifests".into())),
        }
    }
}

/// The exit code; why a verb could not do its work is said.
fn conclude(done: Result<ExitCode, Failure>, around: &Around) -> ExitCode {
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
            let _ = writeln!(around.err(), "{text}");
            ExitCode::FAILURE
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
