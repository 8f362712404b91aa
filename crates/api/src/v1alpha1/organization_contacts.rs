//! `OrganizationContacts`: whom Microsoft tells about the organization as a whole.

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::{
    lists::{AddressEntry, AddressList, TextList},
    tenant_ref::{DeletionPolicy, TenantRef},
};
use crate::status::ChildStatus;

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
