//! Who sent it.

use super::scope::Subject;

/// The sender of a message. One sender outside and one inside with the same address are two.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sender {
    /// Lower case.
    pub(super) address: String,
    /// The recipient that the sender is; outside, a contact or mail user with that address. An address of the
    /// organization that nobody proved to be theirs stands for nobody.
    pub(super) key: Option<String>,
    pub(super) inside: bool,
}

impl Sender {
    pub(super) fn subject(&self) -> Subject<'_> {
        Subject { key: self.key.as_deref(), address: &self.address }
    }
}
