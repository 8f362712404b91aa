//! The content filter: lists of allowed and blocked senders, and what the policy does with a verdict. Contract §6.3,
//! DOMAIN E4.
//!
//! What overrides what (general knowledge, UNV): the tenant's block list, then its allow list and mail flow rules that
//! bypass the filter, then the policy's blocked and its allowed senders; a blocked sender's mail is high confidence spam.
//! Nothing overrides high confidence phishing.
//!
//! Invariant: mail from inside is not judged.

use std::collections::BTreeSet;

use super::{
    message::Verdict,
    scope::{Scope, Subject},
    sender::Sender,
    target::domain_of,
};

/// The anti-spam policies and the tenant's list.
#[derive(Debug, Default)]
pub(super) struct Filters {
    /// Policies of rules in order of priority.
    pub(super) policies: Vec<(Scope, Policy)>,
    pub(super) usual: Policy,
    /// Addresses and domains, lower case, as of now.
    pub(super) allowed: BTreeSet<String>,
    pub(super) blocked: BTreeSet<String>,
    /// What [`Self::blocked`] names is quarantined, whatever a policy says. Switch.
    pub(super) blocks_are_quarantined: bool,
    /// Rules that bypass the filter let it past. Switch.
    pub(super) rules_bypass_blocks: bool,
}

/// An anti-spam policy.
#[derive(Debug, Default)]
pub(super) struct Policy {
    /// Addresses and domains, lower case.
    pub(super) allowed: BTreeSet<String>,
    pub(super) blocked: BTreeSet<String>,
    pub(super) spam: Action,
    pub(super) high_confidence_spam: Action,
    pub(super) bulk: Action,
    pub(super) phish: Action,
    pub(super) high_confidence_phish: Action,
    /// Where [`Action::Redirect`] sends it.
    pub(super) redirect: Vec<String>,
}

/// What a policy does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Action {
    /// Delivers, perhaps marked.
    Deliver,
    #[default]
    MoveToJunk,
    Redirect,
    Delete,
    Quarantine,
}

impl Action {
    /// By its name; an unknown one is the usual one.
    pub(super) fn parse(text: &str) -> Self {
        const NAMES: [(&str, Action); 7] = [
            ("MoveToJmf", Action::MoveToJunk),
            ("Quarantine", Action::Quarantine),
            ("Delete", Action::Delete),
            ("Redirect", Action::Redirect),
            ("AddXHeader", Action::Deliver),
            ("ModifySubject", Action::Deliver),
            ("NoAction", Action::Deliver),
        ];
        NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map_or(Self::MoveToJunk, |(_, action)| *action)
    }
}

/// Whether a set of addresses and domains names a sender. A domain does not stand for those below it (UNV: the stricter
/// choice); `*.x.y` does.
fn names(set: &BTreeSet<String>, sender: &Sender) -> bool {
    let domain = domain_of(&sender.address);
    let below = |entry: &String| {
        let base = entry.strip_prefix("*.");
        base.and_then(|base| domain.strip_suffix(base)).is_some_and(|rest| rest.ends_with('.'))
    };
    set.contains(&sender.address) || set.contains(&domain) || set.iter().any(below)
}

impl Filters {
    /// The policy for a recipient.
    fn policy(&self, recipient: Subject<'_>) -> &Policy {
        self.policies.iter().find(|(scope, _)| scope.covers(recipient)).map_or(&self.usual, |(_, policy)| policy)
    }

    /// What happens to a message from outside; `scl` is what mail flow rules set.
    pub(super) fn judge(
        &self,
        recipient: Subject<'_>,
        sender: &Sender,
        found: Verdict,
        scl: Option<i64>,
    ) -> (Action, &Policy) {
        let policy = self.policy(recipient);
        let is_blocked = names(&self.blocked, sender) && !(scl == Some(-1) && self.rules_bypass_blocks);
        if is_blocked && self.blocks_are_quarantined {
            return (Action::Quarantine, policy);
        }
        let verdict = if found == Verdict::HighConfidencePhish {
            found
        } else if is_blocked {
            Verdict::HighConfidenceSpam
        } else if names(&self.allowed, sender) || scl == Some(-1) {
            Verdict::Clean
        } else if names(&policy.blocked, sender) {
            Verdict::HighConfidenceSpam
        } else if names(&policy.allowed, sender) {
            Verdict::Clean
        } else {
            match scl {
                // 5 and 6 are spam, 7 to 9 high confidence spam; below, the filter's own verdict stands.
                Some(5..=6) => Verdict::Spam,
                Some(7..) => Verdict::HighConfidenceSpam,
                Some(_) | None => found,
            }
        };
        let action = match verdict {
            Verdict::Clean => Action::Deliver,
            Verdict::Bulk => policy.bulk,
            Verdict::Spam => policy.spam,
            Verdict::HighConfidenceSpam => policy.high_confidence_spam,
            Verdict::Phish => policy.phish,
            Verdict::HighConfidencePhish => policy.high_confidence_phish,
        };
        (action, policy)
    }
}
