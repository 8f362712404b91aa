//! Who sent it, and whether a recipient takes mail from them. Contract §6.3, DOMAIN E3, F6.
//!
//! Invariant: a restriction is checked against the sender the message has, however deep in nested lists (assumed, F6).

use super::{
    message::Bounce,
    scope::Subject,
    world::{Place, World},
};

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
    pub(super) fn new(world: &World, address: &str, inside: bool) -> Self {
        let address = address.to_lowercase();
        let known = if inside { &world.addresses } else { &world.correspondents };
        Self { key: known.get(&address).cloned(), address, inside }
    }

    /// The mailbox itself, as inbox rules forward.
    pub(super) fn mailbox(place: &Place) -> Self {
        Self { address: place.address.to_lowercase(), key: Some(place.key.clone()), inside: true }
    }

    pub(super) fn subject(&self) -> Subject<'_> {
        Subject { key: self.key.as_deref(), address: &self.address }
    }

    fn is_among(&self, world: &World, listed: &[String]) -> bool {
        self.key.as_ref().is_some_and(|key| world.is_among(key, listed))
    }

    /// Why the recipient does not take it, if so. Rejection goes before acceptance.
    pub(super) fn refused(&self, world: &World, place: &Place) -> Option<Bounce> {
        let restrictions = &place.restrictions;
        if restrictions.authenticated && !self.inside {
            return Some(Bounce::NotAuthenticated);
        }
        if self.is_among(world, &restrictions.reject) {
            return Some(Bounce::Rejected);
        }
        let closed = !restrictions.accept.is_empty() && !self.is_among(world, &restrictions.accept);
        closed.then_some(Bounce::NotAccepted)
    }

    /// Whether a moderator must look first. Moderators and owners need not wait for themselves.
    pub(super) fn is_moderated(&self, world: &World, place: &Place) -> bool {
        place.moderation.as_ref().is_some_and(|moderation| !self.is_among(world, &moderation.bypass))
    }
}
