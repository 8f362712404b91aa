//! Recipients: mailboxes, mail users, contacts, lists, groups and public folders.

use std::{collections::HashMap, mem};

use tenant_contacts_core::{
    landscape::{
        Forwarding, Mailbox, MailboxKind, Recipient, RecipientKey, RecipientKind, Reference, Restrictions, fold,
    },
    model::{Fact, Shared, Unknown},
};

use super::{
    names::{Digest, Names, strip_prefix},
    reader::{Reader, what},
};
use crate::{
    exchange::{Cmdlet, Command, Interface, bytes},
    object::{Object, Unreadable, optional},
    send::Error,
    survey::unknown,
};

/// One listing of recipients.
pub(super) struct Source {
    cmdlet: Cmdlet,
    pub(super) soft_deleted: bool,
    properties: &'static [&'static str],
    /// `RecipientTypeDetails` of those that are asked for; empty for all that the cmdlet has.
    only: &'static [&'static str],
}

/// What every recipient's name and restrictions take, and what more each kind has.
macro_rules! properties {
    ($($more:literal),*) => {
        &[
            "ExternalDirectoryObjectId", "Guid", "Identity", "Name", "DisplayName", "Alias", "DistinguishedName",
            "LegacyExchangeDN", "PrimarySmtpAddress", "EmailAddresses", "RecipientTypeDetails", "IsDirSynced",
            "RequireSenderAuthenticationEnabled", "AcceptMessagesOnlyFrom", "AcceptMessagesOnlyFromDLMembers",
            "RejectMessagesFrom", "RejectMessagesFromDLMembers", "ModerationEnabled",
            "BypassModerationFromSendersOrMembers", $($more),*
        ]
    };
}

const MAILBOX: &[&str] = properties!(
    "UserPrincipalName",
    "AccountDisabled",
    "SKUAssigned",
    "ForwardingAddress",
    "ForwardingSmtpAddress",
    "DeliverToMailboxAndForward",
    "ProhibitSendReceiveQuota",
    "RetentionPolicy"
);
const FORWARDER: &[&str] = properties!("ExternalEmailAddress");
const LIST: &[&str] = properties!();

/// What `Get-Recipient` has of every kind: "might not return all object-specific properties for a recipient" (Microsoft,
/// "Get-Recipient"), restrictions among them.
const NAMES: &[&str] = &[
    "ExternalDirectoryObjectId",
    "Guid",
    "Identity",
    "Name",
    "DisplayName",
    "Alias",
    "DistinguishedName",
    "PrimarySmtpAddress",
    "EmailAddresses",
    "RecipientTypeDetails",
];

/// Every listing of recipients.
///
/// Public folders that have an address are in none of the others, and mail to them does not bounce ("Get-Recipient",
/// Microsoft: "returns all mail-enabled objects", `PublicFolder` among them). Where it ends is not known to this version:
/// all that is wanted of them is that they are there.
pub(super) const SOURCES: [Source; 8] = [
    Source { cmdlet: Cmdlet::Mailbox, soft_deleted: false, properties: MAILBOX, only: &[] },
    Source { cmdlet: Cmdlet::Mailbox, soft_deleted: true, properties: MAILBOX, only: &[] },
    Source { cmdlet: Cmdlet::MailUser, soft_deleted: false, properties: FORWARDER, only: &[] },
    Source { cmdlet: Cmdlet::MailContact, soft_deleted: false, properties: FORWARDER, only: &[] },
    Source { cmdlet: Cmdlet::DistributionGroup, soft_deleted: false, properties: LIST, only: &[] },
    Source { cmdlet: Cmdlet::DynamicDistributionGroup, soft_deleted: false, properties: LIST, only: &[] },
    Source { cmdlet: Cmdlet::UnifiedGroup, soft_deleted: false, properties: LIST, only: &[] },
    Source { cmdlet: Cmdlet::Recipient, soft_deleted: false, properties: NAMES, only: &["PublicFolder"] },
];

/// Properties without which a mailbox of a listing says nothing about where its mail goes.
const DECIDES: [&str; 3] = ["ForwardingAddress", "ForwardingSmtpAddress", "DeliverToMailboxAndForward"];

/// A recipient, and what else it is called.
#[derive(Debug)]
pub(super) struct Found {
    /// Without whom it refers to.
    pub(super) recipient: Recipient,
    pub(super) aliases: Box<[Digest]>,
    references: References,
}

/// Whom a recipient refers to, as Exchange wrote it.
#[derive(Debug, Default)]
struct References {
    accept_only_from: Vec<Box<str>>,
    reject_from: Vec<Box<str>>,
    bypass_moderation: Vec<Box<str>>,
    forwarding: Option<Box<str>>,
}

/// Reads one listing.
pub(super) async fn list(reader: &Reader<'_>, source: &Source, names: &Names) -> Result<Vec<Found>, Unknown> {
    let mut command = Command::new(source.cmdlet).unlimited().select(source.properties);
    if source.soft_deleted {
        command = command.with("SoftDeletedMailbox", true);
    }
    if !source.only.is_empty() {
        command = command.with("RecipientTypeDetails", source.only);
    }
    let why = |error: &Error| unknown::of_exchange(error, reader.grants, what(source.cmdlet));
    let client = reader.client;
    let interface = client.interface(source.cmdlet).await.map_err(|error| why(&error))?;
    let take = |object: Object| (DECIDES.iter().all(|name| object.has(name)), read(source.cmdlet, &object, names));
    let listed = match client.run(&command, interface, take).await {
        // The documented interface may know fewer properties, or be out of the application's reach: the other one may tell.
        Ok(listed) if interface == Interface::Documented && listed.iter().any(|(decided, _)| !decided) => {
            client.run(&command, Interface::InvokeCommand, take).await
        }
        Err(Error::Service(error)) if interface == Interface::Documented && error.status != 401 => {
            client.run(&command, Interface::InvokeCommand, take).await
        }
        other => other,
    };
    let listed = listed.map_err(|error| why(&error))?;
    let read: Result<Vec<Found>, Unreadable> = listed.into_iter().map(|(_, read)| read).collect();
    read.map_err(|Unreadable| Unknown::ReadFailed(what(source.cmdlet).into()))
}

/// All recipients by their keys, with references as keys.
pub(super) fn all(found: Vec<Found>, names: &Names) -> Fact<Shared<RecipientKey, Recipient>> {
    let mut recipients: Shared<RecipientKey, Recipient> = Shared::default();
    for Found { mut recipient, references, .. } in found {
        resolve(&mut recipient, &references, names);
        let key = recipient.key.clone();
        // Pages may overlap; two recipients of one name may not be.
        if recipients.get(&key).is_some_and(|earlier| !is_same(earlier, &recipient)) {
            return unknown::failed("which recipient a name stands for");
        }
        recipients.insert(key, recipient);
    }
    if share_an_address(&recipients, names) {
        return unknown::failed("which recipient an address belongs to");
    }
    Fact::Present(recipients)
}

/// Whether what was listed twice under one name is one recipient. Contacts have no id to tell by.
fn is_same(earlier: &Recipient, later: &Recipient) -> bool {
    let one_kind = mem::discriminant(&earlier.kind) == mem::discriminant(&later.kind);
    let one_id = earlier.directory_id == later.directory_id;
    one_kind && one_id && (later.directory_id.is_some() || earlier.addresses == later.addresses)
}

/// Whether an address is that of two recipients. Exchange refuses that (contract §6.1); who was renamed between two pages is
/// listed twice all the same, and then either may be what was.
fn share_an_address(recipients: &Shared<RecipientKey, Recipient>, names: &Names) -> bool {
    let mut holders: HashMap<Digest, &RecipientKey> = HashMap::new();
    let addresses = recipients.values().flat_map(|recipient| {
        let smtp = recipient.addresses.iter().filter(|address| is_smtp(address));
        smtp.chain(&recipient.primary).map(move |address| (names.address(strip_prefix(address)), &recipient.key))
    });
    addresses.into_iter().any(|(address, key)| holders.insert(address, key).is_some_and(|other| other != key))
}

fn is_smtp(address: &str) -> bool {
    address.split_once(':').is_none_or(|(kind, _)| kind.eq_ignore_ascii_case("smtp"))
}

fn resolve(recipient: &mut Recipient, references: &References, names: &Names) {
    let all = |texts: &[Box<str>]| -> Box<[Reference]> { texts.iter().map(|text| names.refer(text)).collect() };
    let restrictions = &mut recipient.restrictions;
    restrictions.accept_only_from = all(&references.accept_only_from);
    restrictions.reject_from = all(&references.reject_from);
    restrictions.bypass_moderation = all(&references.bypass_moderation);
    if let RecipientKind::Mailbox(mailbox) = &mut recipient.kind {
        mailbox.forwarding.inside = references.forwarding.as_deref().map(|text| names.refer(text));
    }
}

/// One recipient. An error is one without a name or addresses.
fn read(cmdlet: Cmdlet, object: &Object, names: &Names) -> Result<Found, Unreadable> {
    let name = optional(object.text("Name"), object, "Name")?;
    let identity = optional(object.text("Identity"), object, "Identity")?.or(name).ok_or(Unreadable)?;
    let addresses: Box<[Box<str>]> = object.texts("EmailAddresses")?.into_iter().map(Into::into).collect();
    let primary = optional(object.text("PrimarySmtpAddress"), object, "PrimarySmtpAddress")?;
    let details = optional(object.text("RecipientTypeDetails"), object, "RecipientTypeDetails")?.unwrap_or_default();
    // A recipient of which it cannot be told where its mail goes, or whose it takes, is there all the same.
    let mut references = References::default();
    let told = kind(cmdlet, details, object, &mut references)
        .and_then(|kind| Ok((kind, restrictions(object, &mut references)?)));
    let (kind, restrictions) =
        told.unwrap_or_else(|Unreadable| (RecipientKind::Other(details.into()), Restrictions::default()));
    let recipient = Recipient {
        key: fold(identity),
        directory_id: optional(object.uuid("ExternalDirectoryObjectId"), object, "ExternalDirectoryObjectId")?,
        display_name: optional(object.text("DisplayName"), object, "DisplayName")?.unwrap_or(identity).into(),
        primary: primary.map(|address| strip_prefix(address).into()),
        addresses,
        kind,
        restrictions,
        synchronised: optional(object.flag("IsDirSynced"), object, "IsDirSynced")?,
    };
    Ok(Found { aliases: names.of(object, &recipient), recipient, references })
}

fn kind(
    cmdlet: Cmdlet,
    details: &str,
    object: &Object,
    references: &mut References,
) -> Result<RecipientKind, Unreadable> {
    let external = || -> Result<Option<Box<str>>, Unreadable> {
        Ok(object.text("ExternalEmailAddress")?.map(|address| strip_prefix(address).into()))
    };
    Ok(match (cmdlet, details) {
        (Cmdlet::Mailbox, "UserMailbox" | "LinkedMailbox") => mailbox(MailboxKind::User, object, references)?,
        (Cmdlet::Mailbox, "SharedMailbox") => mailbox(MailboxKind::Shared, object, references)?,
        (Cmdlet::Mailbox, "RoomMailbox" | "EquipmentMailbox") => mailbox(MailboxKind::Resource, object, references)?,
        (Cmdlet::MailUser, "MailUser" | "GuestMailUser") => RecipientKind::MailUser { external: external()? },
        (Cmdlet::MailContact, "MailContact") => RecipientKind::Contact { external: external()? },
        (Cmdlet::DistributionGroup, _) => RecipientKind::List { dynamic: false },
        (Cmdlet::DynamicDistributionGroup, _) => RecipientKind::List { dynamic: true },
        (Cmdlet::UnifiedGroup, _) => RecipientKind::Group,
        (_, other) => RecipientKind::Other(other.into()),
    })
}

fn mailbox(kind: MailboxKind, object: &Object, references: &mut References) -> Result<RecipientKind, Unreadable> {
    references.forwarding = object.text("ForwardingAddress")?.map(Into::into);
    let flag = |name: &'static str, what: &'static str| match object.flag(name) {
        Ok(Some(flag)) => Fact::Present(flag),
        Ok(None) => Fact::Absent,
        Err(Unreadable) => unknown::failed(what),
    };
    let quota = object.text("ProhibitSendReceiveQuota").and_then(|text| text.map_or(Ok(None), bytes));
    Ok(RecipientKind::Mailbox(Mailbox {
        kind,
        forwarding: Forwarding {
            inside: None,
            outside: object.text("ForwardingSmtpAddress")?.map(|address| strip_prefix(address).into()),
            keeps_copy: said(object, "DeliverToMailboxAndForward")?,
        },
        quota: match quota {
            Ok(Some(bytes)) => Fact::Present(bytes),
            Ok(None) => Fact::Absent,
            Err(Unreadable) => unknown::failed("the quota of a mailbox"),
        },
        retention_policy: optional(object.text("RetentionPolicy"), object, "RetentionPolicy")?.map(Into::into),
        licensed: flag("SKUAssigned", "whether a licence covers a mailbox"),
        account_disabled: flag("AccountDisabled", "whether the account of a mailbox is disabled"),
    }))
}

/// Yes or no, of what every recipient is one or the other: null is neither, and decides whether mail is lost.
fn said(object: &Object, name: &str) -> Result<bool, Unreadable> {
    object.flag(name)?.ok_or(Unreadable)
}

fn restrictions(object: &Object, references: &mut References) -> Result<Restrictions, Unreadable> {
    let all = |names: &[&str]| -> Result<Vec<Box<str>>, Unreadable> {
        let mut texts = Vec::new();
        for name in names {
            texts.extend(object.texts(name)?.into_iter().map(Into::into));
        }
        Ok(texts)
    };
    references.accept_only_from = all(&["AcceptMessagesOnlyFrom", "AcceptMessagesOnlyFromDLMembers"])?;
    references.reject_from = all(&["RejectMessagesFrom", "RejectMessagesFromDLMembers"])?;
    references.bypass_moderation = all(&["BypassModerationFromSendersOrMembers"])?;
    Ok(Restrictions {
        authenticated_only: said(object, "RequireSenderAuthenticationEnabled")?,
        moderated: said(object, "ModerationEnabled")?,
        ..Restrictions::default()
    })
}
