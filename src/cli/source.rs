//! Arguments that say where manifests come from and which tenant answers, shared by the verbs that look at a tenant.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use tenant_contacts_api::manifest::{Checker, SchemaError};
use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_engine::port::Records;
use tenant_contacts_m365::{cloud::EndpointError, net::NetError};

use super::{Around, embedded::Server, progress::Progress, reach::Reach};
use crate::{
    connect::Network,
    directory::{self, Manifests},
    gather::{self, Sets},
    state::{Ephemeral, StateError, StateFile},
};

/// Where manifests come from and which tenant answers.
#[derive(Clone, Debug, clap::Args)]
pub struct Source {
    /// Folder of manifests, without subfolders, or one file.
    #[arg(long, value_name = "DIR")]
    pub manifests: PathBuf,
    /// Keep memory, status and the audit trail in this file. Without it they last as long as the process.
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Only this Tenant, as `name` or `namespace/name`.
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<String>,
    /// Which tenant answers, and how it is reached.
    #[command(flatten)]
    pub reach: Reach,
}

impl Source {
    /// The arguments that name the same again, as a shell takes them; `tenant` in place of the one that was given.
    pub(super) fn words(&self, tenant: Option<&str>) -> String {
        let Self { manifests, state, tenant: given, reach } = self;
        let mut words = vec!["--manifests".to_owned(), quoted(&manifests.display().to_string())];
        let mut add = |option: &str, value: Option<String>| {
            if let Some(value) = value {
                words.extend([option.to_owned(), quoted(&value)]);
            }
        };
        add("--state", state.as_ref().map(|path| path.display().to_string()));
        add("--tenant", tenant.map(ToOwned::to_owned).or_else(|| given.clone()));
        words.extend(reach.words());
        words.join(" ")
    }
}

/// A word as a shell takes it for one.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The source could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The simulator did not start.
    #[cfg(feature = "simulator")]
    #[error("the simulated tenant could not be started")]
    Simulated(#[from] crate::simulated::SimulatedError),
    /// The state file could not be opened.
    #[error(transparent)]
    State(#[from] StateError),
    /// The network could not be set up.
    #[error("the network could not be set up")]
    Net(#[from] NetError),
    /// An endpoint is not usable.
    #[error("an endpoint cannot be used")]
    Endpoint(#[from] EndpointError),
    /// The schemas are not usable.
    #[error("the manifests could not be checked")]
    Schema(#[from] SchemaError),
    /// A file could not be read.
    #[error("{path} could not be read")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The DNS servers of this machine are not known.
    #[error("--dns: the servers of this machine are not known")]
    Dns(#[from] tenant_contacts_probe::ServersError),
    /// No Tenant is selected.
    #[error("{0}")]
    NoTenant(String),
}

impl SourceError {
    /// No Tenant, or none of the wanted name, is declared in this folder.
    pub(super) fn none_declared(folder: Option<&Path>, wanted: Option<&str>) -> Self {
        let place = folder.map(|folder| format!(" in {}", folder.display())).unwrap_or_default();
        Self::NoTenant(match wanted {
            Some(wanted) => format!("no Tenant {wanted} is declared{place}: its name, or namespace/name, is wanted"),
            None => format!(
                "no Tenant is declared{place}: there is nothing to look at. Its manifest lies directly in the folder; \
                 subfolders are not read"
            ),
        })
    }
}

/// Everything set up.
pub struct Setup {
    /// How to reach the tenant.
    pub network: Network,
    /// Says that reading it goes on.
    pub(super) progress: Progress,
    /// Where records are kept.
    pub records: Arc<dyn Records>,
    /// The embedded simulator, if one was asked for. Lives as long as this.
    _server: Option<Server>,
    checker: Arc<Checker>,
    source: Source,
}

impl Setup {
    /// Sets everything up.
    pub async fn new(source: &Source, around: &Around) -> Result<Self, SourceError> {
        let (mut network, server) = match around.within() {
            Some(within) => (within.network.clone(), None),
            None => source.reach.network().await?,
        };
        let progress = Progress::over(&mut network);
        let records: Arc<dyn Records> = match (around.within(), &source.state) {
            (Some(within), _) => Arc::clone(&within.records),
            (None, Some(path)) => {
                let state = StateFile::open(path)?;
                // There is nobody left to tell if this fails, and it is no reason not to go on.
                for (tenant, first) in state.continued() {
                    let _ = writeln!(
                        std::io::stderr(),
                        "note: the audit trail of Tenant {tenant} begins with record {first}: earlier ones are in another file"
                    );
                }
                Arc::new(state)
            }
            (None, None) => Arc::new(Ephemeral::default()),
        };
        Ok(Self { network, progress, records, _server: server, checker: around.checker()?, source: source.clone() })
    }

    /// Where the manifests lie.
    pub fn manifests(&self) -> &Path {
        &self.source.manifests
    }

    /// Reads the manifests anew. That there is none is a problem: a folder is not emptied by accident and in silence.
    pub fn read(&self) -> (Manifests, Sets) {
        let mut read = directory::read(&self.checker, &self.source.manifests);
        if read.files == 0 && read.problems.is_empty() {
            read.problems.push(directory::nothing_in(&self.source.manifests));
        }
        let sets = self.sets(&read);
        (read, sets)
    }

    /// What was read, sorted by the Tenants that are selected.
    pub fn sets(&self, read: &Manifests) -> Sets {
        let mut sets = gather::sets(read);
        sets.tenants.retain(|key, _| selects(self.source.tenant.as_deref(), key));
        sets
    }

    /// An error unless some Tenant is selected.
    pub fn need_tenant(&self, sets: &Sets) -> Result<(), SourceError> {
        if !sets.tenants.is_empty() {
            return Ok(());
        }
        Err(SourceError::none_declared(Some(&self.source.manifests), self.source.tenant.as_deref()))
    }
}

/// Whether `--tenant` means this Tenant: by name, or by namespace and name. Without it every one is meant.
pub(super) fn selects(wanted: Option<&str>, key: &ObjectKey) -> bool {
    wanted.is_none_or(|wanted| *wanted == *key.name || *wanted == format!("{}/{}", key.namespace, key.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c6_a_proposed_command_is_one_that_a_shell_takes() {
        assert_eq!(quoted("contacts/a-b.yaml"), "contacts/a-b.yaml");
        assert_eq!(quoted("my contacts"), "'my contacts'");
        assert_eq!(quoted("it's; rm"), r"'it'\''s; rm'");
        assert_eq!(quoted(""), "''");
    }
}
