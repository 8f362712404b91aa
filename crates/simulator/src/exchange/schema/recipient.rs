//! Recipients: mailboxes, mail users, mail contacts, distribution lists, dynamic lists, Microsoft 365 groups, public
//! folders with an address.
//!
//! Most of them stand on an object of the directory: what is stored here is only what Exchange keeps for itself or what
//! has not reached the directory yet. `exchange::derive` says where the other values come from.

use crate::schema::{
    Property, Schema,
    Type::{Bool, Date, Size, Text, Texts},
    property::{Refers::Identity, number, property},
};

/// Who prints a row.
pub(crate) const MAILBOX: u8 = 1;
pub(crate) const MAIL_USER: u8 = 2;
pub(crate) const CONTACT: u8 = 4;
pub(crate) const LIST: u8 = 8;
pub(crate) const DYNAMIC: u8 = 16;
pub(crate) const UNIFIED: u8 = 32;
/// What `Get-DistributionGroupMember` and `Get-UnifiedGroupLinks` print of anybody.
pub(crate) const MEMBER: u8 = 64;
/// What `Get-Recipient` prints of anybody: not "all object-specific properties" (Microsoft, "Get-Recipient"); which ones is UNV.
pub(crate) const REDUCED: u8 = 128;
const ACCOUNTS: u8 = MAILBOX | MAIL_USER;
const GROUPS: u8 = LIST | DYNAMIC | UNIFIED;
const ALL: u8 = ACCOUNTS | CONTACT | GROUPS;
const EVERYBODY: u8 = ALL | MEMBER | REDUCED;

const TABLE: &[Property] = &[
    property("ExternalDirectoryObjectId", Text).shown(EVERYBODY),
    property("Guid", Text).shown(EVERYBODY),
    property("Identity", Text).shown(EVERYBODY),
    property("Name", Text).shown(EVERYBODY),
    property("DisplayName", Text).shown(EVERYBODY),
    property("Alias", Text).shown(EVERYBODY),
    property("UserPrincipalName", Text).shown(ACCOUNTS),
    property("DistinguishedName", Text).shown(EVERYBODY),
    property("LegacyExchangeDN", Text).shown(ALL),
    property("PrimarySmtpAddress", Text).shown(EVERYBODY),
    property("WindowsEmailAddress", Text).shown(ALL),
    property("EmailAddresses", Texts).shown(ALL | REDUCED),
    property("ExternalEmailAddress", Text).shown(MAIL_USER | CONTACT | REDUCED),
    property("RecipientType", Text).shown(EVERYBODY),
    property("RecipientTypeDetails", Text).shown(EVERYBODY),
    property("AccountDisabled", Bool).shown(ACCOUNTS),
    property("IsDirSynced", Bool).shown(ALL),
    property("SKUAssigned", Bool).shown(ACCOUNTS),
    property("IsExchangeCloudManaged", Bool).shown(MAILBOX),
    property("HiddenFromAddressListsEnabled", Bool).shown(ALL | REDUCED),
    property("EmailAddressPolicyEnabled", Bool).shown(ALL),
    property("ForwardingAddress", Text).refers(Identity).shown(MAILBOX),
    property("ForwardingSmtpAddress", Text).shown(MAILBOX),
    property("DeliverToMailboxAndForward", Bool).shown(MAILBOX),
    property("GrantSendOnBehalfTo", Texts).refers(Identity).shown(ALL),
    property("RequireSenderAuthenticationEnabled", Bool).shown(ALL),
    property("AcceptMessagesOnlyFrom", Texts).refers(Identity).shown(ALL),
    property("AcceptMessagesOnlyFromDLMembers", Texts).refers(Identity).shown(ALL),
    property("RejectMessagesFrom", Texts).refers(Identity).shown(ALL),
    property("RejectMessagesFromDLMembers", Texts).refers(Identity).shown(ALL),
    property("ModerationEnabled", Bool).shown(ALL),
    property("ModeratedBy", Texts).refers(Identity).shown(ALL),
    property("BypassModerationFromSendersOrMembers", Texts).refers(Identity).shown(ALL),
    property("ProhibitSendReceiveQuota", Size).shown(MAILBOX),
    property("RetentionPolicy", Text).shown(MAILBOX),
    property("LitigationHoldEnabled", Bool).shown(MAILBOX),
    property("RemoteRoutingAddress", Text).shown(MAILBOX),
    property("WhenSoftDeleted", Date).shown(MAILBOX),
    property("IsSoftDeletedByRemove", Bool).shown(MAILBOX),
    property("WhenCreated", Date).shown(ALL | REDUCED),
    property("ManagedBy", Texts).refers(Identity).shown(GROUPS),
    property("RecipientFilter", Text).shown(DYNAMIC),
    property("AutoSubscribeNewMembers", Bool).shown(UNIFIED),
    property("SubscriptionEnabled", Bool).shown(UNIFIED),
    // Of lists: members that the directory's group does not have (contacts), or all of them (dynamic lists).
    property("Members", Texts).refers(Identity).hidden(),
    // Of Microsoft 365 groups: members who get the group's mail into their own mailbox.
    property("Subscribers", Texts).refers(Identity).hidden(),
    // When the last licence with Exchange went away; the mailbox follows later (contract §10.28).
    property("LicenceEnded", Date).hidden(),
    // Not of the directory's making: contacts, dynamic lists, mailboxes that were removed.
    property("Standalone", Bool).hidden(),
    // Made in Exchange; the directory's account follows later (contract §10.24).
    property("Creating", Bool).hidden(),
];

/// See the module.
pub(crate) static SCHEMA: Schema = Schema { type_name: "recipient", set: "recipients", properties: TABLE };

pub(crate) const ENTRA_ID: u8 = number(TABLE, "ExternalDirectoryObjectId");
pub(crate) const GUID: u8 = number(TABLE, "Guid");
pub(crate) const IDENTITY: u8 = number(TABLE, "Identity");
pub(crate) const NAME: u8 = number(TABLE, "Name");
pub(crate) const DISPLAY_NAME: u8 = number(TABLE, "DisplayName");
pub(crate) const ALIAS: u8 = number(TABLE, "Alias");
pub(crate) const USER_PRINCIPAL_NAME: u8 = number(TABLE, "UserPrincipalName");
pub(crate) const DISTINGUISHED_NAME: u8 = number(TABLE, "DistinguishedName");
pub(crate) const LEGACY_DN: u8 = number(TABLE, "LegacyExchangeDN");
pub(crate) const PRIMARY_ADDRESS: u8 = number(TABLE, "PrimarySmtpAddress");
pub(crate) const WINDOWS_ADDRESS: u8 = number(TABLE, "WindowsEmailAddress");
pub(crate) const EMAIL_ADDRESSES: u8 = number(TABLE, "EmailAddresses");
pub(crate) const EXTERNAL_ADDRESS: u8 = number(TABLE, "ExternalEmailAddress");
pub(crate) const TYPE: u8 = number(TABLE, "RecipientType");
pub(crate) const TYPE_DETAILS: u8 = number(TABLE, "RecipientTypeDetails");
pub(crate) const ACCOUNT_DISABLED: u8 = number(TABLE, "AccountDisabled");
pub(crate) const IS_DIR_SYNCED: u8 = number(TABLE, "IsDirSynced");
pub(crate) const SKU_ASSIGNED: u8 = number(TABLE, "SKUAssigned");
pub(crate) const CLOUD_MANAGED: u8 = number(TABLE, "IsExchangeCloudManaged");
pub(crate) const ADDRESS_POLICY: u8 = number(TABLE, "EmailAddressPolicyEnabled");
pub(crate) const FORWARDING_ADDRESS: u8 = number(TABLE, "ForwardingAddress");
pub(crate) const FORWARDING_SMTP_ADDRESS: u8 = number(TABLE, "ForwardingSmtpAddress");
pub(crate) const DELIVER_AND_FORWARD: u8 = number(TABLE, "DeliverToMailboxAndForward");
pub(crate) const REQUIRE_AUTHENTICATION: u8 = number(TABLE, "RequireSenderAuthenticationEnabled");
pub(crate) const ACCEPT_FROM: u8 = number(TABLE, "AcceptMessagesOnlyFrom");
pub(crate) const ACCEPT_FROM_MEMBERS: u8 = number(TABLE, "AcceptMessagesOnlyFromDLMembers");
pub(crate) const REJECT_FROM: u8 = number(TABLE, "RejectMessagesFrom");
pub(crate) const REJECT_FROM_MEMBERS: u8 = number(TABLE, "RejectMessagesFromDLMembers");
pub(crate) const MODERATION_ENABLED: u8 = number(TABLE, "ModerationEnabled");
pub(crate) const MODERATED_BY: u8 = number(TABLE, "ModeratedBy");
pub(crate) const BYPASS_MODERATION: u8 = number(TABLE, "BypassModerationFromSendersOrMembers");
pub(crate) const QUOTA: u8 = number(TABLE, "ProhibitSendReceiveQuota");
pub(crate) const RETENTION_POLICY: u8 = number(TABLE, "RetentionPolicy");
pub(crate) const WHEN_SOFT_DELETED: u8 = number(TABLE, "WhenSoftDeleted");
pub(crate) const SOFT_DELETED_BY_REMOVE: u8 = number(TABLE, "IsSoftDeletedByRemove");
pub(crate) const WHEN_CREATED: u8 = number(TABLE, "WhenCreated");
pub(crate) const MANAGED_BY: u8 = number(TABLE, "ManagedBy");
pub(crate) const MEMBERS: u8 = number(TABLE, "Members");
pub(crate) const SUBSCRIBERS: u8 = number(TABLE, "Subscribers");
pub(crate) const SUBSCRIPTION_ENABLED: u8 = number(TABLE, "SubscriptionEnabled");
pub(crate) const LICENCE_ENDED: u8 = number(TABLE, "LicenceEnded");
pub(crate) const STANDALONE: u8 = number(TABLE, "Standalone");
pub(crate) const CREATING: u8 = number(TABLE, "Creating");
