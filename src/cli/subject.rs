//! Arguments that say which tenant is asked about, for the verbs that read any tenant: with manifests, without any but an
//! embedded tenant, or with credentials from the environment.
//!
//! Invariant: what is asked here is never written: the transport refuses everything that writes.

mod environment;
mod positions;

use std::{collections::BTreeMap, path::PathBuf};

use tenant_contacts_api::{
    manifest::{Checker, Manifest, Object, Problem},
    v1alpha1::Tenant,
};
use tenant_contacts_core::desired::{self, ObjectKey};

#[cfg(feature = "simulator")]
pub(in crate::cli) use self::environment::documents;
pub use self::positions::Declared;
use super::{
    embedded::Server,
    interrupt::{self, ONLY_READ},
    progress::Progress,
    source::{SourceError, selects},
};
use crate::{
    connect::Network,
    directory::{self, Manifests},
    gather::{self, Sets},
};

use super::{Around, Reach};

/// Which tenant is asked about. Where neither manifests nor an embedded tenant are named, credentials come from AZURE_TENANT_ID,
/// AZURE_CLIENT_ID and one of AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH and AZURE_FEDERATED_TOKEN_FILE.
#[derive(Clone, Debug, clap::Args)]
pub struct Subject {
    /// Folder of manifests, without subfolders: with a Tenant, and whatever else is declared of it.
    #[arg(long, value_name = "DIR")]
    pub manifests: Option<PathBuf>,
    /// Only this Tenant, as `name` or `namespace/name`.
    #[arg(long, value_name = "TENANT", requires = "manifests")]
    pub tenant: Option<String>,
    /// Which tenant answers, and how it is reached.
    #[command(flatten)]
    pub reach: Reach,
}

/// Everything set up to ask.
pub struct Asked {
    /// How to reach the tenant.
    pub network: Network,
    /// Says that reading it goes on.
    pub(super) progress: Progress,
    /// The Tenants, and what is declared of each.
    pub sets: Sets,
    /// The Tenant objects themselves.
    pub tenants: BTreeMap<ObjectKey, Tenant>,
    /// Where objects and fields are declared.
    pub positions: Declared,
    /// What is wrong with the manifests.
    pub problems: Vec<Problem>,
    /// The embedded simulator, if one was asked for. Lives as long as this.
    _server: Option<Server>,
}

impl Subject {
    /// Sets everything up.
    pub async fn open(&self, around: &Around) -> Result<Asked, SourceError> {
        if around.is_process() {
            interrupt::ends(ONLY_READ);
        }
        let reach = Reach { read_only: true, ..self.reach.clone() };
        let checker = around.checker()?;
        let (mut network, server, read) = if let Some(folder) = &self.manifests {
            let (network, server) = match around.within() {
                Some(within) => (within.network.clone(), None),
                None => reach.network().await?,
            };
            (network, server, directory::read(&checker, folder))
        } else {
            let (server, manifests) = match reach.embedded.start_with_reader().await? {
                Some((server, manifests)) => (Some(server), manifests),
                None => (None, environment::manifests()?),
            };
            (reach.network_to(server.as_ref())?, server, built_in(&checker, &manifests))
        };
        let progress = Progress::over(&mut network);
        let mut sets = gather::sets(&read);
        sets.tenants.retain(|key, _| selects(self.tenant.as_deref(), key));
        if sets.tenants.is_empty() && read.problems.is_empty() {
            return Err(SourceError::none_declared(self.manifests.as_deref(), self.tenant.as_deref()));
        }
        let tenants = tenants(&read.manifests);
        // What this program wrote itself is in no file.
        let positions = if self.manifests.is_some() { Declared::new(&read.manifests) } else { Declared::default() };
        let problems = read.problems.into_iter().chain(std::mem::take(&mut sets.problems)).collect();
        Ok(Asked { network, progress, sets, tenants, positions, problems, _server: server })
    }
}

fn tenants(manifests: &[Manifest]) -> BTreeMap<ObjectKey, Tenant> {
    let tenants = manifests.iter().filter_map(|manifest| match &manifest.object {
        Object::Tenant(tenant) => Some((desired::tenant(tenant).object, (**tenant).clone())),
        _ => None,
    });
    tenants.collect()
}

/// Manifests that this program writes itself; read as everybody's are.
fn built_in(checker: &Checker, text: &str) -> Manifests {
    let reading = checker.read("(built in)", text.as_bytes());
    Manifests {
        complete: reading.problems.is_empty(),
        manifests: reading.manifests,
        problems: reading.problems,
        notes: reading.notes,
        files: 1,
    }
}
