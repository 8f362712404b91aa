//! The API server's audit log of an operator that goes through everything it does, reduced to verbs and resources, equals
//! the chart's roles, both ways.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tenant_contacts_simulator::Options;
use testkit::{
    cli::{binary::until, small},
    cluster::ControlPlane,
    operator::{Site, chart, rights},
};

use super::federation;

/// A right, or its use: where, the verb, the resource with group and subresource.
type Use = (&'static str, String, String);

const SECRETS: [&str; 2] = ["app", "private"];

/// A private address that is not in the manifest.
const PRIVATE: &str = "
apiVersion: v1
kind: Secret
metadata: {name: private, namespace: contoso, labels: {tenantcontacts.dev/allow: contoso}}
stringData: {ann: ann.home@example.org}
";

const ANN: &str = "  alternateEmails: {values: [{valueFrom: {secretKeyRef: {name: private, key: ann}}}]}";

/// Of a policy status alone is written.
const POLICY: &str = "
apiVersion: tenantcontacts.dev/v1alpha1
kind: ContactPolicy
metadata: {name: quiet, namespace: contoso}
spec: {tenantRef: {name: contoso}, rules: [{name: UnreadMail, enabled: false}]}
";

/// And of gateways.
const SENDERS: &str = "
apiVersion: tenantcontacts.dev/v1alpha1
kind: TrustedSenders
metadata: {name: contoso, namespace: contoso}
spec: {tenantRef: {name: contoso}, gateways: [{name: Mailwall}]}
";

const RESTORED: &str = "  deletionPolicy: Restore\n  mobilePhone: {value: \"+1 425 555 0155\"}";

/// The site's two namespaces, by what they are for.
fn place(site: &Site, namespace: &str) -> &'static str {
    if namespace == site.namespace {
        "served"
    } else if namespace == site.release {
        "own"
    } else {
        panic!("{namespace} is nothing to the operator")
    }
}

/// What the roles allow.
fn allowed(site: &Site) -> BTreeSet<Use> {
    let values = rights::serving(&[&site.namespace], &SECRETS, &[federation::ACCOUNT]);
    let objects = chart::rendered_in(&site.release, &values);
    // The ClusterRoles are for people: none is bound to the operator.
    assert!(chart::of_kind(&objects, "ClusterRoleBinding").is_empty());
    let texts = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let mut allowed = BTreeSet::new();
    for role in chart::of_kind(&objects, "Role") {
        let place = place(site, role["metadata"]["namespace"].as_str().unwrap());
        for rule in role["rules"].as_array().unwrap() {
            for group in texts(&rule["apiGroups"]) {
                for resource in texts(&rule["resources"]) {
                    allowed.extend(
                        texts(&rule["verbs"]).into_iter().map(|verb| (place, verb, format!("{group}/{resource}"))),
                    );
                }
            }
        }
    }
    allowed
}

/// What the operator asked for.
fn used(site: &Site) -> BTreeSet<Use> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    rights::requests(ControlPlane::shared(), &site.release)
        .iter()
        .map(|entry| {
            let object = &entry["objectRef"];
            assert!(object.is_object(), "not about a resource: {entry}");
            let mut resource = format!("{}/{}", text(&object["apiGroup"]), text(&object["resource"]));
            if let Some(subresource) = object["subresource"].as_str() {
                resource = format!("{resource}/{subresource}");
            }
            (place(site, object["namespace"].as_str().unwrap_or_default()), text(&entry["verb"]), resource)
        })
        .collect()
}

/// Everything that the operator does in a cluster.
fn everything(site: &Site) {
    let operator = site.operator(&[]);
    // A child without its Tenant is told so.
    site.apply(PRIVATE);
    site.apply(&small::contact("ann", ANN));
    site.ready("usercontact", "ann", "False TenantNotFound");
    // A Tenant by client secret; originals are kept, and put back.
    site.apply(small::SECRET);
    site.apply(&small::tenant("[Organization, Users]", ""));
    site.apply(&small::ORGANIZATION.replace("  technical:", "  deletionPolicy: Restore\n  technical:"));
    site.apply(&small::contact("bob", RESTORED));
    site.ready("usercontact", "ann", "True InSync");
    site.ready("usercontact", "bob", "True InSync");
    site.ready("organizationcontacts", "contoso", "True InSync");
    site.apply(SENDERS);
    site.ready("trustedsenders", "contoso", "True InSync");
    site.apply(POLICY);
    site.ready("contactpolicy", "quiet", "True PolicyHolds");
    site.ready("contactreport", "contoso", "True Reported");
    for (kind, name) in [("usercontact", "bob"), ("organizationcontacts", "contoso")] {
        assert_eq!(site.object(kind, name).unwrap()["metadata"]["finalizers"], json!(["tenantcontacts.dev/restore"]));
        site.kubectl(&["delete", kind, name, "--timeout=60s"]).ok();
    }
    assert_eq!(site.office.user("bob@contoso.com")["mobilePhone"], "+1 425 555 0102");
    // The same is told a second time.
    site.kubectl(&["delete", "tenant", "contoso"]).ok();
    site.ready("usercontact", "ann", "False TenantNotFound");
    // The tenant id is free for a Tenant by workload identity.
    federation::account(&site.kubectl, &site.namespace, federation::ACCOUNT, Some("federated"));
    site.apply(&federation::tenant("federated", federation::ACCOUNT));
    site.apply(
        &small::contact("bob", small::BOB).replace("tenantRef: {name: contoso}", "tenantRef: {name: federated}"),
    );
    site.ready("tenant", "federated", "True InSync");
    site.ready("usercontact", "bob", "True InSync");
    // Events are sent beside the passes.
    until("the second event joins the first", || {
        let events = site.kubectl(&["get", "events.events.k8s.io", "-o", "json"]).json();
        events["items"].as_array().unwrap().iter().any(|event| event["series"]["count"].as_i64() > Some(1))
    });
    operator.terminate();
    let (code, said) = operator.end();
    assert_eq!(code, Some(0), "{said:#?}");
    assert_eq!(site.leader(), "", "the lease was given back");
}

#[test]
fn what_the_operator_asks_of_the_api_server_is_what_the_charts_roles_allow() {
    // Two recipients, so that putting them back needs nobody's approval.
    let seed = federation::seed().replace("[gone@contoso.com]", "[gone@contoso.com, former@contoso.com]");
    let site = Site::naming("everything", &seed, Options::default(), &SECRETS, &[federation::ACCOUNT]);
    everything(&site);
    let (allowed, used) = (allowed(&site), used(&site));
    let unused: Vec<_> = allowed.difference(&used).collect();
    let missing: Vec<_> = used.difference(&allowed).collect();
    assert!(
        unused.is_empty() && missing.is_empty(),
        "allowed and not used: {unused:#?}\nused and not allowed: {missing:#?}"
    );
    super::tokens::for_nobody_else(&site);
}
