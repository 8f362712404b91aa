//! What Flux's source-controller would do: revisions of manifests as artifacts on a small HTTP server, and the GitRepository
//! object whose status points there.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Path as Parameter, State},
    http::StatusCode,
    routing::get,
};
use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use testkit::cluster::Kubectl;
use tokio::{net::TcpListener, runtime::Runtime};

/// The repository's name.
pub const NAME: &str = "contoso";

/// Artifacts by the name of their file.
type Files = Arc<Mutex<BTreeMap<String, Bytes>>>;

/// A repository: pushing to it makes the next revision.
pub struct Repository {
    kubectl: Kubectl,
    namespace: String,
    folder: PathBuf,
    address: SocketAddr,
    files: Files,
    revisions: usize,
    runtime: Option<Runtime>,
}

async fn file(State(files): State<Files>, Parameter(name): Parameter<String>) -> Result<Bytes, StatusCode> {
    files.lock().unwrap().get(&name).cloned().ok_or(StatusCode::NOT_FOUND)
}

impl Repository {
    /// Without a revision so far.
    pub fn new(kubectl: &Kubectl, namespace: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("flux").join(namespace);
        let _ = fs::remove_dir_all(&folder); // left by a run before
        fs::create_dir_all(&folder).unwrap();
        let files = Files::default();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/{name}", get(file)).with_state(Arc::clone(&files));
        runtime.spawn(async move { axum::serve(listener, router).await });
        let repository = Self {
            kubectl: kubectl.clone(),
            namespace: namespace.to_owned(),
            folder,
            address,
            files,
            revisions: 0,
            runtime: Some(runtime),
        };
        let object = json!({
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "GitRepository",
            "metadata": {"name": NAME, "namespace": namespace},
            // Nobody reads it: the artifact is made here.
            "spec": {"interval": "1h", "url": "https://git.example/contoso.git"},
        });
        repository.kubectl.call_with(&["apply", "-f", "-"], object.to_string().as_bytes()).ok();
        repository
    }

    /// Makes these objects the newest revision. Returns its name.
    pub fn push(&mut self, objects: &[Value]) -> String {
        self.revisions += 1;
        let content = self.folder.join(self.revisions.to_string());
        fs::create_dir_all(&content).unwrap();
        for object in objects {
            let [kind, name] = [&object["kind"], &object["metadata"]["name"]].map(|part| part.as_str().unwrap());
            fs::write(content.join(format!("{kind}-{name}.yaml")), object.to_string()).unwrap();
        }
        let name = format!("{}.tar.gz", self.revisions);
        let packed = self.folder.join(&name);
        let done = Command::new("tar").arg("-czf").arg(&packed).arg("-C").arg(&content).arg(".").status().unwrap();
        assert!(done.success());
        let packed = fs::read(packed).unwrap();
        let mut digest = String::new();
        for byte in Sha256::digest(&packed) {
            write!(digest, "{byte:02x}").unwrap();
        }
        self.files.lock().unwrap().insert(name.clone(), packed.into());
        let revision = format!("main@sha1:{:040}", self.revisions);
        let artifact = json!({"status": {"artifact": {
            "digest": format!("sha256:{digest}"),
            "lastUpdateTime": "2026-01-01T00:00:00Z",
            "path": name,
            "revision": revision,
            "url": format!("http://{}/{name}", self.address),
        }}});
        let (patch, namespace) = (artifact.to_string(), format!("--namespace={}", self.namespace));
        let args = ["patch", "gitrepository", NAME, &namespace, "--subresource=status", "--type=merge", "-p", &patch];
        self.kubectl.call(&args).ok();
        revision
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
