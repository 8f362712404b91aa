//! The network: [`Transport`] over reqwest and rustls.
//!
//! Invariant: one call is one exchange. Redirects are off, because whether a link may be followed is decided in
//! `send`; addresses are taken out of every error before it leaves. What goes to this machine goes there straight, whatever
//! the environment says of proxies; plain `http` goes nowhere else, and to no proxy: it carries the application's secret.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{future::BoxFuture, stream};
use http::{Request, Response};
use reqwest::redirect;
use tower::util::MapRequestLayer;
use url::{Host, Url};

use crate::transport::{Body, Cause, Reached, Transport, TransportError};

/// How the network is used.
#[derive(Clone, Debug)]
pub struct NetOptions {
    /// Time for name resolution, TCP and TLS together.
    pub connect_timeout: Duration,
    /// Time from the first byte to the last of one exchange. `send` sets its own, shorter limit per attempt; this one
    /// only keeps a forgotten exchange from living for ever.
    pub request_timeout: Duration,
    /// Certificate authorities to trust besides the system's, as PEM.
    pub extra_roots: Option<Vec<u8>>,
    /// Whether `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` are obeyed. `HTTP_PROXY` is for plain `http`, which leaves this
    /// machine in no case.
    pub environment_proxy: bool,
    /// What the client calls itself.
    pub user_agent: String,
}

impl Default for NetOptions {
    fn default() -> Self {
        Self {
            // A healthy connect takes some 100 ms; ten seconds survive one lost SYN and one slow resolver.
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_mins(2),
            extra_roots: None,
            environment_proxy: true,
            user_agent: concat!("tenant-contacts/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// The extra roots are not PEM certificates.
    #[error("the extra certificate authorities are not PEM certificates")]
    Roots(#[source] reqwest::Error),
    /// There is not one certificate in the extra roots.
    #[error("the file of extra certificate authorities has no certificate in it")]
    NoRoots,
    /// TLS or the resolver could not be set up.
    #[error("the HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
}

/// What went over the network since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NetCounts {
    /// Connections tried.
    pub connections: u64,
    /// Requests sent.
    pub requests: u64,
    /// Bytes of request bodies.
    pub bytes_out: u64,
    /// Bytes of response bodies, after decompression.
    pub bytes_in: u64,
}

#[derive(Debug, Default)]
struct Counters {
    connections: AtomicU64,
    requests: AtomicU64,
    bytes_out: AtomicU64,
    bytes_in: AtomicU64,
}

/// A pooled HTTP client. Clones share the pool.
#[derive(Clone, Debug)]
pub struct NetTransport {
    /// To the world, by way of the proxy where there is one.
    client: reqwest::Client,
    /// To this machine.
    local: reqwest::Client,
    counters: Arc<Counters>,
}

impl NetTransport {
    /// A client with its own connection pool.
    pub fn new(options: &NetOptions) -> Result<Self, NetError> {
        // reqwest takes TLS from the process-wide provider. Installing it twice is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let counters = Arc::new(Counters::default());
        let client = Self::builder(options, &counters)?;
        let client = if options.environment_proxy { client } else { client.no_proxy() };
        let local = Self::builder(options, &counters)?.no_proxy();
        Ok(Self {
            client: client.build().map_err(NetError::Client)?,
            local: local.build().map_err(NetError::Client)?,
            counters,
        })
    }

    fn builder(options: &NetOptions, counters: &Arc<Counters>) -> Result<reqwest::ClientBuilder, NetError> {
        let connects = Arc::clone(counters);
        let mut builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(options.connect_timeout)
            .timeout(options.request_timeout)
            .user_agent(&options.user_agent)
            .gzip(true)
            .connector_layer(MapRequestLayer::new(move |request| {
                connects.connections.fetch_add(1, Ordering::Relaxed);
                request
            }));
        if let Some(pem) = &options.extra_roots {
            let roots = reqwest::Certificate::from_pem_bundle(pem).map_err(NetError::Roots)?;
            if roots.is_empty() {
                return Err(NetError::NoRoots);
            }
            builder = builder.tls_certs_merge(roots);
        }
        Ok(builder)
    }

    /// What went over the network so far.
    pub fn counts(&self) -> NetCounts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        NetCounts {
            connections: read(&self.counters.connections),
            requests: read(&self.counters.requests),
            bytes_out: read(&self.counters.bytes_out),
            bytes_in: read(&self.counters.bytes_in),
        }
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let size = u64::try_from(request.body().len()).unwrap_or(u64::MAX);
        let request = reqwest::Request::try_from(request).map_err(classify)?;
        let client = match way(request.url()) {
            Way::Local => &self.local,
            Way::World => &self.client,
            Way::None => return Err(TransportError::new(Reached::BeforeSend, Cause::PlainText)),
        };
        self.counters.requests.fetch_add(1, Ordering::Relaxed);
        self.counters.bytes_out.fetch_add(size, Ordering::Relaxed);
        let mut answer = client.execute(request).await.map_err(classify)?;

        let mut response = Response::new(());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        let counters = Arc::clone(&self.counters);
        let chunks = stream::try_unfold((answer, counters), |(mut answer, counters)| async move {
            let chunk = answer.chunk().await.map_err(classify)?;
            Ok(chunk.map(|chunk| {
                counters.bytes_in.fetch_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX), Ordering::Relaxed);
                (chunk, (answer, counters))
            }))
        });
        Ok(response.map(|()| Body::stream(chunks)))
    }
}

impl Transport for NetTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

/// Which way a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Straight to this machine.
    Local,
    /// To the world.
    World,
    /// Nowhere.
    None,
}

/// The way to an address. A name such as `localhost` is whatever a resolver says it is, so for plain text only an address
/// will do; encrypted, the name is believed as far as going round the proxy, which could not reach it.
fn way(url: &Url) -> Way {
    let encrypted = url.scheme() == "https";
    let local = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => {
            address.is_loopback() || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
        }
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            encrypted && (name == "localhost" || name.ends_with(".localhost"))
        }
        None => false,
    };
    match (local, encrypted) {
        (true, _) => Way::Local,
        (false, true) => Way::World,
        (false, false) => Way::None,
    }
}

/// Says what a client error means for the request. Only a failure to connect is certain to come before sending.
fn classify(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let (reached, cause) = if error.is_builder() {
        (Reached::BeforeSend, Cause::Unsendable)
    } else if error.is_connect() {
        (Reached::BeforeSend, if error.is_timeout() { Cause::Timeout } else { Cause::Connect })
    } else if error.is_timeout() {
        (Reached::Unknown, Cause::Timeout)
    } else {
        (Reached::Unknown, Cause::Broken)
    };
    TransportError::with_source(reached, cause, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b4_this_machine_is_reached_straight_and_plain_text_goes_nowhere_else() {
        let check = |url: &str| way(&Url::parse(url).unwrap());
        for url in ["http://127.0.0.1:8080/", "http://127.8.9.1/", "http://[::1]:8080/", "http://[::ffff:127.0.0.1]/"] {
            assert_eq!(check(url), Way::Local, "{url}");
        }
        for url in ["https://127.0.0.1:8443/", "https://localhost:8443/", "https://Sim.Localhost./"] {
            assert_eq!(check(url), Way::Local, "{url}");
        }
        for url in ["https://graph.microsoft.com/", "https://localhost.example/", "https://10.0.0.1/"] {
            assert_eq!(check(url), Way::World, "{url}");
        }
        for url in ["http://graph.microsoft.com/", "http://localhost/", "http://127.0.0.1.example/", "http://10.0.0.1/"]
        {
            assert_eq!(check(url), Way::None, "{url}");
        }
    }
}
