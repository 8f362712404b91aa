//! Which Graph property holds which field. What is selected, decoded, followed in the change feed and written follows from here.

use tenant_contacts_api::field::Field;
use tenant_contacts_core::field::OF_ACCOUNTS;

/// What is read of an account beside the managed fields, by passes and by the answer about the whole tenant.
const ACCOUNT: &[&str] = &["id", "userPrincipalName", "mail", "accountEnabled", "onPremisesSyncEnabled"];

/// What only the answer reads of an account.
const PERSON: &[&str] = &["displayName", "proxyAddresses", "userType", "assignedPlans"];

/// Properties of the organization that are read.
pub(crate) const ORGANIZATION: &[&str] = &[
    "id",
    "technicalNotificationMails",
    "securityComplianceNotificationMails",
    "securityComplianceNotificationPhones",
    "marketingNotificationEmails",
    "privacyProfile",
    "verifiedDomains",
];

/// How a field is written.
#[derive(Clone, Copy)]
pub(super) enum Property {
    /// A collection of texts, replaced as a whole.
    Collection(&'static str),
    /// A text; null clears it.
    Text(&'static str),
    /// A member of a complex property, which is replaced as a whole.
    Member(&'static str, &'static str),
}

impl Property {
    /// Its name, as Graph names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Collection(name) | Self::Text(name) | Self::Member(name, _) => name,
        }
    }
}

/// The property that holds a field; `None` for a field without an API.
pub(super) fn of(field: Field) -> Option<Property> {
    Some(match field {
        Field::Technical => Property::Collection("technicalNotificationMails"),
        Field::SecurityMails => Property::Collection("securityComplianceNotificationMails"),
        Field::SecurityPhones => Property::Collection("securityComplianceNotificationPhones"),
        Field::Marketing => Property::Collection("marketingNotificationEmails"),
        Field::PrivacyContact => Property::Member("privacyProfile", "contactEmail"),
        Field::PrivacyStatement => Property::Member("privacyProfile", "statementUrl"),
        Field::AlternateEmails => Property::Collection("otherMails"),
        Field::MobilePhone => Property::Text("mobilePhone"),
        // A collection with room for one number (Update user).
        Field::BusinessPhone => Property::Collection("businessPhones"),
        // What is none of these surfaces'; a test compares with the facts about fields.
        _ => return None,
    })
}

/// The properties that hold the managed fields of accounts, as [`OF_ACCOUNTS`] lists them.
pub(super) fn of_accounts() -> [Option<Property>; OF_ACCOUNTS.len()] {
    OF_ACCOUNTS.map(of)
}

/// Properties of an account that a pass reads. Selected by name: Graph's default answer has only eleven properties
/// (resource type user, Microsoft Graph v1.0).
pub(super) fn account() -> Vec<&'static str> {
    ACCOUNT.iter().copied().chain(of_accounts().into_iter().flatten().map(Property::name)).collect()
}

/// Properties of an account that the answer about the whole tenant reads.
pub(crate) fn person() -> Vec<&'static str> {
    account().into_iter().chain(PERSON.iter().copied()).collect()
}
