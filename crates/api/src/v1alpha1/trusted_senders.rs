//! `TrustedSenders`: what lets Microsoft's senders through on the way to the mailboxes.

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::{patterns, tenant_ref::TenantRef, user_contact::Attestation};
use crate::{field::Field, kind::Declares, status::ChildStatus};

/// What stands between Microsoft's senders and the mailboxes. Declared and attested only: nothing of it is written.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize, KubeSchema)]
#[kube(
    group = "tenantcontacts.dev",
    version = "v1alpha1",
    kind = "TrustedSenders",
    plural = "trustedsenders",
    singular = "trustedsenders",
    shortname = "tsend",
    category = "tenantcontacts",
    namespaced,
    status = "ChildStatus",
    printcolumn = r#"{"name":"Tenant","type":"string","jsonPath":".spec.tenantRef.name"}"#,
    printcolumn = r#"{"name":"Ready","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].status"}"#,
    printcolumn = r#"{"name":"Reason","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].reason"}"#,
    printcolumn = r#"{"name":"Attested","type":"string","jsonPath":".status.conditions[?(@.type==\"Attested\")].status"}"#,
    printcolumn = r#"{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}"#,
    printcolumn = r#"{"name":"Message","type":"string","priority":1,"jsonPath":".status.conditions[?(@.type==\"Attested\")].message"}"#
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrustedSendersSpec {
    /// The Tenant. Immutable.
    #[x_kube(validation = Rule::new("self == oldSelf").message("tenantRef is immutable: delete the object and create it anew"))]
    pub tenant_ref: TenantRef,
    /// Systems that mail from outside passes before it comes to Exchange Online (DOMAIN E4). What they do with Microsoft's
    /// senders has no API: declared and attested, never claimed as reconciled. Those of several objects are taken together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub gateways: Vec<MailGateway>,
}

/// A system before the mailboxes, and the word of the person who looked what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailGateway {
    /// What people call it.
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// The domains whose mail it takes; every accepted domain of the tenant where left out or empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 200), inner(length(max = 253), regex(pattern = patterns::DOMAIN)))]
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub domains: Vec<String>,
    /// Who saw that it lets Microsoft's senders through, and when. Expires after 180 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Attestation>,
}

impl Declares for TrustedSenders {
    /// None: gateways of several objects are taken together, and nothing of them is written or put back.
    fn fields(&self) -> Vec<Field> {
        Vec::new()
    }

    fn status(&self) -> Option<&ChildStatus> {
        self.status.as_ref()
    }
}
