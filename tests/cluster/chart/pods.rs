//! The pods run where Kubernetes is strictest.

use serde_json::{Value, json};
use testkit::{
    chart::{VALUES, of_kind, rendered},
    cluster::Answer,
};

use super::installed::installed;

const STRICT: &str = "strict";

fn run(pod: &Value) -> Answer {
    installed().call_with(&["create", "--dry-run=server", "-f", "-"], pod.to_string().as_bytes())
}

#[test]
fn a_namespace_that_enforces_the_restricted_profile_takes_the_operators_pod() {
    let kubectl = installed();
    kubectl.call(&["create", "namespace", STRICT]).ok();
    kubectl.call(&["label", "namespace", STRICT, "pod-security.kubernetes.io/enforce=restricted"]).ok();
    for more in ["", "certificateAuthorities: {configMap: roots}"] {
        let objects = rendered(&format!("{VALUES}\n{more}"));
        let template = &of_kind(&objects, "Deployment")[0]["spec"]["template"];
        let mut pod = json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "operator", "namespace": STRICT, "labels": template["metadata"]["labels"]},
            "spec": template["spec"],
        });
        run(&pod).ok();
        // The namespace does refuse: each of these alone is too much.
        for (path, value) in [
            ("/spec/containers/0/securityContext/allowPrivilegeEscalation", json!(true)),
            ("/spec/containers/0/securityContext/capabilities", json!({})),
            ("/spec/securityContext/seccompProfile", json!(null)),
            ("/spec/securityContext/runAsNonRoot", json!(false)),
        ] {
            let place = pod.pointer_mut(path).unwrap();
            let was = std::mem::replace(place, value);
            let said = run(&pod).refused();
            assert!(said.contains("violates PodSecurity \"restricted"), "{said}");
            *pod.pointer_mut(path).unwrap() = was;
        }
    }
}

#[test]
fn the_file_system_is_read_only_and_a_pass_may_end() {
    let objects = rendered(VALUES);
    let pod = &of_kind(&objects, "Deployment")[0]["spec"]["template"]["spec"];
    assert_eq!(pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"], true);
    assert!(pod["terminationGracePeriodSeconds"].as_u64().unwrap() > 35);
}
