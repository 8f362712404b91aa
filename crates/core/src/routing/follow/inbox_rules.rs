//! A mailbox's inbox rules: what they send on, and what they leave to read.

use tenant_contacts_api::obstacle::Obstacle;

use crate::{
    answer::{Blockage, HopKind, NodeId},
    landscape::{InboxRule, Recipient, Wanted},
    model::Unknown,
    routing::{
        gaps::Reading,
        graph::{stops, worse, worst},
        senders::{Named, NoticeSender},
        walk::{Walk, name, unread},
    },
};

/// Folders that nobody reads: rules that hide a break-in move mail there, and so do tidy people. In English, as Exchange
/// names them to an application.
const UNREAD_FOLDERS: &[&str] =
    &["deleted items", "junk email", "junk e-mail", "rss feeds", "rss subscriptions", "conversation history", "trash"];

impl<'a> Walk<'a> {
    /// Follows what rules send on. Returns what stands between the mailbox and its reader after them.
    ///
    /// `delivered` is what stands between the message and the mailbox itself: rules see only what is delivered.
    pub(super) fn obey_inbox_rules(
        &mut self,
        at: NodeId,
        mailbox: &'a Recipient,
        delivered: Option<&Blockage>,
    ) -> Option<Blockage> {
        let rules = self.landscape.exchange.inbox_rules.get(&mailbox.key);
        let rules = match self.detail(rules, Reading::InboxRules, Wanted::InboxRules(mailbox.key.clone())) {
            Err(why) => return Some(self.unread_rules(at, delivered, why)),
            Ok(None) => return None,
            Ok(Some(rules)) => rules,
        };
        let mut kept: Option<Blockage> = None;
        // Whether a rule may have moved it to where somebody looks.
        let mut shown = false;
        // Whether rules still apply: one that may stop them leaves that open.
        let mut stopped: Option<Blockage> = None;
        for rule in &rules.rules {
            self.graph.work += 1;
            let mut named = Named::All;
            if !rule.from.is_empty() || !rule.except_from.is_empty() {
                self.graph.by_sender(at);
                named = self.senders_of_inbox_rule(rule);
                if named == Named::None {
                    continue;
                }
            }
            let takes_known = named == Named::Known && !rule.other_conditions;
            let maybe = (named != Named::All || rule.other_conditions).then(|| {
                if takes_known {
                    let words = format!(
                        "the inbox rule \"{}\" of {} applies to every known sender; whether there are other senders is not documented",
                        rule.name,
                        name(mailbox)
                    );
                    return Blockage::new(Obstacle::RuleMayApply, words);
                }
                let words = format!(
                    "the inbox rule \"{}\" of {} does not apply to every message from Microsoft",
                    rule.name,
                    name(mailbox)
                );
                Blockage::new(Obstacle::RuleMayApply, words)
            });
            let doubt = worst([stopped.clone(), maybe]);
            let targets = rule.forward_to.iter().map(|target| (target, true));
            for (target, anew) in targets.chain(rule.redirect_to.iter().map(|target| (target, false))) {
                let doubt = worse(delivered.cloned(), doubt.clone());
                self.send_on(at, mailbox, target, HopKind::InboxRule, doubt, anew);
            }
            let taken = taken(rule, mailbox);
            shown |= rule.moves_to.is_some() && !stops(taken.as_ref());
            if let Some(taken) = taken {
                let known = takes_known && stops(Some(&taken));
                let doubt = doubt.clone().map(|doubt| {
                    let obstacle = if known { Obstacle::TakesKnownSenders } else { doubt.obstacle };
                    Blockage { obstacle, ..doubt }
                });
                kept = worse(kept, Some(doubt.unwrap_or(taken)));
            }
            if rule.stops {
                match doubt {
                    None => break,
                    Some(doubt) => stopped = Some(doubt),
                }
            }
        }
        if shown && stops(kept.as_ref()) {
            let words =
                format!("several inbox rules of {} move it, and which of them applies is unknown", name(mailbox));
            kept = Some(Blockage::new(Obstacle::RuleMayApply, words));
        }
        if rules.hidden_read {
            return kept;
        }
        let why = Unknown::ReadFailed("hidden inbox rules".into());
        self.gaps.add(Reading::InboxRules, &why);
        let unread = self.unread_rules(at, delivered, &why);
        worse(kept, Some(unread))
    }

    /// How many of the notice's senders a rule takes mail from.
    fn senders_of_inbox_rule(&self, rule: &InboxRule) -> Named {
        let takes = |sender: &NoticeSender| {
            (rule.from.is_empty() || self.names_sender(&rule.from, sender))
                && !self.names_sender(&rule.except_from, sender)
        };
        let untold = self.untold_senders(&rule.from).or_else(|| self.untold_senders(&rule.except_from));
        match self.senders().count(takes) {
            // Whom a name means may be one of them.
            _ if untold.is_some() => Named::Some,
            // Without a condition on senders it takes another's as well.
            Named::Known if rule.from.is_empty() => Named::All,
            named => named,
        }
    }

    /// Rules that are not known may also send mail on to somebody who reads it.
    fn unread_rules(&mut self, at: NodeId, delivered: Option<&Blockage>, why: &Unknown) -> Blockage {
        let blockage = unread(Reading::InboxRules, why);
        if !stops(delivered) {
            self.graph.unknown(at, blockage.clone());
        }
        blockage
    }
}

/// What a rule that applies leaves of the message in the inbox.
fn taken(rule: &InboxRule, mailbox: &Recipient) -> Option<Blockage> {
    let obstacle = if rule.hidden { Obstacle::HiddenInboxRule } else { Obstacle::InboxRule };
    let of =
        format!("the {}inbox rule \"{}\" of {}", if rule.hidden { "hidden " } else { "" }, rule.name, name(mailbox));
    if rule.deletes {
        return Some(Blockage::new(obstacle, format!("{of} deletes it")));
    }
    let folder = rule.moves_to.as_deref()?;
    let last = folder.rsplit(['\\', '/']).next().unwrap_or(folder).trim().to_lowercase();
    if UNREAD_FOLDERS.contains(&&*last) {
        return Some(Blockage::new(obstacle, format!("{of} moves it to \"{folder}\"")));
    }
    (last != "inbox").then(|| {
        let words = format!("{of} moves it to \"{folder}\": whether somebody reads that folder is unknown");
        Blockage::new(Obstacle::RuleMayApply, words)
    })
}
