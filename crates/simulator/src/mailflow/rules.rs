//! Mail flow (transport) rules. `[EPS]` New-TransportRule, contract §6.3, §10.32.
//!
//! A rule's conditions on recipients are asked for each recipient by itself, after lists were expanded: a rule about one
//! recipient leaves the others alone, and `SentTo` names mailboxes, mail users, contacts and addresses, not lists
//! (documented: use `SentToMemberOf` for a group). Domains and words are compared with the recipient's primary address
//! (`RecipientAddressType`, default Resolved).
//!
//! Invariant: rules run in order of priority until one ends the message or says stop; only enabled, enforced ones.

use super::{
    message::Message,
    scope::Subject,
    sender::Sender,
    stated::Side,
    target::{Target, domain_of},
    world::World,
};

/// How a message leaves the rules for one recipient.
#[derive(Debug, Default)]
pub(super) struct Passed {
    pub(super) end: Option<Ended>,
    /// Further recipients, and the rule each of them begins with.
    pub(super) copies: Vec<(Target, usize)>,
    pub(super) scl: Option<i64>,
}

/// Why the recipient itself does not get it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Rejected,
    Deleted,
    Quarantined,
    Moderated,
    /// The copies go on instead.
    Redirected,
}

/// Whole words, in any case of letters.
fn contains_word(text: &str, word: &str) -> bool {
    let (text, word) = (text.to_lowercase(), word.to_lowercase());
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    !word.is_empty()
        && text
            .match_indices(&word)
            .any(|(at, found)| edge(text[..at].chars().next_back()) && edge(text[at + found.len()..].chars().next()))
}

impl Side {
    /// What each condition that is asked for says.
    fn answers(&self, world: &World, message: &Message, sender: &Sender, recipient: Subject<'_>) -> Vec<bool> {
        let mut answers = Vec::new();
        let inside = world.domain(&domain_of(recipient.address)).is_some();
        answers.extend(self.sender_inside.map(|wanted| wanted == sender.inside));
        answers.extend(self.recipient_inside.map(|wanted| wanted == inside));
        for (words, text) in [
            (&self.sender_words, sender.address.as_str()),
            (&self.recipient_words, recipient.address),
            (&self.subject_words, message.subject.as_str()),
        ] {
            if !words.is_empty() {
                answers.push(words.iter().any(|word| contains_word(text, word)));
            }
        }
        if let Some((name, words)) = &self.header {
            let fields = message.headers.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name));
            let mut values = fields.map(|(_, value)| value);
            answers.push(values.any(|value| words.iter().any(|word| contains_word(value, word))));
        }
        answers
    }

    fn all(&self, world: &World, message: &Message, sender: &Sender, recipient: Subject<'_>) -> bool {
        self.sender.all(sender.subject())
            && self.recipient.all(recipient)
            && self.answers(world, message, sender, recipient).into_iter().all(|holds| holds)
    }

    fn any(&self, world: &World, message: &Message, sender: &Sender, recipient: Subject<'_>) -> bool {
        self.sender.any(sender.subject())
            || self.recipient.any(recipient)
            || self.answers(world, message, sender, recipient).into_iter().any(|holds| holds)
    }
}

/// Runs the rules from number `first` on for one recipient.
pub(super) fn run(world: &World, message: &Message, sender: &Sender, recipient: Subject<'_>, first: usize) -> Passed {
    let mut passed = Passed::default();
    for (index, rule) in world.rules.iter().enumerate().skip(first) {
        if !rule.conditions.all(world, message, sender, recipient)
            || rule.exceptions.any(world, message, sender, recipient)
        {
            continue;
        }
        let action = &rule.action;
        let next = if rule.stop { world.rules.len() } else { index + 1 };
        passed.scl = action.scl.or(passed.scl);
        let moderated = action.moderate.as_ref().is_some_and(|moderators| {
            !sender.key.as_ref().is_some_and(|key| moderators.contains(&Target::Key(key.clone())))
        });
        let ends = [
            (action.reject, Ended::Rejected),
            (action.delete, Ended::Deleted),
            (action.quarantine, Ended::Quarantined),
            (moderated, Ended::Moderated),
            (!action.redirect.is_empty(), Ended::Redirected),
        ];
        passed.end = ends.into_iter().find(|(happens, _)| *happens).map(|(_, end)| end);
        if matches!(passed.end, None | Some(Ended::Redirected)) {
            let onward = action.redirect.iter().chain(&action.copies);
            passed.copies.extend(onward.map(|target| (target.clone(), next)));
        }
        if passed.end.is_some() || rule.stop {
            break;
        }
    }
    passed
}
