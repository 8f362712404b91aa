//! `export`: a live tenant as YAML files whose plan is empty.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::ValueEnum;
use tenant_contacts_core::export::{self, Exported, Private};
use tenant_contacts_report::export::{ExportError, left_out, yaml};

use super::{
    Failure, Subject,
    plan::{print_failing, print_problems},
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
    let asked = args.subject.open().await.map_err(Failure::Source)?;
    print_problems(asked.problems.iter()).map_err(Failure::Print)?;
    let mut wrong = !asked.problems.is_empty();
    if asked.sets.tenants.len() > 1 {
        return Err(NotExported::Several(asked.sets.tenants.len()).into());
    }
    for (key, set) in &asked.sets.tenants {
        let Some(tenant) = asked.tenants.get(key) else { continue };
        match survey::directory(set, &asked.network).await {
            Ok(landscape) => {
                let private = match args.private {
                    Place::InPlace => Private::InPlace,
                    Place::Secrets => Private::Secrets,
                };
                let exported = export::export(&landscape, &export::Options { tenant: tenant.clone(), private });
                write(&exported, args)?;
                wrong |= exported.left_out.iter().any(|one| one.unread);
                write!(io::stderr(), "{}", left_out(&exported.left_out)).map_err(Failure::Print)?;
            }
            Err(problem) => {
                wrong = true;
                print_failing(key, &[problem]).map_err(Failure::Print)?;
            }
        }
    }
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn write(exported: &Exported, args: &Args) -> Result<(), Failure> {
    let texts = exported.files.iter().map(|file| Ok((&*file.name, yaml(file)?)));
    let texts: Vec<(&str, String)> = texts.collect::<Result<_, ExportError>>().map_err(NotExported::from)?;
    if let Some(folder) = &args.to {
        return Ok(to_folder(&texts, folder, args.overwrite)?);
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    for (index, (name, text)) in texts.iter().enumerate() {
        let gap = if index == 0 { "" } else { "---\n" };
        write!(out, "{gap}# {name}\n{text}").map_err(Failure::Print)?;
    }
    out.flush().map_err(Failure::Print)
}

/// Looks at every name before it writes the first file: half an export is none.
fn to_folder(texts: &[(&str, String)], folder: &Path, overwrite: bool) -> Result<(), NotExported> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| NotExported::Write { path, source }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    if !overwrite && let Some((name, _)) = texts.iter().find(|(name, _)| folder.join(name).exists()) {
        return Err(NotExported::Exists(folder.join(name)));
    }
    for (name, text) in texts {
        let path = folder.join(name);
        fs::write(&path, text).map_err(failed(&path))?;
    }
    Ok(())
}
