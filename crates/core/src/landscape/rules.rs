//! Rules that move mail: those of a mailbox, and the organization's.

use super::reference::Reference;

/// A mailbox's inbox rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxRules {
    /// Enabled rules, in the order in which they apply.
    pub rules: Box<[InboxRule]>,
    /// Whether hidden rules were among what was read (`Get-InboxRule -IncludeHidden`; Graph never shows them).
    pub hidden_read: bool,
}

/// An inbox rule.
#[derive(Clone, PartialEq, Eq)]
pub struct InboxRule {
    /// Its name.
    pub name: Box<str>,
    /// No mail program shows it.
    pub hidden: bool,
    /// Senders it takes, by an address or a domain of theirs as well; empty: any.
    pub from: Box<[Reference]>,
    /// Senders it leaves alone, as above.
    pub except_from: Box<[Reference]>,
    /// Whether it has conditions or exceptions beside the sender: whether it takes a message cannot be said then.
    pub other_conditions: bool,
    /// Sends the message on; the mailbox keeps it (`ForwardTo`, `ForwardAsAttachmentTo`).
    pub forward_to: Box<[Reference]>,
    /// Sends the message on instead (`RedirectTo`). The mailbox keeps its copy as well, unless the rule deletes it.
    pub redirect_to: Box<[Reference]>,
    /// Deletes it.
    pub deletes: bool,
    /// Moves it to this folder.
    pub moves_to: Option<Box<str>>,
    /// No later rule applies.
    pub stops: bool,
}

/// The name may be anybody's words.
impl std::fmt::Debug for InboxRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InboxRule").field("hidden", &self.hidden).finish_non_exhaustive()
    }
}

/// A transport rule that is enabled.
#[derive(Clone, PartialEq, Eq)]
pub struct TransportRule {
    /// Its name.
    pub name: Box<str>,
    /// `Mode` is `Enforce`: the others only watch.
    pub enforced: bool,
    /// `FromScope`: `Some(true)` takes mail from outside only, `Some(false)` from inside only.
    pub from_outside: Option<bool>,
    /// `SentToScope`: `Some(true)` takes mail to inside only, `Some(false)` to outside only.
    pub to_inside: Option<bool>,
    /// Senders it takes, by an address or a domain of theirs as well; empty: any.
    pub from: Box<[Reference]>,
    /// Lists whose members' mail it takes (`FromMemberOf`); empty: any.
    pub from_members_of: Box<[Reference]>,
    /// Domains of senders it takes, lower case; empty: any.
    pub sender_domains: Box<[Box<str>]>,
    /// Recipients it takes (`SentTo`); empty: any.
    pub sent_to: Box<[Reference]>,
    /// Lists whose members it takes (`SentToMemberOf`); empty: any.
    pub sent_to_members_of: Box<[Reference]>,
    /// Domains of recipients it takes, lower case; empty: any.
    pub recipient_domains: Box<[Box<str>]>,
    /// Senders it leaves alone, as above.
    pub except_from: Box<[Reference]>,
    /// Lists whose members' mail it leaves alone.
    pub except_from_members_of: Box<[Reference]>,
    /// Domains of senders it leaves alone, lower case.
    pub except_sender_domains: Box<[Box<str>]>,
    /// Recipients it leaves alone.
    pub except_sent_to: Box<[Reference]>,
    /// Lists whose members it leaves alone.
    pub except_sent_to_members_of: Box<[Reference]>,
    /// Domains of recipients it leaves alone, lower case.
    pub except_recipient_domains: Box<[Box<str>]>,
    /// Whether it has conditions or exceptions beside those: whether it takes a message cannot be said then.
    pub other_conditions: bool,
    /// What it does.
    pub verdicts: Box<[TransportVerdict]>,
    /// No later rule applies (`StopRuleProcessing`).
    pub stops: bool,
}

/// The name may be anybody's words, and what it takes are addresses.
impl std::fmt::Debug for TransportRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TransportRule").field("verdicts", &self.verdicts.len()).finish_non_exhaustive()
    }
}

/// What a transport rule does with a message.
#[derive(Clone, PartialEq, Eq)]
pub enum TransportVerdict {
    /// Sends it elsewhere instead (`RedirectMessageTo`).
    Redirect(Box<[Reference]>),
    /// Sends it to others as well (`BlindCopyTo`, `AddToRecipients`, `CopyTo`).
    AlsoTo(Box<[Reference]>),
    /// Gives it to another server (`RouteMessageOutboundConnector`), or to the sender's manager
    /// (`AddManagerAsRecipientType`): where it goes from there cannot be said.
    Elsewhere,
    /// Deletes it.
    Delete,
    /// Puts it in quarantine.
    Quarantine,
    /// Rejects it.
    Reject,
    /// Waits for a moderator.
    Moderate,
    /// Sets the spam confidence level: -1 lets it past the filter, 5 and above make it spam.
    SetScl(i8),
}

impl std::fmt::Debug for TransportVerdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Redirect(_) => "Redirect",
            Self::AlsoTo(_) => "AlsoTo",
            Self::Elsewhere => "Elsewhere",
            Self::Delete => "Delete",
            Self::Quarantine => "Quarantine",
            Self::Reject => "Reject",
            Self::Moderate => "Moderate",
            Self::SetScl(_) => "SetScl",
        })
    }
}
