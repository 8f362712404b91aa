//! The chart and `examples/contoso` on a real API server: the operator runs with the rendered Deployment's own arguments
//! and with its ServiceAccount's token, and has no other rights than the chart's.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

#[path = "support/chart.rs"]
mod chart;
#[path = "support/cli/mod.rs"]
mod cli;
#[path = "support/cluster/mod.rs"]
mod cluster;

use std::{fs, path::Path};

use cli::{
    binary::{Running, until},
    office::Office,
};
use cluster::{ControlPlane, Kubectl};
use serde_json::{Value, json};

/// The Secrets that the example refers to, and the one that one of its blocked objects misses.
const VALUES: &str = "
tenantNamespaces:
  - name: contoso
    secrets: [contoso-graph, contoso-private-contacts]
";

/// Starts what the Deployment would start, with the tenant's endpoints beside its own arguments.
fn operator(plane: &ControlPlane, office: &Office) -> Running {
    let objects = chart::rendered(VALUES);
    let deployment = chart::of_kind(&objects, "Deployment")[0];
    let pod = &deployment["spec"]["template"]["spec"];
    let mut args: Vec<String> = pod["containers"][0]["args"]
        .as_array()
        .unwrap()
        .iter()
        .map(|arg| arg.as_str().unwrap().replace("0.0.0.0:8080", "127.0.0.1:0"))
        .collect();
    let endpoint = format!("http://{}/", office.address);
    args.extend(["--login-endpoint", &endpoint, "--graph-endpoint", &endpoint].map(str::to_owned));
    let account = pod["serviceAccountName"].as_str().unwrap();
    let access = plane.kubeconfig_for_service_account(chart::OPERATORS, account);
    let environment = [
        ("KUBECONFIG", access.as_os_str()),
        ("POD_NAMESPACE", chart::OPERATORS.as_ref()),
        ("POD_NAME", "tenant-contacts-0".as_ref()),
    ];
    Running::start_with(args, environment)
}

fn get(kubectl: &Kubectl, kind: &str, name: &str) -> Value {
    let answer = kubectl.call(&["get", kind, name, "--namespace", chart::SERVED, "--ignore-not-found", "-o", "json"]);
    serde_json::from_str(&answer.ok()).unwrap_or_default()
}

fn ready(object: &Value) -> Option<(&str, &str)> {
    let conditions = object["status"]["conditions"].as_array()?;
    let ready = conditions.iter().find(|condition| condition["type"] == "Ready")?;
    Some((ready["status"].as_str()?, ready["reason"].as_str()?))
}

#[test]
fn the_example_becomes_ready_and_its_blocked_objects_say_why_not() {
    let plane = ControlPlane::with_controllers();
    let kubectl = plane.administrator();
    for namespace in [chart::OPERATORS, chart::SERVED] {
        kubectl.call(&["create", "namespace", namespace]).ok();
    }
    chart::release(plane, "install", VALUES).ok();
    kubectl.call(&["wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"]).ok();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/contoso");
    let office = Office::open(&fs::read_to_string(example.join("seed/tenant.yaml")).unwrap());
    let operator = operator(plane, &office);

    kubectl.call(&["apply", "-f", example.to_str().unwrap()]).ok();
    let hash = || get(kubectl, "tenant", "contoso")["status"]["plan"]["approvalHash"].as_str().map(str::to_owned);
    until("an approval is asked for", || hash().is_some());
    // What needs nobody's approval is written first; the hash stays while it is.
    let hash = hash().unwrap();
    let approval =
        json!({"spec": {"approvals": [{"hash": hash, "by": "helena.marsh", "until": "2999-01-01T00:00:00Z"}]}});
    let approve =
        ["patch", "tenant", "contoso", "--namespace", chart::SERVED, "--type=merge", "-p", &approval.to_string()];
    kubectl.call(&approve).ok();
    for kind in ["tenants", "organizationcontacts", "usercontacts"] {
        let wait = ["wait", kind, "--all", "--for=condition=Ready", "--timeout=120s", "--namespace", chart::SERVED];
        let answer = kubectl.call(&wait);
        assert!(!answer.failed(), "{answer:#?}\n{:#?}", operator.said());
    }

    let blocked: Vec<Value> = fs::read_dir(example.join("blocked"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| serde_saphyr::from_str(&fs::read_to_string(path).unwrap()).unwrap())
        .collect();
    let expected = |object: &Value, what: &str| {
        object["metadata"]["annotations"][format!("example.tenantcontacts.dev/expected-{what}")]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for object in &blocked {
        let answer = kubectl.call_with(&["apply", "-f", "-"], object.to_string().as_bytes());
        assert_eq!(answer.failed(), expected(object, "at") == "cel", "{answer:#?}");
    }
    let written = office.journal().len();
    for object in blocked.iter().filter(|object| expected(object, "at") != "cel") {
        let (name, reason) = (chart::name(object), expected(object, "reason"));
        until(&format!("{name} says {reason}"), || {
            ready(&get(kubectl, "usercontact", name)) == Some(("False", reason.as_str()))
        });
    }
    assert_eq!(office.journal().len(), written, "nothing is written for them");
    operator.terminate();
    let (code, said) = operator.end();
    assert_eq!(code, Some(0), "{said:#?}");
}
