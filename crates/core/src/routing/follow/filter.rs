//! The mail filter: what would keep mail of Microsoft's senders from a recipient, and what rewrites its links (DOMAIN E4).
//!
//! Bulk mail is left out: how Microsoft's filter grades a notice is not known before it comes.

use tenant_contacts_api::obstacle::Obstacle;

use super::worst;
use crate::{
    answer::Blockage,
    landscape::{ContentFilter, Recipient, SpamAction},
    routing::{
        gaps::Reading,
        senders::{self, Named, entry_names},
        walk::{Walk, unread},
    },
};

/// What transport rules say of a message's spam confidence level.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spam {
    /// Nothing: the filter judges.
    Unset,
    /// A rule lets it past the filter (-1).
    Bypass,
    /// A rule makes it spam (5 and above); its name.
    Rule(Box<str>),
}

impl Walk<'_> {
    /// What the filter does with mail to a recipient.
    pub(super) fn filtered(&mut self, recipient: &Recipient, spam: &Spam) -> Option<Blockage> {
        let forced = match spam {
            Spam::Bypass => return None,
            Spam::Unset => None,
            Spam::Rule(name) => Some(format!("the transport rule \"{name}\" makes it spam")),
        };
        let blocked = if forced.is_none() { self.blocked_by_tenant() } else { None };
        let landscape = self.landscape;
        let filters = match self.listed(&landscape.exchange.content_filters, Reading::ContentFilters) {
            Err(why) => return worst([blocked, Some(unread(Reading::ContentFilters, why))]),
            Ok(filters) => filters.map_or(&[][..], |filters| filters),
        };
        let candidates = self.candidates(filters.iter().map(|filter| &filter.scope), recipient);
        let verdicts: Vec<_> = candidates.iter().map(|at| caught(&filters[*at], forced.as_deref())).collect();
        let by_policy = match verdicts.iter().flatten().next() {
            None => None,
            Some(_) if verdicts.iter().all(Option::is_some) => verdicts.into_iter().flatten().next(),
            Some(caught) => {
                let words =
                    format!("whether this applies to {} cannot be said: {}", recipient.display_name, caught.detail);
                Some(Blockage::new(Obstacle::RuleMayApply, words))
            }
        };
        worst([blocked, by_policy])
    }

    /// Entries of the tenant allow/block list against Microsoft's senders. What it blocks is high-confidence spam, which is
    /// quarantined.
    fn blocked_by_tenant(&mut self) -> Option<Blockage> {
        let landscape = self.landscape;
        let entries = match self.listed(&landscape.exchange.allow_entries, Reading::AllowEntries) {
            Err(why) => return Some(unread(Reading::AllowEntries, why)),
            Ok(entries) => entries.map_or(&[][..], |entries| entries),
        };
        let ended = |ends| landscape.read_at.is_some_and(|now| ends <= now);
        let blocks = entries.iter().filter(|entry| !entry.allowed && !entry.expires.is_some_and(ended));
        let blocking: Vec<&str> = blocks.map(|entry| &*entry.value).filter(|value| names_sender(value)).collect();
        let words = format!("the tenant block list has {}", blocking.first()?);
        Some(kept(&blocking, words))
    }

    /// Whether links in mail to a recipient are rewritten. Worth saying, and stops nothing.
    pub(super) fn rewritten(&mut self, recipient: &Recipient) -> Option<Blockage> {
        let landscape = self.landscape;
        let policies = landscape.exchange.safe_links.present()?;
        let candidates = self.candidates(policies.iter().map(|policy| &policy.scope), recipient);
        let policy = &policies[*candidates.first()?];
        let leaves_alone = policy.leaves_alone.iter().any(|link| link.contains("microsoft.com"));
        (candidates.len() == 1 && policy.rewrites && !leaves_alone).then(|| {
            let words = format!("the Safe Links policy \"{}\" rewrites links", policy.name);
            Blockage::new(Obstacle::LinkRewriting, words)
        })
    }
}

fn names_sender(entry: &str) -> bool {
    senders::count(|sender| entry_names(entry, sender)) != Named::None
}

/// What a policy does with mail of Microsoft's senders: it catches it where it blocks one of them, or a rule made it spam.
fn caught(filter: &ContentFilter, forced: Option<&str>) -> Option<Blockage> {
    let blocked = filter.blocked_senders.iter().chain(&filter.blocked_domains).map(|entry| &**entry);
    let blocked: Vec<&str> = blocked.filter(|entry| names_sender(entry)).collect();
    let why = if let Some(rule) = forced {
        format!("{rule}, and the anti-spam policy \"{}\"", filter.name)
    } else {
        format!("the anti-spam policy \"{}\" blocks {} and", filter.name, blocked.first()?)
    };
    let does = match filter.spam {
        SpamAction::Deliver => return None,
        SpamAction::Junk => "moves spam to the junk mail folder",
        SpamAction::Quarantine => "quarantines spam",
        SpamAction::Delete => "deletes spam",
        SpamAction::Redirect => "sends spam elsewhere",
    };
    let words = format!("{why} {does}");
    Some(if forced.is_some() { Blockage::new(Obstacle::Quarantine, words) } else { kept(&blocked, words) })
}

/// Mail of senders that entries name is kept; where that is some of Microsoft's only, it depends on the notice.
fn kept(entries: &[&str], words: String) -> Blockage {
    match senders::count(|sender| entries.iter().any(|entry| entry_names(entry, sender))) {
        Named::All => Blockage::new(Obstacle::Quarantine, words),
        Named::Some | Named::None => {
            Blockage::new(Obstacle::RuleMayApply, format!("{words}: some of Microsoft's senders, not all"))
        }
    }
}
