//! One application per surface in a cluster: a Secret for one, a ServiceAccount for the other. What befalls one stops its
//! surface and no other.

use serde_json::{Value, json};

use tenant_contacts_simulator::Options;
use testkit::{
    cli::{binary::until, small},
    cluster::ControlPlane,
    operator::Site,
};

const ORGANIZATION: &str = "0a000000-0000-4000-8000-00000000000a";
const USERS: &str = "0b000000-0000-4000-8000-00000000000b";

/// The small tenant with two applications, of which one trusts a ServiceAccount of this cluster.
fn seed(issuer: &str) -> String {
    let (before, rest) = small::SEED.split_once("applications:").unwrap();
    let (_, users) = rest.split_once("users:").unwrap();
    format!(
        "{before}applications:
  - name: organization
    clientId: {ORGANIZATION}
    secrets: [{{value: organization-secret}}]
    permissions: [Organization.ReadWrite.All]
  - name: users
    clientId: {USERS}
    federatedCredentials: [{{issuer: \"{issuer}\", subject: \"system:serviceaccount:NAMESPACE:users\"}}]
    permissions:
      - User.Read.All
      - User-Mail.ReadWrite.All
      - User-Phone.ReadWrite.All
      - Domain.Read.All
      - RoleManagement.Read.Directory
      - GroupMember.Read.All
users:{users}"
    )
}

const TENANT: &str = "
apiVersion: tenantcontacts.dev/v1alpha1
kind: Tenant
metadata: {name: contoso, namespace: contoso}
spec:
  tenantId: 9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001
  interval: 10s
  enforce: [Organization, Users]
  credentials:
    - clientId: 0a000000-0000-4000-8000-00000000000a
      surfaces: [Organization]
      clientSecret: {secretKeyRef: {name: organization, key: secret}}
    - clientId: 0b000000-0000-4000-8000-00000000000b
      surfaces: [Users]
      workloadIdentity: {serviceAccountName: users}
";

const SECRET: &str = "
apiVersion: v1
kind: Secret
metadata: {name: organization, namespace: contoso, labels: {tenantcontacts.dev/allow: contoso}}
stringData: {secret: organization-secret}
";

/// What the Tenant says of its credentials, as client id and reason.
fn credentials(site: &Site) -> Vec<(String, Option<String>)> {
    let tenant = site.object("tenant", "contoso").unwrap();
    let credentials = tenant["status"]["credentials"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    credentials.iter().map(|one| (text(&one["clientId"]).unwrap(), text(&one["reason"]))).collect()
}

#[test]
fn a_secret_and_a_service_account_serve_a_surface_each_and_one_that_is_withdrawn_stops_its_own() {
    let administrator = ControlPlane::with_controllers().administrator();
    let discovery = administrator.call(&["get", "--raw", "/.well-known/openid-configuration"]).json();
    let seed = seed(discovery["issuer"].as_str().unwrap());
    let site = Site::naming("credentials", &seed, Options::default(), &["organization"], &["users"]);
    site.kubectl(&["create", "serviceaccount", "users"]).ok();
    site.kubectl(&["label", "serviceaccount", "users", "tenantcontacts.dev/allow=contoso"]).ok();
    let operator = site.operator(&[]);
    site.apply(TENANT);
    site.apply(SECRET);
    site.apply(small::ORGANIZATION);
    site.apply(&small::contact("ann", small::ANN));
    site.ready("organizationcontacts", "contoso", "True InSync");
    site.ready("usercontact", "ann", "True InSync");
    let mut actors: Vec<(String, String)> =
        site.office.journal().into_iter().map(|entry| (entry.kind, entry.actor)).collect();
    actors.sort();
    actors.dedup();
    let by = |kind: &str, actor: &str| (kind.to_owned(), actor.to_owned());
    assert_eq!(actors, [by("organization", ORGANIZATION), by("user", USERS)]);

    // The owner of the Secret allows it to somebody else: its surface stands still at once, though its token is still good.
    let allow = |tenant: &str| format!("tenantcontacts.dev/allow={tenant}");
    site.kubectl(&["label", "--overwrite", "secret", "organization", &allow("somebody-else")]).ok();
    site.ready("organizationcontacts", "contoso", "False CredentialsNotAllowed");
    site.ready("tenant", "contoso", "False CredentialsNotAllowed");
    let not_allowed = Some("CredentialsNotAllowed".to_owned());
    assert_eq!(credentials(&site), [(ORGANIZATION.to_owned(), not_allowed), (USERS.to_owned(), None)]);
    let organization = json!({"technicalNotificationMails": ["somebody@example.org"]});
    site.office.simulator.disturb_organization(organization.as_object().unwrap()).unwrap();
    site.office.disturb("ann@contoso.com", &json!({"mobilePhone": "+1 425 555 0177"}));
    until("the phone is put back", || site.office.user("ann@contoso.com")["mobilePhone"] == "+1 425 555 0101");
    assert_eq!(site.office.organization()["technicalNotificationMails"], json!(["somebody@example.org"]));
    site.ready("usercontact", "ann", "True InSync");

    site.kubectl(&["label", "--overwrite", "secret", "organization", &allow("contoso")]).ok();
    site.ready("organizationcontacts", "contoso", "True InSync");
    site.ready("tenant", "contoso", "True InSync");
    let kept = json!(["noc@contoso.com", "oncall@contoso.com"]);
    assert_eq!(site.office.organization()["technicalNotificationMails"], kept);
    operator.terminate();
    let (code, said) = operator.end();
    assert_eq!(code, Some(0), "{said:#?}");
}
