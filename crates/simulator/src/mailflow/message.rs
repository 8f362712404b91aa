//! A message, and where it ended.
//!
//! Invariant: an outcome's path begins with the primary address of whom the message was sent to, or with the address that
//! nobody here has.

use serde::{Deserialize, Serialize};

/// One message to one address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Message {
    /// Sender.
    pub from: String,
    /// The address it is sent to.
    pub to: String,
    /// Subject; what rules read of it. There is no body.
    #[serde(default)]
    pub subject: String,
    /// Sent by an authenticated sender inside the organization.
    #[serde(default)]
    pub inside: bool,
    /// What the spam filter thinks of it before any list or rule.
    #[serde(default)]
    pub verdict: Verdict,
    /// Header fields that mail flow rules may look at, name and value.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
}

impl Message {
    /// A clean message from an address outside.
    pub fn outside(from: &str, to: &str) -> Self {
        Self { from: from.to_owned(), to: to.to_owned(), ..Self::default() }
    }
}

/// What the content filter found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Nothing.
    #[default]
    Clean,
    /// Bulk mail above the policy's threshold.
    Bulk,
    /// Spam.
    Spam,
    /// High confidence spam.
    HighConfidenceSpam,
    /// Phishing.
    Phish,
    /// High confidence phishing; no list overrides it.
    HighConfidencePhish,
}

/// Where a message ended, in every place it reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// In order of arrival; never empty.
    pub outcomes: Vec<Outcome>,
}

impl Delivery {
    /// The primary addresses of the mailboxes that have it where its owner sees it.
    pub fn inboxes(&self) -> Vec<&str> {
        let seen = self.outcomes.iter().filter_map(|outcome| match &outcome.end {
            End::Mailbox { address, folder, .. } if folder.is_seen() => Some(address.as_str()),
            _ => None,
        });
        seen.collect()
    }
}

/// One end of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The addresses it came by, the primary ones of recipients, the first and the last included.
    pub path: Vec<String>,
    /// How it ended.
    #[serde(flatten)]
    pub end: End,
}

/// How a message can end.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "end", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum End {
    /// In a mailbox.
    Mailbox {
        /// Key of the recipient: the object id of its account or group.
        key: String,
        /// Its primary address.
        address: String,
        /// Where in it.
        folder: Folder,
        /// The content filter took it for spam: an inbox rule moves mail to Junk Email as well.
        filtered_as_spam: bool,
        /// Safe Links rewrote the links in it.
        links_rewritten: bool,
    },
    /// In a public folder: whether somebody reads it there nobody can say.
    PublicFolder {
        /// Its primary address.
        address: String,
    },
    /// It left for an address outside, or for a server of the organization elsewhere.
    Outside {
        /// The address.
        address: String,
        /// It was forwarded there automatically.
        forwarded: bool,
    },
    /// It came back.
    Bounced {
        /// The address that refused it, or whose forwarding failed.
        at: String,
        /// Why.
        reason: Bounce,
    },
    /// In quarantine.
    Quarantined {
        /// For whom.
        at: String,
        /// A mail flow rule put it there; else the content filter.
        by_rule: bool,
    },
    /// Gone without a word to anybody.
    Discarded {
        /// Where.
        at: String,
        /// How.
        by: Discard,
    },
    /// Waits for a moderator.
    HeldForModeration {
        /// Where.
        at: String,
    },
    /// Came back to where it had been forwarded from.
    LoopCut {
        /// Where.
        at: String,
    },
}

/// Where in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Folder {
    /// Inbox.
    Inbox,
    /// Junk Email.
    Junk,
    /// Deleted Items, by an inbox rule.
    Deleted,
    /// Another one, by an inbox rule.
    Other(String),
}

/// Folders that every mailbox has and nobody looks into: where rules of intruders put what must not be seen (3P: what
/// detections of such rules look for).
const OUT_OF_SIGHT: [&str; 3] = ["rss feeds", "rss subscriptions", "conversation history"];

impl Folder {
    /// Whether the people who read the mailbox come across it.
    pub fn is_seen(&self) -> bool {
        match self {
            Self::Inbox => true,
            Self::Other(name) => !OUT_OF_SIGHT.contains(&name.to_lowercase().as_str()),
            Self::Junk | Self::Deleted => false,
        }
    }
}

/// Why a message came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Bounce {
    /// Nobody has the address (550 5.1.10).
    UnknownRecipient,
    /// The edge knows nobody who has it: a dynamic list has (550 5.4.1).
    RefusedAtTheEdge,
    /// A mailbox that was removed has it.
    SoftDeleted,
    /// An account has it, but no mailbox.
    NoMailbox,
    /// Unauthenticated senders are refused (550 5.7.133 and its like).
    NotAuthenticated,
    /// The sender is not among those it accepts.
    NotAccepted,
    /// The sender is among those it rejects.
    Rejected,
    /// A mail flow rule rejected it.
    RejectedByRule,
    /// Over its quota (5.2.2).
    MailboxFull,
    /// It is forwarded to a recipient that is no more.
    ForwardTargetMissing,
    /// The outbound spam policy forbids automatic forwarding (5.7.520).
    ForwardBlockedByPolicy,
    /// The remote domain forbids automatic forwarding.
    ForwardBlockedByRemoteDomain,
}

/// How a message went away silently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Discard {
    /// A mail flow rule deleted it.
    Rule,
    /// The content filter deleted it.
    Filter,
    /// A list has no members that take mail.
    EmptyList,
    /// An inbox rule would have sent on what another one had sent on already.
    RedirectLimit,
}
