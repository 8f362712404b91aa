//! What a test declares, as plain data: turned into the YAML that people write, and read back the way people's YAML is.
//!
//! Invariant: a declaration reaches the engine only as text through the checker and `gather::sets`.

use std::{collections::BTreeMap, fmt};

use serde_json::{Map, Value, json};
use tenant_contacts::{
    directory::Manifests,
    gather::{self, Sets, TenantSet},
};
use tenant_contacts_api::manifest::relations;
use tenant_contacts_core::desired::{Kind, ObjectKey};

/// Namespace and name of everything's Tenant.
pub const NAME: &str = "contoso";

/// A list with its mode; `None` leaves the mode out.
#[derive(Clone, Debug, PartialEq)]
pub struct List<T> {
    pub exact: Option<bool>,
    pub values: Vec<T>,
}

/// A private value.
#[derive(Clone, Debug, PartialEq)]
pub enum Private {
    Value(String),
    /// Name and key of a Secret.
    Secret(&'static str, &'static str),
}

/// An `OrganizationContacts`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Organization {
    pub name: String,
    pub restore: bool,
    pub technical: Option<List<String>>,
    pub security_mails: Option<List<String>>,
    pub security_phones: Option<List<String>>,
    pub marketing: Option<List<String>>,
    pub privacy_contact: Option<String>,
    pub privacy_statement: Option<String>,
}

/// A `UserContact`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct User {
    pub name: String,
    pub upn: String,
    pub object_id: Option<String>,
    pub restore: bool,
    pub alternate_emails: Option<List<Private>>,
    pub inside_reason: bool,
    pub mobile_phone: Option<Private>,
    pub business_phone: Option<Private>,
}

/// The Tenant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rails {
    pub enforce: Vec<&'static str>,
    pub own_domains: Vec<String>,
    /// Names and ids.
    pub protected: Vec<(String, Option<String>)>,
    pub mass_objects: Option<u32>,
    pub mass_percent: Option<u32>,
    pub minimum_recipients: Option<u32>,
    /// Hashes, and until when.
    pub approvals: BTreeMap<String, String>,
}

/// Everything.
#[derive(Clone, PartialEq)]
pub struct Declared {
    pub tenant_id: String,
    pub client_id: String,
    pub rails: Rails,
    pub organizations: Vec<Organization>,
    pub users: Vec<User>,
}

/// Shown as the YAML it is.
impl fmt::Debug for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// The values of the Secrets that declarations name. `private` may be used, `foreign` may not; what is not here is missing.
pub const SECRETS: [(&str, &str, &str); 3] = [
    ("private", "mail", "secret@example.net"),
    ("private", "phone", "+1 425 555 0190"),
    ("foreign", "mail", "stolen@example.net"),
];

impl Declared {
    /// The key of the Tenant.
    pub fn key() -> ObjectKey {
        ObjectKey { kind: Kind::Tenant, namespace: NAME.into(), name: NAME.into() }
    }

    /// The YAML.
    pub fn text(&self) -> String {
        let documents: Vec<String> =
            self.documents().iter().map(|document| serde_saphyr::to_string(document).unwrap()).collect();
        documents.join("---\n")
    }

    /// What a pass is given. Panics where the checker objects: that is a mistake of the generator.
    pub fn set(&self) -> TenantSet {
        read(&self.text())
    }

    /// Adds an approval, or renews the one there is.
    pub fn approve(&mut self, hash: &str, until: &str) {
        self.rails.approvals.insert(hash.into(), until.into());
    }

    /// The objects.
    pub fn documents(&self) -> Vec<Value> {
        let mut documents = vec![self.tenant()];
        documents.extend(self.organizations.iter().map(organization));
        documents.extend(self.users.iter().map(user));
        documents.extend(secrets());
        documents
    }

    fn tenant(&self) -> Value {
        let rails = &self.rails;
        let mut guard = Map::new();
        let protected = rails.protected.iter().map(|(name, id)| account(name, id.as_deref()));
        guard.insert("protectedAccounts".into(), protected.collect());
        let mut mass = Map::new();
        put(&mut mass, "objects", rails.mass_objects.as_ref());
        put(&mut mass, "percent", rails.mass_percent.as_ref());
        guard.insert("massChange".into(), mass.into());
        put(&mut guard, "minimumRecipients", rails.minimum_recipients.as_ref());
        let approvals: Vec<Value> =
            rails.approvals.iter().map(|(hash, until)| json!({"hash": hash, "by": "a test", "until": until})).collect();
        let spec = json!({
            "tenantId": self.tenant_id,
            "credentials": [{"clientId": self.client_id,
                "clientSecret": {"secretKeyRef": {"name": "graph", "key": "secret"}}}],
            "enforce": rails.enforce,
            "ownDomains": rails.own_domains,
            "guardRails": guard,
            "approvals": approvals,
        });
        document("Tenant", NAME, &spec)
    }
}

/// Reads manifests as a folder of one file, and takes the Tenant's.
pub fn read(text: &str) -> TenantSet {
    let mut sets = sets(text);
    assert!(sets.problems.is_empty(), "{:#?}\n{text}", sets.problems);
    sets.tenants.remove(&Declared::key()).unwrap()
}

/// Reads manifests as a folder of one file. Children may name a Tenant that is not there.
pub fn sets(text: &str) -> Sets {
    let reading = crate::rig::checker().read("declared.yaml", text.as_bytes());
    assert!(reading.problems.is_empty(), "{:#?}\n{text}", reading.problems);
    let (manifests, twice) = relations::unique(reading.manifests);
    assert!(twice.is_empty(), "{twice:#?}\n{text}");
    gather::sets(&Manifests { manifests, complete: true, ..Manifests::default() })
}

fn document(kind: &str, name: &str, spec: &Value) -> Value {
    let metadata = json!({"name": name, "namespace": NAME});
    json!({"apiVersion": "tenantcontacts.dev/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec})
}

fn child(kind: &str, name: &str, restore: bool, mut spec: Map<String, Value>) -> Value {
    spec.insert("tenantRef".into(), json!({"name": NAME}));
    spec.insert("deletionPolicy".into(), json!(if restore { "Restore" } else { "Orphan" }));
    document(kind, name, &spec.into())
}

fn organization(declared: &Organization) -> Value {
    let mut spec = Map::new();
    put(&mut spec, "technical", declared.technical.as_ref().map(addresses).as_ref());
    put(&mut spec, "marketing", declared.marketing.as_ref().map(addresses).as_ref());
    let mut security = Map::new();
    put(&mut security, "mails", declared.security_mails.as_ref().map(addresses).as_ref());
    let phones = declared.security_phones.as_ref();
    put(&mut security, "phones", phones.map(|list| with_mode(list, |value| json!(value))).as_ref());
    put(&mut spec, "securityAndCompliance", Some(&security).filter(|map| !map.is_empty()));
    let mut privacy = Map::new();
    let contact = declared.privacy_contact.as_ref();
    put(&mut privacy, "contactEmail", contact.map(|address| json!({"address": address})).as_ref());
    put(&mut privacy, "statementUrl", declared.privacy_statement.as_ref());
    put(&mut spec, "privacy", Some(&privacy).filter(|map| !map.is_empty()));
    child("OrganizationContacts", &declared.name, declared.restore, spec)
}

fn user(declared: &User) -> Value {
    let mut spec = Map::new();
    spec.insert("accountRef".into(), account(&declared.upn, declared.object_id.as_deref()));
    let alternate = declared.alternate_emails.as_ref().map(|list| {
        let mut list = with_mode(list, private);
        if declared.inside_reason {
            list["insideReason"] = json!("the test says that this is meant");
        }
        list
    });
    put(&mut spec, "alternateEmails", alternate.as_ref());
    put(&mut spec, "mobilePhone", declared.mobile_phone.as_ref().map(private).as_ref());
    put(&mut spec, "businessPhone", declared.business_phone.as_ref().map(private).as_ref());
    child("UserContact", &declared.name, declared.restore, spec)
}

fn secrets() -> Vec<Value> {
    let one = |name: &str, labels: Value, data: Value| {
        json!({"apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": name, "namespace": NAME, "labels": labels}, "stringData": data})
    };
    let of = |wanted: &str| -> Value {
        let mine = SECRETS.iter().filter(|(name, ..)| *name == wanted);
        Value::Object(mine.map(|(_, key, value)| ((*key).into(), json!(value))).collect())
    };
    let allowed = json!({tenant_contacts_api::ALLOW_LABEL: NAME});
    vec![
        one("graph", allowed.clone(), json!({"secret": super::seeds::CLIENT_SECRET})),
        one("private", allowed, of("private")),
        one("foreign", json!({}), of("foreign")),
    ]
}

fn put<T: serde::Serialize>(map: &mut Map<String, Value>, name: &str, value: Option<&T>) {
    map.extend(value.map(|value| (name.to_owned(), json!(value))));
}

fn account(name: &str, id: Option<&str>) -> Value {
    let mut reference = json!({"userPrincipalName": name});
    if let Some(id) = id {
        reference["objectId"] = json!(id);
    }
    reference
}

fn with_mode<T>(list: &List<T>, value: impl Fn(&T) -> Value) -> Value {
    let mut with_mode = json!({"values": list.values.iter().map(value).collect::<Vec<_>>()});
    if let Some(exact) = list.exact {
        with_mode["mode"] = json!(if exact { "Exact" } else { "Contains" });
    }
    with_mode
}

fn addresses(list: &List<String>) -> Value {
    with_mode(list, |address| json!({"address": address}))
}

fn private(value: &Private) -> Value {
    match value {
        Private::Value(value) => json!({"value": value}),
        Private::Secret(name, key) => json!({"valueFrom": {"secretKeyRef": {"name": name, "key": key}}}),
    }
}
