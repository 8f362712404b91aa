//! With the simulator.

use std::path::PathBuf;

use tenant_contacts_api::notice::Category;
use tenant_contacts_simulator::{Options, Seed};

pub use crate::simulated::Server;

use super::reader;
use crate::{
    cli::source::{SourceError, quoted},
    simulated,
};

/// Whether an embedded tenant answers.
#[derive(Clone, Debug, clap::Args)]
pub struct Embedded {
    /// Use an embedded simulated tenant: of this seed, or of the example company.
    #[arg(long, value_name = "SEED", num_args = 0..=1, conflicts_with = "login_endpoint")]
    pub simulate: Option<Option<PathBuf>>,
}

impl Embedded {
    /// Whether it was asked for.
    pub fn is_given(&self) -> bool {
        self.simulate.is_some()
    }

    /// The arguments that ask for the same again, as a shell takes them.
    pub(in crate::cli) fn words(&self) -> Vec<String> {
        let Some(seed) = &self.simulate else { return Vec::new() };
        let seed = seed.as_ref().map(|seed| quoted(&seed.display().to_string()));
        std::iter::once("--simulate".to_owned()).chain(seed).collect()
    }

    /// A category of notices that stands where a seed is wanted.
    pub(in crate::cli) fn mistaken(&self) -> Option<Category> {
        let seed = self.simulate.as_ref()?.as_ref()?;
        seed.to_str()?.parse().ok().filter(|_| !seed.exists())
    }

    /// Starts it, if it was asked for. It serves as long as it lives.
    pub async fn start(&self) -> Result<Option<Server>, SourceError> {
        match self.seed()? {
            Some(seed) => serve(&seed).await.map(Some),
            None => Ok(None),
        }
    }

    /// The same with an application that may read everything, and the manifests of a Tenant that signs in as it.
    pub async fn start_with_reader(&self) -> Result<Option<(Server, String)>, SourceError> {
        let Some((seed, manifests)) = self.seed()?.map(reader::with_reader) else { return Ok(None) };
        Ok(Some((serve(&seed).await?, manifests)))
    }

    fn seed(&self) -> Result<Option<Seed>, SourceError> {
        Ok(self.simulate.as_ref().map(|seed| simulated::seed(seed.as_deref())).transpose()?)
    }
}

async fn serve(seed: &Seed) -> Result<Server, SourceError> {
    Ok(Server::start(simulated::simulator(seed, Options::default())?).await?)
}
