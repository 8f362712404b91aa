//! Whom a policy applies to.
//!
//! Conditions of different kinds must all hold, values of one kind are alternatives; the first policy that applies is the
//! only one (Microsoft's page on anti-spam policies, "order and precedence").

use crate::{
    landscape::{PolicyScope, Recipient, Reference},
    model::Unknown,
    routing::{index, walk::Walk},
};

/// Whether a condition holds. Ordered: what is less certain to hold is smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holds {
    No,
    /// Without knowing more it cannot be said.
    Maybe,
    Yes,
}

impl Holds {
    pub(super) fn known(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// Whether a list names a recipient. A name that cannot be told may be its.
pub(super) fn names(list: &[Reference], recipient: &Recipient) -> Holds {
    let addresses: Vec<Box<str>> = if list.is_empty() { Vec::new() } else { index::addresses(recipient).collect() };
    let holds = list.iter().map(|one| match one {
        Reference::Recipient(key) => Holds::known(*key == recipient.key),
        Reference::Address(address) => Holds::known(addresses.contains(address)),
        Reference::Gone => Holds::No,
        Reference::Ambiguous(_) | Reference::Unreadable => Holds::Maybe,
    });
    holds.max().unwrap_or(Holds::No)
}

/// Whether a recipient's primary address lies in one of the domains.
pub(super) fn in_domains(domains: &[Box<str>], recipient: &Recipient) -> bool {
    let domain = recipient.primary.as_deref().and_then(index::domain);
    domain.is_some_and(|domain| domains.iter().any(|one| one.eq_ignore_ascii_case(domain)))
}

impl Walk<'_> {
    /// Whether a recipient is in one of the lists.
    pub(super) fn in_lists(&mut self, lists: &[Reference], recipient: &Recipient) -> Holds {
        let mut holds = Holds::No;
        for list in lists {
            let closure = self.closure(list);
            if closure.members.contains(&recipient.key) {
                return Holds::Yes;
            }
            if closure.unread.is_some() {
                holds = Holds::Maybe;
            }
        }
        holds
    }

    /// Why it cannot be said who is in some lists.
    pub(super) fn unread_of(&mut self, lists: &[Reference]) -> Unknown {
        let unread = lists.iter().find_map(|list| self.closure(list).unread.clone());
        unread.unwrap_or(Unknown::NotRead)
    }

    fn applies(&mut self, scope: &PolicyScope, recipient: &Recipient) -> Holds {
        let mut holds = Holds::Yes;
        if !scope.recipients.is_empty() {
            holds = holds.min(names(&scope.recipients, recipient));
        }
        if !scope.domains.is_empty() {
            holds = holds.min(Holds::known(in_domains(&scope.domains, recipient)));
        }
        if holds > Holds::No && !scope.members_of.is_empty() {
            holds = holds.min(self.in_lists(&scope.members_of, recipient));
        }
        if holds == Holds::No {
            return holds;
        }
        // One exception suffices.
        let within = Holds::known(in_domains(&scope.except_domains, recipient));
        let mut excepted = names(&scope.except_recipients, recipient).max(within);
        if excepted < Holds::Yes && !scope.except_members_of.is_empty() {
            excepted = excepted.max(self.in_lists(&scope.except_members_of, recipient));
        }
        match excepted {
            Holds::Yes => Holds::No,
            Holds::Maybe => Holds::Maybe,
            Holds::No if scope.other_exceptions => Holds::Maybe,
            Holds::No => holds,
        }
    }

    /// The policies of which one applies to a recipient, by place; exactly one where that is certain. Empty: none applies.
    pub(super) fn candidates<'s>(
        &mut self,
        scopes: impl IntoIterator<Item = &'s PolicyScope>,
        recipient: &Recipient,
    ) -> Vec<usize> {
        let mut found = Vec::new();
        for (place, scope) in scopes.into_iter().enumerate() {
            match self.applies(scope, recipient) {
                Holds::No => {}
                Holds::Maybe => found.push(place),
                Holds::Yes => {
                    found.push(place);
                    break;
                }
            }
        }
        found
    }
}
