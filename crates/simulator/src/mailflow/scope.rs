//! To whom a policy or a rule applies: people, members of groups, domains, and exceptions.
//!
//! Invariant: values of one condition are alternatives; different conditions must all hold; one exception suffices.

use std::collections::BTreeSet;

use super::target::{Target, domain_of};

/// The recipient or sender that is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    /// None outside the directory.
    pub(super) key: Option<&'a str>,
    /// Primary address, or the address itself outside.
    pub(super) address: &'a str,
}

impl Subject<'_> {
    /// Whether a rule that sends mail to the target sends it here.
    pub(super) fn is(&self, target: &Target) -> bool {
        match target {
            Target::Key(key) => self.key == Some(key),
            Target::Address(address) => self.address.eq_ignore_ascii_case(address),
        }
    }
}

/// See the module. Groups stand for their members at the time of the snapshot.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) conditions: Part,
    pub(super) exceptions: Part,
}

/// One side of a scope; none = not asked for.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) people: Option<BTreeSet<Target>>,
    pub(super) members: Option<BTreeSet<String>>,
    pub(super) domains: Option<BTreeSet<String>>,
}

impl Part {
    /// What each condition that is asked for says.
    fn answers(&self, subject: Subject<'_>) -> [Option<bool>; 3] {
        let is = |people: &BTreeSet<Target>| {
            subject.key.is_some_and(|key| people.contains(&Target::Key(key.to_owned())))
                || people.contains(&Target::Address(subject.address.to_lowercase()))
        };
        let domain = domain_of(subject.address);
        [
            self.people.as_ref().map(is),
            self.members.as_ref().map(|members| subject.key.is_some_and(|key| members.contains(key))),
            self.domains.as_ref().map(|domains| domains.contains(&domain)),
        ]
    }

    pub(super) fn all(&self, subject: Subject<'_>) -> bool {
        self.answers(subject).into_iter().flatten().all(|holds| holds)
    }

    pub(super) fn any(&self, subject: Subject<'_>) -> bool {
        self.answers(subject).into_iter().flatten().any(|holds| holds)
    }
}

impl Scope {
    pub(super) fn covers(&self, subject: Subject<'_>) -> bool {
        self.conditions.all(subject) && !self.exceptions.any(subject)
    }
}
