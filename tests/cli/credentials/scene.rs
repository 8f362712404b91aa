//! A tenant with one application for the organization and one for accounts, and a world in which each request is seen with
//! the application it left as.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tenant_contacts::{driver::Driver, gather::TenantSet, simulated::InProcess};
use tenant_contacts_api::status::{ChildStatus, CredentialStatus, TenantStatus};
use tenant_contacts_engine::{Mode, PassReport};
use tenant_contacts_m365::transport::{Body, Transport, TransportError};
use tenant_contacts_simulator::{Options, Seed};
use testkit::{rig::World, small};

/// Writes the organization, and nothing else.
pub const ORGANIZATION: &str = "0a000000-0000-4000-8000-00000000000a";
/// Writes accounts, and nothing else.
pub const USERS: &str = "0b000000-0000-4000-8000-00000000000b";

/// What the application of the organization is granted.
pub const ORGANIZATION_PERMISSIONS: [&str; 2] = ["Organization.Read.All", "Organization.ReadWrite.All"];
/// What the application of accounts is granted.
pub const USERS_PERMISSIONS: [&str; 6] = [
    "User.Read.All",
    "User-Mail.ReadWrite.All",
    "User-Phone.ReadWrite.All",
    "Domain.Read.All",
    "RoleManagement.Read.Directory",
    "GroupMember.Read.All",
];

/// When the secret of the application of accounts ends; the world begins a good while before it.
pub const EXPIRES: &str = "2026-11-21T12:00:00Z";
/// The secret that is made for it then.
pub const RENEWED: &str = "users-secret-two";

/// The small tenant, with two applications.
pub fn seed() -> Seed {
    let applications = serde_json::json!([
        {"name": "organization", "clientId": ORGANIZATION, "secrets": [{"value": "organization-secret"}],
            "permissions": ORGANIZATION_PERMISSIONS},
        {"name": "users", "clientId": USERS, "permissions": USERS_PERMISSIONS,
            "secrets": [{"value": "users-secret", "expires": EXPIRES}, {"value": RENEWED}],
            "directoryRoles": ["Privileged Authentication Administrator"]},
    ]);
    Seed { applications: serde_json::from_value(applications).unwrap(), ..small::seed() }
}

/// The Tenant with these credentials.
pub fn tenant(credentials: &str) -> String {
    format!(
        "apiVersion: tenantcontacts.dev/v1alpha1\nkind: Tenant\nmetadata: {{name: contoso, namespace: contoso}}\nspec:\n  \
         tenantId: 4b8e2c17-93d5-4f6a-8a21-5d0c7e9f3b64\n  enforce: [Organization, Users]\n  guardRails: \
         {{minimumRecipients: 1}}\n  credentials:\n{credentials}"
    )
}

/// An entry of `credentials`, with the Secret of that name.
pub fn credential(client_id: &str, surfaces: &str, secret: &str) -> String {
    format!(
        "    - {{clientId: {client_id}, surfaces: [{surfaces}], clientSecret: {{secretKeyRef: {{name: {secret}, key: \
         secret}}}}}}\n"
    )
}

/// One for each surface.
pub fn both() -> String {
    credential(ORGANIZATION, "Organization", "organization") + &credential(USERS, "Users", "users")
}

/// A Secret that the Tenant `allowed` may use.
pub fn secret(name: &str, value: &str, allowed: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: contoso, labels: \
         {{tenantcontacts.dev/allow: {allowed}}}}}\nstringData: {{secret: {value}}}\n"
    )
}

pub fn organization_secret() -> String {
    secret("organization", "organization-secret", "contoso")
}

pub fn users_secret() -> String {
    secret("users", "users-secret", "contoso")
}

/// Something to write on either surface, nothing of which waits for an approval.
pub fn objects() -> [String; 3] {
    [
        small::organization("technical: {values: [{address: noc@contoso.com}, {address: oncall@contoso.com}]}"),
        small::user("ada", "alternateEmails: {values: [{value: ada.lovelace@example.net}]}"),
        small::user("ben", "businessPhone: {value: \"+1 206 555 0112\"}"),
    ]
}

/// Everything as manifests.
pub fn manifests(tenant: String, secrets: &[String]) -> TenantSet {
    let documents: Vec<String> = std::iter::once(tenant).chain(secrets.iter().cloned()).chain(objects()).collect();
    testkit::rig::text(&documents.join("\n---\n"))
}

/// The two applications with their Secrets.
pub fn two() -> TenantSet {
    manifests(tenant(&both()), &[organization_secret(), users_secret()])
}

/// Requests by application, as `METHOD path` without ids and queries; items of batches one by one.
#[derive(Clone, Default)]
pub struct Seen(Arc<Mutex<BTreeMap<String, BTreeSet<String>>>>);

impl Seen {
    pub fn of(&self, application: &str) -> BTreeSet<String> {
        self.0.lock().unwrap().get(application).cloned().unwrap_or_default()
    }

    fn note(&self, application: &str, method: &str, path: &str) {
        let path = path.split('?').next().unwrap().trim_start_matches('/').trim_start_matches("v1.0/");
        let parts: Vec<&str> = path.split('/').collect();
        let kept = if parts[0] == "users" || parts[0] == "organization" { 1 } else { 3 };
        let path = parts[..parts.len().min(kept)].join("/");
        self.0.lock().unwrap().entry(application.to_owned()).or_default().insert(format!("{method} {path}"));
    }
}

/// Knows every token it has seen issued, and so who asks.
struct Door {
    inside: InProcess,
    tokens: Mutex<BTreeMap<String, String>>,
    seen: Seen,
}

impl Transport for Door {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            if request.uri().path().ends_with("/token") {
                let form = String::from_utf8_lossy(request.body()).into_owned();
                let application = form.split('&').find_map(|pair| pair.strip_prefix("client_id=")).unwrap().to_owned();
                let Ok(answer) = self.inside.0.handle(request).await else { panic!("no fault is played here") };
                let (head, body) = answer.into_parts();
                let Ok(body) = body.collect().await else { panic!("no fault is played here") };
                let body = body.to_bytes();
                let issued: Value = serde_json::from_slice(&body).unwrap();
                if let Some(token) = issued["access_token"].as_str() {
                    self.tokens.lock().unwrap().insert(token.to_owned(), application);
                }
                return Ok(Response::from_parts(head, Body::full(body)));
            }
            let bearer = request.headers()["authorization"].to_str().unwrap().trim_start_matches("Bearer ").to_owned();
            let application = self.tokens.lock().unwrap()[&bearer].clone();
            let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
            match body.get("requests").and_then(Value::as_array) {
                Some(items) => {
                    for item in items {
                        let text = |name: &str| item[name].as_str().unwrap();
                        self.seen.note(&application, text("method"), text("url"));
                    }
                }
                None => self.seen.note(&application, request.method().as_str(), request.uri().path()),
            }
            self.inside.send(request).await
        })
    }
}

/// A world and one process of the operator in it.
pub struct Scene {
    pub world: World,
    pub driver: Driver,
    pub seen: Seen,
}

impl Scene {
    /// Begins. Call within paused time.
    pub fn new(set: &TenantSet) -> Self {
        let world = World::new(&seed(), Options::default());
        let seen = Seen::default();
        let inside = InProcess(world.simulator.clone());
        let door = Door { inside, tokens: Mutex::default(), seen: seen.clone() };
        let driver = world.process(set, Arc::new(world.records.clone()), Arc::new(door));
        Self { world, driver, seen }
    }

    pub async fn pass(&mut self, set: &TenantSet) -> PassReport {
        self.driver.pass(set, &Mode::Run).await.unwrap()
    }

    /// As declared, and nothing is left to write or to verify.
    pub async fn settled(set: &TenantSet) -> Self {
        let mut scene = Self::new(set);
        scene.settle(set).await;
        scene
    }

    /// The same after the second full reading: from here on the change feed is followed.
    pub async fn on_the_feed(set: &TenantSet) -> Self {
        let mut scene = Self::settled(set).await;
        tokio::time::sleep(Duration::from_mins(10)).await;
        scene.settle(set).await;
        tokio::time::sleep(Duration::from_mins(10)).await;
        scene
    }

    /// Passes until nothing is left to write or to verify.
    pub async fn settle(&mut self, set: &TenantSet) -> PassReport {
        // A write and the reads that verify it take three passes; ten are a failure to end.
        for _ in 0..10 {
            let report = self.pass(set).await;
            assert_eq!(report.problem, None);
            if !report.unfinished {
                return report;
            }
            tokio::time::sleep(report.next).await;
        }
        panic!("does not end: {:#?}", self.driver.worker().plan());
    }

    /// What applications wrote, as application and property.
    pub fn written(&self) -> Vec<(String, String)> {
        let journal = self.world.simulator.journal(0).into_iter().filter(|entry| entry.actor != "outside");
        let changes = journal.flat_map(|entry| {
            let actor = entry.actor;
            entry.changes.into_iter().map(move |change| (actor.clone(), change.property))
        });
        let mut written: Vec<(String, String)> = changes.collect();
        written.sort();
        written
    }

    /// Changes the organization as somebody else would.
    pub fn disturb_organization(&self) {
        let changes = serde_json::json!({"technicalNotificationMails": ["somebody@example.org"]});
        self.world.simulator.disturb_organization(changes.as_object().unwrap()).unwrap();
    }

    /// The live technical contacts.
    pub fn technical(&self) -> Value {
        self.world.simulator.truth()["organization"][0]["technicalNotificationMails"].clone()
    }

    /// Changes Ben's phone as somebody else would.
    pub fn disturb_ben(&self) {
        let changes = serde_json::json!({"businessPhones": ["+1 206 555 0999"]});
        self.world.simulator.disturb_user("ben@contoso.com", changes.as_object().unwrap()).unwrap();
    }

    /// Ben's live phones.
    pub fn ben(&self) -> Value {
        let truth = self.world.simulator.truth();
        let users = truth["users"].as_array().unwrap();
        users.iter().find(|user| user["userPrincipalName"] == "ben@contoso.com").unwrap()["businessPhones"].clone()
    }

    /// Status of the child of this kind and name, if it has one.
    pub fn child(&self, kind: &str, name: &str) -> Option<ChildStatus> {
        let kept = self.world.records.kept();
        let mut objects = kept.objects.iter();
        let (_, (_, status)) = objects.find(|((_, key), _)| key.kind.as_str() == kind && &*key.name == name)?;
        status.clone()
    }

    pub fn tenant(&self) -> TenantStatus {
        self.world.records.kept().tenants.values().next().unwrap().1.clone().unwrap()
    }

    /// What the Tenant says of an application.
    pub fn credential(&self, application: &str) -> CredentialStatus {
        let credentials = self.tenant().credentials;
        let of = |one: &&CredentialStatus| one.client_id.to_string() == application;
        credentials.iter().find(of).unwrap_or_else(|| panic!("{application}: {credentials:#?}")).clone()
    }
}

/// Status, reason and message of `Ready`.
pub fn ready(conditions: &[k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition]) -> (String, String, String) {
    let ready = conditions.iter().find(|condition| condition.type_ == "Ready").unwrap();
    (ready.status.clone(), ready.reason.clone(), ready.message.clone())
}

impl Scene {
    /// `Ready` of a child.
    pub fn ready(&self, kind: &str, name: &str) -> (String, String, String) {
        ready(&self.child(kind, name).unwrap_or_else(|| panic!("{kind} {name} has no status")).conditions)
    }

    /// Whether the organization is kept: ready, and as declared.
    pub fn organization_is_kept(&self) {
        let (status, reason, _) = self.ready("OrganizationContacts", "contoso");
        assert_eq!((&*status, &*reason), ("True", "InSync"));
        assert_eq!(self.technical(), serde_json::json!(["noc@contoso.com", "oncall@contoso.com"]));
    }
}
