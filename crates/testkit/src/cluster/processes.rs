//! The processes of a control plane, with their arguments.

use std::path::Path;

use super::{files::Files, supervised::Supervised, tools};

/// The controllers that run where a test asks for them: what a cluster does with namespaces, owners, ServiceAccounts and
/// policies. None that would make pods: nothing here could run one.
const CONTROLLERS: [&str; 5] = [
    "clusterrole-aggregation-controller",
    "garbage-collector-controller",
    "namespace-controller",
    "serviceaccount-controller",
    "validatingadmissionpolicy-status-controller",
];

/// Starts etcd.
pub fn etcd(folder: &Path, client: u16, peer: u16) -> Supervised {
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
    Supervised::start(&tools::program("etcd"), args, folder.join("etcd.log"))
}

/// Starts the API server.
pub fn api_server(folder: &Path, files: &Files, etcd: u16, secure: u16) -> Supervised {
    let key = files.key.display();
    let args = [
        format!("--etcd-servers=http://127.0.0.1:{etcd}"),
        "--bind-address=127.0.0.1".to_owned(),
        format!("--secure-port={secure}"),
        format!("--cert-dir={}", folder.join("certificates").display()),
        format!("--tls-cert-file={}", files.certificate.display()),
        format!("--tls-private-key-file={key}"),
        format!("--token-auth-file={}", files.tokens.display()),
        format!("--audit-policy-file={}", files.audit_policy.display()),
        format!("--audit-log-path={}", files.audit_log.display()),
        // Tests read it as a whole: it is not begun anew while they run.
        "--audit-log-maxsize=100000".to_owned(),
        "--authorization-mode=RBAC".to_owned(),
        "--service-cluster-ip-range=10.0.0.0/24".to_owned(),
        format!("--service-account-issuer=https://127.0.0.1:{secure}"),
        // One key for all that this control plane signs: it lives as long as the test.
        format!("--service-account-key-file={}", files.certificate.display()),
        format!("--service-account-signing-key-file={key}"),
        // Without controllers nobody makes a ServiceAccount in each namespace.
        "--disable-admission-plugins=ServiceAccount".to_owned(),
    ];
    Supervised::start(&tools::program("kube-apiserver"), args, folder.join("kube-apiserver.log"))
}

/// Starts the controller manager.
pub fn controller_manager(folder: &Path, files: &Files, secure: u16) -> Supervised {
    let access = files.kubeconfig.display();
    let args = [
        format!("--kubeconfig={access}"),
        format!("--authentication-kubeconfig={access}"),
        format!("--authorization-kubeconfig={access}"),
        format!("--controllers={}", CONTROLLERS.join(",")),
        format!("--cert-dir={}", folder.join("controller-manager").display()),
        "--bind-address=127.0.0.1".to_owned(),
        format!("--secure-port={secure}"),
        "--leader-elect=false".to_owned(),
        "--use-service-account-credentials=false".to_owned(),
    ];
    Supervised::start(&tools::program("kube-controller-manager"), args, folder.join("kube-controller-manager.log"))
}
