//! Mailboxes: what comes in, what is sent on, and who reads what stays (DOMAIN E3, F4).

use std::collections::BTreeSet;

use jiff::SignedDuration;
use tenant_contacts_api::{obstacle::Obstacle, v1alpha1::MailIntent};
use uuid::Uuid;

use crate::{
    answer::{Blockage, HopKind, NodeId},
    landscape::{
        Mailbox, MailboxKind, Person, Recipient, RecipientKey, RecipientKind, Reference, Trustee, Wanted, fold,
    },
    model::{Fact, Unknown},
    routing::{
        gaps::Reading,
        graph::{stops, worse},
        index::Untold,
        walk::{Walk, name, unread},
    },
};

/// Mail that retention takes before a fortnight has passed may be gone before somebody is back from holiday.
const SHORT_RETENTION: SignedDuration = SignedDuration::from_hours(14 * 24);

impl<'a> Walk<'a> {
    pub(super) fn follow_mailbox(&mut self, at: NodeId, recipient: &'a Recipient, mailbox: &'a Mailbox) {
        if mailbox.kind == MailboxKind::User {
            self.check_licence(at, recipient, mailbox);
        }
        let forwards = self.forward(at, recipient, mailbox);
        if forwards && !mailbox.forwarding.keeps_copy {
            let words = format!(
                "{} forwards all mail without keeping a copy, and nobody reads it at the destination",
                name(recipient)
            );
            self.graph.summary(at, Blockage::new(Obstacle::DrainedByForwarding, words));
            return;
        }
        let full = self.full(recipient, mailbox);
        let taken = self.obey_inbox_rules(at, recipient, full.as_ref());
        let blockage = worse(full, taken);
        match mailbox.kind {
            MailboxKind::User => self.owner_reads(at, recipient, blockage),
            MailboxKind::Shared => self.sharers_read(at, recipient, blockage),
            MailboxKind::Resource => {
                let words = "a room mailbox deletes messages that are not meeting requests (DeleteNonCalendarItems)";
                let rule = Blockage::new(Obstacle::RuleMayApply, words);
                self.sharers_read(at, recipient, worse(blockage, Some(rule)));
            }
        }
        if let Some(rewriting) = self.rewritten(recipient) {
            self.graph.say(at, rewriting);
        }
        if let Some(retention) = self.short_retention(mailbox) {
            self.graph.say(at, retention);
        }
    }

    /// `ForwardingAddress` wins over `ForwardingSmtpAddress` (contract §6.3). Whether the mailbox forwards at all.
    fn forward(&mut self, at: NodeId, recipient: &'a Recipient, mailbox: &'a Mailbox) -> bool {
        let forwarding = &mailbox.forwarding;
        let target = match (&forwarding.inside, &forwarding.outside) {
            (Some(inside), _) => inside.clone(),
            (None, Some(address)) => Reference::Address(fold(address)),
            (None, None) => return false,
        };
        self.send_on(at, recipient, &target, HopKind::Forwards, None, false);
        true
    }

    /// A user's mailbox without a licence is going (contract §10, 28). The directory knows first, Exchange follows: if either
    /// says that there is none, there is none for long.
    fn check_licence(&mut self, at: NodeId, recipient: &'a Recipient, mailbox: &'a Mailbox) {
        let plan =
            recipient.directory_id.and_then(|id| self.person(id).ok().flatten()).map(|person| &person.exchange_plan);
        let said = [Some(&mailbox.licensed), plan];
        if said.into_iter().flatten().any(|fact| *fact == Fact::Present(false)) {
            let words = format!("the mailbox {} has no licence any more", name(recipient));
            self.graph.cap(at, Blockage::new(Obstacle::NoLicence, words));
            return;
        }
        let why = said.into_iter().flatten().find_map(|fact| fact.known().err());
        if let Some(why) = why {
            self.gaps.add(Reading::Licences, why);
            self.graph.cap(at, unread(Reading::Licences, why));
        }
    }

    /// Whether the mailbox is full, so that what would stay in it bounces.
    fn full(&mut self, recipient: &'a Recipient, mailbox: &'a Mailbox) -> Option<Blockage> {
        let quota = match self.listed(&mailbox.quota, Reading::Quotas) {
            Err(why) => return Some(unread(Reading::Quotas, why)),
            Ok(None) => return None,
            Ok(Some(quota)) => *quota,
        };
        let size = self.landscape.exchange.sizes.get(&recipient.key);
        match self.detail(size, Reading::Sizes, Wanted::Size(recipient.key.clone())) {
            Err(why) => Some(unread(Reading::Sizes, why)),
            Ok(Some(size)) if *size >= quota => {
                let words = format!("the mailbox {} has reached its quota", name(recipient));
                Some(Blockage::new(Obstacle::OverQuota, words))
            }
            Ok(_) => None,
        }
    }

    fn owner_reads(&mut self, at: NodeId, recipient: &'a Recipient, blockage: Option<Blockage>) {
        let Some(id) = recipient.directory_id else {
            let why = Unknown::ReadFailed("whose mailbox it is".into());
            self.graph.unknown(at, Blockage::unread(format!("{}: {why}", name(recipient)), &why));
            return;
        };
        let owner = self.person(id);
        let to = self.reader(id);
        self.graph.hop(at, to, HopKind::Reads, blockage.clone());
        if owner.is_ok_and(|person| person.is_none_or(|person| person.enabled == Fact::Present(false))) {
            let words = format!("the mailbox {} belongs to a disabled account", name(recipient));
            self.graph.say(at, Blockage::new(Obstacle::DisabledOwner, words));
            self.delegates_read(at, recipient, owner.ok().flatten(), blockage);
        }
    }

    /// The usual way of handing over: the account is disabled, and others have full access to its mailbox (DOMAIN F4). Who they are
    /// can be seen; that they look there, only somebody's word says.
    fn delegates_read(
        &mut self,
        at: NodeId,
        recipient: &'a Recipient,
        owner: Option<&Person>,
        blockage: Option<Blockage>,
    ) {
        let declared = owner.and_then(|owner| self.declared.contacts.get(&fold(&owner.user_principal_name)));
        let said = declared.and_then(|contact| contact.mail.as_ref()).is_some_and(|mail| {
            mail.intent == MailIntent::Receives
                && mail.alternate_path.as_deref().is_some_and(|path| !path.trim().is_empty())
        });
        let doubt = (!said).then(|| {
            let words = format!(
                "delegates can open the mailbox {}, and nobody has attested that they read it",
                name(recipient)
            );
            Blockage::new(Obstacle::HandedOver, words)
        });
        self.readers(at, recipient, worse(blockage, doubt));
    }

    /// Who reads a shared mailbox (DOMAIN F4).
    fn sharers_read(&mut self, at: NodeId, recipient: &'a Recipient, blockage: Option<Blockage>) {
        if !self.readers(at, recipient, blockage) {
            let words = format!("no enabled account with a mailbox has full access to {}", name(recipient));
            self.graph.say(at, Blockage::new(Obstacle::NoReader, words));
        }
    }

    /// Those who have full access to a mailbox, directly or through a list. Whether there may be anybody.
    fn readers(&mut self, at: NodeId, recipient: &'a Recipient, blockage: Option<Blockage>) -> bool {
        let named = self.landscape.exchange.full_access.get(&recipient.key);
        let named = match self.detail(named, Reading::FullAccess, Wanted::FullAccess(recipient.key.clone())) {
            Err(why) => {
                // What the mailbox never gets, nobody reads.
                let blockage = worse(Some(unread(Reading::FullAccess, why)), blockage);
                self.doubt_reading(at, blockage);
                return true;
            }
            Ok(named) => named.map_or(&[][..], |named| named),
        };
        let (denied, denied_unread) = self.denied(&recipient.key);
        let mut somebody = false;
        for holder in named {
            self.graph.work += 1;
            match self.sharer(holder) {
                Sharer::Nobody => {}
                Sharer::Several => {
                    somebody = true;
                    let untold =
                        Untold::Several(holder.name.clone()).blockage(&format!("{} is read by", name(recipient)));
                    self.doubt_reading(at, worse(blockage.clone(), Some(untold)));
                }
                Sharer::People(people, unknown) => {
                    for id in people.into_iter().filter(|id| !denied.contains(id)) {
                        // Exchange opens shared mailboxes to accounts that are licensed for it, which have one of their own
                        // ("About shared mailboxes"), or have it on-premises.
                        let Some(owns) = self.index.owns_mailbox(id) else { continue };
                        let reads = self.person(id).map_or(true, |person| {
                            person.is_some_and(|person| !matches!(person.enabled, Fact::Present(false) | Fact::Absent))
                        });
                        somebody |= reads;
                        let to = self.reader(id);
                        let without = (!owns).then(|| {
                            let words = format!(
                                "whether {}, who has no mailbox in Exchange Online, opens it is unknown",
                                holder.name
                            );
                            Blockage::new(Obstacle::NotReadable, words)
                        });
                        let blockage = worse(blockage.clone(), denied_unread.clone());
                        self.graph.hop(at, to, HopKind::Reads, worse(without, blockage));
                    }
                    if let Some(why) = unknown {
                        somebody = true;
                        let words = format!("who reads {} as {}: {why}", name(recipient), holder.name);
                        self.doubt_reading(at, worse(blockage.clone(), Some(Blockage::unread(words, &why))));
                    }
                }
            }
        }
        somebody
    }

    /// Who is denied full access to a mailbox, whatever grants it, and what could not be read of it.
    fn denied(&mut self, mailbox: &RecipientKey) -> (BTreeSet<Uuid>, Option<Blockage>) {
        let mut found = BTreeSet::new();
        let mut unread = None;
        let landscape = self.landscape;
        for holder in landscape.exchange.denied_access.get(mailbox).into_iter().flatten() {
            match self.sharer(holder) {
                Sharer::Nobody => {}
                Sharer::Several => {
                    unread = unread.or(Some(Untold::Several(holder.name.clone()).blockage("access is denied to")));
                }
                Sharer::People(people, unknown) => {
                    found.extend(people);
                    let words = |why: &Unknown| format!("who is denied access as {}: {why}", holder.name);
                    unread = unread.or(unknown.map(|why| Blockage::unread(words(&why), &why)));
                }
            }
        }
        (found, unread)
    }

    fn doubt_reading(&mut self, at: NodeId, blockage: Option<Blockage>) {
        if let Some(blockage) = blockage {
            if stops(Some(&blockage)) {
                self.graph.say(at, blockage);
            } else {
                self.graph.unknown(at, blockage);
            }
        }
    }

    /// Whom a name in a mailbox's permissions stands for.
    ///
    /// It is a sign-in name as a rule, and a group's name for a group; neither is told apart from a display name or an alias by
    /// its form. So all that are called so must be one.
    fn sharer(&mut self, holder: &Trustee) -> Sharer {
        let people: BTreeSet<Uuid> = self.index.people_called(&fold(&holder.name)).map(|person| person.id).collect();
        let recipient = match self.index.referred(&holder.recipient) {
            Ok(recipient) => recipient,
            Err(Untold::Several(_)) => return Sharer::Several,
            Err(Untold::Unreadable) => None,
        };
        match (recipient, people.first(), people.len()) {
            (Some(recipient), None, _) => self.people_in(recipient),
            (Some(recipient), Some(person), 1) if recipient.directory_id == Some(*person) => self.people_in(recipient),
            (None, Some(person), 1) => Sharer::People(vec![*person], None),
            (_, Some(_), _) => Sharer::Several,
            (None, None, _) if holder.recipient == Reference::Gone => Sharer::Nobody,
            (None, None, _) => {
                let why = match self.landscape.directory.people.known() {
                    Ok(_) => Unknown::ReadFailed("whose name it is".into()),
                    Err(why) => {
                        self.gaps.add(Reading::Accounts, why);
                        why.clone()
                    }
                };
                Sharer::People(Vec::new(), Some(why))
            }
        }
    }

    fn people_in(&mut self, recipient: &'a Recipient) -> Sharer {
        match &recipient.kind {
            RecipientKind::Mailbox(_) | RecipientKind::MailUser { .. } => {
                let people = recipient.directory_id.into_iter().collect();
                let unknown = recipient.directory_id.is_none();
                Sharer::People(people, unknown.then(|| Unknown::ReadFailed("whose account it is".into())))
            }
            RecipientKind::Contact { .. } => Sharer::Nobody,
            RecipientKind::List { .. } | RecipientKind::Group => {
                let closure = self.closure_of(recipient);
                let people = closure.members.iter().filter_map(|key| self.account_of(key)).collect();
                Sharer::People(people, closure.unread.clone())
            }
            RecipientKind::Other(_) => {
                Sharer::People(Vec::new(), Some(Unknown::ReadFailed("a recipient of an unknown kind".into())))
            }
        }
    }

    /// The account behind a member of a list.
    fn account_of(&self, key: &RecipientKey) -> Option<Uuid> {
        let recipient = self.index.keyed(key)?;
        match recipient.kind {
            RecipientKind::Mailbox(_) | RecipientKind::MailUser { .. } => recipient.directory_id,
            RecipientKind::Contact { .. }
            | RecipientKind::List { .. }
            | RecipientKind::Group
            | RecipientKind::Other(_) => None,
        }
    }

    fn short_retention(&self, mailbox: &Mailbox) -> Option<Blockage> {
        let policies = self.landscape.exchange.retention.present()?;
        let tags = policies.get(mailbox.retention_policy.as_ref()?)?;
        let tag = tags.iter().find(|tag| tag.applies_to_inbox && tag.after < SHORT_RETENTION)?;
        let words = format!("the retention tag {} deletes mail after {} days", tag.name, tag.after.as_hours() / 24);
        Some(Blockage::new(Obstacle::Retention, words))
    }
}

/// Whom a permission is given to.
enum Sharer {
    /// Nobody who could sign in.
    Nobody,
    /// Several are called so.
    Several,
    /// These accounts, and what could not be read of it.
    People(Vec<Uuid>, Option<Unknown>),
}
