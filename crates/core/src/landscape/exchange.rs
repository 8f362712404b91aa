//! Recipients of Exchange Online, and what is read of them one by one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    connectors::OutboundConnector,
    filter::{AllowEntry, ContentFilter, OutboundPolicy, Quarantined, RemoteDomain, RetentionTag, SafeLinks},
    reference::{RecipientKey, Reference, Trustee},
    rules::{InboxRules, TransportRule},
    traces::Traces,
};
use crate::model::{Fact, Shared};

/// Everything of Exchange that bears on where mail goes.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    /// Mailboxes, mail users, contacts, lists and groups: all of them, so that an address that none has bounces.
    pub recipients: Fact<Shared<RecipientKey, Recipient>>,
    /// Soft-deleted mailboxes, by the same names.
    pub soft_deleted: Fact<Shared<RecipientKey, Recipient>>,
    /// Domains that mail is accepted for, lower case.
    pub accepted_domains: Fact<BTreeMap<Box<str>, DomainType>>,
    /// Members of a list, by the list's key; of a Microsoft 365 group too. Dynamic ones as Exchange calculates them.
    pub members: BTreeMap<RecipientKey, Fact<Box<[Reference]>>>,
    /// Who follows a Microsoft 365 group in the own inbox.
    pub subscribers: BTreeMap<RecipientKey, Fact<Box<[Reference]>>>,
    /// Who has full access to a mailbox beside its owner.
    pub full_access: BTreeMap<RecipientKey, Fact<Box<[Trustee]>>>,
    /// Who is denied full access, whatever grants it; read with [`Self::full_access`], and without the mailboxes where nobody is.
    pub denied_access: BTreeMap<RecipientKey, Box<[Trustee]>>,
    /// A mailbox's inbox rules.
    pub inbox_rules: BTreeMap<RecipientKey, Fact<InboxRules>>,
    /// A mailbox's size in bytes.
    pub sizes: BTreeMap<RecipientKey, Fact<u64>>,
    /// What lies in a mailbox's inbox.
    pub inboxes: BTreeMap<RecipientKey, Fact<InboxCounts>>,
    /// Transport rules by priority, the first applies first. Disabled ones are left out.
    pub transport_rules: Fact<Box<[TransportRule]>>,
    /// Content filter (anti-spam) policies by priority; the default one last.
    pub content_filters: Fact<Box<[ContentFilter]>>,
    /// Outbound spam policies by priority; the default one last.
    pub outbound_policies: Fact<Box<[OutboundPolicy]>>,
    /// Where mail goes that leaves Exchange Online, beside what mail exchangers say. Disabled ones are left out.
    pub outbound_connectors: Fact<Box<[OutboundConnector]>>,
    /// Settings by domain of the other side.
    pub remote_domains: Fact<Box<[RemoteDomain]>>,
    /// Entries of the tenant allow/block list for senders.
    pub allow_entries: Fact<Box<[AllowEntry]>>,
    /// Messages that are in quarantine.
    pub quarantine: Fact<Box<[Quarantined]>>,
    /// What became of the latest mail of Microsoft's notice senders.
    pub traces: Fact<Traces>,
    /// Safe Links policies by priority.
    pub safe_links: Fact<Box<[SafeLinks]>>,
    /// Retention tags that delete, by the name of the policy that links them.
    pub retention: Fact<BTreeMap<Box<str>, Box<[RetentionTag]>>>,
}

/// Something that mail can be sent to.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Its key.
    pub key: RecipientKey,
    /// The directory object behind it (`ExternalDirectoryObjectId`).
    pub directory_id: Option<Uuid>,
    /// Name for people.
    pub display_name: Box<str>,
    /// The primary SMTP address.
    pub primary: Option<Box<str>>,
    /// `EmailAddresses`, as the service wrote them: X500, SIP and SPO entries too (DOMAIN D1).
    pub addresses: Box<[Box<str>]>,
    /// What it is.
    pub kind: RecipientKind,
    /// Whose mail it takes.
    pub restrictions: Restrictions,
    /// Whether it is synchronised from on-premises; absent where Exchange does not say.
    pub synchronised: Option<bool>,
}

/// The key is private as well: it is a person's name as a rule.
impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recipient").field("directory_id", &self.directory_id).finish_non_exhaustive()
    }
}

/// What a recipient is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecipientKind {
    /// A mailbox.
    Mailbox(Mailbox),
    /// An account or guest that is known here and whose mail goes to an outside address (`MailUser`, `GuestMailUser`).
    MailUser {
        /// `ExternalEmailAddress`, without its prefix.
        external: Option<Box<str>>,
    },
    /// A contact.
    Contact {
        /// `ExternalEmailAddress`, without its prefix.
        external: Option<Box<str>>,
    },
    /// A distribution list or mail-enabled security group.
    List {
        /// Its members are calculated.
        dynamic: bool,
    },
    /// A Microsoft 365 group.
    Group,
    /// A kind that this version does not know (a public folder, say): where its mail ends is unknown.
    Other(Box<str>),
}

/// A mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Whose it is.
    pub kind: MailboxKind,
    /// Whether it forwards.
    pub forwarding: Forwarding,
    /// Bytes beyond which mail bounces (`ProhibitSendReceiveQuota`); absent where unlimited.
    pub quota: Fact<u64>,
    /// Name of the retention policy.
    pub retention_policy: Option<Box<str>>,
    /// Whether a licence covers it (`SKUAssigned`); absent where Exchange says nothing.
    pub licensed: Fact<bool>,
    /// Whether the account behind it is disabled, as Exchange knows it; healthy for a shared mailbox.
    pub account_disabled: Fact<bool>,
}

/// Whose a mailbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MailboxKind {
    /// A person's.
    User,
    /// Shared: nobody signs in with it, and who has full access reads it.
    Shared,
    /// A room's or a piece of equipment's.
    Resource,
}

/// Where a mailbox forwards to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forwarding {
    /// `ForwardingAddress`: a recipient of this organization. Wins over [`Self::outside`].
    pub inside: Option<Reference>,
    /// `ForwardingSmtpAddress`, without its prefix.
    pub outside: Option<Box<str>>,
    /// `DeliverToMailboxAndForward`: without it the mailbox itself gets nothing.
    pub keeps_copy: bool,
}

/// Whose mail a recipient takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restrictions {
    /// `RequireSenderAuthenticationEnabled`: nothing from outside.
    pub authenticated_only: bool,
    /// `AcceptMessagesOnlyFrom` and `…FromDLMembers`: if any, nobody else.
    pub accept_only_from: Box<[Reference]>,
    /// `RejectMessagesFrom` and `…FromDLMembers`.
    pub reject_from: Box<[Reference]>,
    /// `ModerationEnabled`
    pub moderated: bool,
    /// `BypassModerationFromSendersOrMembers`
    pub bypass_moderation: Box<[Reference]>,
}

/// What Exchange does with mail for a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainType {
    /// All its recipients are here: mail to an unknown one bounces.
    Authoritative,
    /// Unknown recipients are looked for elsewhere.
    InternalRelay,
    /// All mail goes elsewhere.
    ExternalRelay,
}

/// What lies in an inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxCounts {
    /// Messages.
    pub total: u64,
    /// Unread ones.
    pub unread: u64,
    /// When the oldest unread one came.
    pub oldest_unread: Option<Timestamp>,
}
