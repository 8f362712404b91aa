//! What belongs to one mailbox: permissions, inbox rules, statistics.
//!
//! Invariant: keys begin with the mailbox's own key and a `/`, so that one range finds what belongs to a mailbox.

use crate::schema::{
    Property, Schema,
    Type::{Bool, Date, Number, Size, Text, Texts},
    property::{
        Refers::{Account, Addressee, Identity},
        number, property,
    },
};

const PERMISSION_TABLE: &[Property] = &[
    property("Identity", Text).refers(Identity),
    property("User", Text).refers(Account),
    property("AccessRights", Texts),
    property("IsInherited", Bool),
    property("Deny", Bool),
    property("InheritanceType", Text),
    // Not printed by the cmdlet: whether Outlook adds the mailbox by itself (default true).
    property("AutoMapping", Bool).hidden(),
];

/// Who may open a mailbox; stored under `{mailbox}/{user}`.
pub(crate) static PERMISSION: Schema =
    Schema { type_name: "mailboxPermission", set: "mailboxPermissions", properties: PERMISSION_TABLE };

pub(crate) const PERMISSION_IDENTITY: u8 = number(PERMISSION_TABLE, "Identity");
pub(crate) const PERMISSION_USER: u8 = number(PERMISSION_TABLE, "User");
pub(crate) const PERMISSION_RIGHTS: u8 = number(PERMISSION_TABLE, "AccessRights");
pub(crate) const PERMISSION_DENY: u8 = number(PERMISSION_TABLE, "Deny");
pub(crate) const PERMISSION_INHERITANCE: u8 = number(PERMISSION_TABLE, "InheritanceType");
pub(crate) const PERMISSION_AUTO_MAPPING: u8 = number(PERMISSION_TABLE, "AutoMapping");

const TRUSTEE_TABLE: &[Property] = &[
    property("Identity", Text).refers(Identity),
    property("Trustee", Text).refers(Account),
    property("AccessControlType", Text),
    property("AccessRights", Texts),
    property("IsInherited", Bool),
    property("InheritanceType", Text),
];

/// Who may send as a recipient; stored under `{recipient}/{trustee}`.
pub(crate) static TRUSTEE: Schema =
    Schema { type_name: "recipientPermission", set: "recipientPermissions", properties: TRUSTEE_TABLE };

pub(crate) const TRUSTEE_IDENTITY: u8 = number(TRUSTEE_TABLE, "Identity");
pub(crate) const TRUSTEE_NAME: u8 = number(TRUSTEE_TABLE, "Trustee");
pub(crate) const TRUSTEE_CONTROL: u8 = number(TRUSTEE_TABLE, "AccessControlType");
pub(crate) const TRUSTEE_RIGHTS: u8 = number(TRUSTEE_TABLE, "AccessRights");
pub(crate) const TRUSTEE_INHERITANCE: u8 = number(TRUSTEE_TABLE, "InheritanceType");

const RULE_TABLE: &[Property] = &[
    property("Identity", Text),
    property("RuleIdentity", Text),
    property("Name", Text),
    property("Enabled", Bool),
    property("Priority", Number),
    property("MailboxOwnerId", Text).refers(Identity),
    property("From", Texts).refers(Addressee),
    property("ExceptIfFrom", Texts).refers(Addressee),
    property("SentTo", Texts).refers(Addressee),
    property("SubjectContainsWords", Texts),
    property("SubjectOrBodyContainsWords", Texts),
    property("ForwardTo", Texts).refers(Addressee),
    property("ForwardAsAttachmentTo", Texts).refers(Addressee),
    property("RedirectTo", Texts).refers(Addressee),
    property("DeleteMessage", Bool),
    property("SoftDeleteMessage", Bool),
    property("MarkAsRead", Bool),
    property("MoveToFolder", Text),
    property("CopyToFolder", Text),
    property("StopProcessingRules", Bool),
    // UNV: that the cmdlet prints it; that hidden rules come with `-IncludeHidden` only is documented.
    property("IsHidden", Bool),
];

/// An inbox rule; stored under `{mailbox}/{priority}`.
pub(crate) static RULE: Schema = Schema { type_name: "inboxRule", set: "inboxRules", properties: RULE_TABLE };

pub(crate) const RULE_IDENTITY: u8 = number(RULE_TABLE, "Identity");
pub(crate) const RULE_NUMBER: u8 = number(RULE_TABLE, "RuleIdentity");
pub(crate) const RULE_NAME: u8 = number(RULE_TABLE, "Name");
pub(crate) const RULE_ENABLED: u8 = number(RULE_TABLE, "Enabled");
pub(crate) const RULE_PRIORITY: u8 = number(RULE_TABLE, "Priority");
pub(crate) const RULE_OWNER: u8 = number(RULE_TABLE, "MailboxOwnerId");
pub(crate) const RULE_FROM: u8 = number(RULE_TABLE, "From");
pub(crate) const RULE_SUBJECT: u8 = number(RULE_TABLE, "SubjectContainsWords");
pub(crate) const RULE_FORWARD: u8 = number(RULE_TABLE, "ForwardTo");
pub(crate) const RULE_ATTACH: u8 = number(RULE_TABLE, "ForwardAsAttachmentTo");
pub(crate) const RULE_REDIRECT: u8 = number(RULE_TABLE, "RedirectTo");
pub(crate) const RULE_DELETE: u8 = number(RULE_TABLE, "DeleteMessage");
pub(crate) const RULE_MOVE: u8 = number(RULE_TABLE, "MoveToFolder");
pub(crate) const RULE_STOP: u8 = number(RULE_TABLE, "StopProcessingRules");
pub(crate) const RULE_HIDDEN: u8 = number(RULE_TABLE, "IsHidden");

const STATISTICS_TABLE: &[Property] = &[
    property("DisplayName", Text),
    property("MailboxGuid", Text),
    property("TotalItemSize", Size),
    property("ItemCount", Number),
    property("LastLogonTime", Date),
    // What Graph says of the inbox.
    property("InboxTotal", Number).hidden(),
    property("InboxUnread", Number).hidden(),
    property("OldestUnread", Date).hidden(),
];

/// What a mailbox contains, in numbers; stored under the mailbox's key.
pub(crate) static STATISTICS: Schema =
    Schema { type_name: "mailboxStatistics", set: "mailboxStatistics", properties: STATISTICS_TABLE };

pub(crate) const STATISTICS_NAME: u8 = number(STATISTICS_TABLE, "DisplayName");
pub(crate) const STATISTICS_GUID: u8 = number(STATISTICS_TABLE, "MailboxGuid");
pub(crate) const TOTAL_SIZE: u8 = number(STATISTICS_TABLE, "TotalItemSize");
pub(crate) const ITEM_COUNT: u8 = number(STATISTICS_TABLE, "ItemCount");
pub(crate) const LAST_LOGON: u8 = number(STATISTICS_TABLE, "LastLogonTime");
pub(crate) const INBOX_TOTAL: u8 = number(STATISTICS_TABLE, "InboxTotal");
pub(crate) const INBOX_UNREAD: u8 = number(STATISTICS_TABLE, "InboxUnread");
pub(crate) const OLDEST_UNREAD: u8 = number(STATISTICS_TABLE, "OldestUnread");
