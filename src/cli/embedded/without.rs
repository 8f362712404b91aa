//! Without the simulator: there is no such argument, and nothing is ever embedded.

use tenant_contacts_api::notice::Category;
use tenant_contacts_m365::cloud::{EndpointError, Endpoints};

use crate::cli::source::SourceError;

/// No argument at all.
#[derive(Clone, Debug, clap::Args)]
pub struct Embedded {}

/// There is none.
pub enum Server {}

impl Server {
    /// Those of nothing.
    pub fn endpoints(&self) -> Result<Endpoints, EndpointError> {
        match *self {}
    }
}

#[allow(clippy::unused_self, clippy::unused_async)] // the same face as with the simulator
impl Embedded {
    /// Never.
    pub fn is_given(&self) -> bool {
        false
    }

    /// None.
    pub(in crate::cli) fn words(&self) -> Vec<String> {
        Vec::new()
    }

    /// None.
    pub(in crate::cli) fn mistaken(&self) -> Option<Category> {
        None
    }

    /// Nothing.
    pub async fn start(&self) -> Result<Option<Server>, SourceError> {
        Ok(None)
    }

    /// Nothing.
    pub async fn start_with_reader(&self) -> Result<Option<(Server, String)>, SourceError> {
        Ok(None)
    }
}
