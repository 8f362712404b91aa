//! Groups.

use super::property::{
    Property, Schema,
    Type::{Bool, Date, Text, Texts},
    number, property,
};

const TABLE: &[Property] = &[
    property("id", Text).by_default().basic().filter(),
    property("displayName", Text).by_default().basic().patch().required().filter(),
    property("createdDateTime", Date).by_default().filter(),
    property("description", Text).by_default().patch(),
    property("groupTypes", Texts).by_default().create().filter(),
    // Cannot change after creation.
    property("isAssignableToRole", Bool).by_default().create().filter(),
    property("mail", Text).by_default().filter(),
    property("mailEnabled", Bool).by_default().create().required().filter(),
    property("mailNickname", Text).by_default().patch().required().filter(),
    property("onPremisesSyncEnabled", Bool).by_default().filter(),
    property("proxyAddresses", Texts).by_default().filter(),
    property("securityEnabled", Bool).by_default().patch().required().filter(),
    property("visibility", Text).by_default().patch(),
    property("deletedDateTime", Date).by_default(),
    property("members", Texts).hidden(),
    property("owners", Texts).hidden(),
];

/// See the module.
pub(crate) static SCHEMA: Schema = Schema { type_name: "group", set: "groups", properties: TABLE };

pub(crate) const ID: u8 = number(TABLE, "id");
pub(crate) const DISPLAY_NAME: u8 = number(TABLE, "displayName");
pub(crate) const CREATED_DATE_TIME: u8 = number(TABLE, "createdDateTime");
pub(crate) const GROUP_TYPES: u8 = number(TABLE, "groupTypes");
pub(crate) const IS_ASSIGNABLE_TO_ROLE: u8 = number(TABLE, "isAssignableToRole");
pub(crate) const MAIL: u8 = number(TABLE, "mail");
pub(crate) const MAIL_ENABLED: u8 = number(TABLE, "mailEnabled");
pub(crate) const MAIL_NICKNAME: u8 = number(TABLE, "mailNickname");
pub(crate) const SECURITY_ENABLED: u8 = number(TABLE, "securityEnabled");
pub(crate) const SYNC_ENABLED: u8 = number(TABLE, "onPremisesSyncEnabled");
pub(crate) const PROXY_ADDRESSES: u8 = number(TABLE, "proxyAddresses");
pub(crate) const DELETED_DATE_TIME: u8 = number(TABLE, "deletedDateTime");
pub(crate) const MEMBERS: u8 = number(TABLE, "members");
pub(crate) const OWNERS: u8 = number(TABLE, "owners");
