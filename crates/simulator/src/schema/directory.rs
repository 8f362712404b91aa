//! Small kinds: domains, SKUs, service principals, authentication methods.

use super::property::{
    Property, Schema,
    Type::{Bool, Number, Object, Objects, Text, Texts},
    number, property,
};

const DOMAIN_TABLE: &[Property] = &[
    property("id", Text).by_default(),
    property("authenticationType", Text).by_default(),
    property("availabilityStatus", Text).by_default(),
    property("isAdminManaged", Bool).by_default(),
    property("isDefault", Bool).by_default(),
    property("isInitial", Bool).by_default(),
    property("isRoot", Bool).by_default(),
    property("isVerified", Bool).by_default(),
    property("passwordNotificationWindowInDays", Number).by_default(),
    property("passwordValidityPeriodInDays", Number).by_default(),
    property("state", Object).by_default(),
    property("supportedServices", Texts).by_default(),
];

/// A domain; its id is its name.
pub(crate) static DOMAIN: Schema = Schema { type_name: "domain", set: "domains", properties: DOMAIN_TABLE };

pub(crate) const DOMAIN_ID: u8 = number(DOMAIN_TABLE, "id");
pub(crate) const DOMAIN_VERIFIED: u8 = number(DOMAIN_TABLE, "isVerified");
pub(crate) const DOMAIN_DEFAULT: u8 = number(DOMAIN_TABLE, "isDefault");
pub(crate) const DOMAIN_INITIAL: u8 = number(DOMAIN_TABLE, "isInitial");

const SKU_TABLE: &[Property] = &[
    property("id", Text).by_default(),
    property("accountId", Text).by_default(),
    property("accountName", Text).by_default(),
    property("appliesTo", Text).by_default(),
    property("capabilityStatus", Text).by_default(),
    property("consumedUnits", Number).by_default(),
    property("prepaidUnits", Object).by_default(),
    property("servicePlans", Objects).by_default(),
    property("skuId", Text).by_default(),
    property("skuPartNumber", Text).by_default(),
    property("subscriptionIds", Texts).by_default(),
];

/// A subscribed SKU; its id is `{tenant}_{skuId}`.
pub(crate) static SKU: Schema = Schema { type_name: "subscribedSku", set: "subscribedSkus", properties: SKU_TABLE };

pub(crate) const SKU_ID: u8 = number(SKU_TABLE, "skuId");
pub(crate) const SKU_PART_NUMBER: u8 = number(SKU_TABLE, "skuPartNumber");
pub(crate) const SKU_CONSUMED: u8 = number(SKU_TABLE, "consumedUnits");
pub(crate) const SKU_PREPAID: u8 = number(SKU_TABLE, "prepaidUnits");
pub(crate) const SKU_PLANS: u8 = number(SKU_TABLE, "servicePlans");

const SERVICE_PRINCIPAL_TABLE: &[Property] = &[
    property("id", Text).by_default().filter(),
    property("accountEnabled", Bool).by_default().filter(),
    property("appDisplayName", Text).by_default(),
    property("appId", Text).by_default().filter(),
    property("appOwnerOrganizationId", Text).by_default().filter(),
    property("displayName", Text).by_default().filter(),
    property("notificationEmailAddresses", Texts).by_default(),
    property("servicePrincipalNames", Texts).by_default(),
    property("servicePrincipalType", Text).by_default().filter(),
    property("tags", Texts).by_default(),
];

/// An application's service principal.
pub(crate) static SERVICE_PRINCIPAL: Schema =
    Schema { type_name: "servicePrincipal", set: "servicePrincipals", properties: SERVICE_PRINCIPAL_TABLE };

const EMAIL_METHOD_TABLE: &[Property] =
    &[property("id", Text).by_default(), property("emailAddress", Text).by_default().patch()];

/// A registered recovery email; stored under `{user id}/{method id}`.
pub(crate) static EMAIL_METHOD: Schema = Schema {
    type_name: "emailAuthenticationMethod",
    set: "users/authentication/emailMethods",
    properties: EMAIL_METHOD_TABLE,
};

pub(crate) const METHOD_ID: u8 = number(EMAIL_METHOD_TABLE, "id");
pub(crate) const EMAIL_ADDRESS: u8 = number(EMAIL_METHOD_TABLE, "emailAddress");

const PHONE_METHOD_TABLE: &[Property] = &[
    property("id", Text).by_default(),
    property("phoneNumber", Text).by_default().patch(),
    property("phoneType", Text).by_default().create(),
    property("smsSignInState", Text).by_default(),
];

/// A registered phone; stored under `{user id}/{method id}`.
pub(crate) static PHONE_METHOD: Schema = Schema {
    type_name: "phoneAuthenticationMethod",
    set: "users/authentication/phoneMethods",
    properties: PHONE_METHOD_TABLE,
};

pub(crate) const PHONE_NUMBER: u8 = number(PHONE_METHOD_TABLE, "phoneNumber");
pub(crate) const PHONE_TYPE: u8 = number(PHONE_METHOD_TABLE, "phoneType");
pub(crate) const SMS_STATE: u8 = number(PHONE_METHOD_TABLE, "smsSignInState");
