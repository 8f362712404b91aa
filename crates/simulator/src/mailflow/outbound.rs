//! Whether a mailbox may forward to an address outside by itself. Contract §6.3, §10.27, DOMAIN F6.
//!
//! Invariant: where one control allows and another forbids, the one that forbids wins.

use super::{
    message::Bounce,
    scope::{Scope, Subject},
    target::domain_of,
};

/// The outbound spam policies and remote domains.
#[derive(Debug, Default)]
pub(super) struct Outbound {
    /// Policies of rules in order of priority: whose mail, and whether forwarding is on.
    pub(super) policies: Vec<(Scope, bool)>,
    /// The default policy's.
    pub(super) usual: bool,
    /// Domain (`*`, `x.y`, `*.x.y`) and whether forwarding to it is on.
    pub(super) remote: Vec<(String, bool)>,
}

impl Outbound {
    /// Why a mailbox's automatic forwarding to an address fails, if it does.
    pub(super) fn forbids(&self, mailbox: Subject<'_>, address: &str) -> Option<Bounce> {
        let policy = self.policies.iter().find(|(scope, _)| scope.covers(mailbox));
        if !policy.map_or(self.usual, |(_, on)| *on) {
            return Some(Bounce::ForwardBlockedByPolicy);
        }
        let domain = domain_of(address);
        // The most specific remote domain counts; `*.x.y` is x.y and everything below it.
        let fits = |name: &str| match name.strip_prefix("*.") {
            Some(base) => domain == base || domain.strip_suffix(base).is_some_and(|rest| rest.ends_with('.')),
            None => name == "*" || name == domain,
        };
        let exact = |name: &str| !name.starts_with('*');
        let best = self.remote.iter().filter(|(name, _)| fits(name)).max_by_key(|(name, _)| (exact(name), name.len()));
        (best.is_some_and(|(_, on)| !on)).then_some(Bounce::ForwardBlockedByRemoteDomain)
    }
}
