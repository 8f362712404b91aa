//! `crds`: the CustomResourceDefinitions, to a pipe or to folders.
//!
//! Invariant: the same bytes every time; `crds/` in the repository and the chart's copy are what this writes.

use std::{
    fs,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use tenant_contacts_api::crds;

use super::Failure;

/// Arguments of `crds`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write one file per kind into this folder instead of printing; several folders get the same files.
    #[arg(long, value_name = "DIR")]
    pub write: Vec<PathBuf>,
}

/// Why they could not be written.
#[derive(Debug, thiserror::Error)]
pub enum CrdsError {
    /// A definition could not be turned into YAML.
    #[error("{0} could not be turned into YAML")]
    Yaml(String),
    /// The folder could not be made.
    #[error("cannot make the folder {}", .0.display())]
    Folder(PathBuf, #[source] io::Error),
    /// A file could not be written.
    #[error("cannot write {}", .0.display())]
    File(PathBuf, #[source] io::Error),
}

/// Prints or writes them.
pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mut files = Vec::new();
    for crd in crds::all() {
        let name = crds::file_name(&crd);
        let yaml = crds::to_yaml(&crd).map_err(|_| Failure::Crds(CrdsError::Yaml(name.clone())))?;
        files.push((name, yaml));
    }
    for folder in &args.write {
        fs::create_dir_all(folder).map_err(|error| Failure::Crds(CrdsError::Folder(folder.clone(), error)))?;
        for (name, yaml) in &files {
            let path = folder.join(name);
            fs::write(&path, yaml).map_err(|error| Failure::Crds(CrdsError::File(path, error)))?;
        }
    }
    if args.write.is_empty() {
        let documents: Vec<String> = files.into_iter().map(|(_, yaml)| yaml).collect();
        io::stdout().lock().write_all(documents.join("---\n").as_bytes()).map_err(Failure::Print)?;
    }
    Ok(ExitCode::SUCCESS)
}
