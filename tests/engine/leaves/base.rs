//! The objects that rows of the table change, and the tenant they are about.

use serde_json::{Value, json};
use tenant_contacts_simulator::{
    ApplicationSeed, DomainSeed, OrganizationSeed, SecretSeed, Seed, TenantSeed, UserSeed,
};
use testkit::{
    declared::NAME,
    seeds::{self, CLIENT, CLIENT_SECRET, INSIDE, PERMISSIONS, TENANT, WRITER_ROLE},
};

/// Specs and Secrets by what they are called here.
#[derive(Clone)]
pub struct Objects {
    pub tenant: Value,
    pub organization: Value,
    pub user: Value,
    pub senders: Value,
    pub policy: Value,
}

/// Everything differs from the tenant, and nothing needs an approval. The policy says nothing but what holds anyway.
pub fn objects() -> Objects {
    Objects {
        tenant: json!({
            "tenantId": TENANT,
            "credentials": [{"clientId": CLIENT, "clientSecret": {"secretKeyRef": {"name": "graph", "key": "secret"}}}],
            "enforce": ["Organization", "Users"],
        }),
        organization: json!({
            "tenantRef": {"name": NAME},
            "technical": {"values": [{"address": "noc@contoso.com"}, {"address": "desk@contoso.com"}]},
            "marketing": {"values": [{"address": "noc@contoso.com"}, {"address": "news@contoso.com"}]},
            "securityAndCompliance": {
                "mails": {"values": [{"address": "noc@contoso.com"}, {"address": "ciso@contoso.com"}]},
                "phones": {"values": ["+1 425 555 0100"]},
            },
            "privacy": {"contactEmail": {"address": "dpo@contoso.com"}, "statementUrl": "https://contoso.com/privacy"},
        }),
        user: json!({
            "tenantRef": {"name": NAME},
            "accountRef": {"userPrincipalName": "user0@contoso.com"},
            "alternateEmails": {"values": [{"value": "a@example.org"}]},
            "mobilePhone": {"value": "+1 425 555 0101"},
            "businessPhone": {"value": "+1 425 555 0102"},
            "businessEmail": {"address": "user0@contoso.com",
                "attestation": {"by": "somebody", "date": "2026-11-01", "evidence": "OPS-1"}},
            "mail": {"intent": "NotMailEnabled", "alternatePath": "read elsewhere"},
        }),
        senders: json!({
            "tenantRef": {"name": NAME},
            "gateways": [{"name": "Mailwall", "domains": ["contoso.com"],
                "attestation": {"by": "somebody", "date": "2026-11-01", "evidence": "OPS-1"}}],
        }),
        policy: json!({"tenantRef": {"name": NAME}, "rules": [{"name": "BusinessEmailUnattested"}]}),
    }
}

impl Objects {
    /// The YAML.
    pub fn text(&self) -> String {
        let secret = |name: &str, data: Value| {
            let labels = json!({tenant_contacts_api::ALLOW_LABEL: NAME});
            json!({"apiVersion": "v1", "kind": "Secret", "stringData": data,
                "metadata": {"name": name, "namespace": NAME, "labels": labels}})
        };
        let object = |kind: &str, name: &str, spec: &Value| {
            json!({"apiVersion": "tenantcontacts.dev/v1alpha1", "kind": kind,
                "metadata": {"name": name, "namespace": NAME}, "spec": spec})
        };
        let documents = [
            object("Tenant", NAME, &self.tenant),
            object("OrganizationContacts", "organization", &self.organization),
            object("UserContact", "user", &self.user),
            object("TrustedSenders", "senders", &self.senders),
            object("ContactPolicy", "policy", &self.policy),
            secret("graph", json!({"secret": CLIENT_SECRET})),
            secret("private", json!({"mail": "secret@example.net", "phone": "+1 425 555 0190"})),
        ];
        documents.iter().map(|document| serde_saphyr::to_string(document).unwrap()).collect::<Vec<_>>().join("---\n")
    }
}

/// Whom the rules find something about: an administrator, of whom nothing is declared.
pub const ADMINISTRATOR: &str = "user2@contoso.com";

/// The tenant: two accounts and an administrator, and three addresses in each list.
pub fn seed() -> Seed {
    let user = |place: usize| UserSeed {
        upn: format!("user{place}@contoso.com"),
        id: Some(seeds::id(place)),
        other_mails: vec!["old@example.org".into()],
        account_enabled: true,
        ..UserSeed::default()
    };
    let administrator = UserSeed { roles: vec!["Global Administrator".into()], ..user(2) };
    let three = || vec!["a@contoso.com".into(), "b@contoso.com".into(), "c@contoso.com".into()];
    Seed {
        tenant: TenantSeed {
            id: TENANT.into(),
            display_name: "Contoso".into(),
            domains: INSIDE
                .iter()
                .map(|name| DomainSeed {
                    name: (*name).into(),
                    verified: true,
                    default: *name == INSIDE[0],
                    initial: *name == INSIDE[1],
                })
                .collect(),
            ..TenantSeed::default()
        },
        organization: OrganizationSeed {
            technical_notification_mails: three(),
            marketing_notification_emails: three(),
            security_compliance_notification_mails: three(),
            security_compliance_notification_phones: vec!["+1 425 555 0199".into()],
            ..OrganizationSeed::default()
        },
        applications: vec![ApplicationSeed {
            name: "tenant-contacts".into(),
            client_id: CLIENT.into(),
            secrets: vec![SecretSeed { value: CLIENT_SECRET.into(), expires: None }],
            permissions: PERMISSIONS.into_iter().map(Into::into).collect(),
            directory_roles: vec![WRITER_ROLE.into()],
            ..ApplicationSeed::default()
        }],
        users: vec![user(0), user(1), administrator],
        ..Seed::default()
    }
}
