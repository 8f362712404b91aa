//! The seed's section `exchange`: what Exchange knows beyond the directory.
//!
//! Properties are named as the cmdlets print them, in any case of letters (`forwardingSmtpAddress`), and checked against
//! the schema. Where a property stands for a recipient, its value is a sign-in name, an address, the name of a group, list
//! or contact, or an id. Dates are RFC 3339, or relative to the start: `-3d`, `+45d`, `-12h`, `-30m`. Sizes are `49.5 GB`.
//!
//! Invariant: an unknown property, name or value is an error that says where, as everywhere in the seed.

mod mailboxes;
mod objects;
mod plant;
mod recipients;
mod value;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(super) use self::{plant::plant, recipients::with_lists, value::moment};

/// An object that is nothing but properties.
pub type ExchangeObject = BTreeMap<String, Value>;

/// What Exchange knows beyond the directory; everything is optional.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ExchangeSeed {
    /// Mailboxes of accounts: what differs from the usual. Of an account without a licence it waits until there is one.
    pub mailboxes: Vec<MailboxSeed>,
    /// Shared mailboxes: their account is one of `users`, disabled, without a licence.
    pub shared_mailboxes: Vec<MailboxSeed>,
    /// Distribution lists, mail-enabled security groups, dynamic lists. A list that is not among `groups` is made there.
    pub lists: Vec<ListSeed>,
    /// The Exchange side of Microsoft 365 groups that are among `groups`.
    pub groups: Vec<GroupMailboxSeed>,
    /// Mail contacts: names for addresses outside.
    pub contacts: Vec<ContactSeed>,
    /// Public folders that have an address.
    pub public_folders: Vec<PublicFolderSeed>,
    /// Accounts without a mailbox here whose mail goes elsewhere.
    pub mail_users: Vec<MailUserSeed>,
    /// Mailboxes in their 30 days after removal. Those of deleted accounts (`deleted: true`) are there by themselves.
    pub soft_deleted: Vec<SoftDeletedSeed>,
    /// Mail flow rules, in order of priority; persons and groups as addresses.
    pub transport_rules: Vec<ExchangeObject>,
    /// Anti-spam policies; `Default` is there already and can be changed.
    pub content_filter_policies: Vec<ExchangeObject>,
    /// To whom they apply.
    pub content_filter_rules: Vec<ExchangeObject>,
    /// Safe Links policies.
    pub safe_links_policies: Vec<ExchangeObject>,
    /// To whom they apply.
    pub safe_links_rules: Vec<ExchangeObject>,
    /// Outbound spam policies; `Default` is there already (`autoForwardingMode: Automatic`).
    pub outbound_policies: Vec<ExchangeObject>,
    /// Whose mail they are about.
    pub outbound_rules: Vec<ExchangeObject>,
    /// Remote domains; `Default` (`*`) is there already.
    pub remote_domains: Vec<ExchangeObject>,
    /// Outbound connectors: `name`, `recipientDomains`, `connectorType` (`OnPremises` unless told otherwise).
    pub outbound_connectors: Vec<ExchangeObject>,
    /// Changes to accepted domains, which are the tenant's verified domains, by `domainName`.
    pub accepted_domains: Vec<ExchangeObject>,
    /// Entries of the tenant allow/block list: `value`, `action`, `expirationDate` or `removeAfter` with `lastUsedDate`.
    pub allow_block_entries: Vec<ExchangeObject>,
    /// Messages in quarantine.
    pub quarantine: Vec<ExchangeObject>,
    /// Message trace.
    pub traces: Vec<ExchangeObject>,
    /// Retention policies; `Default MRM Policy` is there already.
    pub retention_policies: Vec<ExchangeObject>,
    /// Retention tags.
    pub retention_tags: Vec<ExchangeObject>,
    /// The organization's configuration.
    pub organization_config: ExchangeObject,
}

/// What kind of mailbox an account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MailboxKindSeed {
    /// By its licence.
    User,
    /// Of several people, without a licence.
    Shared,
    /// A room.
    Room,
    /// A thing that can be booked.
    Equipment,
}

/// A mailbox. Every other key is one of its properties, as `forwardingAddress`, `prohibitSendReceiveQuota`,
/// `retentionPolicy`, `moderationEnabled`, `acceptMessagesOnlyFrom`, `hiddenFromAddressListsEnabled`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailboxSeed {
    /// Sign-in name of the account.
    pub user: String,
    /// Default: by the licence; `shared` in `sharedMailboxes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<MailboxKindSeed>,
    /// Who may open it.
    #[serde(default)]
    pub full_access: Vec<String>,
    /// Who may not, whatever grants it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied_access: Vec<String>,
    /// Who may send as it.
    #[serde(default)]
    pub send_as: Vec<String>,
    /// Inbox rules in order; their targets are recipients or addresses outside. `isHidden` hides one.
    #[serde(default)]
    pub inbox_rules: Vec<ExchangeObject>,
    /// Size of what is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// Number of items in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<u64>,
    /// Last logon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_logon: Option<String>,
    /// Items in the inbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbox_total: Option<u64>,
    /// Unread ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbox_unread: Option<u64>,
    /// When the oldest unread one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_unread: Option<String>,
    /// When the account lost its licence: the mailbox is still there for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence_ended: Option<String>,
    /// The rest.
    #[serde(flatten)]
    pub properties: ExchangeObject,
}

/// What kind of list it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ListKindSeed {
    /// A distribution list.
    #[default]
    Distribution,
    /// A mail-enabled security group.
    Security,
    /// Its members are calculated; the directory does not know it.
    Dynamic,
    /// A list of rooms.
    RoomList,
}

/// A list. Every other key is one of its properties, as `requireSenderAuthenticationEnabled`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListSeed {
    /// Name; that of one of `groups` adds to it.
    pub name: String,
    /// Primary address; must be given for a list that is not among `groups`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// Further addresses.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Default `distribution`.
    #[serde(default)]
    pub kind: ListKindSeed,
    /// Members: accounts, groups, lists, contacts.
    #[serde(default)]
    pub members: Vec<String>,
    /// Owners: accounts.
    #[serde(default)]
    pub owners: Vec<String>,
    /// Who may send as it.
    #[serde(default)]
    pub send_as: Vec<String>,
    /// The rest.
    #[serde(flatten)]
    pub properties: ExchangeObject,
}

/// The Exchange side of a Microsoft 365 group. Every other key is one of its properties.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupMailboxSeed {
    /// Name of one of `groups`.
    pub name: String,
    /// Members who get the group's mail into their own mailbox.
    #[serde(default)]
    pub subscribers: Vec<String>,
    /// All members do.
    #[serde(default)]
    pub subscribe_all: bool,
    /// The rest.
    #[serde(flatten)]
    pub properties: ExchangeObject,
}

/// A mail contact. Every other key is one of its properties.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactSeed {
    /// Name.
    pub name: String,
    /// The address outside.
    pub address: String,
    /// The rest.
    #[serde(flatten)]
    pub properties: ExchangeObject,
}

/// A public folder that has an address; what is in it is not kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublicFolderSeed {
    /// Name.
    pub name: String,
    /// Primary address.
    pub mail: String,
    /// Further addresses.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// A mail user. Every other key is one of its properties.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailUserSeed {
    /// Sign-in name of the account.
    pub user: String,
    /// Where its mail goes.
    pub address: String,
    /// The rest.
    #[serde(flatten)]
    pub properties: ExchangeObject,
}

/// A removed mailbox.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SoftDeletedSeed {
    /// Name.
    pub name: String,
    /// Its addresses, the primary one first.
    pub addresses: Vec<String>,
    /// When it was removed.
    pub at: String,
    /// By Remove-Mailbox; else because its account was deleted.
    #[serde(default)]
    pub by_remove: bool,
}
