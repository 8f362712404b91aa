//! What can be wrong before anything is asked of a Tenant: each says what, where, and what to do.

use std::{fs, net::TcpListener, path::PathBuf};

use testkit::{cli::small, cluster::ControlPlane, operator::Site};

use super::call::{plugin, with};

/// A kubeconfig like the administrator's, with something else about the cluster.
fn access(name: &str, change: impl Fn(&mut serde_json::Value)) -> PathBuf {
    let plane = ControlPlane::shared();
    let text = fs::read_to_string(plane.administrator_kubeconfig()).unwrap();
    let mut access: serde_json::Value = serde_json::from_str(&text).unwrap();
    change(&mut access["clusters"][0]["cluster"]);
    let path = plane.administrator_kubeconfig().with_file_name(name);
    fs::write(&path, access.to_string()).unwrap();
    path
}

#[track_caller]
fn says(args: &[&str], expected: &[&str]) {
    let said = with(ControlPlane::shared().administrator(), args);
    assert_eq!(said.code, Some(1), "{said:#?}");
    for expected in expected {
        assert!(said.err.contains(expected), "{expected}\n{}", said.err);
    }
}

#[test]
fn a_cluster_that_cannot_be_asked_is_named_with_what_to_do() {
    says(
        &["plan", "--kubeconfig", "/nowhere/kubeconfig"],
        &["no access to a cluster: ", "/nowhere/kubeconfig", "KUBECONFIG"],
    );
    says(
        &["plan", "--context", "elsewhere"],
        &["no access to a cluster: ", "elsewhere", "kubectl config get-contexts"],
    );
    // Bound and let go: nobody listens there.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let unreachable =
        access("unreachable.kubeconfig", |cluster| cluster["server"] = format!("https://{closed}").into());
    says(
        &["plan", "--kubeconfig", unreachable.to_str().unwrap()],
        &[&format!("the API server https://{closed}/ cannot be reached: "), "refused"],
    );
    // What an API server answers for a group that it does not have is what it answers for any path that it does not have.
    let without = access("without.kubeconfig", |cluster| {
        cluster["server"] = format!("{}/nothing", cluster["server"].as_str().unwrap()).into();
    });
    says(
        &["plan", "--kubeconfig", without.to_str().unwrap()],
        &["the CustomResourceDefinitions are not installed", "tenant-contacts crds | kubectl apply"],
    );
}

#[test]
fn a_proxy_is_named_without_its_password() {
    let proxied =
        access("proxied.kubeconfig", |cluster| cluster["proxy-url"] = "http://me:pass-4711@127.0.0.1:1".into());
    let said =
        with(ControlPlane::shared().administrator(), &["plan", "--kubeconfig", proxied.to_str().unwrap()]).refused();
    assert!(said.contains("through a proxy, which this program cannot use"), "{said}");
    assert!(!said.contains("4711"), "{said}");
}

#[test]
fn a_tenant_that_is_not_the_one_is_told_which_there_are() {
    let site = Site::open("plugin-wrong");
    let said = plugin(&site, &["plan"]).refused();
    assert!(said.contains(&format!("no Tenant in namespace {}", site.namespace)), "{said}");
    site.apply(&small::tenant("[]", ""));
    site.apply(&small::tenant("[]", "").replace("name: contoso", "name: fabrikam"));
    let said = plugin(&site, &["plan", "--tenant", "contosso"]).refused();
    assert!(said.contains("no Tenant contosso in namespace") && said.contains("Is contoso meant?"), "{said}");
    let said = plugin(&site, &["plan", "--tenant", "northwind"]).refused();
    assert!(said.contains("There is contoso, fabrikam"), "{said}");
    for args in
        [&["suspend"][..], &["resume"], &["reconcile"], &["approve", "--hash", "00000000000000000000000000000001"]]
    {
        let said = plugin(&site, args).refused();
        assert!(said.contains("several Tenants") && said.contains("contoso, fabrikam"), "{said}");
    }
    // All of them are planned.
    let planned = plugin(&site, &["plan"]).out;
    assert!(planned.contains("/contoso (") && planned.contains("/fabrikam ("), "{planned}");
}

#[test]
fn arguments_of_a_folder_and_of_a_cluster_do_not_mix() {
    says(&["plan", "--simulate"], &["--simulate", "take --manifests DIR"]);
    says(&["plan", "--manifests", ".", "--namespace", "contoso"], &["--manifests plans for a folder"]);
}
