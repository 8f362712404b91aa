//! Whom a policy applies to.
//!
//! Conditions of different kinds must all hold, values of one kind are alternatives; the first policy that applies is the
//! only one (Microsoft's page on anti-spam policies, "order and precedence").

use crate::{
    landscape::{PolicyScope, Recipient},
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

/// Whether a list of addresses or keys, folded, names a recipient.
pub(super) fn names(list: &[Box<str>], recipient: &Recipient) -> bool {
    !list.is_empty()
        && (list.contains(&recipient.key) || index::addresses(recipient).any(|address| list.contains(&address)))
}

/// Whether a recipient's primary address lies in one of the domains.
pub(super) fn in_domains(domains: &[Box<str>], recipient: &Recipient) -> bool {
    let domain = recipient.primary.as_deref().and_then(index::domain);
    domain.is_some_and(|domain| domains.iter().any(|one| one.eq_ignore_ascii_case(domain)))
}

impl Walk<'_> {
    /// Whether a recipient is in one of the lists.
    pub(super) fn in_lists(&mut self, lists: &[Box<str>], recipient: &Recipient) -> Holds {
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
    pub(super) fn unread_of(&mut self, lists: &[Box<str>]) -> Unknown {
        let unread = lists.iter().find_map(|list| self.closure(list).unread.clone());
        unread.unwrap_or(Unknown::NotRead)
    }

    fn applies(&mut self, scope: &PolicyScope, recipient: &Recipient) -> Holds {
        let mut holds = Holds::Yes;
        if !scope.recipients.is_empty() {
            holds = holds.min(Holds::known(names(&scope.recipients, recipient)));
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
        let mut excepted =
            Holds::known(names(&scope.except_recipients, recipient) || in_domains(&scope.except_domains, recipient));
        if excepted == Holds::No && !scope.except_members_of.is_empty() {
            excepted = self.in_lists(&scope.except_members_of, recipient);
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
