//! Values: linted, documented, and refused by name where the chart does not know them.

use std::process::Command;

use serde_json::{Value, json};
use testkit::{
    chart::{VALUES, file, folder, name, of_kind, rendered, template},
    cluster::Helm,
};

use super::installed::installed;

/// Everything that can be switched on, is.
const EVERYTHING: &str = r"
replicas: 2
readOnly: true
releaseAfter: 30m
image: {repository: registry.example/tenant-contacts, digest: 'sha256:1111111111111111111111111111111111111111111111111111111111111111'}
imagePullSecrets: [{name: registry}]
endpoints: {login: 'https://login.example', graph: 'https://graph.example'}
certificateAuthorities: {configMap: roots}
serviceAccount: {annotations: {example.org/owner: platform}}
networkPolicy:
  apiServerPorts: [443, 8443]
  metricsFrom: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
  egress: [{ports: [{port: 9443}]}]
serviceMonitor: {enabled: true, labels: {release: prometheus}}
podAnnotations: {example.org/note: here}
podLabels: {example.org/team: platform}
priorityClassName: system-cluster-critical
nodeSelector: {kubernetes.io/os: linux}
tolerations: [{key: dedicated, operator: Exists}]
affinity: {nodeAffinity: {}}
topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway}]
";

fn everything() -> String {
    format!("{VALUES}{EVERYTHING}")
}

fn operator(objects: &[Value]) -> &Value {
    &of_kind(objects, "Deployment")[0]["spec"]["template"]["spec"]["containers"][0]
}

#[test]
fn helm_finds_nothing_to_say_about_the_chart() {
    for values in [VALUES, &everything()] {
        let args = ["lint", folder(), "--strict", "--values", "-"];
        Helm::offline().call_with(&args, values.as_bytes()).ok();
    }
}

#[test]
fn the_least_that_must_be_given_is_the_namespaces() {
    let said = template("").refused();
    assert!(said.contains("tenantNamespaces is empty: name the namespaces with Tenants"), "{said}");
    assert!(said.contains("--set 'tenantNamespaces[0].name=contoso'"), "{said}");
    let args = operator(&rendered("tenantNamespaces: [{name: contoso}, {name: fabrikam}]"))["args"].clone();
    let expected = [
        "run",
        "--namespace=contoso",
        "--namespace=fabrikam",
        "--lease-name=tenant-contacts",
        "--admin-listen=0.0.0.0:8080",
    ];
    assert_eq!(args, json!(expected));
}

#[test]
fn an_unknown_key_is_refused_by_name_at_every_depth() {
    for (values, key) in [
        ("replicaCount: 2", "replicaCount"),
        ("image: {registry: example}", "registry"),
        ("networkPolicy: {enable: true}", "enable"),
        ("tenantNamespaces: [{name: contoso, secret: [one]}]", "secret"),
        ("resources: {limit: {memory: 1Gi}}", "limit"),
    ] {
        let said = template(&format!("{VALUES}\n{values}")).refused();
        assert!(said.contains(&format!("additional properties '{key}' not allowed")), "{values}: {said}");
    }
}

#[test]
fn values_that_contradict_each_other_are_refused_with_the_way_out() {
    let one = "tenantNamespaces: [{name: contoso}]";
    let both = "endpoints: {login: 'https://login.example', graph: 'https://graph.example'}";
    for (values, words) in [
        (format!("{one}\nendpoints: {{login: 'https://login.example'}}"), "give both login and graph"),
        (format!("{one}\nsimulate: true\n{both}"), "exclude each other"),
        ("tenantNamespaces: [{name: contoso}, {name: contoso}]".to_owned(), "names contoso twice"),
        (
            format!("{one}\npodLabels: {{app.kubernetes.io/name: other}}"),
            "podLabels: app.kubernetes.io/name is the chart's",
        ),
        (format!("{one}\npodLabels: {{app.kubernetes.io/instance: other}}"), "by which the Deployment"),
    ] {
        let said = template(&values).refused();
        assert!(said.contains(words), "{values}: {said}");
    }
}

/// What the operator would refuse at its start is refused before it is installed: the same text, asked of both.
#[test]
fn b10_values_that_the_binary_refuses_are_refused_by_the_chart() {
    let refused = |argument: &str, environment: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenant-contacts"));
        command.args(["run", "--namespace=contoso", argument]).env_remove("TENANT_CONTACTS_LOG");
        // Whose arguments are taken looks for a cluster next, and finds none.
        command
            .env("KUBECONFIG", "/nowhere/to/be/found")
            .envs(environment.map(|filter| ("TENANT_CONTACTS_LOG", filter)));
        let output = command.output().unwrap();
        assert!(!output.status.success());
        !String::from_utf8(output.stderr).unwrap().contains("/nowhere/to/be/found")
    };
    for (value, taken) in [
        ("10s", true),
        ("1h30m", true),
        ("9s", false),
        ("0h", false),
        ("30", false),
        ("99999h", true),
        ("9999999h", false),
    ] {
        assert_eq!(!refused(&format!("--release-after={value}"), None), taken, "{value}");
        assert_eq!(!template(&format!("{VALUES}\nreleaseAfter: '{value}'")).failed(), taken, "{value}");
    }
    for (value, taken) in
        [("info", true), ("info,tenant_contacts_m365=debug", true), ("info,,=", false), ("a=loud", false)]
    {
        assert_eq!(!refused("--release-after=10s", Some(value)), taken, "{value}");
        assert_eq!(!template(&format!("{VALUES}\nlogFilter: '{value}'")).failed(), taken, "{value}");
    }
}

#[test]
fn b10_nobody_reaches_the_admin_port_unless_named() {
    let ingress = |values: &str| of_kind(&rendered(values), "NetworkPolicy")[0]["spec"]["ingress"].clone();
    assert_eq!(ingress(VALUES), json!([]));
    let named = ingress(&everything());
    assert_eq!(named[0]["ports"], json!([{"port": "admin", "protocol": "TCP"}]));
    assert_eq!(named[0]["from"].as_array().unwrap().len(), 1);
    for rule in named.as_array().unwrap() {
        assert!(rule["from"].as_array().is_some_and(|from| !from.is_empty()), "{rule}");
    }
}

#[test]
fn what_is_given_reaches_the_operator() {
    let objects = rendered(&everything());
    let container = operator(&objects);
    let digest = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
    assert_eq!(container["image"], format!("registry.example/tenant-contacts:0.1.0@{digest}"));
    let args: Vec<_> = container["args"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for argument in [
        "--read-only",
        "--release-after=30m",
        "--login-endpoint=https://login.example",
        "--graph-endpoint=https://graph.example",
        "--ca-file=/etc/tenant-contacts/certificates/ca.crt",
    ] {
        assert!(args.contains(&argument), "{argument}: {args:?}");
    }
    assert!(operator(&rendered(&format!("{VALUES}\nsimulate: true")))["args"].to_string().contains("--simulate"));
}

#[test]
fn everything_that_can_be_switched_on_is_taken_by_the_api_server() {
    // Not the monitor, whose kind comes with the Prometheus operator.
    let objects: Vec<Value> =
        rendered(&everything()).into_iter().filter(|object| object["kind"] != "ServiceMonitor").collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    let args = ["apply", "--server-side", "--force-conflicts", "--validate=strict", "--dry-run=server", "-f", "-"];
    installed().call_with(&args, list.to_string().as_bytes()).ok();
}

#[test]
fn a_disruption_budget_is_for_several_replicas() {
    assert!(of_kind(&rendered(VALUES), "PodDisruptionBudget").is_empty());
    assert_eq!(of_kind(&rendered(&everything()), "PodDisruptionBudget").len(), 1);
}

#[test]
fn the_monitor_finds_the_service_and_its_port() {
    let objects = rendered(&everything());
    let monitor = of_kind(&objects, "ServiceMonitor")[0];
    let service = of_kind(&objects, "Service")[0];
    for (label, value) in monitor["spec"]["selector"]["matchLabels"].as_object().unwrap() {
        assert_eq!(&service["metadata"]["labels"][label], value);
    }
    assert_eq!(monitor["spec"]["endpoints"][0]["port"], service["spec"]["ports"][0]["name"]);
    assert_eq!(monitor["metadata"]["labels"]["release"], "prometheus");
}

#[test]
fn a_release_of_another_name_shares_nothing_but_what_the_cluster_has_once() {
    let args = ["template", "second", folder(), "--namespace=operators", "--values", "-"];
    let once = "crds: {install: false}\nuserRoles: {enabled: false}\nadmissionPolicies: {enabled: false}";
    let out = Helm::offline().call_with(&args, format!("{VALUES}\n{once}").as_bytes()).ok();
    let second: Vec<Value> = serde_saphyr::from_multiple(&out).unwrap();
    let first = rendered(VALUES);
    for object in second.iter().filter(|object| !object.is_null()) {
        let twin = first.iter().find(|other| other["kind"] == object["kind"] && name(other) == name(object));
        assert!(twin.is_none(), "{object}");
    }
}

/// Fails where the schema and the values file name different keys.
fn same_keys(schema: &Value, values: &Value, at: &str) {
    let (Some(properties), Some(entries)) = (schema["properties"].as_object(), values.as_object()) else { return };
    assert_eq!(schema["additionalProperties"], false, "{at} takes any key");
    // Helm's own, and not for people.
    let documented: Vec<_> = properties.keys().filter(|key| *key != "global").collect();
    let mut named: Vec<_> = entries.keys().collect();
    named.sort();
    let mut expected = documented.clone();
    expected.sort();
    assert_eq!(named, expected, "{at}");
    for key in documented {
        same_keys(&properties[key], &entries[key], &format!("{at}.{key}"));
    }
}

#[test]
fn every_value_the_schema_knows_is_in_the_values_file() {
    let schema: Value = serde_json::from_str(&file("charts/tenant-contacts/values.schema.json")).unwrap();
    let values: Value = serde_saphyr::from_str(&file("charts/tenant-contacts/values.yaml")).unwrap();
    same_keys(&schema, &values, "values");
}

#[test]
fn the_chart_is_of_the_operators_version() {
    let chart: Value = serde_saphyr::from_str(&file("charts/tenant-contacts/Chart.yaml")).unwrap();
    assert_eq!(chart["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(chart["appVersion"], env!("CARGO_PKG_VERSION"));
}
