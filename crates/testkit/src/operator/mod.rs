//! An operator as a process against the real API server, under the rights that the chart gives it, and a tenant for it to
//! keep.

pub mod rights;
mod turn;

use std::{
    ffi::OsStr,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use serde_json::Value;
use tenant_contacts_simulator::Options;

pub use crate::chart;
use crate::{
    cli::{
        binary::{Running, until},
        office::Office,
        small,
    },
    cluster::{ControlPlane, Kubectl},
};

/// What an operator's admin port answers, status line and headers included.
pub fn admin(operator: &Running, path: &str) -> String {
    let said = operator.says(&["serving", "admin="]);
    let address = said.split("admin=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// An object of ours as it is, by its kind as kubectl takes it; `None` if it is not there.
#[track_caller]
pub fn object(plane: &ControlPlane, namespace: &str, kind: &str, name: &str) -> Option<Value> {
    let kind = match kind {
        "contactpolicy" => "contactpolicies".to_owned(),
        kind if kind.ends_with('s') => kind.to_owned(),
        kind => format!("{kind}s"),
    };
    plane.get(&format!("/apis/tenantcontacts.dev/v1alpha1/namespaces/{namespace}/{kind}/{name}"))
}

/// A namespace of its own with a tenant of its own.
pub struct Site {
    pub office: Office,
    pub namespace: String,
    /// The namespace of the release: the operators' ServiceAccount and Leases.
    pub release: String,
    pub kubectl: Kubectl,
    /// The access that operators started here have: the chart's rights in the namespace, and no others.
    pub access: PathBuf,
    refusals_expected: bool,
    /// Where it is.
    pub plane: Arc<ControlPlane>,
    /// Dropped last.
    _turn: turn::Turn,
}

impl Site {
    /// A namespace, and the small tenant.
    pub fn open(name: &str) -> Self {
        Self::with(name, small::SEED, Options::default())
    }

    /// The same with another tenant.
    pub fn with(name: &str, seed: &str, options: Options) -> Self {
        Self::naming(name, seed, options, &["app"], &[])
    }

    /// The same with other Secrets and ServiceAccounts named in the chart's values; in the seed, `NAMESPACE` is the site's.
    pub fn naming(name: &str, seed: &str, options: Options, secrets: &[&str], service_accounts: &[&str]) -> Self {
        let turn = turn::Turn::wait();
        chart::shared();
        Self::on(Arc::clone(ControlPlane::shared()), turn, name, seed, options, secrets, service_accounts)
    }

    /// The small tenant, with a seed of its own, on a control plane of its own.
    pub fn alone(name: &str, seed: &str) -> Self {
        let turn = turn::Turn::wait();
        let plane = ControlPlane::of_its_own();
        chart::install(&plane);
        Self::on(plane, turn, name, seed, Options::default(), &["app"], &[])
    }

    fn on(
        plane: Arc<ControlPlane>,
        turn: turn::Turn,
        name: &str,
        seed: &str,
        options: Options,
        secrets: &[&str],
        service_accounts: &[&str],
    ) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let kubectl = plane.administrator().clone();
        let namespace = format!("{name}-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let release = format!("{namespace}-operators");
        for namespace in [&namespace, &release] {
            kubectl.call(&["create", "namespace", namespace]).ok();
        }
        let access = rights::give(&plane, &release, &rights::serving(&[&namespace], secrets, service_accounts));
        let seed = seed.replace("NAMESPACE", &namespace);
        let office = Office::with(&seed, options);
        Self { office, namespace, release, kubectl, access, refusals_expected: false, plane, _turn: turn }
    }

    /// In this test the API server refuses something to the operator.
    pub fn expecting_refusals(mut self) -> Self {
        self.refusals_expected = true;
        self
    }

    /// Makes another namespace, in which its operators have the same rights, but to no Secret.
    pub fn another_namespace(&self, name: &str) -> String {
        let namespace = format!("{}-{name}", self.namespace);
        self.kubectl.call(&["create", "namespace", &namespace]).ok();
        rights::give(&self.plane, &self.release, &rights::serving(&[&namespace], &[], &[]));
        namespace
    }

    /// Starts an operator of this namespace, with more arguments than it needs.
    pub fn operator(&self, more: &[&str]) -> Running {
        self.operator_by(more, &self.access, &[])
    }

    /// The same by another way to the API server, and with more in its environment.
    pub fn operator_by(&self, more: &[&str], access: &Path, environment: &[(&str, &str)]) -> Running {
        let endpoint = format!("http://{}/", self.office.address);
        let mut args = vec!["run", "--namespace", &self.namespace, "--lease-namespace", &self.release];
        args.extend(["--login-endpoint", &endpoint, "--graph-endpoint", &endpoint, "--admin-listen", "127.0.0.1:0"]);
        args.extend(more);
        let mut variables: Vec<(&str, &OsStr)> =
            vec![("KUBECONFIG", access.as_os_str()), ("TENANT_CONTACTS_LOG", "tenant_contacts=debug".as_ref())];
        variables.extend(environment.iter().map(|(name, value)| (*name, OsStr::new(*value))));
        Running::start_with(args, variables)
    }

    /// Applies a manifest, written for the namespace `contoso`.
    pub fn apply(&self, manifest: &str) {
        let manifest = manifest.replace("namespace: contoso", &format!("namespace: {}", self.namespace));
        self.kubectl.call_with(&["apply", "-f", "-"], manifest.as_bytes()).ok();
    }

    /// Calls kubectl in this namespace.
    pub fn kubectl(&self, args: &[&str]) -> crate::cluster::Answer {
        let mut all = vec!["--namespace", &self.namespace];
        all.extend(args);
        self.kubectl.call(&all)
    }

    /// An object as it is, `None` if it is not there.
    #[track_caller]
    pub fn object(&self, kind: &str, name: &str) -> Option<Value> {
        object(&self.plane, &self.namespace, kind, name)
    }

    /// Who holds the operators' lease; empty if nobody does.
    pub fn leader(&self) -> String {
        let path = format!("/apis/coordination.k8s.io/v1/namespaces/{}/leases/tenant-contacts", self.release);
        let lease = self.plane.get(&path).unwrap_or_default();
        lease["spec"]["holderIdentity"].as_str().unwrap_or_default().to_owned()
    }

    /// A condition as `status reason`.
    pub fn condition(&self, kind: &str, name: &str, condition: &str) -> Option<String> {
        let object = self.object(kind, name)?;
        let conditions = object["status"]["conditions"].as_array()?;
        let found = conditions.iter().find(|one| one["type"] == condition)?;
        Some(format!("{} {}", found["status"].as_str()?, found["reason"].as_str()?))
    }

    /// The hash of what waits for an approval. The Tenant may give it a moment after the object that waits says that it does.
    #[track_caller]
    pub fn approval_hash(&self) -> String {
        let hash = || Some(self.object("tenant", "contoso")?["status"]["plan"]["approvalHash"].as_str()?.to_owned());
        until("an approval is asked for", || hash().is_some());
        hash().unwrap()
    }

    /// Waits until `Ready` is this.
    #[track_caller]
    pub fn ready(&self, kind: &str, name: &str, wanted: &str) {
        until(
            &format!("{kind}/{name} is Ready={wanted}: {:?}", self.object(kind, name).map(|o| o["status"].clone())),
            || self.condition(kind, name, "Ready").as_deref() == Some(wanted),
        );
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if thread::panicking() || self.refusals_expected {
            return;
        }
        let refused = rights::refusals(&self.plane, &self.release);
        assert!(refused.is_empty(), "the chart's roles lack what the operator asks for: {refused:#?}");
    }
}
