//! The simulator as an HTTP/1.1 server.
//!
//! Invariant: a reset is a reset (RST, not an orderly close), and a body never outgrows its bound.

use std::{convert::Infallible, future::Future, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::{
    body::SimBody,
    simulator::{ConnectionFault, Simulator},
};

/// Largest request body: Graph takes 4 MB (general knowledge, UNV).
const MAX_BODY: usize = 4 * 1024 * 1024;
/// How long open connections may finish after shutdown began.
const GRACE: Duration = Duration::from_secs(2);

/// The scheme a request came by; the URI of an HTTP/1.1 request does not say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scheme(pub(crate) &'static str);

/// How to serve HTTPS. Nothing can be configured yet: there is no way to make one, so [`Simulator::serve`] speaks plain
/// HTTP only.
#[derive(Clone, Debug)]
pub struct Tls {
    never: Infallible,
}

/// A connection is to be reset.
#[derive(Debug, thiserror::Error)]
#[error("reset by the fault script")]
struct ResetConnection;

impl Simulator {
    /// Serves until `shutdown` completes, then lets open connections finish for two seconds.
    pub async fn serve(
        self,
        listener: TcpListener,
        tls: Option<Tls>,
        shutdown: impl Future<Output = ()>,
    ) -> std::io::Result<()> {
        if let Some(tls) = tls {
            match tls.never {}
        }
        let mut shutdown = pin!(shutdown);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        self.lock().statistics.connections += 1;
                        connections.spawn(connection(self.clone(), stream));
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
        let finish = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, finish).await.is_err() {
            connections.shutdown().await;
        }
        Ok(())
    }
}

async fn connection(simulator: Simulator, stream: TcpStream) {
    // Answers are small; waiting for more would cost 40 ms each.
    let _ = stream.set_nodelay(true);
    let stream = Arc::new(stream);
    let service = service_fn({
        let (simulator, stream) = (simulator.clone(), stream.clone());
        move |request| answer(simulator.clone(), stream.clone(), request)
    });
    let io = TokioIo::new(shared::Shared(stream));
    if let Err(error) = http1::Builder::new().serve_connection(io, service).await {
        tracing::debug!(error = %error, "connection ended");
    }
}

async fn answer(
    simulator: Simulator,
    stream: Arc<TcpStream>,
    request: Request<Incoming>,
) -> Result<Response<SimBody>, ResetConnection> {
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(Scheme("http"));
    let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
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

/// A TCP stream that hyper reads and writes while the handler keeps a hand on the socket.
mod shared {
    use std::{
        io,
        pin::Pin,
        sync::Arc,
        task::{Context, Poll, ready},
    };

    use tokio::{
        io::{AsyncRead, AsyncWrite, ReadBuf},
        net::TcpStream,
    };

    #[derive(Debug)]
    pub(super) struct Shared(pub(super) Arc<TcpStream>);

    impl AsyncRead for Shared {
        fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            loop {
                ready!(self.0.poll_read_ready(cx))?;
                match self.0.try_read(buffer.initialize_unfilled()) {
                    Ok(length) => {
                        buffer.advance(length);
                        return Poll::Ready(Ok(()));
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Poll::Ready(Err(error)),
                }
            }
        }
    }

    impl AsyncWrite for Shared {
        fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            loop {
                ready!(self.0.poll_write_ready(cx))?;
                match self.0.try_write(bytes) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    done => return Poll::Ready(done),
                }
            }
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            // Dropping the last handle closes the socket.
            Poll::Ready(Ok(()))
        }
    }
}
