//! `grants`: what to grant to an application, as a script. It asks no network: what is granted already the script finds out.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{
    ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use tenant_contacts_api::field::Surface;
use tenant_contacts_core::grant;
use tenant_contacts_report::grants;

use super::Failure;

/// Arguments of `grants`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What the application is for; may be given several times. Left out, it reads the whole tenant, as for `Report`.
    #[arg(long, value_name = "SURFACE", ignore_case = true, value_parser = surfaces())]
    pub surface: Vec<Surface>,
    /// What writing the surface takes beside reading it, and nothing else.
    #[arg(long, requires = "surface")]
    pub write: bool,
    /// The shell that the script is for: `az` is a POSIX shell with the Azure CLI.
    #[arg(long, value_enum, default_value_t = Shell::Az)]
    pub shell: Shell,
}

/// The shells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// A POSIX shell with the Azure CLI.
    Az,
    /// PowerShell with the modules of Microsoft Graph.
    Powershell,
}

fn surfaces() -> impl TypedValueParser<Value = Surface> {
    PossibleValuesParser::new(Surface::ALL.map(Surface::as_str)).try_map(|name| {
        let found = Surface::ALL.into_iter().find(|surface| surface.as_str().eq_ignore_ascii_case(&name));
        found.ok_or("no such surface")
    })
}

/// Prints the script.
pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    if args.write && args.surface.contains(&Surface::Report) {
        return Err(Failure::Arguments("--write: the surface Report is only read".into()));
    }
    let surfaces = if args.surface.is_empty() { &[Surface::Report][..] } else { &args.surface };
    let mut asked = Vec::new();
    for surface in surfaces {
        let of_surface = if args.write { grant::writing(*surface) } else { grant::reading(*surface) };
        for grant in of_surface {
            if !asked.contains(&grant) {
                asked.push(grant);
            }
        }
    }
    let named: Vec<_> = surfaces.iter().map(|surface| surface.as_str()).collect();
    let title = match (args.write, named.join(" and ")) {
        (true, named) => format!("What writing {named} takes, beside what reading takes."),
        (false, _) if surfaces.contains(&Surface::Report) => "What reading the whole tenant takes.".to_owned(),
        (false, named) => format!("What reading {named} takes."),
    };
    let shell = match args.shell {
        Shell::Az => grants::Shell::Az,
        Shell::Powershell => grants::Shell::PowerShell,
    };
    let script = shell.script(&title, &asked);
    let mut out = io::stdout().lock();
    out.write_all(script.as_bytes()).and_then(|()| out.flush()).map_err(Failure::Print)?;
    Ok(ExitCode::SUCCESS)
}
