//! Somebody who may declare everything in one namespace, next to another one that the same operator serves: the operator
//! gets him nothing of his neighbour's, nothing of his own namespace that was not allowed, and no approval.

use serde_json::json;
use tenant_contacts_simulator::Options;
use testkit::{
    cli::{
        binary::{Running, until},
        small,
    },
    cluster::{Answer, ControlPlane},
    operator::{Site, rights},
};

use super::federation::{self, ACCOUNT};

/// Bound to the chart's tenant-contacts-tenant-admin in the site's namespace.
const DECLARER: &str = "declarer";

/// Bound to the chart's tenant-contacts-editor there.
const EDITOR: &str = "editor";

/// The Secrets that the chart's values name: those of the small tenant's Tenant, and of one beside it.
const SECRETS: [&str; 2] = ["app", "own"];

/// A site, and a neighbouring namespace that its operator serves with the same rights. The neighbour has what a Tenant
/// `contoso` needs: both ways to authenticate, and it allows them.
struct Street {
    site: Site,
    neighbour: String,
}

impl Street {
    fn open(name: &str) -> Self {
        let plane = ControlPlane::with_controllers();
        let mut site = Site::naming(name, &federation::seed(), Options::default(), &SECRETS, &[ACCOUNT]);
        let neighbour = format!("{}-neighbour", site.namespace);
        site.kubectl.call(&["create", "namespace", &neighbour]).ok();
        let values = rights::serving(&[&site.namespace, &neighbour], &SECRETS, &[ACCOUNT]);
        site.access = rights::give(plane, &site.release, &values);
        for (user, role) in [(DECLARER, "tenant-admin"), (EDITOR, "editor")] {
            let role = format!("--clusterrole=tenant-contacts-{role}");
            site.kubectl(&["create", "rolebinding", user, &role, &format!("--user={user}")]).ok();
        }
        let street = Self { site, neighbour };
        street.neighbour_applies(small::SECRET);
        federation::account(&street.site.kubectl, &street.neighbour, ACCOUNT, Some("contoso"));
        street
    }

    fn operator(&self) -> Running {
        self.site.operator(&["--namespace", &self.neighbour])
    }

    fn neighbour_applies(&self, manifest: &str) {
        let manifest = manifest.replace("namespace: contoso", &format!("namespace: {}", self.neighbour));
        self.site.kubectl.call_with(&["apply", "-f", "-"], manifest.as_bytes()).ok();
    }

    fn declares(&self, manifest: &str) {
        let manifest = manifest.replace("namespace: contoso", &format!("namespace: {}", self.site.namespace));
        let user = format!("--as={DECLARER}");
        self.site.kubectl.call_with(&["apply", &user, "-f", "-"], manifest.as_bytes()).ok();
    }

    /// Tries something in a namespace.
    fn tries(&self, user: &str, namespace: &str, what: &[&str]) -> Answer {
        let who = [format!("--as={user}"), format!("--namespace={namespace}")];
        self.site.kubectl.call(&[what, &[&who[0], &who[1]]].concat())
    }

    /// Nothing has reached the tenant's services, the sign-in service included; and no token was asked for.
    fn nothing_left(&self) {
        assert_eq!(self.site.office.simulator.statistics().requests, 0);
        let asked = rights::requests(ControlPlane::shared(), &self.site.release);
        assert!(!asked.iter().any(|entry| entry["objectRef"]["subresource"] == "token"));
    }
}

/// A Tenant `federated` that authenticates as a ServiceAccount, with a tenant id of its own: of two with the same id, one
/// would only say that it is claimed.
fn elsewhere(account: &str) -> String {
    let (id, other) = ("9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001", "9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1002");
    let tenant = federation::tenant("federated", account);
    assert!(tenant.contains(id));
    tenant.replace(id, other)
}

#[test]
fn the_api_server_gives_a_declarer_nothing_of_the_neighbours_and_no_secret_at_all() {
    let street = Street::open("plain");
    let (site, neighbour) = (&street.site, &street.neighbour);
    for user in [DECLARER, EDITOR] {
        street.tries(user, &site.namespace, &["get", "tenants,usercontacts,organizationcontacts"]).ok();
        for what in ["tenants", "usercontacts", "secrets", "serviceaccounts"] {
            street.tries(user, neighbour, &["get", what]).refused();
        }
        for namespace in [&site.namespace, neighbour] {
            street.tries(user, namespace, &["get", "secret", "app"]).refused();
            street.tries(user, namespace, &["create", "token", ACCOUNT, "--audience", federation::AUDIENCE]).refused();
            street.tries(user, namespace, &["get", "leases"]).refused();
        }
    }
}

#[test]
fn a_tenant_uses_no_credential_of_another_namespace_and_none_that_does_not_allow_it() {
    let street = Street::open("credentials");
    let site = &street.site;
    let _operator = street.operator();
    // The neighbour has a Secret and a ServiceAccount of these names, and they would allow a Tenant of this name.
    street.declares(&small::tenant("[Users]", ""));
    site.ready("tenant", "contoso", "False CredentialsNotFound");
    street.declares(&elsewhere(ACCOUNT));
    site.ready("tenant", "federated", "False CredentialsNotFound");
    // Here as well now, but not for this Tenant.
    let labels = "labels: {tenantcontacts.dev/allow: contoso}";
    for other in ["labels: {}", "labels: {tenantcontacts.dev/allow: another}"] {
        site.apply(&small::SECRET.replace(labels, other));
        site.ready("tenant", "contoso", "False CredentialsNotAllowed");
    }
    for allowed in [None, Some("contoso")] {
        // A ServiceAccount is looked at when a token is needed: a Tenant that is declared anew needs one.
        street.tries(DECLARER, &site.namespace, &["delete", "tenant", "federated"]).ok();
        federation::account(&site.kubectl, &site.namespace, ACCOUNT, allowed);
        street.declares(&elsewhere(ACCOUNT));
        site.ready("tenant", "federated", "False CredentialsNotAllowed");
    }
    street.nothing_left();
    // What was missing each time is the label alone.
    site.apply(small::SECRET);
    site.ready("tenant", "contoso", "True InSync");
}

#[test]
fn a_contact_joins_no_tenant_of_another_namespace_and_takes_no_value_that_does_not_allow_it() {
    let street = Street::open("values");
    let (site, neighbour) = (&street.site, &street.neighbour);
    let _operator = street.operator();
    street.neighbour_applies(&small::tenant("[Users]", ""));
    site.kubectl.call(&["wait", "tenant", "contoso", "--for=condition=Ready", "--timeout=60s", "-n", neighbour]).ok();
    let before = site.office.simulator.truth();
    street.declares(&small::contact("ann", small::ANN));
    site.ready("usercontact", "ann", "False TenantNotFound");
    // The field that would name another namespace does not exist, whoever asks.
    let reaching = small::contact("bob", small::BOB)
        .replace("{name: contoso}", &format!("{{name: contoso, namespace: {neighbour}}}"))
        .replace("namespace: contoso}", &format!("namespace: {}}}", site.namespace));
    let said = site.kubectl.call_with(&["apply", "-f", "-"], reaching.as_bytes()).refused();
    assert!(said.contains("unknown field \"spec.tenantRef.namespace\""), "{said}");
    assert_eq!(site.office.simulator.truth(), before);

    // With a Tenant of his own: the neighbour's leaves the tenant id to it.
    site.kubectl.call(&["delete", "tenant", "contoso", "--namespace", neighbour]).ok();
    site.apply(&small::SECRET.replace("name: app,", "name: own,"));
    street.declares(&small::tenant("[Users]", "").replace("{name: app,", "{name: own,"));
    site.ready("usercontact", "ann", "True InSync");
    let value = "  alternateEmails: {values: [{valueFrom: {secretKeyRef: {name: app, key: address}}}]}";
    street.declares(&small::contact("bob", value));
    site.ready("usercontact", "bob", "False ValueNotFound");
    let address = small::SECRET.replace("{secret: small-secret}", "{address: bob.home@example.org}");
    street.neighbour_applies(&address);
    let labels = "labels: {tenantcontacts.dev/allow: contoso}";
    for other in ["labels: {}", "labels: {tenantcontacts.dev/allow: another}"] {
        site.apply(&address.replace(labels, other));
        until("it is said that the label is missing", || {
            let status = site.object("usercontact", "bob").unwrap()["status"].to_string();
            status.contains("Secret app lacks the label") && status.contains("ValueNotFound")
        });
    }
    assert!(site.office.user("bob@contoso.com")["otherMails"].is_null());
    site.apply(&address);
    site.ready("usercontact", "bob", "True InSync");
}

#[test]
fn an_editor_approves_nothing_and_what_waits_stays_as_it_is() {
    let street = Street::open("approval");
    let site = &street.site;
    let _operator = street.operator();
    site.apply(small::SECRET);
    street.declares(&small::tenant("[Users]", ""));
    street.declares(&small::contact("ada", small::ADA));
    site.ready("usercontact", "ada", "False PrivilegedRecoveryData");
    let hash = site.approval_hash();
    let entry = |by: &str| json!({"hash": hash, "by": by, "until": "2999-01-01T00:00:00Z"});
    // In their own name, as everybody approves.
    let approves = |user: &str| {
        let approval = json!({"spec": {"approvals": [entry(user)]}}).to_string();
        street.tries(user, &site.namespace, &["patch", "tenant", "contoso", "--type=merge", "-p", &approval])
    };
    approves(EDITOR).refused();
    // What the operator remembers of approvals is in status, and nobody else's to write.
    let memory = json!({"status": {"memory": {"approvals": [entry(EDITOR)]}}}).to_string();
    for what in ["tenant/contoso", "usercontact/ada"] {
        let status = ["patch", what, "--subresource=status", "--type=merge", "-p", &memory];
        street.tries(EDITOR, &site.namespace, &status).refused();
        street.tries(DECLARER, &site.namespace, &status).refused();
    }
    // Who may patch a Tenant, and no more, is stopped by the policy.
    let patching = ["create", "role", "patching", "--verb=get,patch", "--resource=tenants.tenantcontacts.dev"];
    site.kubectl(&patching).ok();
    site.kubectl(&["create", "rolebinding", "patching", "--role=patching", "--user=patching"]).ok();
    let said = approves("patching").refused();
    assert!(said.contains("needs the verb approve on tenants.tenantcontacts.dev"), "{said}");
    assert_eq!(site.condition("usercontact", "ada", "Ready").as_deref(), Some("False PrivilegedRecoveryData"));
    assert_eq!(site.office.user("ada@contoso.com")["otherMails"], json!(["ada.old@example.org"]));
    // It was the verb that was missing.
    approves(DECLARER).ok();
    site.ready("usercontact", "ada", "True InSync");
    assert_eq!(site.office.user("ada@contoso.com")["otherMails"], json!(["ada.new@example.net"]));
}

#[test]
fn what_the_charts_values_do_not_name_is_out_of_the_operators_reach() {
    let street = Street::open("unnamed");
    let site = &street.site;
    let operator = street.operator();
    site.apply(&small::SECRET.replace("name: app,", "name: unnamed,"));
    federation::account(&site.kubectl, &site.namespace, "unnamed", Some("federated"));
    street.declares(&small::tenant("[Users]", "").replace("{name: app,", "{name: unnamed,"));
    street.declares(&elsewhere("unnamed"));
    site.ready("tenant", "contoso", "False CredentialsNotFound");
    site.ready("tenant", "federated", "False CredentialsNotFound");
    street.nothing_left();
    let refused = rights::refusals(ControlPlane::shared(), &site.release);
    assert!(refused.iter().all(|request| request.contains("unnamed")), "{refused:#?}");
    drop(operator);
    let Street { site, .. } = street;
    drop(site.expecting_refusals());
}
