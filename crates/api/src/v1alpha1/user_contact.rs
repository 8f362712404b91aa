//! `UserContact`: how one account's person is reached.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    account::AccountRef,
    patterns,
    private_value::{PrivateList, PrivateValue, SecretKeyRef},
    tenant::{Tenant, TenantSpec},
    tenant_ref::{DeletionPolicy, TenantRef},
};
use crate::{
    field::{Field, Surface},
    kind::{Declares, Refusal},
    reason::Reason,
    status::ChildStatus,
};

/// One account's contact details. A field left out is unmanaged.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize, KubeSchema)]
#[kube(
    group = "tenantcontacts.dev",
    version = "v1alpha1",
    kind = "UserContact",
    plural = "usercontacts",
    shortname = "uc",
    category = "tenantcontacts",
    namespaced,
    status = "ChildStatus",
    printcolumn = r#"{"name":"Account","type":"string","jsonPath":".spec.accountRef.userPrincipalName"}"#,
    printcolumn = r#"{"name":"Ready","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].status"}"#,
    printcolumn = r#"{"name":"Reason","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].reason"}"#,
    printcolumn = r#"{"name":"In Sync","type":"string","jsonPath":".status.conditions[?(@.type==\"InSync\")].status"}"#,
    printcolumn = r#"{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}"#,
    printcolumn = r#"{"name":"Tenant","type":"string","priority":1,"jsonPath":".spec.tenantRef.name"}"#,
    printcolumn = r#"{"name":"Attested","type":"string","priority":1,"jsonPath":".status.conditions[?(@.type==\"Attested\")].status"}"#,
    printcolumn = r#"{"name":"Message","type":"string","priority":1,"jsonPath":".status.conditions[?(@.type==\"Ready\")].message"}"#
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserContactSpec {
    /// The Tenant. Immutable.
    #[x_kube(validation = Rule::new("self == oldSelf").message("tenantRef is immutable: delete the object and create it anew"))]
    pub tenant_ref: TenantRef,
    /// The account. Its name is immutable; an object id may be added or, to accept a changed identity, replaced.
    #[x_kube(validation = Rule::new("self.userPrincipalName == oldSelf.userPrincipalName")
        .message("the account's name is immutable: delete the object and create it anew"))]
    pub account_ref: AccountRef,
    /// What happens on deletion.
    #[serde(default)]
    pub deletion_policy: DeletionPolicy,
    /// Recovery addresses in the directory (`otherMails`), best outside the organization's domains (DOMAIN A1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = patterns::items_are_addresses)]
    pub alternate_emails: Option<PrivateList>,
    /// Where Microsoft's commerce side writes to this administrator: a corporate address (DOMAIN A2). It has no public
    /// API: declared, cross-checked and attested, never claimed as reconciled (DOMAIN A4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_email: Option<BusinessEmail>,
    /// Mobile phone in the directory, quoted in YAML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = patterns::value_is_a_phone)]
    pub mobile_phone: Option<PrivateValue>,
    /// Business phone in the directory, quoted in YAML. Graph holds one at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = patterns::value_is_a_phone)]
    pub business_phone: Option<PrivateValue>,
    /// Whether the account is meant to receive mail (DOMAIN E2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailUse>,
}

/// How a private value of an account is declared.
#[derive(Clone, Copy, Debug)]
pub enum Private<'a> {
    /// One value at most.
    One(&'a PrivateValue),
    /// A set of values.
    Many(&'a PrivateList),
}

impl<'a> Private<'a> {
    /// Its values, each with its place in the list, where it is one.
    pub fn values(self) -> impl Iterator<Item = (Option<usize>, &'a PrivateValue)> {
        let (one, many) = match self {
            Self::One(value) => (Some(value), None),
            Self::Many(list) => (None, Some(list)),
        };
        let listed = many.into_iter().flat_map(|list| list.values.iter().enumerate());
        one.into_iter().map(|value| (None, value)).chain(listed.map(|(index, value)| (Some(index), value)))
    }
}

/// The path of a value below the spec: `mobilePhone`, `alternateEmails.values[0]`. Most are never shown, so none is a text of its
/// own.
#[derive(Clone, Copy, Debug)]
pub struct PrivatePath(pub Field, pub Option<usize>);

impl std::fmt::Display for PrivatePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.path())?;
        self.1.map_or(Ok(()), |index| write!(f, ".values[{index}]"))
    }
}

/// Where a private value of an account is declared.
#[derive(Debug)]
pub enum PrivateMut<'a> {
    /// One value at most.
    One(&'a mut Option<PrivateValue>),
    /// A set of values.
    Many(&'a mut Option<PrivateList>),
}

impl UserContactSpec {
    /// Declares nothing of an account yet.
    pub fn of(tenant_ref: TenantRef, account_ref: AccountRef) -> Self {
        Self {
            tenant_ref,
            account_ref,
            deletion_policy: DeletionPolicy::default(),
            alternate_emails: None,
            business_email: None,
            mobile_phone: None,
            business_phone: None,
            mail: None,
        }
    }

    /// What is declared of the account in the directory, in the order of the fields. The one place that reads it: what a
    /// field takes from Secrets, who else declares it and what is wanted of it follow from here.
    pub fn private(&self) -> impl Iterator<Item = (Field, Private<'_>)> {
        // Named one by one, so that a property which is added is thought of.
        let Self {
            alternate_emails,
            mobile_phone,
            business_phone,
            tenant_ref: _,
            account_ref: _,
            deletion_policy: _,
            business_email: _,
            mail: _,
        } = self;
        [
            (Field::AlternateEmails, alternate_emails.as_ref().map(Private::Many)),
            (Field::MobilePhone, mobile_phone.as_ref().map(Private::One)),
            (Field::BusinessPhone, business_phone.as_ref().map(Private::One)),
        ]
        .into_iter()
        .filter_map(|(field, private)| Some((field, private?)))
    }

    /// Where a field is declared; `None` for what is none of an account's in the directory.
    pub fn private_mut(&mut self, field: Field) -> Option<PrivateMut<'_>> {
        Some(match field {
            Field::AlternateEmails => PrivateMut::Many(&mut self.alternate_emails),
            Field::MobilePhone => PrivateMut::One(&mut self.mobile_phone),
            Field::BusinessPhone => PrivateMut::One(&mut self.business_phone),
            _ => return None,
        })
    }
}

impl Declares for UserContact {
    fn fields(&self) -> Vec<Field> {
        let business = self.spec.business_email.as_ref().map(|_| Field::BusinessEmail);
        self.spec.private().map(|(field, _)| field).chain(business).collect()
    }

    fn deletion(&self) -> DeletionPolicy {
        self.spec.deletion_policy
    }

    fn surface(&self) -> Option<Surface> {
        Some(Surface::Users)
    }

    fn account(&self) -> Option<&AccountRef> {
        Some(&self.spec.account_ref)
    }

    fn secrets(&self) -> Vec<(String, &SecretKeyRef)> {
        let values = self.spec.private().flat_map(|(field, private)| {
            private.values().map(move |(index, value)| (PrivatePath(field, index), value))
        });
        let from = values.filter_map(|(path, value)| Some((path, value.value_from.as_ref()?)));
        from.map(|(path, from)| (format!("spec.{path}.valueFrom.secretKeyRef"), &from.secret_key_ref)).collect()
    }

    fn refused(&self) -> Vec<Refusal> {
        let listed = self.spec.alternate_emails.iter().flat_map(|list| list.values.iter().enumerate());
        let listed = listed.filter_map(|(index, value)| {
            Refusal::unless_address(format!("spec.alternateEmails.values[{index}].value"), value.value.as_deref()?)
        });
        let business = self.spec.business_email.iter();
        let business =
            business.filter_map(|email| Refusal::unless_address("spec.businessEmail.address", &email.address));
        listed.chain(business).collect()
    }

    fn refused_under(&self, tenant: &Tenant) -> Vec<Refusal> {
        let mut refused = Vec::new();
        let Tenant { spec: TenantSpec { guard_rails, own_domains, .. }, .. } = tenant;
        let AccountRef { user_principal_name, object_id } = &self.spec.account_ref;
        let mut protected = guard_rails.protected_accounts.iter();
        if protected.any(|account| account.names(Some(user_principal_name), *object_id)) {
            let message = "is a protected account of the Tenant: nothing is ever written to it";
            refused.push(Refusal::new(Reason::ProtectedAccount, "spec.accountRef", message));
        }
        let emails = self.spec.alternate_emails.iter().filter(|list| list.inside_reason.is_none());
        for (index, value) in emails.flat_map(|list| list.values.iter().enumerate()) {
            let domain = value.value.as_deref().and_then(|text| text.rsplit_once('@')).map(|(_, domain)| domain);
            if domain.is_some_and(|domain| own_domains.iter().any(|own| own.eq_ignore_ascii_case(domain))) {
                let field = format!("spec.alternateEmails.values[{index}].value");
                let message =
                    "lies inside the organization's own domains: it does not help when the tenant is unavailable";
                refused.push(Refusal::new(Reason::AlternateEmailInside, field, message));
            }
        }
        refused
    }

    fn status(&self) -> Option<&ChildStatus> {
        self.status.as_ref()
    }
}

/// What a private business email is told; the offline check knows the rule by it.
pub const PRIVATE_BUSINESS_EMAIL: &str = "a business email must be a corporate address: a free-mail address keeps receiving the organization's mail after its owner has left";

/// A business email and the word of the person who set it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BusinessEmail {
    /// The address that should be set. Free-mail addresses are refused: a business email stays with the commerce side
    /// after its account is gone (DOMAIN A3).
    #[schemars(length(max = 254), regex(pattern = crate::address::ADDRESS_PATTERN))]
    #[x_kube(validation = Rule::new(patterns::not_free_mail()).message(PRIVATE_BUSINESS_EMAIL))]
    pub address: String,
    /// Who saw that it is set, and when. Expires after 180 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Attestation>,
}

/// A person's word for what no API tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attestation {
    /// Who looked.
    #[schemars(length(min = 1, max = 254))]
    pub by: String,
    /// The day, as YYYY-MM-DD.
    // Not named `on`: kubectl reads YAML 1.1, in which a bare `on` is the key "true".
    #[schemars(regex(pattern = patterns::DATE), extend("format" = "date"))]
    pub date: String,
    /// A ticket or a place where it can be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub evidence: Option<String>,
}

/// Whether an account is meant to receive mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum MailIntent {
    /// Mail sent to the account is meant to be read.
    Receives,
    /// The account has no mailbox on purpose, and names another monitored path.
    NotMailEnabled,
}

/// What mail to the account is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[x_kube(validation = Rule::new("self.intent != 'NotMailEnabled' || has(self.alternatePath)")
    .message("an account without a mailbox needs alternatePath: where its notices are read instead"))]
pub struct MailUse {
    /// Is it meant to receive mail?
    pub intent: MailIntent,
    /// The monitored path of an account without a mailbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 500))]
    pub alternate_path: Option<String>,
}
