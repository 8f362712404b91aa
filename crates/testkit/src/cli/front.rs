//! Several simulated tenants behind one address, as they are in the cloud: sign-in goes by the tenant in the path, the
//! rest by the token. Keeps every token it has seen issued.
//!
//! Invariant: an answer is the simulator's own; connection faults are not played here.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tenant_contacts_simulator::{Options, Seed, Simulator};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};

/// Largest request that is taken: the binary's batches are far smaller.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Tenants behind one address.
pub struct Front {
    pub address: SocketAddr,
    pub simulators: Vec<Simulator>,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

struct Shared {
    by_tenant: BTreeMap<String, Simulator>,
    /// Tokens and whose they are.
    by_token: Mutex<BTreeMap<String, Simulator>>,
}

impl Front {
    /// Serves one tenant per seed.
    pub fn open(seeds: &[Seed]) -> Self {
        let simulators: Vec<Simulator> =
            seeds.iter().map(|seed| Simulator::new(seed, Options::default()).unwrap()).collect();
        let by_tenant = simulators.iter().map(|one| (one.tenant_id(), one.clone())).collect();
        let shared = Arc::new(Shared { by_tenant, by_token: Mutex::default() });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let serving = Arc::clone(&shared);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connection(stream, Arc::clone(&serving)));
            }
        });
        Self { address, simulators, shared, runtime: Some(runtime) }
    }

    /// Every token that was issued.
    pub fn tokens(&self) -> Vec<String> {
        self.shared.by_token.lock().unwrap().keys().cloned().collect()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn connection(mut stream: TcpStream, shared: Arc<Shared>) {
    let mut buffer = Vec::new();
    while let Some(request) = next(&mut stream, &mut buffer).await {
        let sign_in = request.uri().path().ends_with("/token");
        let Some(simulator) = shared.whose(&request) else { return };
        let Ok(response) = simulator.handle(request).await else { return };
        let (head, body) = response.into_parts();
        let Ok(body) = body.collect().await else { return };
        let body = body.to_bytes();
        let issued: Option<Value> = sign_in.then(|| serde_json::from_slice(&body).ok()).flatten();
        if let Some(token) = issued.as_ref().and_then(|issued| issued["access_token"].as_str()) {
            shared.by_token.lock().unwrap().insert(token.to_owned(), simulator);
        }
        let bytes = print(&Response::from_parts(head, body));
        if stream.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

impl Shared {
    fn whose(&self, request: &Request<Bytes>) -> Option<Simulator> {
        let bearer = request.headers().get("authorization").and_then(|value| value.to_str().ok());
        if let Some(token) = bearer.and_then(|value| value.strip_prefix("Bearer ")) {
            return self.by_token.lock().unwrap().get(token).cloned();
        }
        let tenant = request.uri().path().trim_start_matches('/').split('/').next()?;
        // A tenant that nobody has: any of them says so.
        self.by_tenant.get(tenant).or_else(|| self.by_tenant.values().next()).cloned()
    }
}

/// Reads one HTTP/1.1 request with a declared length. `None`: the connection ended, or carries something else.
async fn next(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Request<Bytes>> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        more(stream, buffer).await?;
    };
    let head = String::from_utf8(buffer[..end].to_vec()).ok()?;
    let mut lines = head.lines();
    let mut start = lines.next()?.split(' ');
    let (method, path) = (start.next()?, start.next()?);
    let mut builder = Request::builder().method(method).uri(path);
    let mut length = 0;
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().ok()?;
        }
        builder = builder.header(name, value);
    }
    while buffer.len() < end + length {
        more(stream, buffer).await?;
    }
    let body = Bytes::copy_from_slice(&buffer[end..end + length]);
    buffer.drain(..end + length);
    builder.body(body).ok()
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let read = stream.read_buf(buffer).await.ok()?;
    (read > 0 && buffer.len() <= MOST_BYTES).then_some(())
}

fn print(response: &Response<Bytes>) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {}\r\ncontent-length: {}\r\n", response.status(), response.body().len());
    for (name, value) in response.headers() {
        write!(text, "{name}: {}\r\n", value.to_str().unwrap_or_default()).unwrap();
    }
    text.push_str("\r\n");
    [text.as_bytes(), response.body()].concat()
}
