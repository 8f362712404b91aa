//! Billing accounts, billing profiles and who holds which role in them. Contract §8, `[BILL]`.

use super::{
    property::{Property, Schema, number, property},
    value_type::Type::{Bool, Date, Number, Object, Text, Texts},
};

const ACCOUNT_TABLE: &[Property] = &[
    property("name", Text),
    property("displayName", Text).patch(),
    property("soldTo", Object).patch(),
    property("agreementType", Text),
    property("accountType", Text),
    property("accountStatus", Text),
    property("notificationEmailAddress", Text),
];

/// A billing account, stored under its name.
pub(crate) static ACCOUNT: Schema =
    Schema { type_name: "billingAccount", set: "billingAccounts", properties: ACCOUNT_TABLE };

pub(crate) const ACCOUNT_NAME: u8 = number(ACCOUNT_TABLE, "name");
pub(crate) const AGREEMENT_TYPE: u8 = number(ACCOUNT_TABLE, "agreementType");

const PROFILE_TABLE: &[Property] = &[
    property("name", Text),
    property("displayName", Text).patch(),
    property("invoiceRecipients", Texts).patch(),
    property("invoiceEmailOptIn", Bool).patch(),
    property("billTo", Object).patch(),
    property("shipTo", Object).patch(),
    property("soldTo", Object).patch(),
    property("poNumber", Text).patch(),
    property("tags", Object).patch(),
    property("currency", Text),
    property("invoiceDay", Number),
    property("status", Text),
    property("systemId", Text),
    property("account", Text).hidden(),
];

/// A billing profile, stored under `{account}/{profile}`.
pub(crate) static PROFILE: Schema =
    Schema { type_name: "billingProfile", set: "billingProfiles", properties: PROFILE_TABLE };

pub(crate) const PROFILE_NAME: u8 = number(PROFILE_TABLE, "name");
pub(crate) const PROFILE_ACCOUNT: u8 = number(PROFILE_TABLE, "account");
pub(crate) const INVOICE_RECIPIENTS: u8 = number(PROFILE_TABLE, "invoiceRecipients");
pub(crate) const INVOICE_OPT_IN: u8 = number(PROFILE_TABLE, "invoiceEmailOptIn");
pub(crate) const TAGS: u8 = number(PROFILE_TABLE, "tags");

const ROLE_TABLE: &[Property] = &[
    property("name", Text),
    // The account, or `{account}/{profile}`.
    property("scope", Text),
    property("roleId", Text),
    property("principalId", Text),
    property("createdOn", Date),
];

/// A billing role assignment, stored under `{scope}/{role}_{principal}`.
pub(crate) static ROLE_ASSIGNMENT: Schema =
    Schema { type_name: "billingRoleAssignment", set: "billingRoleAssignments", properties: ROLE_TABLE };

pub(crate) const ROLE_NAME: u8 = number(ROLE_TABLE, "name");
pub(crate) const ROLE_SCOPE: u8 = number(ROLE_TABLE, "scope");
pub(crate) const ROLE_ID: u8 = number(ROLE_TABLE, "roleId");
pub(crate) const ROLE_PRINCIPAL: u8 = number(ROLE_TABLE, "principalId");
pub(crate) const ROLE_CREATED: u8 = number(ROLE_TABLE, "createdOn");
