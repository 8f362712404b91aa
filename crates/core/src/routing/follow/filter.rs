//! The mail filter: what would keep mail of Microsoft's senders from a recipient, and what rewrites its links (DOMAIN E4).
//!
//! Each of the notice's senders is judged by itself, since entries name some of them; what becomes of some only is unknown, and
//! so is what becomes of all that are known, where they may not be all. Bulk mail is left out: how Microsoft's filter grades a notice is not known
//! before it comes. Which of two entries wins that say opposite things is not documented, and so unknown, but for this:
//! what a rule lets bypass the filter is not looked at by a policy ("Use mail flow rules to set the spam confidence level").

use tenant_contacts_api::{notice::Confidence, obstacle::Obstacle};

use crate::{
    answer::Blockage,
    landscape::{AllowEntry, ContentFilter, Mailbox, Recipient, RecipientKind, Reference, SpamAction},
    routing::{
        gaps::Reading,
        graph::{leaves, worst},
        senders::{NoticeSender, Senders, entry_names},
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
    /// A rule makes it spam (5 and 6); its name.
    Rule(Box<str>),
    /// A rule makes it high confidence spam (7 and above); its name.
    Sure(Box<str>),
}

/// What becomes of one sender's mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Passes,
    /// In the junk mail folder.
    Junk,
    /// Kept back.
    Kept,
    /// Sent to others instead.
    Redirected,
    /// It cannot be said.
    Open,
}

/// What the filter does with mail to a recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filtered {
    /// What stops it, or makes it uncertain.
    pub(super) blockage: Option<Blockage>,
    /// Whom it is sent to instead, and what makes that uncertain.
    pub(super) instead: Vec<(Reference, Option<Blockage>)>,
}

impl Walk<'_> {
    /// What the filter does with mail to a recipient.
    pub(super) fn filtered(&mut self, recipient: &Recipient, spam: &Spam) -> Filtered {
        let landscape = self.landscape;
        let entries = self.listed(&landscape.exchange.allow_entries, Reading::AllowEntries);
        let filters = self.listed(&landscape.exchange.content_filters, Reading::ContentFilters);
        // What bypasses the filter is stopped by a block of the tenant's own at most.
        let unread_entries = entries.err().map(|why| unread(Reading::AllowEntries, why));
        let filters = match filters {
            Err(why) if *spam != Spam::Bypass => {
                let blockage = worst([unread_entries, Some(unread(Reading::ContentFilters, why))]);
                // Spam may be sent to whomever an unread policy names.
                let instead = vec![(Reference::Unreadable, blockage.clone())];
                return Filtered { blockage, instead };
            }
            Err(_) => &[][..],
            Ok(filters) => filters.map_or(&[][..], |filters| filters),
        };
        let ended = |ends| landscape.read_at.is_some_and(|now| ends <= now);
        let entries = entries.ok().flatten().map_or(&[][..], |entries| entries);
        let entries: Vec<&AllowEntry> = entries.iter().filter(|entry| !entry.expires.is_some_and(ended)).collect();
        let senders = self.senders().clone();
        let candidates = self.candidates(filters.iter().map(|filter| &filter.scope), recipient);
        let mut verdicts: Vec<_> = candidates
            .iter()
            .map(|at| Judge { entries: &entries, filter: Some(&filters[*at]), spam, recipient }.judge(&senders))
            .collect();
        if verdicts.is_empty() {
            verdicts.push(Judge { entries: &entries, filter: None, spam, recipient }.judge(&senders));
        }
        let first = verdicts.iter().find_map(|one| one.blockage.clone());
        let alike = verdicts.iter().all(|one| leaves(one.blockage.as_ref()) == leaves(verdicts[0].blockage.as_ref()));
        let certain = candidates.len() <= 1;
        let mut instead: Vec<(Reference, Option<Blockage>)> =
            verdicts.into_iter().flat_map(|one| one.instead).collect();
        let by_policy = match first {
            Some(caught) if !alike => {
                let words = format!("whether this applies to {} is unknown: {}", recipient.display_name, caught.detail);
                Some(Blockage::new(Obstacle::RuleMayApply, words))
            }
            first => first,
        };
        let blockage = worst([unread_entries.clone(), by_policy.clone()]);
        if !certain || unread_entries.is_some() {
            for (_, doubt) in &mut instead {
                let words = format!("whether the filter redirects mail to {} is unknown", recipient.display_name);
                *doubt = worst([unread_entries.clone(), doubt.take()])
                    .or_else(|| Some(Blockage::new(Obstacle::RuleMayApply, words)));
            }
        }
        Filtered { blockage, instead }
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

/// A sender that nobody knows of, and so nothing names.
const UNKNOWN: NoticeSender = NoticeSender { address: "", categories: &[], by: "", confidence: Confidence::Assumed };

/// One policy that may apply to a recipient, and what else decides.
struct Judge<'j> {
    entries: &'j [&'j AllowEntry],
    filter: Option<&'j ContentFilter>,
    spam: &'j Spam,
    recipient: &'j Recipient,
}

impl Judge<'_> {
    fn judge(&self, senders: &Senders) -> Filtered {
        let fates: Vec<(Fate, String)> = senders.known.iter().map(|sender| self.fate(sender)).collect();
        let open = fates.iter().find(|(fate, _)| *fate == Fate::Open);
        let Some((_, words)) = open.or_else(|| fates.iter().find(|(fate, _)| *fate != Fate::Passes)).cloned() else {
            return Filtered::default();
        };
        let all = |of: &[Fate]| fates.iter().all(|(fate, _)| of.contains(fate));
        // What becomes of the notice if it comes from a sender that nobody knows of.
        let other = (!senders.all).then(|| self.fate(&UNKNOWN).0);
        let otherwise = match other {
            Some(Fate::Passes | Fate::Open) => true,
            Some(Fate::Redirected) => !all(&[Fate::Redirected]),
            // The junk mail folder stops nothing that is sent on from there.
            Some(Fate::Junk) => self.sends_on(),
            Some(Fate::Kept) | None => false,
        };
        let blockage = if all(&[Fate::Junk, Fate::Kept, Fate::Redirected]) {
            if otherwise {
                let words = format!(
                    "{words}: this applies to every known sender; whether there are other senders is not documented"
                );
                Blockage::new(Obstacle::TakesKnownSenders, words)
            } else if self.sends_on() && fates.iter().any(|(fate, _)| *fate == Fate::Junk) {
                let words = format!("{words}; whether forwarded messages stay marked as spam is not documented");
                Blockage::new(Obstacle::RuleMayApply, words)
            } else {
                Blockage::new(Obstacle::Quarantine, words)
            }
        } else if fates.iter().any(|(fate, _)| *fate == Fate::Passes) {
            Blockage::new(Obstacle::RuleMayApply, format!("{words}: some of Microsoft's senders, not all"))
        } else {
            Blockage::new(Obstacle::RuleMayApply, words)
        };
        let redirects = self.filter.filter(|filter| {
            let levels = [filter.spam, filter.high_confidence_spam];
            let open = fates.iter().any(|(fate, _)| *fate == Fate::Open) && levels.contains(&SpamAction::Redirect);
            open || other == Some(Fate::Redirected) || fates.iter().any(|(fate, _)| *fate == Fate::Redirected)
        });
        let doubt = (!all(&[Fate::Redirected]) || blockage.obstacle == Obstacle::TakesKnownSenders)
            .then(|| Blockage { obstacle: Obstacle::RuleMayApply, ..blockage.clone() });
        let instead = redirects.into_iter().flat_map(|filter| &filter.redirect_to);
        let instead = instead.map(|target| (target.clone(), doubt.clone())).collect();
        Filtered { blockage: Some(blockage), instead }
    }

    /// Whether mail leaves the recipient's place again, which the junk mail folder does not stop.
    fn sends_on(&self) -> bool {
        match &self.recipient.kind {
            RecipientKind::Mailbox(Mailbox { forwarding, .. }) => {
                forwarding.inside.is_some() || forwarding.outside.is_some()
            }
            RecipientKind::MailUser { .. }
            | RecipientKind::Contact { .. }
            | RecipientKind::List { .. }
            | RecipientKind::Group
            | RecipientKind::Other(_) => true,
        }
    }

    fn fate(&self, sender: &NoticeSender) -> (Fate, String) {
        let of_tenant = |allowed: bool| {
            self.entries.iter().find(|entry| entry.allowed == allowed && entry_names(&entry.value, sender))
        };
        let allowed = of_tenant(true).is_some();
        let name = self.filter.map_or("", |filter| &*filter.name);
        if let Some(block) = of_tenant(false) {
            // Microsoft's pages have it quarantined whatever the policy, or treated as high confidence spam, by their age.
            let (fate, does) = self.action(|filter| filter.high_confidence_spam);
            let certain = !allowed && *self.spam != Spam::Bypass && matches!(fate, Fate::Junk | Fate::Kept);
            let words = format!("the tenant block list has {}, and {does}", block.value);
            return (if certain { fate } else { Fate::Open }, words);
        }
        if *self.spam == Spam::Bypass {
            return (Fate::Passes, String::new());
        }
        let passes = self.filter.and_then(|one| named(sender, [&one.allowed_senders, &one.allowed_domains]));
        let blocks = self.filter.and_then(|one| named(sender, [&one.blocked_senders, &one.blocked_domains]));
        let (fate, words) = match (blocks, self.spam) {
            (Some(entry), _) => {
                let (fate, does) = self.action(|filter| filter.high_confidence_spam);
                (fate, format!("the anti-spam policy \"{name}\" blocks {entry} and {does}"))
            }
            (None, Spam::Rule(rule)) => {
                let (fate, does) = self.action(|filter| filter.spam);
                (
                    fate,
                    format!(
                        "the transport rule \"{rule}\" marks it as spam, and the anti-spam policy \"{name}\" {does}"
                    ),
                )
            }
            (None, Spam::Sure(rule)) => {
                let (fate, does) = self.action(|filter| filter.high_confidence_spam);
                (
                    fate,
                    format!(
                        "the transport rule \"{rule}\" marks it as spam, and the anti-spam policy \"{name}\" {does}"
                    ),
                )
            }
            (None, Spam::Unset | Spam::Bypass) => (Fate::Passes, String::new()),
        };
        if fate != Fate::Passes && (allowed || passes.is_some()) {
            return (Fate::Open, format!("{words}, and another entry lets it pass"));
        }
        (fate, words)
    }

    fn action(&self, of: impl Fn(&ContentFilter) -> SpamAction) -> (Fate, &'static str) {
        let Some(filter) = self.filter else {
            return (Fate::Open, "no anti-spam policy with an action for spam was found");
        };
        match of(filter) {
            SpamAction::Deliver => (Fate::Passes, "lets spam through"),
            SpamAction::Junk => (Fate::Junk, "moves spam to the junk mail folder"),
            SpamAction::Quarantine => (Fate::Kept, "quarantines spam"),
            SpamAction::Delete => (Fate::Kept, "deletes spam"),
            SpamAction::Redirect => (Fate::Redirected, "redirects spam to other recipients"),
        }
    }
}

/// The entry of some lists that names a sender.
fn named<'l>(sender: &NoticeSender, lists: [&'l [Box<str>]; 2]) -> Option<&'l str> {
    lists.into_iter().flatten().find(|entry| entry_names(entry, sender)).map(|entry| &**entry)
}
