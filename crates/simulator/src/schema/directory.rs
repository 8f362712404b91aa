//! Small kinds: domains, SKUs, service principals, administrative units, authentication methods, lifecycle policies, and what is
//! printed without being kept. The rows are in `service.tsv`; here are the properties that code names.

use std::sync::LazyLock;

use super::{
    property::Schema,
    table::{place, read},
};

const DOMAIN_NAMED: &[&str] = &["id", "isVerified", "isDefault", "isInitial"];

/// A domain; its id is its name.
pub(crate) static DOMAIN: LazyLock<Schema> = LazyLock::new(|| read("domain", "domains", DOMAIN_NAMED));

pub(crate) const DOMAIN_ID: u8 = place(DOMAIN_NAMED, "id");
pub(crate) const DOMAIN_VERIFIED: u8 = place(DOMAIN_NAMED, "isVerified");
pub(crate) const DOMAIN_DEFAULT: u8 = place(DOMAIN_NAMED, "isDefault");
pub(crate) const DOMAIN_INITIAL: u8 = place(DOMAIN_NAMED, "isInitial");

const SKU_NAMED: &[&str] = &["id", "skuId", "skuPartNumber", "consumedUnits", "prepaidUnits", "servicePlans"];

/// A subscribed SKU; its id is `{tenant}_{skuId}`.
pub(crate) static SKU: LazyLock<Schema> = LazyLock::new(|| read("subscribedSku", "subscribedSkus", SKU_NAMED));

pub(crate) const SKU_ID: u8 = place(SKU_NAMED, "skuId");
pub(crate) const SKU_PART_NUMBER: u8 = place(SKU_NAMED, "skuPartNumber");
pub(crate) const SKU_CONSUMED: u8 = place(SKU_NAMED, "consumedUnits");
pub(crate) const SKU_PREPAID: u8 = place(SKU_NAMED, "prepaidUnits");
pub(crate) const SKU_PLANS: u8 = place(SKU_NAMED, "servicePlans");

/// An application's service principal.
pub(crate) static SERVICE_PRINCIPAL: LazyLock<Schema> =
    LazyLock::new(|| read("servicePrincipal", "servicePrincipals", &["id"]));

const UNIT_NAMED: &[&str] = &["id", "displayName", "deletedDateTime", "visibility", "members"];

/// An administrative unit.
pub(crate) static UNIT: LazyLock<Schema> =
    LazyLock::new(|| read("administrativeUnit", "directory/administrativeUnits", UNIT_NAMED));

pub(crate) const UNIT_ID: u8 = place(UNIT_NAMED, "id");
pub(crate) const UNIT_NAME: u8 = place(UNIT_NAMED, "displayName");
pub(crate) const UNIT_DELETED: u8 = place(UNIT_NAMED, "deletedDateTime");
pub(crate) const UNIT_MEMBERS: u8 = place(UNIT_NAMED, "members");

/// When groups expire, and who is told.
pub(crate) static LIFECYCLE: LazyLock<Schema> =
    LazyLock::new(|| read("groupLifecyclePolicy", "groupLifecyclePolicies", &["id"]));

const CONTACT_NAMED: &[&str] = &["id", "displayName", "mail", "mailNickname", "proxyAddresses"];

/// A mail contact as the directory shows it.
pub(crate) static CONTACT: LazyLock<Schema> = LazyLock::new(|| read("orgContact", "contacts", CONTACT_NAMED));

pub(crate) const CONTACT_ID: u8 = place(CONTACT_NAMED, "id");
pub(crate) const CONTACT_NAME: u8 = place(CONTACT_NAMED, "displayName");
pub(crate) const CONTACT_MAIL: u8 = place(CONTACT_NAMED, "mail");
pub(crate) const CONTACT_NICKNAME: u8 = place(CONTACT_NAMED, "mailNickname");
pub(crate) const CONTACT_ADDRESSES: u8 = place(CONTACT_NAMED, "proxyAddresses");

const EMAIL_NAMED: &[&str] = &["id", "emailAddress"];

/// A registered recovery email; stored under `{user id}/{method id}`.
pub(crate) static EMAIL_METHOD: LazyLock<Schema> =
    LazyLock::new(|| read("emailAuthenticationMethod", "users/authentication/emailMethods", EMAIL_NAMED));

pub(crate) const METHOD_ID: u8 = place(EMAIL_NAMED, "id");
pub(crate) const EMAIL_ADDRESS: u8 = place(EMAIL_NAMED, "emailAddress");

const PHONE_NAMED: &[&str] = &["id", "phoneNumber", "phoneType", "smsSignInState"];

/// A registered phone; stored under `{user id}/{method id}`.
pub(crate) static PHONE_METHOD: LazyLock<Schema> =
    LazyLock::new(|| read("phoneAuthenticationMethod", "users/authentication/phoneMethods", PHONE_NAMED));

pub(crate) const PHONE_NUMBER: u8 = place(PHONE_NAMED, "phoneNumber");
pub(crate) const PHONE_TYPE: u8 = place(PHONE_NAMED, "phoneType");
pub(crate) const SMS_STATE: u8 = place(PHONE_NAMED, "smsSignInState");

// Printed, and kept as something else.
pub(crate) static LICENSE_DETAILS: LazyLock<Schema> =
    LazyLock::new(|| read("licenseDetails", "users/licenseDetails", &[]));
pub(crate) static MAIL_FOLDER: LazyLock<Schema> = LazyLock::new(|| read("mailFolder", "users/mailFolders", &[]));
pub(crate) static MESSAGE_RULE: LazyLock<Schema> =
    LazyLock::new(|| read("messageRule", "users/mailFolders/messageRules", &[]));
pub(crate) static SCOPED_MEMBER: LazyLock<Schema> =
    LazyLock::new(|| read("scopedRoleMembership", "directory/administrativeUnits/scopedRoleMembers", &[]));
