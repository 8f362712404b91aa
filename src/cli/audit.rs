//! `audit verify`: whether the audit trail beside a state file is what was written.
//!
//! Invariant: takes no lock and changes nothing, so that it may run beside the process that writes.

use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::Subcommand;

use super::Failure;
use crate::state::{self, Verified};

/// Arguments of `audit`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

/// What to do with the trail.
#[derive(Debug, Subcommand)]
enum What {
    /// Verify the chain of every Tenant: each record follows the one before it, and none is missing that the state file tells
    /// of. Exit code 0: it is whole; 1: it is not, or cannot be read.
    Verify {
        /// The state file; the trail lies beside it, with the ending `.audit`.
        #[arg(long, value_name = "FILE")]
        state: PathBuf,
    },
}

/// Verifies and prints. Exit code 1, with what is wrong, where the trail is not what was written.
pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    let What::Verify { state } = &args.what;
    let verified = state::verify(state).map_err(Failure::State)?;
    print(&verified).map_err(Failure::Print)?;
    Ok(ExitCode::SUCCESS)
}

fn print(verified: &[Verified]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for Verified { tenant: (namespace, name), first, head } in verified {
        let last = head.sequence;
        if *first > last {
            writeln!(
                out,
                "Tenant {namespace}/{name}: no record yet; goes on with record {first} behind {}",
                head.hash
            )?;
            continue;
        }
        writeln!(
            out,
            "Tenant {namespace}/{name}: records {first} to {last} follow each other; the last is {}",
            head.hash
        )?;
        if *first > 1 {
            writeln!(out, "    records 1 to {} are in another file: verify that one as well", first - 1)?;
        }
    }
    if verified.is_empty() {
        writeln!(out, "no record yet")?;
    }
    Ok(())
}
