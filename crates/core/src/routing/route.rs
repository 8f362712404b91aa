//! Where rules and filters send a message, and how it is sent there.

use crate::{answer::Blockage, landscape::RecipientKey};

/// Where a message for a recipient goes.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) to: Stop,
    /// A rule sends it there.
    pub(super) redirected: bool,
    /// What stops it, or makes it uncertain.
    pub(super) blockage: Option<Blockage>,
    /// It would be another route for another sender, as far as is seen.
    pub(super) by_sender: bool,
    /// The filter sends it there.
    pub(super) by_filter: bool,
}

/// A place that rules send mail to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stop {
    Recipient(RecipientKey),
    Address(Box<str>),
    /// Which of several is not told.
    Ambiguous(Box<str>),
    /// Named in a way that cannot be read.
    Unreadable,
}

/// How mail is sent on.
#[derive(Default)]
pub(super) struct Sent {
    /// What stops it, or makes it uncertain, wherever rules take it.
    pub(super) blockage: Option<Blockage>,
    /// What stops it where it leaves the organization.
    pub(super) border: Option<Blockage>,
    /// As a message of the mailbox's own.
    pub(super) anew: bool,
}

impl Stop {
    pub(super) fn is_address(&self, address: &str) -> bool {
        matches!(self, Self::Address(one) if **one == *address)
    }
}
