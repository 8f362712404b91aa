//! etcd and kube-apiserver, started once per test binary.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use tenant_contacts_m365::random::{Rng64 as _, SystemRng};

use super::{kubectl::Kubectl, supervised::Supervised, tools};

/// How long the API server may take to become ready on a busy machine; it takes about 5 s on a quiet one.
const READY_WITHIN: Duration = Duration::from_mins(2);

/// A free port can be taken by somebody else between the look and the start: then other ports are tried.
const ATTEMPTS: u32 = 3;

/// A running control plane.
pub struct ControlPlane {
    kubectl: Kubectl,
    // Ends before etcd does: fields are dropped in this order.
    api_server: Supervised,
    etcd: Supervised,
}

impl ControlPlane {
    /// The test binary's control plane. The processes end when the test binary does.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<ControlPlane> = OnceLock::new();
        SHARED.get_or_init(|| {
            let tools = tools::folder();
            let mut said = String::new();
            for _ in 0..ATTEMPTS {
                match Self::start(&tools) {
                    Ok(started) => return started,
                    Err(why) => said = why,
                }
            }
            panic!("the control plane does not become ready: {said}")
        })
    }

    /// kubectl as the administrator, without a namespace of its own.
    pub fn administrator(&self) -> &Kubectl {
        &self.kubectl
    }

    fn start(tools: &Path) -> Result<Self, String> {
        let name = format!("control-plane-{}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder); // left by a process with the same number, or by the attempt before
        fs::create_dir_all(&folder).unwrap();
        let [client, peer, secure] = free_ports();
        let etcd = etcd(tools, &folder, client, peer);
        let files = Files::write(&folder, secure);
        let api_server = api_server(tools, &folder, &files, client, secure);
        let kubectl = Kubectl::new(tools.join("kubectl"), files.kubeconfig, folder.join("kubectl-cache"));
        let mut started = Self { kubectl, api_server, etcd };
        started.wait_until_ready()?;
        Ok(started)
    }

    fn wait_until_ready(&mut self) -> Result<(), String> {
        let deadline = Instant::now() + READY_WITHIN;
        // The default namespace comes last: before it is there, the server answers but creates nothing.
        while self.kubectl.call(&["get", "namespace", "default"]).failed()
            || self.kubectl.call(&["get", "--raw", "/readyz"]).failed()
        {
            if Instant::now() > deadline {
                return Err(format!("kube-apiserver: {}\netcd: {}", self.api_server.said(), self.etcd.said()));
            }
            thread::sleep(Duration::from_millis(100)); // between two looks; nothing depends on its length
        }
        Ok(())
    }
}

fn free_ports<const N: usize>() -> [u16; N] {
    // All are held until all are known, so that they differ.
    let held = [(); N].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}

fn etcd(tools: &Path, folder: &Path, client: u16, peer: u16) -> Supervised {
    let client = format!("http://127.0.0.1:{client}");
    let peer = format!("http://127.0.0.1:{peer}");
    let data = folder.join("etcd");
    let args = [
        format!("--data-dir={}", data.display()),
        format!("--listen-client-urls={client}"),
        format!("--advertise-client-urls={client}"),
        format!("--listen-peer-urls={peer}"),
        format!("--initial-advertise-peer-urls={peer}"),
        format!("--initial-cluster=default={peer}"),
        // Nothing here survives the test, so nothing needs to survive a power cut.
        "--unsafe-no-fsync".to_owned(),
        "--log-level=warn".to_owned(),
    ];
    Supervised::start(&tools.join("etcd"), args, folder.join("etcd.log"))
}

/// Certificates, keys and the administrator's access, made for one control plane.
struct Files {
    certificate: PathBuf,
    key: PathBuf,
    tokens: PathBuf,
    kubeconfig: PathBuf,
}

impl Files {
    fn write(folder: &Path, secure: u16) -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let files = Self {
            certificate: folder.join("server.crt"),
            key: folder.join("server.key"),
            tokens: folder.join("tokens.csv"),
            kubeconfig: folder.join("kubeconfig"),
        };
        fs::write(&files.certificate, made.cert.pem()).unwrap();
        fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
        let token = format!("{:016x}{:016x}", SystemRng.next_u64(), SystemRng.next_u64());
        fs::write(&files.tokens, format!("{token},administrator,administrator,system:masters\n")).unwrap();
        let kubeconfig = serde_json::json!({
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "administrator"}}],
            "users": [{"name": "administrator", "user": {"token": token}}],
            "clusters": [{"name": "test", "cluster": {
                "server": format!("https://127.0.0.1:{secure}"),
                "certificate-authority": files.certificate,
            }}],
        });
        fs::write(&files.kubeconfig, kubeconfig.to_string()).unwrap();
        files
    }
}

fn api_server(tools: &Path, folder: &Path, files: &Files, etcd: u16, secure: u16) -> Supervised {
    let key = files.key.display();
    let args = [
        format!("--etcd-servers=http://127.0.0.1:{etcd}"),
        "--bind-address=127.0.0.1".to_owned(),
        format!("--secure-port={secure}"),
        format!("--cert-dir={}", folder.join("certificates").display()),
        format!("--tls-cert-file={}", files.certificate.display()),
        format!("--tls-private-key-file={key}"),
        format!("--token-auth-file={}", files.tokens.display()),
        "--authorization-mode=RBAC".to_owned(),
        "--service-cluster-ip-range=10.0.0.0/24".to_owned(),
        format!("--service-account-issuer=https://127.0.0.1:{secure}"),
        // One key for all that this control plane signs: it lives as long as the test.
        format!("--service-account-key-file={}", files.certificate.display()),
        format!("--service-account-signing-key-file={key}"),
        // There is no controller manager that would make a ServiceAccount in each namespace.
        "--disable-admission-plugins=ServiceAccount".to_owned(),
    ];
    Supervised::start(&tools.join("kube-apiserver"), args, folder.join("kube-apiserver.log"))
}
