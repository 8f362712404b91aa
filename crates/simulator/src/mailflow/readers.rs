//! Who reads a mailbox. DOMAIN F4.
//!
//! Invariant: only living, enabled accounts with a mailbox of their own.

use std::collections::BTreeSet;

use super::world::{Place, World};
use crate::exchange::kind::Kind;

/// A user mailbox: its owner, and once that account is disabled perhaps who has full access (a switch). A mailbox without an owner who signs in (shared, room, equipment): who has full access,
/// also through a mail-enabled security group, and is not denied it. A Microsoft 365 group: its subscribers.
pub(super) fn of(world: &World, place: &Place) -> BTreeSet<String> {
    let mut people: BTreeSet<String> = match place.kind {
        // The owner of a mailbox that was handed over is disabled, and reads nothing.
        Kind::UserMailbox if world.delegates_read && world.accounts.get(&place.key) == Some(&false) => delegates(world, place),
        Kind::UserMailbox => BTreeSet::from([place.key.clone()]),
        Kind::SharedMailbox | Kind::RoomMailbox | Kind::EquipmentMailbox => delegates(world, place),
        Kind::GroupMailbox => place.subscribers.iter().cloned().collect(),
        Kind::MailUser
        | Kind::GuestMailUser
        | Kind::MailContact
        | Kind::DistributionList
        | Kind::SecurityList
        | Kind::RoomList
        | Kind::DynamicList
        // Who looks into a public folder nobody can tell from outside of it.
        | Kind::PublicFolder => BTreeSet::new(),
    };
    // Who has no mailbox of their own is not licensed to open another (Microsoft, "About shared mailboxes"); a guest has a
    // group's mail sent.
    let has_one = |key: &String| world.places.get(key).is_some_and(|one| one.kind == Kind::UserMailbox);
    people.retain(|key| world.accounts.get(key) == Some(&true) && has_one(key));
    people
}

/// Who has full access and is not denied it.
fn delegates(world: &World, place: &Place) -> BTreeSet<String> {
    let denied = principals(world, &place.denied);
    principals(world, &place.full_access).difference(&denied).cloned().collect()
}

/// Accounts, and the members of security groups among the keys; other groups give no access.
fn principals(world: &World, keys: &[String]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for key in keys {
        match world.places.get(key).map(|place| place.kind) {
            Some(Kind::SecurityList) => found.extend(world.members(key)),
            Some(_) | None => {
                found.insert(key.clone());
            }
        }
    }
    found
}
