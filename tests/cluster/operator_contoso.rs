//! The chart and `examples/contoso` on a real API server, as a story: installed, applied, kept, upgraded while it runs,
//! uninstalled, installed again. A control plane of its own, since the definitions and the policies go with the release. The
//! operator runs as the installed Deployment says: with its arguments, its environment and its
//! ServiceAccount's token, and with no other rights than the chart's.

use std::{collections::BTreeMap, fs, sync::Arc};

use serde_json::{Value, json};
use testkit::{
    chart,
    cli::{
        binary::{Running, until},
        office::Office,
    },
    cluster::{ControlPlane, Helm, Kubectl},
    contoso, operator,
};

/// The namespace of the example.
const SERVED: &str = "contoso";

/// The kinds that the example declares.
const KINDS: [&str; 3] = ["tenants", "organizationcontacts", "usercontacts"];

/// The definition that the upgrade is looked at by.
const DEFINITION: &str = "tenants.tenantcontacts.dev";

/// The Secret that one of the blocked objects misses.
const MISSED: &str = "
apiVersion: v1
kind: Secret
metadata: {name: contoso-legal-contacts, namespace: contoso, labels: {tenantcontacts.dev/allow: contoso}}
stringData: {miriam-adler: miriam.adler@example.net}
";

/// Everything of the story.
struct Scene {
    kubectl: Kubectl,
    office: Office,
    /// Dropped last: the others speak with it.
    plane: Arc<ControlPlane>,
}

impl Scene {
    fn new() -> Self {
        let plane = ControlPlane::of_its_own();
        let kubectl = plane.administrator().clone();
        for namespace in [chart::OPERATORS, SERVED, chart::FOREIGN] {
            kubectl.call(&["create", "namespace", namespace]).ok();
        }
        Self { kubectl, office: Office::open(&contoso::text("seed/tenant.yaml")), plane }
    }

    /// The chart's values, with the simulator in place of Microsoft's services, and these Secrets named.
    fn values(&self, secrets: &[&str]) -> Value {
        let endpoint = format!("http://{}", self.office.address);
        json!({
            "tenantNamespaces": [{"name": SERVED, "secrets": secrets}],
            "endpoints": {"login": endpoint, "graph": endpoint},
            // Tells of each pass.
            "logFilter": "tenant_contacts=debug",
        })
    }

    /// `helm VERB` with these values.
    fn release(&self, verb: &str, values: &Value) {
        chart::release(&self.plane, verb, &values.to_string()).ok();
        self.kubectl.call(&["wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"]).ok();
    }

    /// Starts what the cluster would start for the installed Deployment, as a pod of this name.
    fn pod(&self, name: &str) -> Running {
        let get = ["get", "deployment", chart::RELEASE, "--namespace", chart::OPERATORS, "--output=json"];
        let pod = self.kubectl.call(&get).json()["spec"]["template"]["spec"].take();
        let container = &pod["containers"][0];
        // A port of its own: there is no network of pods here.
        let args: Vec<String> =
            texts(&container["args"]).map(|arg| arg.replace("0.0.0.0:8080", "127.0.0.1:0")).collect();
        assert!(args.contains(&"--admin-listen=127.0.0.1:0".to_owned()), "{args:?}");
        let account = pod["serviceAccountName"].as_str().unwrap();
        let access = self.plane.kubeconfig_for_service_account(chart::OPERATORS, account);
        let mut environment = vec![("KUBECONFIG".to_owned(), access.to_str().unwrap().to_owned())];
        environment.extend(container["env"].as_array().unwrap().iter().map(|variable| {
            let value = match variable["valueFrom"]["fieldRef"]["fieldPath"].as_str() {
                Some("metadata.name") => name,
                Some("metadata.namespace") => chart::OPERATORS,
                Some(other) => panic!("{other} is not known here"),
                None => variable["value"].as_str().unwrap(),
            };
            (variable["name"].as_str().unwrap().to_owned(), value.to_owned())
        }));
        Running::start_with(args, environment)
    }

    fn get(&self, kind: &str, name: &str) -> Value {
        operator::object(&self.plane, SERVED, kind, name).unwrap_or_default()
    }

    /// `Ready` of an object, as `status reason`.
    fn ready(&self, kind: &str, name: &str) -> Option<String> {
        let object = self.get(kind, name);
        let conditions = object["status"]["conditions"].as_array()?;
        let ready = conditions.iter().find(|condition| condition["type"] == "Ready")?;
        Some(format!("{} {}", ready["status"].as_str()?, ready["reason"].as_str()?))
    }

    fn patch_tenant(&self, change: &Value) {
        let change = change.to_string();
        let patch = ["patch", "tenant", "contoso", "--namespace", SERVED, "--type=merge", "-p", &change];
        self.kubectl.call(&patch).ok();
    }

    /// Approves what waits.
    fn approve(&self) {
        let hash = || self.get("tenant", "contoso")["status"]["plan"]["approvalHash"].as_str().map(str::to_owned);
        until("an approval is asked for", || hash().is_some());
        // What needs nobody's approval is written first; the hash stays while it is.
        let entry = json!({"hash": hash().unwrap(), "by": "helena.marsh", "until": "2999-01-01T00:00:00Z"});
        self.patch_tenant(&json!({"spec": {"approvals": [entry]}}));
    }

    fn all_become_ready(&self, operator: &Running) {
        for kind in KINDS {
            let wait = ["wait", kind, "--all", "--for=condition=Ready", "--timeout=120s", "--namespace", SERVED];
            let answer = self.kubectl.call(&wait);
            assert!(!answer.failed(), "{answer:#?}\n{:#?}", operator.said());
        }
    }

    /// Version of each object, or of each that this holds of.
    fn versions(&self, of: impl Fn(&Value) -> bool) -> BTreeMap<String, String> {
        let get = ["get", &KINDS.join(","), "--namespace", SERVED, "--output=json"];
        let list = self.kubectl.call(&get).json();
        let objects = list["items"].as_array().unwrap().iter().filter(|object| of(object));
        objects
            .map(|object| {
                let version = object["metadata"]["resourceVersion"].as_str().unwrap();
                (format!("{} {}", object["kind"].as_str().unwrap(), chart::name(object)), version.to_owned())
            })
            .collect()
    }

    /// Requests that would change something, refused ones and those in batches included.
    fn attempts(&self) -> u64 {
        let statistics = self.office.simulator.statistics();
        let writes = ["PATCH ", "PUT ", "DELETE "];
        let is_write = |operation: &str| writes.iter().any(|method| operation.starts_with(method));
        let all = statistics.operations.iter().filter(|(operation, _)| is_write(operation)).map(|(_, count)| count);
        all.sum()
    }
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap())
}

/// Passes that were told of since.
fn passes(operator: &Running, mark: usize) -> usize {
    operator.said().iter().skip(mark).filter(|line| line.contains("operator::tenants: pass tenant=")).count()
}

/// The objects of `blocked`, by what is expected of them.
fn blocked() -> Vec<(Value, String, String)> {
    fs::read_dir(contoso::path("blocked"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| {
            let object: Value = serde_saphyr::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            let expected = |what: &str| {
                let annotation = format!("example.tenantcontacts.dev/expected-{what}");
                object["metadata"]["annotations"][annotation].as_str().unwrap().to_owned()
            };
            let (at, reason) = (expected("at"), expected("reason"));
            (object, at, reason)
        })
        .collect()
}

/// Each says its reason, and then nothing more is done about it, pass after pass.
fn blocked_objects_say_why_not_and_are_left_alone(scene: &Scene, operator: &Running) {
    let written = scene.attempts();
    for (object, at, _) in blocked() {
        let answer = scene.kubectl.call_with(&["apply", "-f", "-"], object.to_string().as_bytes());
        assert_eq!(answer.failed(), at == "cel", "{answer:#?}");
    }
    let taken: Vec<_> = blocked().into_iter().filter(|(_, at, _)| at != "cel").collect();
    for (object, _, reason) in &taken {
        let name = chart::name(object);
        let wanted = format!("False {reason}");
        until(&format!("{name} is {wanted}"), || scene.ready("usercontact", name).as_ref() == Some(&wanted));
    }
    let of_them = |object: &Value| taken.iter().any(|(one, ..)| chart::name(one) == chart::name(object));
    let (mark, versions) = (operator.mark(), scene.versions(of_them));
    assert_eq!(versions.len(), taken.len());
    // The first of them may have begun before the last reason was written; the second one comes an interval later.
    until("two passes", || passes(operator, mark) >= 2);
    assert_eq!(scene.attempts(), written, "no request that would write was tried for them");
    assert_eq!(scene.versions(of_them), versions, "nor is their status written again");
}

/// A change by somebody else is put back by the next pass, which comes within the interval.
fn a_change_in_the_tenant_is_put_back(scene: &Scene, operator: &Running, phone: &str) {
    scene.office.disturb("noah.fitzgerald@contoso.com", &json!({"mobilePhone": phone}));
    let mark = operator.mark();
    let live = || scene.office.user("noah.fitzgerald@contoso.com")["mobilePhone"].clone();
    until("the phone is put back", || live() == "+1 206 555 0133");
    // One may have read the tenant before the change; the next one wrote, and may or may not have told of it yet.
    let passes = passes(operator, mark);
    assert!(passes <= 2, "{passes} passes went by");
}

/// Of an operator that is not running meanwhile.
fn an_upgrade_changes_arguments_and_ends_the_rights_in_a_namespace_that_is_left_out(scene: &Scene, secrets: &[&str]) {
    let mut values = scene.values(secrets);
    values["readOnly"] = json!(true);
    scene.release("upgrade", &values);
    let get = ["get", "deployment", chart::RELEASE, "--namespace", chart::OPERATORS, "--output=json"];
    let deployment = scene.kubectl.call(&get).json();
    assert!(deployment["spec"]["template"]["spec"]["containers"][0]["args"].to_string().contains("--read-only"));

    let role = ["get", "role", "tenant-contacts-tenants", "--namespace", SERVED];
    scene.kubectl.call(&role).ok();
    values["tenantNamespaces"] = json!([{"name": chart::FOREIGN}]);
    scene.release("upgrade", &values);
    scene.kubectl.call(&role).refused();
}

#[test]
fn the_example_is_installed_applied_kept_upgraded_and_stays_when_the_chart_goes() {
    let scene = Scene::new();
    let mut secrets = vec!["contoso-graph", "contoso-private-contacts"];
    scene.release("install", &scene.values(&secrets));
    let first = scene.pod("tenant-contacts-first");
    scene.kubectl.call(&["apply", "-f", contoso::path("").to_str().unwrap()]).ok();
    scene.approve();
    scene.all_become_ready(&first);
    contoso::truth_is_as_declared(&scene.office);
    until("who receives what is reported", || {
        scene.ready("contactreport", "contoso").as_deref() == Some("True Reported")
    });

    scene.patch_tenant(&json!({"spec": {"interval": "10s"}}));
    blocked_objects_say_why_not_and_are_left_alone(&scene, &first);
    contoso::truth_is_as_declared(&scene.office);
    a_change_in_the_tenant_is_put_back(&scene, &first, "+1 206 555 0191");

    // The new pod stands by until the old one ends; then it works, with the rights of the upgrade.
    scene.kubectl.call_with(&["apply", "-f", "-"], MISSED.as_bytes()).ok();
    secrets.push("contoso-legal-contacts");
    // As an older release left it: Helm would not upgrade what lies in a chart's crds/ folder.
    scene.kubectl.call(&["label", "crd", DEFINITION, "helm.sh/chart-", "app.kubernetes.io/version-"]).ok();
    scene.release("upgrade", &scene.values(&secrets));
    let definition = scene.kubectl.call(&["get", "crd", DEFINITION, "--output=json"]).json();
    assert_eq!(definition["metadata"]["labels"]["app.kubernetes.io/version"], env!("CARGO_PKG_VERSION"));
    let second = scene.pod("tenant-contacts-second");
    second.says(&["serving"]);
    first.terminate();
    let (code, said) = first.end();
    assert_eq!(code, Some(0), "{said:#?}");
    second.says(&["leadership", "holds=true"]);
    let missed = || scene.ready("usercontact", "missing-secret-value");
    until("what was missed is found", || missed().as_deref() == Some("True InSync"));
    a_change_in_the_tenant_is_put_back(&scene, &second, "+1 206 555 0192");
    contoso::truth_is_as_declared(&scene.office);

    second.terminate();
    let (code, said) = second.end();
    assert_eq!(code, Some(0), "{said:#?}");
    let (versions, truth) = (scene.versions(|_| true), scene.office.simulator.truth());
    an_upgrade_changes_arguments_and_ends_the_rights_in_a_namespace_that_is_left_out(&scene, &secrets);
    let uninstall = ["uninstall", chart::RELEASE, "--namespace", chart::OPERATORS];
    Helm::with_access(scene.plane.administrator_kubeconfig()).call(&uninstall).ok();
    for gone in ["serviceaccount", "deployment"] {
        scene.kubectl.call(&["get", gone, chart::RELEASE, "--namespace", chart::OPERATORS]).refused();
    }
    scene.kubectl.call(&["get", "validatingadmissionpolicy", "tenant-contacts-approvals"]).refused();
    assert_eq!(scene.versions(|_| true), versions, "what is declared stays as it is");
    assert_eq!(scene.office.simulator.truth(), truth, "and so does the tenant");

    // The definitions that stayed are taken up again.
    scene.release("install", &scene.values(&secrets));
    assert_eq!(scene.versions(|_| true), versions, "and what is declared is still there");
}
