//! The simulator as an HTTP/1.1 server, in the clear or over TLS.
//!
//! Invariant: a reset is a reset (RST, not an orderly close), a body never outgrows its bound, and a connection on which
//! nothing arrives ends.

use std::{future::Future, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

use super::{
    Simulator,
    connection::{Here, Scheme},
};
use crate::{body::SimBody, faults::ConnectionFault, socket::Shared, tls::Tls};

/// Largest request body: Graph takes 4 MB (general knowledge, UNV).
const MAX_BODY: usize = 4 * 1024 * 1024;
/// How long requests in hand may take after shutdown began. Idle connections are closed at once.
const GRACE: Duration = Duration::from_secs(2);

/// How long a peer may take for its part of a TLS handshake, for the head of a request (an idle connection waits for one),
/// and for a body. Longer than clients' own pools keep idle connections (90 seconds), so that it is they who close them.
const PATIENCE: Duration = Duration::from_mins(2);

/// A connection is to be reset.
#[derive(Debug, thiserror::Error)]
#[error("reset by the fault script")]
struct ResetConnection;

impl Simulator {
    /// Serves until `shutdown` completes: HTTPS with `tls`, else HTTP. Then closes idle connections at once and lets
    /// requests in hand finish for two seconds.
    pub async fn serve(
        self,
        listener: TcpListener,
        tls: Option<Tls>,
        shutdown: impl Future<Output = ()>,
    ) -> std::io::Result<()> {
        let mut shutdown = pin!(shutdown);
        let (stop, stopping) = watch::channel(());
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        self.lock().statistics.connections += 1;
                        connections.spawn(connection(self.clone(), stream, tls.clone(), stopping.clone()));
                    }
                    // A connection that failed before it was accepted concerns nobody else; running out of file
                    // descriptors passes, but must not spin.
                    Err(error) => {
                        tracing::debug!(error = %error, "accept failed");
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                },
            }
        }
        // Dropping the sender tells every connection.
        drop(stop);
        let finish = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, finish).await.is_err() {
            connections.shutdown().await;
        }
        Ok(())
    }
}

async fn connection(simulator: Simulator, stream: TcpStream, tls: Option<Tls>, stop: watch::Receiver<()>) {
    // Answers are small; waiting for more would cost 40 ms each.
    let _ = stream.set_nodelay(true);
    let stream = Arc::new(stream);
    let io = Shared(stream.clone());
    match tls {
        None => exchange(simulator, stream, io, "http", stop).await,
        Some(tls) => match tokio::time::timeout(PATIENCE, tls.accept(io)).await {
            Ok(Ok(io)) => exchange(simulator, stream, io, "https", stop).await,
            Ok(Err(error)) => tracing::debug!(error = %error, "TLS handshake failed"),
            Err(_) => tracing::debug!("TLS handshake not finished in time"),
        },
    }
}

async fn exchange(
    simulator: Simulator,
    stream: Arc<TcpStream>,
    io: impl AsyncRead + AsyncWrite + Unpin,
    scheme: &'static str,
    mut stop: watch::Receiver<()>,
) {
    let service = service_fn(|request| answer(simulator.clone(), stream.clone(), scheme, request));
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    let mut connection = pin!(server.serve_connection(TokioIo::new(io), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stop.changed() => {
            // An idle keep-alive connection closes now, a busy one after its answer.
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = %error, "connection ended");
    }
}

async fn answer(
    simulator: Simulator,
    stream: Arc<TcpStream>,
    scheme: &'static str,
    request: Request<Incoming>,
) -> Result<Response<SimBody>, ResetConnection> {
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(Scheme(scheme));
    if let Ok(here) = stream.local_addr() {
        parts.extensions.insert(Here(here));
    }
    let Ok(body) = tokio::time::timeout(PATIENCE, Limited::new(body, MAX_BODY).collect()).await else {
        // As a service does that has waited long enough.
        return Err(ResetConnection);
    };
    let Ok(body) = body else {
        let mut response = Response::new(SimBody::whole(Bytes::new()));
        *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return Ok(response);
    };
    match simulator.handle(Request::from_parts(parts, body.to_bytes())).await {
        Ok(response) => Ok(response),
        Err(ConnectionFault::Reset) => {
            // Linger of zero: dropping the socket sends RST.
            let _ = stream.set_zero_linger();
            Err(ResetConnection)
        }
    }
}
