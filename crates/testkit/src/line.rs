//! A line between two programs, of which neither knows: what goes through is not looked at, so it may be TLS. It can be cut,
//! hang up on everybody, or fall silent.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    sync::watch,
};

/// What the line does with what comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Passes it on.
    Open,
    /// Hangs up.
    Refusing,
    /// Keeps it, and says nothing: as a router does that has forgotten a connection.
    Silent,
}

/// A line on a loopback port.
pub struct Line {
    pub address: SocketAddr,
    state: watch::Sender<(Mode, u64)>,
    connections: Arc<AtomicUsize>,
    runtime: Option<Runtime>,
}

impl Line {
    /// An open line to an address.
    pub fn to(far: SocketAddr) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let (state, states) = watch::channel((Mode::Open, 0));
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        runtime.spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(connection(near, far, states.clone()));
            }
        });
        Self { address, state, connections, runtime: Some(runtime) }
    }

    /// A line to the API server that a kubeconfig names, and a kubeconfig beside it that names the line.
    pub fn before(access: &Path, name: &str) -> (Self, PathBuf) {
        let mut config: Value = serde_json::from_str(&fs::read_to_string(access).unwrap()).unwrap();
        let server = &mut config["clusters"][0]["cluster"]["server"];
        let line = Self::to(server.as_str().unwrap().trim_start_matches("https://").parse().unwrap());
        *server = format!("https://{}", line.address).into();
        let path = access.with_extension(name);
        fs::copy(access, &path).unwrap(); // with its permissions: it holds a token
        fs::write(&path, config.to_string()).unwrap();
        (line, path)
    }

    /// How many connections there were so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Cuts every connection that there is.
    pub fn cut(&self) {
        self.state.send_modify(|state| state.1 += 1);
    }

    /// Does this from now on, to what is under way as well.
    pub fn set(&self, mode: Mode) {
        self.state.send_modify(|state| state.0 = mode);
        if mode == Mode::Refusing {
            self.cut();
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn connection(near: TcpStream, far: SocketAddr, states: watch::Receiver<(Mode, u64)>) {
    let born = *states.borrow();
    if born.0 == Mode::Refusing {
        return;
    }
    let mut cut = states.clone();
    let through = async {
        let mut states = states.clone();
        spoken(&mut states).await?;
        let far = TcpStream::connect(far).await.ok()?;
        let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
        tokio::join!(carry(near_in, far_out, states.clone()), carry(far_in, near_out, states));
        Some(())
    };
    tokio::select! {
        _ = through => {}
        _ = cut.wait_for(|state| state.1 != born.1) => {}
    }
}

/// Waits until the line is not silent. `None`: it is no more.
async fn spoken(states: &mut watch::Receiver<(Mode, u64)>) -> Option<()> {
    states.wait_for(|state| state.0 != Mode::Silent).await.ok().map(drop)
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut states: watch::Receiver<(Mode, u64)>,
) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read) = from.read(&mut buffer).await {
        if spoken(&mut states).await.is_none() || read == 0 || to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await; // the other end may be gone
}
