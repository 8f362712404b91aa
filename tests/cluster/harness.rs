//! The control plane that other tests rely on: what it says of itself is so.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use testkit::cluster::{ControlPlane, supervised::Supervised};

#[test]
fn a_service_account_has_its_own_access_and_the_audit_log_names_it() {
    let plane = ControlPlane::with_controllers();
    let administrator = plane.administrator();
    administrator.call(&["create", "namespace", "harness"]).ok();
    administrator.call(&["create", "serviceaccount", "probe", "--namespace=harness"]).ok();
    let kubeconfig = plane.kubeconfig_for_service_account("harness", "probe");
    assert_eq!(fs::metadata(&kubeconfig).unwrap().permissions().mode() & 0o777, 0o600);

    let probe = plane.kubectl(kubeconfig);
    let who = probe.call(&["auth", "whoami", "--output=json"]).json();
    assert_eq!(who["status"]["userInfo"]["username"], "system:serviceaccount:harness:probe");
    let refused = probe.call(&["get", "configmaps"]).refused();
    assert!(refused.contains("cannot list resource \"configmaps\""), "{refused}");

    let log = fs::read_to_string(plane.audit_log()).unwrap();
    // Other tests are being written of: the last line may be half there.
    let asked = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).any(|event| {
        event["user"]["username"] == "system:serviceaccount:harness:probe"
            && event["objectRef"]["resource"] == "configmaps"
            && event["responseStatus"]["code"] == 403
    });
    assert!(asked, "{log}");
}

#[test]
fn with_controllers_a_namespace_can_be_deleted() {
    let administrator = ControlPlane::with_controllers().administrator();
    administrator.call(&["create", "namespace", "short-lived"]).ok();
    administrator.call(&["create", "configmap", "inhabitant", "--namespace=short-lived"]).ok();
    administrator.call(&["delete", "namespace", "short-lived", "--timeout=60s"]).ok();
    administrator.call(&["get", "namespace", "short-lived"]).refused();
}

#[test]
fn a_server_that_ends_is_noticed_at_once_and_one_that_goes_on_is_not_taken_for_it() {
    let log = |name: &str| Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut ending = Supervised::start(Path::new("sh"), ["-c", "echo no such flag; exit 1"], log("ending.log"));
    let mut going_on = Supervised::start(Path::new("sleep"), ["600"], log("going-on.log"));
    let deadline = Instant::now() + Duration::from_secs(30);
    while !ending.ended() {
        assert!(Instant::now() < deadline, "never noticed");
        thread::sleep(Duration::from_millis(20)); // between two looks; nothing depends on its length
    }
    assert_eq!(ending.said(), "no such flag");
    assert!(!going_on.ended());
}
