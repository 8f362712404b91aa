//! The Helm chart as tests use it: rendered, or installed into a control plane.

use std::sync::{LazyLock, OnceLock};

use serde_json::Value;

use crate::{
    cluster::{Answer, ControlPlane, Helm, Kubectl},
    places,
};

/// The release's name, and the name of what belongs to it.
pub const RELEASE: &str = "tenant-contacts";

/// The namespace that the release is installed into.
pub const OPERATORS: &str = "operators";

/// The namespace that it serves. Not the one of the examples, which other tests apply.
pub const SERVED: &str = "northwind";

/// A namespace with Tenants of somebody else.
pub const FOREIGN: &str = "fabrikam";

/// Values that serve one namespace, with one Secret and one ServiceAccount named.
pub const VALUES: &str = r"
tenantNamespaces:
  - name: northwind
    secrets: [contoso-graph]
    serviceAccounts: [contoso-graph]
";

/// The chart's folder.
pub fn folder() -> &'static str {
    static FOLDER: LazyLock<String> =
        LazyLock::new(|| places::root().join("charts/tenant-contacts").to_str().unwrap().to_owned());
    &FOLDER
}

/// `helm template` with values as YAML.
pub fn template(values: &str) -> Answer {
    template_in(OPERATORS, values)
}

fn template_in(namespace: &str, values: &str) -> Answer {
    let args = ["template", RELEASE, folder(), "--namespace", namespace, "--values", "-"];
    Helm::offline().call_with(&args, values.as_bytes())
}

/// The objects that the chart gives for values.
#[track_caller]
pub fn rendered(values: &str) -> Vec<Value> {
    rendered_in(OPERATORS, values)
}

/// The same for a release in another namespace.
#[track_caller]
pub fn rendered_in(namespace: &str, values: &str) -> Vec<Value> {
    let out = template_in(namespace, values).ok();
    let objects: Vec<Value> = serde_saphyr::from_multiple(&out).unwrap();
    objects.into_iter().filter(|object| !object.is_null()).collect()
}

/// The rendered objects of a kind.
pub fn of_kind<'a>(objects: &'a [Value], kind: &str) -> Vec<&'a Value> {
    objects.iter().filter(|object| object["kind"] == kind).collect()
}

/// An object's name.
pub fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap()
}

/// `helm VERB` of the release in a control plane, with values as YAML.
pub fn release(plane: &ControlPlane, verb: &str, values: &str) -> Answer {
    let args = [verb, RELEASE, folder(), "--namespace", OPERATORS, "--values", "-"];
    Helm::with_access(plane.administrator_kubeconfig()).call_with(&args, values.as_bytes())
}

/// The release in the control plane that the tests of a binary share, as the administrator. What belongs to the whole cluster,
/// which is the definitions, the roles for people and the admission policies, is there once, and no test changes it.
pub fn shared() -> &'static Kubectl {
    static INSTALLED: OnceLock<&Kubectl> = OnceLock::new();
    INSTALLED.get_or_init(|| install(ControlPlane::with_controllers()))
}

/// Makes the namespaces, installs the release, and waits until the kinds are served.
pub fn install(plane: &ControlPlane) -> &Kubectl {
    let kubectl = plane.administrator();
    for namespace in [OPERATORS, SERVED, FOREIGN] {
        kubectl.call(&["create", "namespace", namespace]).ok();
    }
    release(plane, "install", VALUES).ok();
    kubectl.call(&["wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"]).ok();
    kubectl
}

/// Reads a file of the repository.
pub fn file(path: &str) -> String {
    std::fs::read_to_string(places::root().join(path)).unwrap()
}
