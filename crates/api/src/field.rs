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
    /// A surface of tests alone, which asks of the structure all that a surface can: to be created, entries that come, go and
    /// expire, documents that are replaced, operations that take their time.
    #[cfg(feature = "rehearsal")]
    #[schemars(skip)]
    Rehearsal,
}

impl Surface {
    /// Every surface of the product, in the order in which plans and status list them.
    pub const ALL: [Self; 3] = [Self::Organization, Self::Users, Self::Report];

    /// The name as it is written in YAML.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "Organization",
            Self::Users => "Users",
            Self::Report => "Report",
            #[cfg(feature = "rehearsal")]
            Self::Rehearsal => "Rehearsal",
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
    /// Of tests alone: whether the thing is there; it is created.
    #[cfg(feature = "rehearsal")]
    #[schemars(skip)]
    RehearsedThing,
    /// Of tests alone: a text that is set as a whole.
    #[cfg(feature = "rehearsal")]
    #[schemars(skip)]
    RehearsedText,
    /// Of tests alone: entries that come and go one by one, the new ones first.
    #[cfg(feature = "rehearsal")]
    #[schemars(skip)]
    RehearsedHolders,
    /// Of tests alone: entries that end by themselves and are renewed.
    #[cfg(feature = "rehearsal")]
    #[schemars(skip)]
    RehearsedLeases,
    /// Of tests alone: a member of a document that is replaced as a whole, which takes the service its time.
    #[cfg(feature = "rehearsal")]
    #[schemars(skip)]
    RehearsedMember,
}

impl Field {
    /// Every field of the product, in the order in which plans and status list them.
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
            #[cfg(feature = "rehearsal")]
            Self::RehearsedThing => "rehearsed.thing",
            #[cfg(feature = "rehearsal")]
            Self::RehearsedText => "rehearsed.text",
            #[cfg(feature = "rehearsal")]
            Self::RehearsedHolders => "rehearsed.holders",
            #[cfg(feature = "rehearsal")]
            Self::RehearsedLeases => "rehearsed.leases",
            #[cfg(feature = "rehearsal")]
            Self::RehearsedMember => "rehearsed.member",
        }
    }
}
