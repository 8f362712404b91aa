//! `check`: what the API server and the operator would refuse, before anything is committed.
//!
//! Invariant: reads files and nothing else; the same files give the same bytes, until an approval among them expires.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use tenant_contacts_api::manifest::{self, relations};
use tenant_contacts_report::answers::CheckView;

use super::{Around, Failure, Output};
use crate::directory;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A folder of manifests (its `.yaml`, `.yml` and `.json` files, without subfolders), one file, or `-` for standard input.
    #[arg(value_name = "DIR|FILE")]
    pub path: PathBuf,
}

/// Checks and prints. Exit code 1 where there is a problem.
pub fn run(args: &Args, output: Output, around: &Around) -> Result<ExitCode, Failure> {
    let checker = around.checker().map_err(Failure::Check)?;
    let mut read = if args.path.as_os_str() == "-" {
        directory::read_standard_input(&checker)
    } else {
        directory::read(&checker, &args.path)
    };
    // A folder that is not the one that was meant must not pass for one that is in order.
    if read.files == 0 && read.problems.is_empty() {
        read.problems.push(directory::nothing_in(&args.path));
    }
    let (problems, notes) = relations::check(&read.manifests, &read.problems);
    read.problems.extend(problems);
    read.notes.extend(notes);
    read.notes.extend(manifest::expired(&read.manifests, around.now()));
    read.problems.sort_by(|a, b| a.order().cmp(&b.order()));
    read.notes.sort_by(|a, b| a.order().cmp(&b.order()));
    let answer = CheckView {
        valid: read.problems.is_empty(),
        files: read.files,
        objects: read.manifests.len(),
        problems: read.problems,
        notes: read.notes,
    };
    let mut out = io::BufWriter::new(around.out());
    match output {
        Output::Text => text(&answer, &mut out).map_err(Failure::Print)?,
        Output::Json => {
            serde_json::to_writer_pretty(&mut out, &answer).map_err(|error| match error.io_error_kind() {
                Some(kind) => Failure::Print(kind.into()),
                None => Failure::Json(error),
            })?;
            writeln!(out).map_err(Failure::Print)?;
        }
    }
    out.flush().map_err(Failure::Print)?;
    Ok(if answer.valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn text(answer: &CheckView, out: &mut impl Write) -> io::Result<()> {
    for problem in &answer.problems {
        writeln!(out, "{problem}\n    {}", problem.remedy)?;
    }
    for note in &answer.notes {
        writeln!(out, "{note}")?;
    }
    let count = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    writeln!(
        out,
        "{}, {}: {}, {}",
        count(answer.files, "file"),
        count(answer.objects, "valid object"),
        count(answer.problems.len(), "problem"),
        count(answer.notes.len(), "note"),
    )
}
