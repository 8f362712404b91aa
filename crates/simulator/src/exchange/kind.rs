//! What kind of recipient something is.
//!
//! Invariant: the kind follows from the directory's object and Exchange's own record, in this order: what Exchange was
//! told, the licence, the address.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::schema::recipient;
use crate::{
    schema::{group, user},
    store::record::Record,
};

/// `RecipientTypeDetails`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    UserMailbox,
    SharedMailbox,
    RoomMailbox,
    EquipmentMailbox,
    MailUser,
    GuestMailUser,
    MailContact,
    DistributionList,
    SecurityList,
    RoomList,
    DynamicList,
    GroupMailbox,
    /// A public folder that has an address.
    PublicFolder,
}

/// Every kind with its two names and the bit of the schema that says which properties it prints.
const TABLE: [(Kind, &str, &str, u8); 13] = [
    (Kind::UserMailbox, "UserMailbox", "UserMailbox", recipient::MAILBOX),
    (Kind::SharedMailbox, "SharedMailbox", "UserMailbox", recipient::MAILBOX),
    (Kind::RoomMailbox, "RoomMailbox", "UserMailbox", recipient::MAILBOX),
    (Kind::EquipmentMailbox, "EquipmentMailbox", "UserMailbox", recipient::MAILBOX),
    (Kind::MailUser, "MailUser", "MailUser", recipient::MAIL_USER),
    (Kind::GuestMailUser, "GuestMailUser", "MailUser", recipient::MAIL_USER),
    (Kind::MailContact, "MailContact", "MailContact", recipient::CONTACT),
    (Kind::DistributionList, "MailUniversalDistributionGroup", "MailUniversalDistributionGroup", recipient::LIST),
    (Kind::SecurityList, "MailUniversalSecurityGroup", "MailUniversalSecurityGroup", recipient::LIST),
    (Kind::RoomList, "RoomList", "MailUniversalDistributionGroup", recipient::LIST),
    (Kind::DynamicList, "DynamicDistributionGroup", "DynamicDistributionGroup", recipient::DYNAMIC),
    (Kind::GroupMailbox, "GroupMailbox", "MailUniversalDistributionGroup", recipient::UNIFIED),
    (Kind::PublicFolder, "PublicFolder", "PublicFolder", recipient::REDUCED),
];

impl Kind {
    fn row(self) -> (&'static str, &'static str, u8) {
        let found = TABLE.iter().find(|(kind, ..)| *kind == self);
        found.map_or(("", "", 0), |(_, details, kind, shown)| (details, kind, *shown))
    }

    /// `RecipientTypeDetails`.
    pub(crate) fn details(self) -> &'static str {
        self.row().0
    }

    /// `RecipientType`.
    pub(crate) fn recipient_type(self) -> &'static str {
        self.row().1
    }

    /// The bit of [`recipient`] for what it prints.
    pub(crate) fn shown(self) -> u8 {
        self.row().2
    }

    /// Every kind.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(kind, ..)| *kind)
    }

    /// A kind by its `RecipientTypeDetails`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        TABLE.iter().find(|(_, details, ..)| details.eq_ignore_ascii_case(text)).map(|(kind, ..)| *kind)
    }

    /// Whether mail is kept in it.
    pub(crate) fn is_mailbox(self) -> bool {
        self.shown() == recipient::MAILBOX
    }

    /// Whether mail to it goes on to members.
    pub(crate) fn is_group(self) -> bool {
        self.shown() & (recipient::LIST | recipient::DYNAMIC | recipient::UNIFIED) != 0
    }
}

/// The name of the account's mailbox plan: an assigned plan of service `exchange` that is enabled (contract §2).
pub(crate) fn mailbox_plan(record: &Record) -> Option<&str> {
    let plans = record.get(user::ASSIGNED_PLANS).and_then(Value::as_array);
    plans
        .into_iter()
        .flatten()
        .find(|plan| plan["service"] == "exchange" && plan["capabilityStatus"] == "Enabled")
        .and_then(|plan| plan["servicePlanId"].as_str())
}

/// The kind of an account; none when Exchange does not know it.
pub(crate) fn of_user(account: &Record, own: Option<&Record>, now: Timestamp, grace: SignedDuration) -> Option<Kind> {
    let told = own.and_then(|own| own.text(recipient::TYPE_DETAILS)).and_then(Kind::parse);
    // No licence needed.
    if let Some(kind @ (Kind::SharedMailbox | Kind::RoomMailbox | Kind::EquipmentMailbox)) = told {
        return Some(kind);
    }
    if mailbox_plan(account).is_some() {
        return Some(Kind::UserMailbox);
    }
    // The mailbox outlives the licence for a while (contract §10.28: 30 days, UNV).
    let ended = own.and_then(|own| own.text(recipient::LICENCE_ENDED)).and_then(|text| text.parse::<Timestamp>().ok());
    if ended.is_some_and(|ended| ended.saturating_add(grace).is_ok_and(|until| now < until)) {
        return Some(Kind::UserMailbox);
    }
    let addressed =
        account.text(user::MAIL_ADDRESS).is_some() || account.strings(user::PROXY_ADDRESSES).next().is_some();
    // An unlicensed account with an address is a mail user without a mailbox. [WIKI]
    (told == Some(Kind::MailUser) || addressed)
        .then(|| if account.text(user::USER_TYPE) == Some("Guest") { Kind::GuestMailUser } else { Kind::MailUser })
}

/// The kind of a group; none for one without mail.
pub(crate) fn of_group(group: &Record, own: Option<&Record>) -> Option<Kind> {
    if !group.is_true(group::MAIL_ENABLED) {
        return None;
    }
    if group.strings(group::GROUP_TYPES).any(|kind| kind == "Unified") {
        return Some(Kind::GroupMailbox);
    }
    let told = own.and_then(|own| own.text(recipient::TYPE_DETAILS)).and_then(Kind::parse);
    Some(match told {
        Some(Kind::RoomList) => Kind::RoomList,
        Some(_) | None if group.is_true(group::SECURITY_ENABLED) => Kind::SecurityList,
        Some(_) | None => Kind::DistributionList,
    })
}
