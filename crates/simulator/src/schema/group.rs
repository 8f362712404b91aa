//! Groups. The rows are in `service.tsv`; here are the properties that code names.

use std::sync::LazyLock;

use super::{
    property::Schema,
    table::{place, read},
};
use crate::store::record::Record;

const NAMED: &[&str] = &[
    "id",
    "displayName",
    "allowExternalSenders",
    "autoSubscribeNewMembers",
    "createdDateTime",
    "deletedDateTime",
    "groupTypes",
    "hideFromAddressLists",
    "isAssignableToRole",
    "mail",
    "mailEnabled",
    "mailNickname",
    "membershipRule",
    "membershipRuleProcessingState",
    "onPremisesSyncEnabled",
    "proxyAddresses",
    "securityEnabled",
    "uniqueName",
    "visibility",
    "members",
    "owners",
];

/// See the module.
pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| read("group", "groups", NAMED));

pub(crate) const ID: u8 = place(NAMED, "id");
pub(crate) const DISPLAY_NAME: u8 = place(NAMED, "displayName");
pub(crate) const ALLOW_EXTERNAL_SENDERS: u8 = place(NAMED, "allowExternalSenders");
pub(crate) const AUTO_SUBSCRIBE: u8 = place(NAMED, "autoSubscribeNewMembers");
pub(crate) const HIDE_FROM_ADDRESS_LISTS: u8 = place(NAMED, "hideFromAddressLists");
pub(crate) const CREATED_DATE_TIME: u8 = place(NAMED, "createdDateTime");
pub(crate) const GROUP_TYPES: u8 = place(NAMED, "groupTypes");
pub(crate) const IS_ASSIGNABLE_TO_ROLE: u8 = place(NAMED, "isAssignableToRole");
pub(crate) const MAIL: u8 = place(NAMED, "mail");
pub(crate) const MAIL_ENABLED: u8 = place(NAMED, "mailEnabled");
pub(crate) const MAIL_NICKNAME: u8 = place(NAMED, "mailNickname");
pub(crate) const MEMBERSHIP_RULE: u8 = place(NAMED, "membershipRule");
pub(crate) const RULE_STATE: u8 = place(NAMED, "membershipRuleProcessingState");
pub(crate) const SECURITY_ENABLED: u8 = place(NAMED, "securityEnabled");
pub(crate) const SYNC_ENABLED: u8 = place(NAMED, "onPremisesSyncEnabled");
pub(crate) const PROXY_ADDRESSES: u8 = place(NAMED, "proxyAddresses");
pub(crate) const DELETED_DATE_TIME: u8 = place(NAMED, "deletedDateTime");
pub(crate) const UNIQUE_NAME: u8 = place(NAMED, "uniqueName");
pub(crate) const VISIBILITY: u8 = place(NAMED, "visibility");
pub(crate) const MEMBERS: u8 = place(NAMED, "members");
pub(crate) const OWNERS: u8 = place(NAMED, "owners");

/// Whether who is in the group shows only to a token that may see hidden members.
pub(crate) fn hides_members(group: &Record) -> bool {
    group.text(VISIBILITY).is_some_and(|visibility| visibility.eq_ignore_ascii_case("HiddenMembership"))
}
