//! Forwarding by a mailbox, and what stops it at the organization's border (contract §10, 27; DOMAIN F6).

use jiff::{Timestamp, civil};
use tenant_contacts_api::obstacle::Obstacle;

use super::address::Standing;
use crate::{
    answer::{Blockage, HopKind, NodeId},
    landscape::{AutoForwarding, Recipient, RecipientKind, Reference, RemoteDomain, fold},
    model::Fact,
    routing::{
        gaps::Reading,
        graph::{stops, worst},
        index,
        route::Sent,
        walk::{Walk, name, unread},
    },
};

/// Where automatic forwarding has been off by default since (DOMAIN F6).
const OFF_SINCE: civil::Date = civil::date(2021, 1, 1);

impl<'a> Walk<'a> {
    /// Mail that a mailbox sends on to one target; `anew`: as a message of its own.
    pub(super) fn send_on(
        &mut self,
        at: NodeId,
        mailbox: &'a Recipient,
        target: &Reference,
        kind: HopKind,
        doubt: Option<Blockage>,
        anew: bool,
    ) {
        match target {
            // What never comes is not sent on, to whomever.
            Reference::Ambiguous(_) | Reference::Unreadable if stops(doubt.as_ref()) => {}
            Reference::Recipient(_) | Reference::Gone | Reference::Ambiguous(_) | Reference::Unreadable => {
                match self.index.referred(target) {
                    Ok(Some(recipient)) => {
                        let border = self.border_of(mailbox, recipient);
                        let routes = self.routes(recipient);
                        self.take(at, &routes, kind, &Sent { blockage: doubt, border, anew });
                    }
                    Ok(None) => {
                        let words = format!("{} forwards mail to a deleted recipient", name(mailbox));
                        self.graph.say(at, Blockage::new(Obstacle::NoRecipient, words));
                    }
                    Err(untold) => {
                        self.graph.unknown(at, untold.blockage(&format!("{} sends mail on to", name(mailbox))));
                    }
                }
            }
            Reference::Address(address) => self.send_to_address(at, mailbox, address, kind, doubt, anew),
        }
    }

    fn send_to_address(
        &mut self,
        at: NodeId,
        mailbox: &'a Recipient,
        address: &str,
        kind: HopKind,
        doubt: Option<Blockage>,
        anew: bool,
    ) {
        let inside = self.index.recipient(address).filter(|_| self.is_inside(address));
        let border = match inside {
            Some(inside) => self.border_of(mailbox, inside),
            None => self.border(mailbox, address),
        };
        let sent = Sent { blockage: doubt, border, anew };
        if let Some(recipient) = inside {
            let routes = self.routes(recipient);
            self.take(at, &routes, kind, &sent);
        } else if self.is_inside(address) {
            // What stays in the organization's domains meets its rules there.
            if let Some(to) = self.address(address) {
                self.graph.hop(at, to, kind, worst([sent.blockage, sent.border]));
            }
        } else {
            let routes = self.routes_out(address);
            self.take(at, &routes, kind, &sent);
        }
    }

    /// A contact or mail user leads outside, so forwarding to it does.
    fn border_of(&mut self, mailbox: &Recipient, target: &Recipient) -> Option<Blockage> {
        match &target.kind {
            RecipientKind::MailUser { external: Some(external) }
            | RecipientKind::Contact { external: Some(external) } => self.border(mailbox, external),
            RecipientKind::MailUser { external: None }
            | RecipientKind::Contact { external: None }
            | RecipientKind::Mailbox(_)
            | RecipientKind::List { .. }
            | RecipientKind::Group
            | RecipientKind::Other(_) => None,
        }
    }

    /// What stops automatic forwarding to an address at the border; nothing stops it inside.
    fn border(&mut self, mailbox: &Recipient, address: &str) -> Option<Blockage> {
        let domain = fold(index::domain(address)?);
        match self.standing(&domain) {
            Standing::Accepted(_) | Standing::Ours(_) | Standing::Unread(_) => None,
            Standing::Unverified | Standing::NotForMail | Standing::Outside => {
                let remote = self.remote_domain(&domain);
                let policy = self.outbound_policy(mailbox);
                worst([policy, remote])
            }
        }
    }

    /// The most specific setting for the domain of the other side.
    fn remote_domain(&mut self, domain: &str) -> Option<Blockage> {
        let landscape = self.landscape;
        let remotes = match self.listed(&landscape.exchange.remote_domains, Reading::RemoteDomains) {
            Err(why) => return Some(unread(Reading::RemoteDomains, why)),
            Ok(remotes) => remotes.map_or(&[][..], |remotes| remotes),
        };
        let matching = remotes.iter().filter_map(|remote| Some((specificity(remote, domain)?, remote)));
        let (_, remote) = matching.max_by_key(|(specificity, _)| *specificity)?;
        (!remote.auto_forward).then(|| {
            let words = format!("the remote domain {} allows no automatic forwarding", remote.domain);
            Blockage::new(Obstacle::ForwardBouncedByRemoteDomain, words)
        })
    }

    fn outbound_policy(&mut self, mailbox: &Recipient) -> Option<Blockage> {
        let landscape = self.landscape;
        let policies = match self.listed(&landscape.exchange.outbound_policies, Reading::OutboundPolicies) {
            Err(why) => return Some(unread(Reading::OutboundPolicies, why)),
            Ok(policies) => policies.map_or(&[][..], |policies| policies),
        };
        let candidates = self.candidates(policies.iter().map(|policy| &policy.scope), mailbox);
        let mut verdicts: Vec<Option<Blockage>> = Vec::new();
        for at in &candidates {
            let policy = &policies[*at];
            verdicts.push(self.auto_forwarding(policy.auto_forwarding, &policy.name));
        }
        if candidates.is_empty() {
            verdicts.push(self.auto_forwarding(AutoForwarding::Automatic, "the default"));
        }
        let alike = verdicts
            .iter()
            .all(|one| one.as_ref().map(|one| one.obstacle) == verdicts[0].as_ref().map(|one| one.obstacle));
        if alike {
            return verdicts.swap_remove(0);
        }
        let words = format!("which outbound spam policy applies to {} is unknown", name(mailbox));
        Some(Blockage::new(Obstacle::RuleMayApply, words))
    }

    fn auto_forwarding(&mut self, mode: AutoForwarding, policy: &str) -> Option<Blockage> {
        let bounced = |why: &str| {
            let words = format!("the outbound spam policy \"{policy}\" allows no automatic forwarding{why}");
            Some(Blockage::new(Obstacle::ForwardBouncedByOutboundPolicy, words))
        };
        match mode {
            AutoForwarding::On => None,
            AutoForwarding::Off => bounced(""),
            AutoForwarding::Automatic => {
                let landscape = self.landscape;
                match &landscape.created {
                    Fact::Present(created) if is_since(*created) => bounced(": Automatic means off in this tenant"),
                    Fact::Present(_) | Fact::Absent => {
                        let words = format!(
                            "the outbound spam policy \"{policy}\" is set to Automatic, which means on or off depending on the tenant's age"
                        );
                        Some(Blockage::new(Obstacle::RuleMayApply, words))
                    }
                    Fact::Unknown(why) => {
                        self.gaps.add(Reading::TenantAge, why);
                        Some(unread(Reading::TenantAge, why))
                    }
                }
            }
        }
    }
}

fn is_since(created: Timestamp) -> bool {
    created.to_zoned(jiff::tz::TimeZone::UTC).date() >= OFF_SINCE
}

/// How specific a remote domain's setting is for a domain: exact, then the longest `*.`, then `*`. `None`: another domain's.
fn specificity(remote: &RemoteDomain, domain: &str) -> Option<(u8, usize)> {
    if &*remote.domain == "*" {
        return Some((0, 0));
    }
    if let Some(parent) = remote.domain.strip_prefix("*.") {
        let below = domain.strip_suffix(parent)?;
        return (below.is_empty() || below.ends_with('.')).then_some((1, parent.len()));
    }
    (*remote.domain == *domain).then_some((2, 0))
}
