//! A simulated tenant on a loopback port, served by the test's own process, so that the test can look into it.

use std::{
    ffi::OsString,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
};

use serde_json::Value;
use tenant_contacts_simulator::{JournalEntry, Options, Seed, Simulator};
use tokio::{net::TcpListener, runtime::Runtime, sync::oneshot, task::JoinHandle};

use super::folder::Folder;

/// The actor of the journal that is not an application.
const OUTSIDE: &str = "outside";

/// A served tenant.
pub struct Office {
    pub simulator: Simulator,
    pub address: SocketAddr,
    runtime: Option<Runtime>,
    serving: Option<(oneshot::Sender<()>, JoinHandle<std::io::Result<()>>)>,
}

impl Office {
    /// Serves a seed.
    pub fn open(seed: &str) -> Self {
        Self::with(seed, Options::default())
    }

    /// Serves a seed with options.
    pub fn with(seed: &str, options: Options) -> Self {
        let simulator = Simulator::new(&Seed::from_yaml(seed).unwrap(), options).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mut office = Self {
            simulator,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            runtime: Some(runtime),
            serving: None,
        };
        office.reopen();
        office
    }

    /// Serves again, at the address it had before.
    pub fn reopen(&mut self) {
        let runtime = self.runtime.as_ref().unwrap();
        let listener = runtime.block_on(TcpListener::bind(self.address)).unwrap();
        self.address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = self.simulator.clone().serve(listener, None, async move {
            let _ = stopped.await;
        });
        self.serving = Some((stop, runtime.spawn(serving)));
    }

    /// Refuses every connection from now on.
    pub fn close(&mut self) {
        let (stop, serving) = self.serving.take().unwrap();
        drop(stop);
        self.runtime.as_ref().unwrap().block_on(serving).unwrap().unwrap();
    }

    /// Arguments of a verb on a folder in this tenant.
    pub fn verb(&self, verb: &str, folder: &Folder, more: &[&str]) -> Vec<OsString> {
        arguments(verb, &folder.manifests(), self.address, more)
    }

    /// Writes of applications, oldest first.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.simulator.journal(0).into_iter().filter(|entry| entry.actor != OUTSIDE).collect()
    }

    /// What applications changed, as `NAME PROPERTY`, sorted. Names are sign-in names, or `organization`.
    pub fn written(&self) -> Vec<String> {
        let truth = self.simulator.truth();
        let name = |id: &str| {
            let users = truth["users"].as_array().unwrap();
            let user = users.iter().find(|user| user["id"] == id);
            user.map_or("organization".to_owned(), |user| user["userPrincipalName"].as_str().unwrap().to_owned())
        };
        let mut written: Vec<String> = self
            .journal()
            .iter()
            .flat_map(|entry| entry.changes.iter().map(|change| format!("{} {}", name(&entry.target), change.property)))
            .collect();
        written.sort();
        written
    }

    /// An account as it is.
    pub fn user(&self, name: &str) -> Value {
        let truth = self.simulator.truth();
        let users = truth["users"].as_array().unwrap();
        users.iter().find(|user| user["userPrincipalName"] == name).unwrap().clone()
    }

    /// The organization as it is.
    pub fn organization(&self) -> Value {
        self.simulator.truth()["organization"][0].clone()
    }

    /// Changes an account as somebody else would.
    pub fn disturb(&self, name: &str, changes: &Value) {
        self.simulator.disturb_user(name, changes.as_object().unwrap()).unwrap();
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Arguments of a verb on a folder of manifests and a tenant at an address.
pub fn arguments(verb: &str, manifests: &Path, address: SocketAddr, more: &[&str]) -> Vec<OsString> {
    let endpoint = format!("http://{address}/");
    let mut all: Vec<OsString> = vec![verb.into(), "--manifests".into(), manifests.into()];
    all.extend(["--login-endpoint", &endpoint, "--graph-endpoint", &endpoint].map(OsString::from));
    all.extend(more.iter().map(OsString::from));
    all
}
