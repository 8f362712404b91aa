//! The organization. `[OU]`, `[OR]`: contract §5. Everything is returned by default.
//!
//! With only `User.Read` every property but id, displayName and verifiedDomains is null. `[OU]`

use super::property::{
    Property, Schema,
    Type::{Bool, Date, Object, Objects, Text, Texts},
    property,
};

const TABLE: &[Property] = &[
    property("id", Text).by_default().basic(),
    property("displayName", Text).by_default().basic(),
    property("verifiedDomains", Objects).by_default().basic(),
    property("assignedPlans", Objects).by_default(),
    property("businessPhones", Texts).by_default(),
    property("city", Text).by_default(),
    property("country", Text).by_default(),
    property("countryLetterCode", Text).by_default(),
    property("createdDateTime", Date).by_default(),
    property("defaultUsageLocation", Text).by_default(),
    // The four writable collections and the privacy profile. [OU]
    property("marketingNotificationEmails", Texts).by_default().patch().required(),
    property("onPremisesLastSyncDateTime", Date).by_default(),
    property("onPremisesSyncEnabled", Bool).by_default(),
    property("partnerTenantType", Text).by_default(),
    property("postalCode", Text).by_default(),
    property("preferredLanguage", Text).by_default(),
    property("privacyProfile", Object).by_default().patch(),
    property("provisionedPlans", Objects).by_default(),
    property("securityComplianceNotificationMails", Texts).by_default().patch(),
    property("securityComplianceNotificationPhones", Texts).by_default().patch(),
    property("state", Text).by_default(),
    property("street", Text).by_default(),
    property("technicalNotificationMails", Texts).by_default().patch().required(),
    property("tenantType", Text).by_default(),
];

/// See the module.
pub(crate) static SCHEMA: Schema = Schema { type_name: "organization", set: "organization", properties: TABLE };
