//! Which Graph property holds which field.

use tenant_contacts_api::field::Field;

/// Properties of an account that are read. Selected by name: Graph's default answer has only eleven properties
/// (resource type user, Microsoft Graph v1.0).
pub(super) const ACCOUNT: &[&str] = &[
    "id",
    "userPrincipalName",
    "mail",
    "accountEnabled",
    "onPremisesSyncEnabled",
    "otherMails",
    "mobilePhone",
    "businessPhones",
];

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
pub(super) enum Property {
    /// A collection of texts, replaced as a whole.
    Collection(&'static str),
    /// A text; null clears it.
    Text(&'static str),
    /// A member of a complex property, which is replaced as a whole.
    Member(&'static str, &'static str),
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
