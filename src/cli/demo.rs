//! `demo`: the product in half a minute, without a tenant, a cluster or a file.

use std::{io, process::ExitCode};

use super::Failure;
use crate::demo;

/// Arguments of `demo`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Varies what is disturbed.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Keep the folder of manifests.
    #[arg(long)]
    pub keep: bool,
}

/// Tells the story. Exit code 1 if the end state differs from the files.
pub async fn run(args: &Args) -> Result<ExitCode, Failure> {
    let good = demo::tell(args.seed, args.keep, &mut io::stdout()).await.map_err(Failure::Demo)?;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
