//! Whether a recipient takes mail from a sender. Contract §6.3, DOMAIN E3, F6.
//!
//! Invariant: a restriction is checked against the sender the message has, however deep in nested lists (assumed, F6).

use super::{
    message::Bounce,
    sender::Sender,
    world::{Place, World},
};

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
