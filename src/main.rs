//! `tenant-contacts`: see [`tenant_contacts`].

use std::process::ExitCode;

use tenant_contacts::cli::Cli;

fn main() -> ExitCode {
    Cli::read().run()
}
