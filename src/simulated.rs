//! The simulator at the other end of the transport: in process, or on a loopback port.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
};

use bytes::Bytes;
use futures::{StreamExt as _, future::BoxFuture};
use http::{Request, Response};
use http_body_util::BodyStream;
use tenant_contacts_m365::{
    cloud::{EndpointError, Endpoints},
    transport::{Body, Cause, Reached, Transport, TransportError},
};
use tenant_contacts_simulator::{ConnectionFault, Options, Seed, SeedError, Simulator, StateError, Tls, TlsError};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use url::Url;

/// The example company's tenant, so that a binary without any files has something to show.
pub const CONTOSO_SEED: &str = include_str!("../examples/contoso/seed/tenant.yaml");

/// A simulator could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SimulatedError {
    /// The seed could not be read.
    #[error("the seed {path} could not be read")]
    Read {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The seed is not valid.
    #[error("the seed is not valid")]
    Seed(#[source] SeedError),
    /// The state could not be kept or taken up.
    #[error("the simulator's state cannot be used")]
    State(#[source] StateError),
    /// No certificate could be made.
    #[error("no certificate could be made")]
    Tls(#[source] TlsError),
    /// The certificate of its authority could not be written.
    #[error("the certificate could not be written to {path}")]
    WriteCa {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No port could be opened.
    #[error("no port could be opened on 127.0.0.1")]
    Listen(#[source] std::io::Error),
    /// The address is not one.
    #[error("the simulator's address cannot be used")]
    Endpoint(#[source] EndpointError),
}

/// Reads a seed: a file, or the example company's.
pub fn seed(path: Option<&Path>) -> Result<Seed, SimulatedError> {
    let text = match path {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|source| SimulatedError::Read { path: path.display().to_string(), source })?,
        None => CONTOSO_SEED.to_owned(),
    };
    Seed::from_yaml(&text).map_err(SimulatedError::Seed)
}

/// Starts a simulator of a seed.
pub fn simulator(seed: &Seed, options: Options) -> Result<Simulator, SimulatedError> {
    Simulator::new(seed, options).map_err(SimulatedError::Seed)
}

/// Makes a certificate and writes that of its authority to `ca.pem` in `directory`, which is created if need be.
pub fn tls(directory: &Path) -> Result<Tls, SimulatedError> {
    let tls = Tls::generate().map_err(SimulatedError::Tls)?;
    let path = directory.join("ca.pem");
    std::fs::create_dir_all(directory)
        .and_then(|()| std::fs::write(&path, tls.ca_pem()))
        .map_err(|source| SimulatedError::WriteCa { path: path.display().to_string(), source })?;
    Ok(tls)
}

/// Requests that go straight into a simulator of this process.
pub struct InProcess(pub Simulator);

impl Transport for InProcess {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            match self.0.handle(request).await {
                Ok(response) => Ok(response.map(|body| {
                    Body::stream(BodyStream::new(body).filter_map(async |frame| match frame {
                        Ok(frame) => frame.into_data().ok().map(Ok),
                        Err(error) => Some(Err(TransportError::with_source(Reached::Unknown, Cause::Broken, error))),
                    }))
                })),
                // A reset tells the client nothing about what was done before it.
                Err(ConnectionFault::Reset) => Err(TransportError::new(Reached::Unknown, Cause::Broken)),
            }
        })
    }
}

/// The address under which an in-process simulator believes to be.
pub fn in_process_endpoints() -> Result<Endpoints, SimulatedError> {
    endpoints(SocketAddr::from((Ipv4Addr::LOCALHOST, 80)))
}

fn endpoints(address: SocketAddr) -> Result<Endpoints, SimulatedError> {
    let base =
        Url::parse(&format!("http://{address}/")).map_err(|_| SimulatedError::Endpoint(EndpointError::NotAUrl))?;
    Endpoints::overridden(base.clone(), base.clone(), base).map_err(SimulatedError::Endpoint)
}

/// A simulator on a loopback port. Stops when dropped.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// The simulator itself.
    pub simulator: Simulator,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Listens on a free port of 127.0.0.1.
    pub async fn start(simulator: Simulator) -> Result<Self, SimulatedError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(SimulatedError::Listen)?;
        let address = listener.local_addr().map_err(SimulatedError::Listen)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = simulator.clone().serve(listener, None, async move {
            let _ = stopped.await;
        });
        let task = tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "the embedded simulator stopped");
            }
        });
        Ok(Self { address, simulator, stop: Some(stop), task })
    }

    /// The endpoints of everything it simulates.
    pub fn endpoints(&self) -> Result<Endpoints, SimulatedError> {
        endpoints(self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        self.task.abort();
    }
}
