//! Users. `[UU]`, `[US]`, `[UL]`, `[GD21]`: contract §2.

use super::property::{
    Property, Schema,
    Type::{Bool, Date, Object, Objects, Text, Texts},
    number, property,
};

/// The permission that alone suffices for otherMails. `[PERM]`
const MAIL: &str = "User-Mail.ReadWrite.All";
/// The permission that alone suffices for the phones. `[PERM]`
const PHONE: &str = "User-Phone.ReadWrite.All";
/// The permission that, with User.Read.All, suffices for accountEnabled. `[UU]`
pub(crate) const ENABLE: &str = "User.EnableDisableAccount.All";

const TABLE: &[Property] = &[
    // The eleven properties of a default GET. [US][UL]
    property("id", Text).by_default().basic().filter(),
    property("businessPhones", Texts).by_default().patch().required().synced().sensitive().permission(PHONE).filter(),
    property("displayName", Text).by_default().basic().patch().required().synced().filter(),
    property("givenName", Text).by_default().basic().patch().synced().filter(),
    property("jobTitle", Text).by_default().patch().synced().filter(),
    property("mail", Text).by_default().basic().patch().required().synced().filter(),
    property("mobilePhone", Text).by_default().patch().synced().sensitive().permission(PHONE).filter(),
    property("officeLocation", Text).by_default().patch().synced().filter(),
    property("preferredLanguage", Text).by_default().patch().synced(),
    property("surname", Text).by_default().basic().patch().synced().filter(),
    property("userPrincipalName", Text).by_default().basic().patch().required().synced().sensitive().filter(),
    // $select only.
    property("accountEnabled", Bool).patch().required().synced().sensitive().permission(ENABLE).filter(),
    property("assignedLicenses", Objects).filter(),
    property("assignedPlans", Objects).filter(),
    property("city", Text).patch().synced().filter(),
    property("companyName", Text).patch().synced().filter(),
    property("country", Text).patch().synced().filter(),
    property("createdDateTime", Date).filter(),
    property("creationType", Text).filter(),
    property("department", Text).patch().synced().filter(),
    property("employeeId", Text).patch().synced().filter(),
    property("externalUserState", Text).filter(),
    // synced rule the same as mobilePhone's: UNV, switch `sync_masters_fax`.
    property("faxNumber", Text).patch().filter(),
    property("identities", Objects).filter(),
    property("isResourceAccount", Bool),
    property("lastPasswordChangeDateTime", Date).filter(),
    property("licenseAssignmentStates", Objects),
    property("mailNickname", Text).patch().required().synced().filter(),
    property("onPremisesDistinguishedName", Text),
    property("onPremisesDomainName", Text),
    property("onPremisesImmutableId", Text).patch().sensitive().filter(),
    property("onPremisesLastSyncDateTime", Date).filter(),
    property("onPremisesProvisioningErrors", Objects),
    property("onPremisesSamAccountName", Text).filter(),
    // true synced, false was synced, null never. [GD21]
    property("onPremisesSyncEnabled", Bool).filter(),
    property("onPremisesUserPrincipalName", Text),
    // Cloud-writable on synchronised accounts: UNV, switch `sync_masters_other_mails`.
    property("otherMails", Texts).patch().required().sensitive().permission(MAIL).filter(),
    property("passwordPolicies", Text).patch(),
    property("postalCode", Text).patch().synced().filter(),
    property("provisionedPlans", Objects).filter(),
    // Read-only in Graph. [PROXY]
    property("proxyAddresses", Texts).filter(),
    property("securityIdentifier", Text),
    property("showInAddressList", Bool).patch(),
    property("signInSessionsValidFromDateTime", Date),
    property("state", Text).patch().synced().filter(),
    property("streetAddress", Text).patch().synced(),
    property("usageLocation", Text).patch().filter(),
    property("userType", Text).patch().filter(),
    // Only of deleted users, through /directory/deletedItems.
    property("deletedDateTime", Date),
    // Relations and what is never shown.
    property("passwordProfile", Object).patch().sensitive().permission("User-PasswordProfile.ReadWrite.All").hidden(),
    property("manager", Text).hidden(),
    // Set where Exchange, not the directory, masters the mail attributes (contract §2, "external service" text).
    property("exchangeMastered", Bool).hidden(),
];

/// See the module.
pub(crate) static SCHEMA: Schema = Schema { type_name: "user", set: "users", properties: TABLE };

pub(crate) const ID: u8 = number(TABLE, "id");
pub(crate) const DISPLAY_NAME: u8 = number(TABLE, "displayName");
pub(crate) const MAIL_NICKNAME: u8 = number(TABLE, "mailNickname");
pub(crate) const MAIL_ADDRESS: u8 = number(TABLE, "mail");
pub(crate) const USER_PRINCIPAL_NAME: u8 = number(TABLE, "userPrincipalName");
pub(crate) const ACCOUNT_ENABLED: u8 = number(TABLE, "accountEnabled");
pub(crate) const ASSIGNED_LICENSES: u8 = number(TABLE, "assignedLicenses");
pub(crate) const ASSIGNED_PLANS: u8 = number(TABLE, "assignedPlans");
pub(crate) const BUSINESS_PHONES: u8 = number(TABLE, "businessPhones");
pub(crate) const MOBILE_PHONE: u8 = number(TABLE, "mobilePhone");
pub(crate) const FAX_NUMBER: u8 = number(TABLE, "faxNumber");
pub(crate) const OTHER_MAILS: u8 = number(TABLE, "otherMails");
pub(crate) const PROXY_ADDRESSES: u8 = number(TABLE, "proxyAddresses");
pub(crate) const SYNC_ENABLED: u8 = number(TABLE, "onPremisesSyncEnabled");
pub(crate) const DELETED_DATE_TIME: u8 = number(TABLE, "deletedDateTime");
pub(crate) const CREATED_DATE_TIME: u8 = number(TABLE, "createdDateTime");
pub(crate) const USER_TYPE: u8 = number(TABLE, "userType");
pub(crate) const USAGE_LOCATION: u8 = number(TABLE, "usageLocation");
pub(crate) const MANAGER: u8 = number(TABLE, "manager");
pub(crate) const EXCHANGE_MASTERED: u8 = number(TABLE, "exchangeMastered");
pub(crate) const PASSWORD_PROFILE: u8 = number(TABLE, "passwordProfile");
