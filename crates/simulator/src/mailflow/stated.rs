//! Rules as they are stated: those of the organization, and those of a mailbox.

use super::{scope::Part, target::Target};

/// An enabled and enforced rule.
#[derive(Debug, Default)]
pub(super) struct Rule {
    pub(super) conditions: Side,
    pub(super) exceptions: Side,
    pub(super) action: Action,
    pub(super) stop: bool,
}

/// Conditions, or exceptions; none = not asked for.
#[derive(Debug, Default)]
pub(super) struct Side {
    pub(super) sender: Part,
    /// The sender is inside the organization.
    pub(super) sender_inside: Option<bool>,
    pub(super) sender_words: Vec<String>,
    pub(super) recipient: Part,
    pub(super) recipient_inside: Option<bool>,
    pub(super) recipient_words: Vec<String>,
    pub(super) subject_words: Vec<String>,
    /// A header field and words in it.
    pub(super) header: Option<(String, Vec<String>)>,
}

/// What a rule does.
#[derive(Debug, Default)]
pub(super) struct Action {
    pub(super) reject: bool,
    pub(super) delete: bool,
    pub(super) quarantine: bool,
    /// Moderators.
    pub(super) moderate: Option<Vec<Target>>,
    pub(super) redirect: Vec<Target>,
    pub(super) copies: Vec<Target>,
    pub(super) scl: Option<i64>,
}

/// An enabled rule of a mailbox.
#[derive(Debug, Default)]
pub(super) struct InboxRule {
    pub(super) from: Vec<Target>,
    pub(super) except_from: Vec<Target>,
    pub(super) sent_to: Vec<Target>,
    pub(super) words: Vec<String>,
    /// As a new message of the mailbox.
    pub(super) forward: Vec<Target>,
    /// With the sender it had.
    pub(super) redirect: Vec<Target>,
    pub(super) delete: bool,
    pub(super) folder: Option<String>,
    pub(super) stop: bool,
}
