//! `export`: a live tenant as YAML files whose plan is empty.

mod folder;

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::ValueEnum;
use tenant_contacts_core::export::{self, Exported, Private};
use tenant_contacts_report::export::{ExportError, left_out, yaml};

use self::folder::Content;
use super::{
    Around, Failure, Subject,
    called::called,
    plan::{print_failing, print_problems, reading},
};
use crate::survey;

/// Arguments of `export`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Write the files to this folder, which is created if need be. Left out: everything goes to standard output.
    #[arg(long, value_name = "DIR")]
    pub to: Option<PathBuf>,
    /// Where private data (alternate emails, phones) is written: `in-place`, or `secrets` of its own with `valueFrom`.
    #[arg(long, value_enum, default_value_t = Place::InPlace)]
    pub private: Place,
    /// Overwrite files that are there.
    #[arg(long, requires = "to")]
    pub overwrite: bool,
    /// Which tenant.
    #[command(flatten)]
    pub subject: Subject,
}

/// Where private data is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Place {
    /// In the objects themselves.
    InPlace,
    /// In Secrets, so that git need not hold it.
    Secrets,
}

/// The export did not come about.
#[derive(Debug, thiserror::Error)]
pub enum NotExported {
    /// An object could not be written as YAML.
    #[error(transparent)]
    Yaml(#[from] ExportError),
    /// A file is there already.
    #[error("{} is there already: name another folder with --to, or give --overwrite", .0.display())]
    Exists(PathBuf),
    /// Something else than a file has the name of one.
    #[error("{} is a link or a folder, and is not written to: take it away, or name another folder with --to", .0.display())]
    NoFile(PathBuf),
    /// A file could not be written.
    #[error("{} could not be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Several tenants would write the same files.
    #[error("{0} Tenants are declared: choose one with --tenant")]
    Several(usize),
}

/// Reads and writes. Exit code 0: written; 1: something could not be read, and is not in the files.
pub async fn run(args: &Args) -> Result<ExitCode, Failure> {
    let asked = args.subject.open(&Around::default()).await.map_err(Failure::Source)?;
    print_problems(asked.problems.iter(), io::stderr()).map_err(Failure::Print)?;
    let mut wrong = !asked.problems.is_empty();
    if asked.sets.tenants.len() > 1 {
        return Err(NotExported::Several(asked.sets.tenants.len()).into());
    }
    for (key, set) in &asked.sets.tenants {
        let Some(tenant) = asked.tenants.get(key) else { continue };
        match asked.progress.of(&reading(key), survey::directory(set, &asked.network)).await {
            Ok(landscape) => {
                let private = match args.private {
                    Place::InPlace => Private::InPlace,
                    Place::Secrets => Private::Secrets,
                };
                let exported = export::export(
                    &landscape,
                    &export::Options { tenant: tenant.clone(), private, unnamed: args.subject.manifests.is_none() },
                );
                wrong |= exported.left_out.iter().any(|one| one.unread);
                write(&exported, args)?;
            }
            Err(problem) => {
                wrong = true;
                print_failing(key, &[problem], io::stderr()).map_err(Failure::Print)?;
            }
        }
    }
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn write(exported: &Exported, args: &Args) -> Result<(), Failure> {
    let contents = exported.files.iter().map(|file| {
        Ok(Content {
            name: &file.name,
            text: yaml(file)?,
            private: file.objects.iter().any(export::Exportable::is_private),
        })
    });
    let contents: Vec<Content<'_>> = contents.collect::<Result<_, ExportError>>().map_err(NotExported::from)?;
    if let Some(to) = &args.to {
        folder::write(&contents, to, args.overwrite)?;
        write!(io::stderr(), "{}", left_out(&exported.left_out)).map_err(Failure::Print)?;
        let objects = exported.files.iter().map(|file| file.objects.len()).sum();
        return said(&contents, objects, to, args).map_err(Failure::Print);
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    for (index, Content { name, text, .. }) in contents.iter().enumerate() {
        let gap = if index == 0 { "" } else { "---\n" };
        write!(out, "{gap}# {name}\n{text}").map_err(Failure::Print)?;
    }
    out.flush().map_err(Failure::Print)?;
    write!(io::stderr(), "{}", left_out(&exported.left_out)).map_err(Failure::Print)
}

/// Names of files that are told one by one.
const MOST_NAMES: usize = 5;

/// What was written, and what is to be done about it: on standard error, since standard output is for what is exported.
fn said(contents: &[Content<'_>], objects: usize, to: &Path, args: &Args) -> io::Result<()> {
    let mut err = io::stderr().lock();
    let (place, files) = (to.display(), contents.len());
    let count = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    writeln!(err, "written: {} with {} to {place}", count(files, "file"), count(objects, "object"))?;
    for content in contents.iter().filter(|content| content.private) {
        writeln!(
            err,
            "private: {} holds private data in the clear, readable by you alone: seal it, or load it into your secret \
             manager, before anything is committed",
            to.join(content.name).display()
        )?;
    }
    let others = folder::others(contents, to);
    if !others.is_empty() {
        let (named, more) = others.split_at(others.len().min(MOST_NAMES));
        let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
        writeln!(
            err,
            "beside:  {}{more} in {place}: not of this export, and what they declare counts too",
            named.join(", ")
        )?;
    }
    let credential =
        if args.subject.manifests.is_some() { "" } else { "add the credential that tenant.yaml names, then " };
    writeln!(err, "next:    {credential}`{} plan --manifests {place}` shows that nothing is to be written", called())
}
