//! The command line: one file a verb.
//!
//! Invariant: a verb parses its arguments, calls a library and prints what it answers. Exit codes are the same for every
//! verb: 0 done and nothing to report, 1 something is wrong, 2 as the verb says (`plan`: there are changes), and 2 for
//! arguments that clap refuses.

pub mod check;
pub mod crds;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{Parser, Subcommand, ValueEnum};

/// Keeps a Microsoft 365 tenant's contact state as declared in YAML.
#[derive(Debug, Parser)]
#[command(name = "tenant-contacts", version, propagate_version = true)]
pub struct Cli {
    /// How to print the answer.
    #[arg(short, long, global = true, value_enum, default_value_t = Output::Text)]
    pub output: Output,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Check manifests offline, with file, line and column.
    Check(check::Args),
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
}

impl Cli {
    /// Does what the arguments ask for.
    pub fn run(self) -> ExitCode {
        let Self { output, verb } = self;
        let done = match verb {
            Verb::Check(args) => check::run(&args, output),
            Verb::Crds(args) => crds::run(&args),
        };
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
