//! What becomes of a message inside the tenant: through domains, restrictions, lists, rules, filters and forwarding to the
//! places where it ends, and who reads it there. DOMAIN E3, E4, F4 to F6; contract §6.3, §10.27, §10.29, §10.32.
//!
//! The order, per recipient: edge blocking of what comes from outside (by switch, of dynamic lists) → accepted domain → recipient by any of its addresses → sender restrictions → moderation →
//! expansion of lists → mail flow rules by priority → content filter → what the recipient is: a contact's mail leaves, a
//! Microsoft 365 group's goes to its mailbox and its subscribers, a mailbox forwards or takes it → quota → inbox rules.
//! That a mail flow rule sees a mailbox before the mailbox's own forwarding does is assumed: it is not documented.
//!
//! Invariant: pure and deterministic over one snapshot ([`Mailflow`]); every message comes to an end in every place it
//! reaches, loops included; nothing here is shared with any client.

mod filter;
mod flow;
mod inbox;
mod load;
mod message;
mod outbound;
mod policies;
mod post;
mod readers;
mod row;
mod rules;
mod scope;
mod sender;
mod stated;
mod taken;
mod target;
mod world;

use std::collections::BTreeSet;

pub use self::message::{Bounce, Delivery, Discard, End, Folder, Message, Outcome, Verdict};
pub(crate) use self::post::{Posted, plant_sent, post};
use self::{flow::Flow, world::World};
use crate::state::State;

/// The tenant's mail flow as it was at one moment. Making one reads the whole tenant; delivering through it is cheap, so
/// who asks about many messages keeps it.
#[derive(Debug)]
pub struct Mailflow {
    world: World,
}

impl Mailflow {
    /// That of the tenant as it is.
    pub(crate) fn of(state: &State) -> Self {
        Self { world: load::world(state) }
    }

    /// Where a message ends.
    pub fn deliver(&self, message: &Message) -> Delivery {
        Flow::run(&self.world, message)
    }

    /// The accounts (object ids) of the people who read a mailbox, by one of its addresses or its key; none when there is
    /// no such recipient. A list has no readers of its own: its members have.
    pub fn readers(&self, recipient: &str) -> Option<BTreeSet<String>> {
        let place = self.world.named(recipient)?;
        Some(readers::of(&self.world, place))
    }

    /// The accounts (object ids) of the people in whose hands a message lands: the readers of every mailbox that has it
    /// in its inbox or in a folder that a rule of its own chose, junk and deleted items aside. DOMAIN F4.
    pub fn who_gets(&self, message: &Message) -> BTreeSet<String> {
        let delivery = self.deliver(message);
        let mut people = BTreeSet::new();
        for outcome in &delivery.outcomes {
            if let End::Mailbox { key, folder, .. } = &outcome.end
                && folder.is_seen()
                && let Some(place) = self.world.places.get(key)
            {
                people.extend(readers::of(&self.world, place));
            }
        }
        people
    }
}
