//! The managed fields: one name for each value this product may write, and the surfaces they live on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A part of the tenant with its own permissions, switched on one by one in `Tenant.spec.enforce`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Surface {
    /// The organization's notification addresses and privacy profile.
    Organization,
    /// Alternate emails and phones in the directory.
    Users,
    /// The tenant as a whole, as it is read for answers and reports: who receives which notice. Nothing is written there.
    Report,
}

impl Surface {
    /// Every surface, in the order in which plans and status list them.
    pub const ALL: [Self; 3] = [Self::Organization, Self::Users, Self::Report];

    /// The name as it is written in YAML.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "Organization",
            Self::Users => "Users",
            Self::Report => "Report",
        }
    }
}

/// A managed field. The name is the path of the declaring property in its kind's spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    /// `OrganizationContacts.spec.technical`
    Technical,
    /// `OrganizationContacts.spec.securityAndCompliance.mails`
    SecurityMails,
    /// `OrganizationContacts.spec.securityAndCompliance.phones`
    SecurityPhones,
    /// `OrganizationContacts.spec.marketing`
    Marketing,
    /// `OrganizationContacts.spec.privacy.contactEmail`
    PrivacyContact,
    /// `OrganizationContacts.spec.privacy.statementUrl`
    PrivacyStatement,
    /// `UserContact.spec.alternateEmails`
    AlternateEmails,
    /// `UserContact.spec.mobilePhone`
    MobilePhone,
    /// `UserContact.spec.businessPhone`
    BusinessPhone,
    /// `UserContact.spec.businessEmail` (no API: never written, DOMAIN A4)
    BusinessEmail,
    /// `TrustedSenders.spec.gateways` (no API: never written, DOMAIN E4)
    Gateways,
}

impl Field {
    /// Every field, in the order in which plans and status list them.
    pub const ALL: [Self; 11] = [
        Self::Technical,
        Self::SecurityMails,
        Self::SecurityPhones,
        Self::Marketing,
        Self::PrivacyContact,
        Self::PrivacyStatement,
        Self::AlternateEmails,
        Self::MobilePhone,
        Self::BusinessPhone,
        Self::BusinessEmail,
        Self::Gateways,
    ];

    /// The property of the kind's spec that declares the field.
    pub fn path(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::SecurityMails => "securityAndCompliance.mails",
            Self::SecurityPhones => "securityAndCompliance.phones",
            Self::Marketing => "marketing",
            Self::PrivacyContact => "privacy.contactEmail",
            Self::PrivacyStatement => "privacy.statementUrl",
            Self::AlternateEmails => "alternateEmails",
            Self::MobilePhone => "mobilePhone",
            Self::BusinessPhone => "businessPhone",
            Self::BusinessEmail => "businessEmail",
            Self::Gateways => "gateways",
        }
    }
}
