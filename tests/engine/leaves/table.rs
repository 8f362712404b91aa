//! Which leaf has which effect, and a change that shows it.

use serde_json::{Value, json};
use testkit::seeds::{self, CLIENT};

use super::{
    base::{ADMINISTRATOR, Objects},
    look::look,
};

/// What changing a leaf changes.
#[derive(Clone, Copy, Debug)]
pub enum Effect {
    /// What would be written, or why not.
    Plan,
    /// What is published.
    Status,
    /// What the rules find, as reports show it.
    Finding,
    /// When the next pass comes.
    Schedule,
    /// How the tenant is reached: with the changed value it is not, or another service is asked for.
    Access,
}

/// One leaf.
pub struct Row {
    pub kind: &'static str,
    pub path: &'static str,
    pub effect: Effect,
    /// What must be there before the change says something.
    pub setup: fn(&mut Objects),
    pub change: fn(&mut Objects),
}

const fn tenant(path: &'static str, effect: Effect, setup: fn(&mut Objects), change: fn(&mut Objects)) -> Row {
    Row { kind: "Tenant", path, effect, setup, change }
}

const fn organization(path: &'static str, effect: Effect, change: fn(&mut Objects)) -> Row {
    Row { kind: "OrganizationContacts", path, effect, setup: nothing, change }
}

const fn user(path: &'static str, effect: Effect, setup: fn(&mut Objects), change: fn(&mut Objects)) -> Row {
    Row { kind: "UserContact", path, effect, setup, change }
}

const fn senders(path: &'static str, effect: Effect, setup: fn(&mut Objects), change: fn(&mut Objects)) -> Row {
    Row { kind: "TrustedSenders", path, effect, setup, change }
}

const fn policy(path: &'static str, setup: fn(&mut Objects), change: fn(&mut Objects)) -> Row {
    Row { kind: "ContactPolicy", path, effect: Effect::Finding, setup, change }
}

fn nothing(_: &mut Objects) {}

/// Sets the value at a JSON pointer, whose last part may be new.
fn set(object: &mut Value, pointer: &str, value: Value) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    object.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(last.to_owned(), value);
}

/// Nobody's id.
const NOBODY: &str = "00000000-0000-4000-8000-00000000ffff";

/// Gates the clearing of a list and approves exactly that.
fn approved(objects: &mut Objects) {
    set(&mut objects.organization, "/technical", json!({"mode": "Exact", "values": []}));
    let hash = look(objects).plan.unwrap()["approvalHash"].clone();
    assert!(hash.is_string(), "nothing is gated");
    let approval = json!({"hash": hash, "by": "somebody", "until": "2026-12-01T00:00:00Z"});
    set(&mut objects.tenant, "/approvals", json!([approval]));
}

/// Two objects change, and may by one of the two limits alone.
fn limited_by(objects: &mut Objects, limits: &Value) {
    set(&mut objects.tenant, "/guardRails", json!({"massChange": limits.clone()}));
}

/// The word for the gateway has ended.
fn long_ago(objects: &mut Objects) {
    set(&mut objects.senders, "/gateways/0/attestation/date", json!("2026-01-01"));
}

fn from_secret(objects: &mut Objects, pointer: &str, key: &str) {
    set(&mut objects.user, pointer, json!({"valueFrom": {"secretKeyRef": {"name": "private", "key": key}}}));
}

fn emails_from_secret(objects: &mut Objects) {
    let value = json!({"valueFrom": {"secretKeyRef": {"name": "private", "key": "mail"}}});
    set(&mut objects.user, "/alternateEmails", json!({"values": [value]}));
}

/// The only rule that the policy speaks of is off.
fn off(objects: &mut Objects) {
    set(&mut objects.policy, "/rules/0/enabled", json!(false));
}

/// Somebody has attested the administrator's business email, some weeks before the world begins.
fn attested(objects: &mut Objects) {
    set(&mut objects.user, "/accountRef/userPrincipalName", json!(ADMINISTRATOR));
}

/// Somebody answers for what the rule finds about the administrator.
fn excepted(objects: &mut Objects) {
    let exception = json!({"subject": ADMINISTRATOR, "owner": "somebody", "until": "2026-12-01",
        "reason": "until the portal can be reached"});
    set(&mut objects.policy, "/rules/0/exceptions", json!([exception]));
}

/// Every leaf.
pub const TABLE: &[Row] = &[
    tenant("tenantId", Effect::Access, nothing, |o| set(&mut o.tenant, "/tenantId", json!(NOBODY))),
    // Endpoints are overridden here: what is left of a cloud is whose Graph a token is for.
    tenant("cloud", Effect::Access, nothing, |o| set(&mut o.tenant, "/cloud", json!("China"))),
    tenant("credentials[].clientId", Effect::Access, nothing, |o| {
        set(&mut o.tenant, "/credentials/0/clientId", json!(NOBODY));
    }),
    // The account is out of reach then.
    tenant(
        "credentials[].surfaces[]",
        Effect::Plan,
        |o| set(&mut o.tenant, "/enforce", json!(["Organization"])),
        |o| set(&mut o.tenant, "/credentials/0/surfaces", json!(["Organization"])),
    ),
    tenant("credentials[].clientSecret.secretKeyRef.name", Effect::Access, nothing, |o| {
        set(&mut o.tenant, "/credentials/0/clientSecret/secretKeyRef/name", json!("absent"));
    }),
    tenant("credentials[].clientSecret.secretKeyRef.key", Effect::Access, nothing, |o| {
        set(&mut o.tenant, "/credentials/0/clientSecret/secretKeyRef/key", json!("absent"));
    }),
    tenant("credentials[].certificate.secretRef.name", Effect::Access, nothing, |o| {
        o.tenant["credentials"] = json!([{"clientId": CLIENT, "certificate": {"secretRef": {"name": "absent"}}}]);
    }),
    // Outside a cluster a mounted token stands for the ServiceAccount, whatever its name; here there is none.
    tenant("credentials[].workloadIdentity.serviceAccountName", Effect::Access, nothing, |o| {
        let identity = json!({"serviceAccountName": "absent"});
        o.tenant["credentials"] = json!([{"clientId": CLIENT, "workloadIdentity": identity}]);
    }),
    tenant("enforce[]", Effect::Plan, nothing, |o| set(&mut o.tenant, "/enforce", json!(["Users"]))),
    tenant("suspend", Effect::Status, nothing, |o| set(&mut o.tenant, "/suspend", json!(true))),
    tenant("interval", Effect::Schedule, nothing, |o| set(&mut o.tenant, "/interval", json!("1h"))),
    tenant("ownDomains[]", Effect::Plan, nothing, |o| set(&mut o.tenant, "/ownDomains", json!(["example.org"]))),
    tenant("guardRails.protectedAccounts[].userPrincipalName", Effect::Plan, nothing, |o| {
        set(&mut o.tenant, "/guardRails", json!({"protectedAccounts": [{"userPrincipalName": "user0@contoso.com"}]}));
    }),
    tenant(
        "guardRails.protectedAccounts[].objectId",
        Effect::Plan,
        |o| {
            let protected = json!([{"userPrincipalName": "renamed@contoso.com"}]);
            set(&mut o.tenant, "/guardRails", json!({"protectedAccounts": protected}));
        },
        |o| set(&mut o.tenant, "/guardRails/protectedAccounts/0/objectId", json!(seeds::id(0))),
    ),
    tenant(
        "guardRails.massChange.objects",
        Effect::Plan,
        |o| limited_by(o, &json!({"objects": 2, "percent": 0})),
        |o| limited_by(o, &json!({"objects": 1, "percent": 0})),
    ),
    tenant(
        "guardRails.massChange.percent",
        Effect::Plan,
        |o| limited_by(o, &json!({"objects": 0, "percent": 100})),
        |o| limited_by(o, &json!({"objects": 0, "percent": 50})),
    ),
    tenant("guardRails.minimumRecipients", Effect::Plan, nothing, |o| {
        set(&mut o.tenant, "/guardRails", json!({"minimumRecipients": 3}));
    }),
    tenant("approvals[].hash", Effect::Plan, approved, |o| {
        set(&mut o.tenant, "/approvals/0/hash", json!("00000000000000000000000000000000"));
    }),
    tenant("approvals[].by", Effect::Status, approved, |o| set(&mut o.tenant, "/approvals/0/by", json!("another"))),
    tenant("approvals[].until", Effect::Plan, approved, |o| {
        set(&mut o.tenant, "/approvals/0/until", json!("2026-11-01T00:00:00Z"));
    }),
    organization("tenantRef.name", Effect::Plan, |o| set(&mut o.organization, "/tenantRef/name", json!("absent"))),
    organization("deletionPolicy", Effect::Status, |o| {
        set(&mut o.organization, "/deletionPolicy", json!("Restore"));
    }),
    organization("technical.mode", Effect::Plan, |o| set(&mut o.organization, "/technical/mode", json!("Contains"))),
    organization("technical.values[].address", Effect::Plan, |o| {
        set(&mut o.organization, "/technical/values/0/address", json!("other@contoso.com"));
    }),
    organization("marketing.mode", Effect::Plan, |o| set(&mut o.organization, "/marketing/mode", json!("Contains"))),
    organization("marketing.values[].address", Effect::Plan, |o| {
        set(&mut o.organization, "/marketing/values/0/address", json!("other@contoso.com"));
    }),
    organization("securityAndCompliance.mails.mode", Effect::Plan, |o| {
        set(&mut o.organization, "/securityAndCompliance/mails/mode", json!("Contains"));
    }),
    organization("securityAndCompliance.mails.values[].address", Effect::Plan, |o| {
        set(&mut o.organization, "/securityAndCompliance/mails/values/0/address", json!("other@contoso.com"));
    }),
    Row {
        kind: "OrganizationContacts",
        path: "securityAndCompliance.phones.mode",
        effect: Effect::Plan,
        setup: |o| set(&mut o.organization, "/securityAndCompliance/phones/values", json!(["+1 425 555 0107"])),
        change: |o| set(&mut o.organization, "/securityAndCompliance/phones/mode", json!("Contains")),
    },
    organization("securityAndCompliance.phones.values[]", Effect::Plan, |o| {
        set(&mut o.organization, "/securityAndCompliance/phones/values", json!(["+1 425 555 0109"]));
    }),
    organization("privacy.contactEmail.address", Effect::Plan, |o| {
        set(&mut o.organization, "/privacy/contactEmail/address", json!("other@contoso.com"));
    }),
    organization("privacy.statementUrl", Effect::Plan, |o| {
        set(&mut o.organization, "/privacy/statementUrl", json!("https://contoso.com/other"));
    }),
    user("tenantRef.name", Effect::Plan, nothing, |o| set(&mut o.user, "/tenantRef/name", json!("absent"))),
    user("accountRef.userPrincipalName", Effect::Plan, nothing, |o| {
        set(&mut o.user, "/accountRef/userPrincipalName", json!("user1@contoso.com"));
    }),
    user("accountRef.objectId", Effect::Plan, nothing, |o| {
        set(&mut o.user, "/accountRef/objectId", json!(seeds::id(1)));
    }),
    user("deletionPolicy", Effect::Status, nothing, |o| set(&mut o.user, "/deletionPolicy", json!("Restore"))),
    user("alternateEmails.mode", Effect::Plan, nothing, |o| {
        set(&mut o.user, "/alternateEmails/mode", json!("Exact"));
    }),
    user("alternateEmails.values[].value", Effect::Plan, nothing, |o| {
        set(&mut o.user, "/alternateEmails/values/0/value", json!("other@example.org"));
    }),
    user("alternateEmails.values[].valueFrom.secretKeyRef.name", Effect::Plan, emails_from_secret, |o| {
        set(&mut o.user, "/alternateEmails/values/0/valueFrom/secretKeyRef/name", json!("absent"));
    }),
    user("alternateEmails.values[].valueFrom.secretKeyRef.key", Effect::Plan, emails_from_secret, |o| {
        set(&mut o.user, "/alternateEmails/values/0/valueFrom/secretKeyRef/key", json!("absent"));
    }),
    user(
        "alternateEmails.insideReason",
        Effect::Plan,
        |o| set(&mut o.user, "/alternateEmails/values/0/value", json!("user0@contoso.com")),
        |o| set(&mut o.user, "/alternateEmails/insideReason", json!("it is meant to be inside")),
    ),
    user("mobilePhone.value", Effect::Plan, nothing, |o| {
        set(&mut o.user, "/mobilePhone/value", json!("+1 425 555 0109"));
    }),
    user(
        "mobilePhone.valueFrom.secretKeyRef.name",
        Effect::Plan,
        |o| from_secret(o, "/mobilePhone", "phone"),
        |o| set(&mut o.user, "/mobilePhone/valueFrom/secretKeyRef/name", json!("absent")),
    ),
    user(
        "mobilePhone.valueFrom.secretKeyRef.key",
        Effect::Plan,
        |o| from_secret(o, "/mobilePhone", "phone"),
        |o| set(&mut o.user, "/mobilePhone/valueFrom/secretKeyRef/key", json!("absent")),
    ),
    user("businessPhone.value", Effect::Plan, nothing, |o| {
        set(&mut o.user, "/businessPhone/value", json!("+1 425 555 0109"));
    }),
    user(
        "businessPhone.valueFrom.secretKeyRef.name",
        Effect::Plan,
        |o| from_secret(o, "/businessPhone", "phone"),
        |o| set(&mut o.user, "/businessPhone/valueFrom/secretKeyRef/name", json!("absent")),
    ),
    user(
        "businessPhone.valueFrom.secretKeyRef.key",
        Effect::Plan,
        |o| from_secret(o, "/businessPhone", "phone"),
        |o| set(&mut o.user, "/businessPhone/valueFrom/secretKeyRef/key", json!("absent")),
    ),
    user("businessEmail.address", Effect::Status, nothing, |o| {
        set(&mut o.user, "/businessEmail/address", json!("user0@elsewhere.example"));
    }),
    user("businessEmail.attestation.by", Effect::Status, nothing, |o| {
        set(&mut o.user, "/businessEmail/attestation/by", json!("another"));
    }),
    user("businessEmail.attestation.date", Effect::Status, nothing, |o| {
        set(&mut o.user, "/businessEmail/attestation/date", json!("2026-01-01"));
    }),
    user("businessEmail.attestation.evidence", Effect::Status, nothing, |o| {
        set(&mut o.user, "/businessEmail/attestation/evidence", json!("OPS-2"));
    }),
    user("mail.intent", Effect::Status, nothing, |o| set(&mut o.user, "/mail/intent", json!("Receives"))),
    user("mail.alternatePath", Effect::Status, nothing, |o| {
        set(&mut o.user, "/mail/alternatePath", json!("read at another place"));
    }),
    senders("tenantRef.name", Effect::Status, nothing, |o| set(&mut o.senders, "/tenantRef/name", json!("absent"))),
    senders("gateways[].name", Effect::Status, nothing, |o| set(&mut o.senders, "/gateways/0/name", json!("Archive"))),
    senders("gateways[].domains[]", Effect::Finding, long_ago, |o| {
        set(&mut o.senders, "/gateways/0/domains", json!(["other.example"]));
    }),
    senders("gateways[].attestation.by", Effect::Status, nothing, |o| {
        set(&mut o.senders, "/gateways/0/attestation/by", json!("another"));
    }),
    senders("gateways[].attestation.date", Effect::Status, nothing, long_ago),
    senders("gateways[].attestation.evidence", Effect::Status, nothing, |o| {
        set(&mut o.senders, "/gateways/0/attestation/evidence", json!("OPS-2"));
    }),
    policy("tenantRef.name", off, |o| set(&mut o.policy, "/tenantRef/name", json!("absent"))),
    policy("rules[].name", off, |o| set(&mut o.policy, "/rules/0/name", json!("UnreadMail"))),
    policy("rules[].enabled", nothing, off),
    policy("rules[].severity", nothing, |o| set(&mut o.policy, "/rules/0/severity", json!("Error"))),
    policy("rules[].days", attested, |o| set(&mut o.policy, "/rules/0/days", json!(7))),
    policy("rules[].exceptions[].subject", excepted, |o| {
        set(&mut o.policy, "/rules/0/exceptions/0/subject", json!("user0@contoso.com"));
    }),
    policy("rules[].exceptions[].owner", excepted, |o| {
        set(&mut o.policy, "/rules/0/exceptions/0/owner", json!("another"));
    }),
    policy("rules[].exceptions[].reason", excepted, |o| {
        set(&mut o.policy, "/rules/0/exceptions/0/reason", json!("because it is so for a while"));
    }),
    policy("rules[].exceptions[].until", excepted, |o| {
        set(&mut o.policy, "/rules/0/exceptions/0/until", json!("2026-11-01"));
    }),
];
