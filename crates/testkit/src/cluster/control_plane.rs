//! etcd and kube-apiserver, started once per test binary, and kube-controller-manager where a test asks for it.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{files::Files, folder::Folder, kubectl::Kubectl, processes, reader::Reader, supervised::Supervised, tools};

/// How long a process may take to become ready on a busy machine; they take about 5 s on a quiet one.
const READY_WITHIN: Duration = Duration::from_mins(2);

/// A free port can be taken by somebody else between the look and the start: then other ports are tried.
const ATTEMPTS: u32 = 3;

/// A running control plane.
pub struct ControlPlane {
    files: Files,
    kubectl: Kubectl,
    reader: Reader,
    // Fields are dropped in this order: whoever talks to another process ends before it does.
    controllers: OnceLock<Supervised>,
    /// `None` while it is stopped.
    api_server: Mutex<Option<Supervised>>,
    etcd: Mutex<Supervised>,
    folder: Folder,
    /// Where etcd answers.
    client: u16,
    /// Where the API server answers.
    secure: u16,
}

impl ControlPlane {
    /// The test binary's control plane. The processes end when the test binary does.
    pub fn shared() -> &'static Arc<Self> {
        static SHARED: OnceLock<Arc<ControlPlane>> = OnceLock::new();
        SHARED.get_or_init(|| Arc::new(attempts("the control plane", Self::start)))
    }

    /// The same with the controllers that namespaces and ServiceAccounts need: deleting a namespace ends, and each has its
    /// `default` ServiceAccount.
    pub fn with_controllers() -> &'static Arc<Self> {
        let plane = Self::shared();
        plane.have_controllers();
        plane
    }

    /// A control plane beside the shared one, with controllers, for a test that changes what belongs to the whole cluster. Its
    /// processes end when it is dropped.
    pub fn of_its_own() -> Arc<Self> {
        let plane = attempts("a control plane", Self::start);
        plane.have_controllers();
        Arc::new(plane)
    }

    fn have_controllers(&self) {
        self.controllers.get_or_init(|| attempts("the controller manager", || self.start_controllers()));
    }

    /// kubectl as the administrator, without a namespace of its own.
    pub fn administrator(&self) -> &Kubectl {
        &self.kubectl
    }

    /// What the API server has at a path, read as the administrator; `None` if nothing is there.
    #[track_caller]
    pub fn get(&self, path: &str) -> Option<Value> {
        self.reader.get(path)
    }

    /// The administrator's access, for other programs.
    pub fn administrator_kubeconfig(&self) -> &Path {
        &self.files.kubeconfig
    }

    /// kubectl with the access of a kubeconfig file.
    pub fn kubectl(&self, kubeconfig: PathBuf) -> Kubectl {
        Kubectl::new(tools::program("kubectl"), kubeconfig, self.folder.path.join("kubectl-cache"))
    }

    /// A file with the access of a ServiceAccount: a token of the TokenRequest API, as a pod would have it.
    pub fn kubeconfig_for_service_account(&self, namespace: &str, name: &str) -> PathBuf {
        let token = self.kubectl.call(&["create", "token", name, "--namespace", namespace, "--duration=24h"]).ok();
        self.files.write_access(name, namespace, token.trim())
    }

    /// The API server's audit log: a JSON object a line, with who asked for what; with what is in it only for tokens, where
    /// the request says for whom a token is.
    pub fn audit_log(&self) -> &Path {
        &self.files.audit_log
    }

    fn start() -> Result<Self, String> {
        let own = Folder::fresh();
        let folder = &own.path;
        let [client, peer, secure] = free_ports();
        let etcd = processes::etcd(folder, client, peer);
        let files = Files::write(folder, secure);
        let kubectl = Kubectl::new(tools::program("kubectl"), files.kubeconfig.clone(), folder.join("kubectl-cache"));
        let reader = Reader::new(&files.kubeconfig);
        let started = Self {
            files,
            kubectl,
            reader,
            controllers: OnceLock::new(),
            api_server: Mutex::default(),
            etcd: Mutex::new(etcd),
            folder: own,
            client,
            secure,
        };
        started.start_api_server()?;
        Ok(started)
    }

    /// Kills the API server, as a node that fails does. What is in etcd stays.
    pub fn stop_api_server(&self) {
        drop(self.api_server.lock().unwrap().take());
    }

    /// Starts it again, on the same port.
    pub fn start_api_server(&self) -> Result<(), String> {
        let (mut place, mut etcd) = (self.api_server.lock().unwrap(), self.etcd.lock().unwrap());
        let started = processes::api_server(&self.folder.path, &self.files, self.client, self.secure);
        let (api_server, kubectl) = (place.insert(started), &self.kubectl);
        // The default namespace comes last: before it is there, the server answers but creates nothing.
        ready(&mut [api_server, &mut etcd], || {
            !kubectl.call(&["get", "namespace", "default"]).failed()
                && !kubectl.call(&["get", "--raw", "/readyz"]).failed()
        })
    }

    /// Makes etcd forget all versions but the present ones, as it does every few minutes in a cluster.
    pub fn compact(&self) {
        let revision = self.ask_etcd("/v3/kv/range", &json!({"key": "AA=="}))["header"]["revision"].clone();
        assert!(revision.is_string(), "{revision}");
        self.ask_etcd("/v3/kv/compaction", &json!({"revision": revision, "physical": true}));
    }

    /// Asks etcd by its JSON gateway.
    fn ask_etcd(&self, path: &str, question: &Value) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.client)).unwrap();
        let question = question.to_string();
        let length = question.len();
        write!(
            stream,
            "POST {path} HTTP/1.0\r\nhost: etcd\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{question}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.lines().next().is_some_and(|line| line.contains(" 200 ")), "{answer}");
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    fn start_controllers(&self) -> Result<Supervised, String> {
        let [secure] = free_ports();
        let mut started = processes::controller_manager(&self.folder.path, &self.files, secure);
        let served = || !self.kubectl.call(&["get", "serviceaccount", "default", "--namespace=default"]).failed();
        ready(&mut [&mut started], served)?;
        Ok(started)
    }
}

/// The first start that succeeds.
fn attempts<T>(what: &str, start: impl Fn() -> Result<T, String>) -> T {
    let mut said = String::new();
    for _ in 0..ATTEMPTS {
        match start() {
            Ok(started) => return started,
            Err(why) => said = why,
        }
    }
    panic!("{what} does not become ready: {said}")
}

/// Waits until it holds, and no longer than the processes live.
fn ready(processes: &mut [&mut Supervised], holds: impl Fn() -> bool) -> Result<(), String> {
    let deadline = Instant::now() + READY_WITHIN;
    while !holds() {
        if Instant::now() > deadline || processes.iter_mut().any(|process| process.ended()) {
            let said: Vec<_> = processes.iter().map(|process| process.said()).collect();
            return Err(said.join("\n\n"));
        }
        thread::sleep(Duration::from_millis(100)); // between two looks; nothing depends on its length
    }
    Ok(())
}

fn free_ports<const N: usize>() -> [u16; N] {
    // All are held until all are known, so that they differ.
    let held = [(); N].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}
