//! What a control plane is started with, made for one control plane: certificate, key, audit policy, access.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use tenant_contacts_m365::random::{Rng64 as _, SystemRng};

/// The files of one control plane.
pub struct Files {
    folder: PathBuf,
    server: String,
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub tokens: PathBuf,
    /// The administrator's access.
    pub kubeconfig: PathBuf,
    pub audit_policy: PathBuf,
    pub audit_log: PathBuf,
}

impl Files {
    /// Writes them for an API server on a port.
    pub fn write(folder: &Path, secure: u16) -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let files = Self {
            server: format!("https://127.0.0.1:{secure}"),
            certificate: folder.join("server.crt"),
            key: folder.join("server.key"),
            tokens: folder.join("tokens.csv"),
            kubeconfig: folder.join("kubeconfig"),
            audit_policy: folder.join("audit-policy.json"),
            audit_log: folder.join("audit.log"),
            folder: folder.to_owned(),
        };
        fs::write(&files.certificate, made.cert.pem()).unwrap();
        fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
        let token = format!("{:016x}{:016x}", SystemRng.next_u64(), SystemRng.next_u64());
        fs::write(&files.tokens, format!("{token},administrator,administrator,system:masters\n")).unwrap();
        write_private(&files.kubeconfig, &files.access("administrator", None, &token));
        let policy = json!({
            "apiVersion": "audit.k8s.io/v1",
            "kind": "Policy",
            // One line for each answer, and for a watch one line when it begins.
            "omitStages": ["RequestReceived"],
            "rules": [
                // With what is asked, never with the token that is answered: whom a token is for is in the request.
                {"level": "Request", "resources": [{"group": "", "resources": ["serviceaccounts/token"]}]},
                {"level": "Metadata"},
            ],
        });
        fs::write(&files.audit_policy, policy.to_string()).unwrap();
        files
    }

    /// Writes somebody's kubeconfig.
    pub fn write_access(&self, user: &str, namespace: &str, token: &str) -> PathBuf {
        let path = self.folder.join(format!("{namespace}-{user}.kubeconfig"));
        write_private(&path, &self.access(user, Some(namespace), token));
        path
    }

    fn access(&self, user: &str, namespace: Option<&str>, token: &str) -> Value {
        json!({
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "contexts": [{"name": "test", "context": {
                "cluster": "test",
                "user": user,
                "namespace": namespace.unwrap_or("default"),
            }}],
            "users": [{"name": user, "user": {"token": token}}],
            "clusters": [{"name": "test", "cluster": {
                "server": self.server,
                "certificate-authority": self.certificate,
            }}],
        })
    }
}

/// Writes what only this user may read: it holds a token.
fn write_private(path: &Path, content: &Value) {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path).unwrap();
    file.write_all(content.to_string().as_bytes()).unwrap();
}
