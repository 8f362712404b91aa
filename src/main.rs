//! `tenant-contacts`: see [`tenant_contacts`].

use std::process::ExitCode;

use clap::Parser as _;
use tenant_contacts::cli::Cli;

fn main() -> ExitCode {
    Cli::parse().run()
}
