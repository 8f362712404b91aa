//! Reads from the API server without starting a program for it: what a test waits for is looked at again and again, and one
//! start of kubectl computes as long as hundreds of reads.

use std::path::Path;

use http::Request;
use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::Value;
use tokio::runtime::Runtime;

/// A connection with somebody's access.
pub struct Reader {
    client: Client,
    runtime: Runtime,
}

impl Reader {
    /// With the access of a kubeconfig file.
    pub fn new(kubeconfig: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let client = runtime.block_on(async {
            let kubeconfig = Kubeconfig::read_from(kubeconfig).unwrap();
            let options = KubeConfigOptions::default();
            let mut config = Config::from_custom_kubeconfig(kubeconfig, &options).await.unwrap();
            config.proxy_url = None; // everything is on this machine
            Client::try_from(config).unwrap()
        });
        Self { client, runtime }
    }

    /// What is at a path, as kubectl shows it; `None` if nothing is there.
    #[track_caller]
    pub fn get(&self, path: &str) -> Option<Value> {
        let ask = || {
            let request = Request::get(path).body(Vec::new()).unwrap();
            self.runtime.block_on(self.client.request::<Value>(request))
        };
        // A connection that was kept may have ended with the server that it led to.
        let answer = ask().or_else(|error| if matches!(error, kube::Error::Api(_)) { Err(error) } else { ask() });
        match answer {
            Ok(mut found) => {
                if let Some(metadata) = found["metadata"].as_object_mut() {
                    metadata.remove("managedFields");
                }
                Some(found)
            }
            Err(kube::Error::Api(status)) if status.code == 404 => None,
            Err(error) => panic!("{path}: {error}"),
        }
    }
}
