//! Arguments that say which tenant answers and how it is reached, shared by the verbs that talk to one.

use std::{path::PathBuf, sync::Arc};

use tenant_contacts_m365::{
    cloud::Endpoints,
    net::{NetOptions, NetTransport},
    observe::Unobserved,
    send::RetryPolicy,
    transport::{ReadOnly, Transport},
};
use url::Url;

use super::{
    dns::Dns,
    embedded::{Embedded, Server},
    source::{SourceError, quoted},
};
use crate::{connect::Network, world::ProcessClock};

/// Which tenant answers, and how it is reached.
#[derive(Clone, Debug, clap::Args)]
pub struct Reach {
    /// Whether an embedded tenant answers.
    #[command(flatten)]
    pub embedded: Embedded,
    /// Refuse everything that writes, below the engine.
    #[arg(long)]
    pub read_only: bool,
    /// Sign in here instead of at the cloud's own endpoint. Plain http only on loopback addresses.
    #[arg(long, value_name = "URL", requires = "graph_endpoint")]
    pub login_endpoint: Option<Url>,
    /// Reach Microsoft Graph, Exchange, Partner Center and Azure here instead of at the cloud's own endpoints.
    #[arg(long, value_name = "URL", requires = "login_endpoint")]
    pub graph_endpoint: Option<Url>,
    /// Trust the certificates in this PEM file as well.
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Whether DNS is asked.
    #[command(flatten)]
    pub dns: Dns,
}

impl Reach {
    /// Whether anything of it was given.
    pub fn is_given(&self) -> bool {
        let Self { embedded, read_only, login_endpoint, graph_endpoint, ca_file, dns } = self;
        embedded.is_given()
            || *read_only
            || login_endpoint.is_some()
            || graph_endpoint.is_some()
            || ca_file.is_some()
            || dns.dns.is_some()
    }

    /// The arguments that name the same again, as a shell takes them. `--read-only` is left out: they are for writing.
    pub(super) fn words(&self) -> Vec<String> {
        let Self { embedded, read_only: _, login_endpoint, graph_endpoint, ca_file, dns: _ } = self;
        let mut words = embedded.words();
        let endpoints = [("--login-endpoint", login_endpoint), ("--graph-endpoint", graph_endpoint)];
        let endpoints = endpoints.into_iter().filter_map(|(option, url)| Some((option, url.as_ref()?.to_string())));
        let ca_file = ca_file.as_ref().map(|path| ("--ca-file", path.display().to_string()));
        for (option, value) in endpoints.chain(ca_file) {
            words.extend([option.to_owned(), quoted(&value)]);
        }
        words
    }

    /// How the tenant is reached, and the embedded simulator if one was asked for: it serves as long as it lives.
    pub async fn network(&self) -> Result<(Network, Option<Server>), SourceError> {
        let server = self.embedded.start().await?;
        Ok((self.network_to(server.as_ref())?, server))
    }

    /// How the tenant is reached: this embedded simulator, or whoever the arguments name.
    pub fn network_to(&self, server: Option<&Server>) -> Result<Network, SourceError> {
        let endpoints = match (server, &self.login_endpoint, &self.graph_endpoint) {
            (Some(server), ..) => Some(server.endpoints()?),
            (None, Some(login), Some(graph)) => {
                Some(Endpoints::overridden(login.clone(), graph.clone(), graph.clone())?)
            }
            _ => None,
        };
        let extra_roots = match &self.ca_file {
            Some(path) => Some(std::fs::read(path).map_err(|source| SourceError::Read { path: path.clone(), source })?),
            None => None,
        };
        let net = NetTransport::new(&NetOptions { extra_roots, ..NetOptions::default() })?;
        let transport: Arc<dyn Transport> = match (&endpoints, self.read_only) {
            (_, false) => Arc::new(net),
            (Some(endpoints), true) => Arc::new(ReadOnly::new(net, endpoints)),
            // Which cloud the tenant is in is the manifest's to say.
            (None, true) => Arc::new(ReadOnly::in_every_cloud(net)?),
        };
        Ok(Network {
            transport,
            limited: endpoints.is_none(),
            endpoints,
            clock: ProcessClock::start(),
            policy: RetryPolicy::default(),
            mail_exchangers: self.dns.mail_exchangers()?,
            observer: Arc::new(Unobserved),
            federation: None,
        })
    }
}
