//! Users. The rows are in `service.tsv`; here are the properties that code names.

use std::sync::LazyLock;

use super::{
    property::Schema,
    table::{place, read},
};

/// The permission that, with User.Read.All, suffices for accountEnabled. `[UU]`
pub(crate) const ENABLE: &str = "User.EnableDisableAccount.All";

const NAMED: &[&str] = &[
    "id",
    "accountEnabled",
    "displayName",
    "userPrincipalName",
    "assignedLicenses",
    "assignedPlans",
    "businessPhones",
    "createdDateTime",
    "deletedDateTime",
    "faxNumber",
    "identities",
    "lastPasswordChangeDateTime",
    "mail",
    "mailNickname",
    "mobilePhone",
    "onPremisesSyncEnabled",
    "otherMails",
    "passwordPolicies",
    "passwordProfile",
    "proxyAddresses",
    "usageLocation",
    "userType",
    "manager",
    // Set where Exchange, not the directory, masters the mail attributes (contract §2, "external service" text).
    "exchangeMastered",
];

/// See the module.
pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| read("user", "users", NAMED));

pub(crate) const ID: u8 = place(NAMED, "id");
pub(crate) const DISPLAY_NAME: u8 = place(NAMED, "displayName");
pub(crate) const MAIL_NICKNAME: u8 = place(NAMED, "mailNickname");
pub(crate) const MAIL_ADDRESS: u8 = place(NAMED, "mail");
pub(crate) const USER_PRINCIPAL_NAME: u8 = place(NAMED, "userPrincipalName");
pub(crate) const ACCOUNT_ENABLED: u8 = place(NAMED, "accountEnabled");
pub(crate) const ASSIGNED_LICENSES: u8 = place(NAMED, "assignedLicenses");
pub(crate) const ASSIGNED_PLANS: u8 = place(NAMED, "assignedPlans");
pub(crate) const BUSINESS_PHONES: u8 = place(NAMED, "businessPhones");
pub(crate) const MOBILE_PHONE: u8 = place(NAMED, "mobilePhone");
pub(crate) const FAX_NUMBER: u8 = place(NAMED, "faxNumber");
pub(crate) const IDENTITIES: u8 = place(NAMED, "identities");
pub(crate) const PASSWORD_CHANGED: u8 = place(NAMED, "lastPasswordChangeDateTime");
pub(crate) const OTHER_MAILS: u8 = place(NAMED, "otherMails");
pub(crate) const PROXY_ADDRESSES: u8 = place(NAMED, "proxyAddresses");
pub(crate) const SYNC_ENABLED: u8 = place(NAMED, "onPremisesSyncEnabled");
pub(crate) const DELETED_DATE_TIME: u8 = place(NAMED, "deletedDateTime");
pub(crate) const CREATED_DATE_TIME: u8 = place(NAMED, "createdDateTime");
pub(crate) const USER_TYPE: u8 = place(NAMED, "userType");
pub(crate) const USAGE_LOCATION: u8 = place(NAMED, "usageLocation");
pub(crate) const MANAGER: u8 = place(NAMED, "manager");
pub(crate) const EXCHANGE_MASTERED: u8 = place(NAMED, "exchangeMastered");
pub(crate) const PASSWORD_POLICIES: u8 = place(NAMED, "passwordPolicies");
pub(crate) const PASSWORD_PROFILE: u8 = place(NAMED, "passwordProfile");
