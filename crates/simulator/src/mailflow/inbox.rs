//! Inbox rules: what a mailbox itself does with what arrives in it, hidden rules too. Contract §10.32.
//!
//! Invariant: a rule that sends a message on keeps it, unless it deletes it as well.

use super::{
    message::{Folder, Message},
    sender::Sender,
    stated::InboxRule,
    target::Target,
    world::World,
};

/// What the rules of a mailbox decided.
#[derive(Debug, Default)]
pub(super) struct Decision<'w> {
    pub(super) forward: Vec<&'w Target>,
    pub(super) redirect: Vec<&'w Target>,
    folder: Option<Folder>,
}

impl Decision<'_> {
    pub(super) fn folder(&self) -> Folder {
        self.folder.clone().unwrap_or(Folder::Inbox)
    }
}

impl InboxRule {
    fn matches(&self, world: &World, message: &Message, sender: &Sender) -> bool {
        let is_sender = |target: &Target| match target {
            Target::Key(key) => sender.key.as_ref() == Some(key),
            Target::Address(address) => *address == sender.address,
        };
        let to = world.addresses.get(&message.to.to_lowercase());
        let is_recipient = |target: &Target| match target {
            Target::Key(key) => to == Some(key),
            Target::Address(address) => message.to.eq_ignore_ascii_case(address),
        };
        let subject = message.subject.to_lowercase();
        (self.from.is_empty() || self.from.iter().any(is_sender))
            && !self.except_from.iter().any(is_sender)
            && (self.sent_to.is_empty() || self.sent_to.iter().any(is_recipient))
            // Parts of words count here, unlike in mail flow rules.
            && (self.words.is_empty() || self.words.iter().any(|word| subject.contains(&word.to_lowercase())))
    }
}

/// Runs a mailbox's rules in order.
pub(super) fn run<'w>(world: &World, rules: &'w [InboxRule], message: &Message, sender: &Sender) -> Decision<'w> {
    let mut decision = Decision::default();
    for rule in rules.iter().filter(|rule| rule.matches(world, message, sender)) {
        decision.forward.extend(&rule.forward);
        decision.redirect.extend(&rule.redirect);
        if rule.delete {
            decision.folder = Some(Folder::Deleted);
        } else if let Some(name) = &rule.folder
            && decision.folder.is_none()
        {
            decision.folder = Some(folder(name));
        }
        if rule.stop {
            break;
        }
    }
    decision
}

/// A folder by its name or path.
fn folder(name: &str) -> Folder {
    let last = name.rsplit(['\\', '/', ':']).next().unwrap_or(name).trim();
    match last.to_lowercase().as_str() {
        "inbox" => Folder::Inbox,
        "junk email" | "junk e-mail" => Folder::Junk,
        "deleted items" => Folder::Deleted,
        _ => Folder::Other(last.to_owned()),
    }
}
