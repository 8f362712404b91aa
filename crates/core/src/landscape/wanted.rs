//! What has to be asked one by one.

use uuid::Uuid;

use super::reference::RecipientKey;

/// A detail that an answer needs and that no listing gave. The answer names it (`core::routing`), whoever can read reads it
/// (`engine`), and the answer is computed again, until nothing more is wanted.
///
/// Invariant: names one fact of the [`Landscape`](super::Landscape); reading it makes that fact known, or unknown with its
/// reason, and never leaves it missing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wanted {
    /// `directory.group_members`
    GroupMembers(Uuid),
    /// `exchange.members`
    Members(RecipientKey),
    /// `exchange.subscribers`
    Subscribers(RecipientKey),
    /// `exchange.full_access`
    FullAccess(RecipientKey),
    /// `exchange.inbox_rules`
    InboxRules(RecipientKey),
    /// `exchange.sizes`
    Size(RecipientKey),
    /// `exchange.inboxes`
    Inbox(RecipientKey),
    /// `mail_exchangers`
    MailExchangers(Box<str>),
}

/// Without names.
impl std::fmt::Debug for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::GroupMembers(_) => "GroupMembers",
            Self::Members(_) => "Members",
            Self::Subscribers(_) => "Subscribers",
            Self::FullAccess(_) => "FullAccess",
            Self::InboxRules(_) => "InboxRules",
            Self::Size(_) => "Size",
            Self::Inbox(_) => "Inbox",
            Self::MailExchangers(_) => "MailExchangers",
        })
    }
}
