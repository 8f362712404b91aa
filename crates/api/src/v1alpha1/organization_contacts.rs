//! `OrganizationContacts`: whom Microsoft tells about the organization as a whole.

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::{
    lists::{AddressEntry, AddressList, TextList},
    tenant_ref::{DeletionPolicy, TenantRef},
};
use crate::{
    field::{Field, Surface},
    kind::{Declares, Refusal},
    status::ChildStatus,
};

/// The organization's notification contacts. A field left out is unmanaged.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize, KubeSchema)]
#[kube(
    group = "tenantcontacts.dev",
    version = "v1alpha1",
    kind = "OrganizationContacts",
    plural = "organizationcontacts",
    singular = "organizationcontacts",
    shortname = "orgcontacts",
    category = "tenantcontacts",
    namespaced,
    status = "ChildStatus",
    printcolumn = r#"{"name":"Tenant","type":"string","jsonPath":".spec.tenantRef.name"}"#,
    printcolumn = r#"{"name":"Ready","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].status"}"#,
    printcolumn = r#"{"name":"Reason","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].reason"}"#,
    printcolumn = r#"{"name":"In Sync","type":"string","jsonPath":".status.conditions[?(@.type==\"InSync\")].status"}"#,
    printcolumn = r#"{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}"#,
    printcolumn = r#"{"name":"Message","type":"string","priority":1,"jsonPath":".status.conditions[?(@.type==\"Ready\")].message"}"#
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrganizationContactsSpec {
    /// The Tenant. Immutable.
    #[x_kube(validation = Rule::new("self == oldSelf").message("tenantRef is immutable: delete the object and create it anew"))]
    pub tenant_ref: TenantRef,
    /// What happens on deletion.
    #[serde(default)]
    pub deletion_policy: DeletionPolicy,
    /// Who gets service-status mail: the admin centre's "Technical contact".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technical: Option<AddressList>,
    /// Who gets security and compliance notices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_and_compliance: Option<SecurityAndComplianceContacts>,
    /// Who gets marketing notices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marketing: Option<AddressList>,
    /// Entra's privacy profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy: Option<PrivacyContact>,
}

/// Security and compliance contacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecurityAndComplianceContacts {
    /// Mail addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mails: Option<AddressList>,
    /// Phone numbers, quoted in YAML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phones: Option<TextList>,
}

/// The privacy profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PrivacyContact {
    /// The global privacy contact; left empty in the tenant, Microsoft tells the global administrators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_email: Option<AddressEntry>,
    /// Where the privacy statement is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 255), regex(pattern = super::patterns::URL))]
    pub statement_url: Option<String>,
}

impl Declares for OrganizationContacts {
    fn fields(&self) -> Vec<Field> {
        let OrganizationContactsSpec { technical, security_and_compliance, marketing, privacy, .. } = &self.spec;
        let (security, privacy) = (security_and_compliance.as_ref(), privacy.as_ref());
        let declared = [
            (Field::Technical, technical.is_some()),
            (Field::SecurityMails, security.is_some_and(|security| security.mails.is_some())),
            (Field::SecurityPhones, security.is_some_and(|security| security.phones.is_some())),
            (Field::Marketing, marketing.is_some()),
            (Field::PrivacyContact, privacy.is_some_and(|privacy| privacy.contact_email.is_some())),
            (Field::PrivacyStatement, privacy.is_some_and(|privacy| privacy.statement_url.is_some())),
        ];
        declared.into_iter().filter_map(|(field, declared)| declared.then_some(field)).collect()
    }

    fn deletion(&self) -> DeletionPolicy {
        self.spec.deletion_policy
    }

    fn surface(&self) -> Option<Surface> {
        Some(Surface::Organization)
    }

    fn refused(&self) -> Vec<Refusal> {
        let OrganizationContactsSpec { technical, security_and_compliance, marketing, privacy, .. } = &self.spec;
        let security = security_and_compliance.as_ref().and_then(|security| security.mails.as_ref());
        let lists = [
            (Field::Technical, technical.as_ref()),
            (Field::SecurityMails, security),
            (Field::Marketing, marketing.as_ref()),
        ];
        let listed = lists.into_iter().filter_map(|(field, list)| Some((field, list?))).flat_map(|(field, list)| {
            list.values.iter().enumerate().filter_map(move |(index, entry)| {
                Refusal::unless_address(format!("spec.{}.values[{index}].address", field.path()), &entry.address)
            })
        });
        let contact = privacy.iter().filter_map(|privacy| privacy.contact_email.as_ref());
        let contact =
            contact.filter_map(|entry| Refusal::unless_address("spec.privacy.contactEmail.address", &entry.address));
        listed.chain(contact).collect()
    }

    fn status(&self) -> Option<&ChildStatus> {
        self.status.as_ref()
    }
}
