//! Flux's kustomize-controller as a process, and a Kustomization for it.

use std::{fs, path::Path, thread};

use serde_json::{Value, json};
use testkit::{
    cli::binary::until,
    cluster::{ControlPlane, Kubectl, supervised::Supervised, tools},
};

use super::artifact;

/// How long what is not healthy yet may take to become so. What is healthy takes a few seconds; what waits for an approval
/// takes all of it before it counts as failed.
const TIMEOUT: &str = "15s";

/// The controller, and the Kustomization that keeps the repository's objects in the cluster.
pub struct Flux {
    kubectl: Kubectl,
    namespace: String,
    process: Supervised,
}

impl Flux {
    /// Starts it as Flux is installed: as an administrator of the cluster.
    pub fn start(plane: &ControlPlane, namespace: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("flux").join(namespace);
        let temporary = folder.join("temporary");
        fs::create_dir_all(&temporary).unwrap();
        let environment = [
            format!("KUBECONFIG={}", plane.administrator_kubeconfig().display()),
            format!("TMPDIR={}", temporary.display()),
            format!("RUNTIME_NAMESPACE={namespace}"),
        ];
        let program = tools::program("kustomize-controller").display().to_string();
        // Nothing here asks for metrics or health, so no port is opened.
        let args = ["--metrics-addr=0", "--health-addr=0", "--no-remote-bases"].map(str::to_owned);
        let all = environment.into_iter().chain([program]).chain(args);
        let process = Supervised::start(Path::new("env"), all, folder.join("kustomize-controller.log"));
        let kubectl = plane.administrator().clone();
        let kustomization = json!({
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": {"name": artifact::NAME, "namespace": namespace},
            "spec": {
                // How often health is looked at again without a new revision.
                "interval": "10s",
                "retryInterval": "5s",
                "timeout": TIMEOUT,
                "sourceRef": {"kind": "GitRepository", "name": artifact::NAME},
                "prune": true,
                "wait": true,
            },
        });
        kubectl.call_with(&["apply", "-f", "-"], kustomization.to_string().as_bytes()).ok();
        Self { kubectl, namespace: namespace.to_owned(), process }
    }

    fn status(&self) -> Value {
        let (namespace, name) = (&self.namespace, artifact::NAME);
        let path = format!("/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/{namespace}/kustomizations/{name}");
        ControlPlane::shared().get(&path).unwrap()["status"].take()
    }

    /// `Ready` as status, reason and message.
    fn ready(status: &Value) -> Option<[&str; 3]> {
        let ready = status["conditions"].as_array()?.iter().find(|condition| condition["type"] == "Ready")?;
        Some([&ready["status"], &ready["reason"], &ready["message"]].map(|text| text.as_str().unwrap_or_default()))
    }

    #[track_caller]
    fn until(&self, what: &str, holds: impl Fn(&Value) -> bool) {
        until(what, || holds(&self.status()));
    }

    /// Waits until a revision is applied and everything in it healthy.
    #[track_caller]
    pub fn turns_green(&self, revision: &str) {
        self.until("the Kustomization is ready", |status| {
            status["lastAppliedRevision"] == revision
                && Self::ready(status)
                    .is_some_and(|[ready, reason, _]| (ready, reason) == ("True", "ReconciliationSucceeded"))
        });
    }

    /// Whether any revision was found healthy so far.
    pub fn was_ever_green(&self) -> bool {
        !self.status()["lastAppliedRevision"].is_null()
    }

    /// Waits until the health check of a revision has failed, with these words. Events tell: the condition is overwritten as
    /// soon as the next try begins, which may be at once.
    #[track_caller]
    pub fn turns_red(&self, revision: &str, words: &[&str]) {
        let failed = "fieldSelector=involvedObject.kind%3DKustomization%2Creason%3DHealthCheckFailed";
        let path = format!("/api/v1/namespaces/{}/events?{failed}", self.namespace);
        until("the health check fails", || {
            let events = ControlPlane::shared().get(&path).unwrap();
            events["items"].as_array().unwrap().iter().any(|event| {
                let message = event["message"].as_str().unwrap_or_default();
                event["metadata"]["annotations"]["kustomize.toolkit.fluxcd.io/revision"] == revision
                    && words.iter().all(|word| message.contains(word))
            })
        });
    }
}

impl Drop for Flux {
    fn drop(&mut self) {
        if thread::panicking() {
            let args = ["get", "kustomization", artifact::NAME, "--namespace", &self.namespace, "--output=yaml"];
            println!("{}\nwhat the controller said:\n{}", self.kubectl.call(&args).out, self.process.said());
        }
    }
}
