//! Mailboxes that are not here: in a hybrid organization a mailbox on-premises is a synchronised mail user in Exchange Online,
//! with its own address as the external one, and an outbound connector takes mail there.
//!
//! Invariant: what only Exchange Online knows makes nothing certain of a recipient that another system is the master of.

use tenant_contacts_api::obstacle::Obstacle;

use crate::{
    answer::Blockage,
    landscape::{OutboundConnector, Person, Recipient},
    model::Fact,
    routing::{
        gaps::Reading,
        index,
        walk::{Walk, name, unread},
    },
};

impl Walk<'_> {
    /// What leaves it open whether a recipient without a mailbox here has one on-premises. `None`: it is of the cloud alone.
    pub(super) fn mailbox_elsewhere(&mut self, recipient: &Recipient, address: Option<&str>) -> Option<Blockage> {
        let of_account = match recipient.directory_id.map(|id| self.person(id)) {
            Some(Ok(Some(person))) => Some(&person.synchronised),
            Some(Err(why)) if recipient.synchronised.is_none() => return Some(unread(Reading::Accounts, why)),
            None | Some(Ok(None) | Err(_)) => None,
        };
        match (recipient.synchronised, of_account) {
            (Some(true), _) | (_, Some(Fact::Present(true))) => {}
            (Some(false), _) | (None, Some(Fact::Present(false) | Fact::Absent)) => return None,
            (None, Some(Fact::Unknown(why))) => {
                self.gaps.add(Reading::Accounts, why);
                return Some(unread(Reading::Accounts, why));
            }
            (None, None) => {
                let words = format!("whether {} is synchronised from on-premises is unknown", name(recipient));
                return Some(Blockage::new(Obstacle::NotReadable, words));
            }
        }
        let who = name(recipient);
        let domain = address.and_then(index::domain).unwrap_or_default();
        Some(self.relayed(&who, domain))
    }

    /// The same of an account that shows an address of which Exchange Online has no recipient.
    pub(super) fn on_premises(&mut self, person: &Person) -> Option<Blockage> {
        match &person.synchronised {
            Fact::Present(false) | Fact::Absent => None,
            Fact::Unknown(why) => {
                self.gaps.add(Reading::Accounts, why);
                Some(unread(Reading::Accounts, why))
            }
            Fact::Present(true) => {
                let words = format!(
                    "the account {} is synchronised from on-premises and has this address: its mailbox may be on-premises",
                    person.user_principal_name
                );
                Some(Blockage::new(Obstacle::RelayedElsewhere, words))
            }
        }
    }

    /// Where mail for a synchronised recipient goes, as far as connectors tell. That none leads on-premises does not prove that
    /// nothing arrives there: without one, mail goes by the domain's mail exchanger.
    fn relayed(&mut self, who: &str, domain: &str) -> Blockage {
        let landscape = self.landscape;
        let connectors = self.listed(&landscape.exchange.outbound_connectors, Reading::OutboundConnectors);
        let words = match connectors {
            Err(_) => format!("{who} is synchronised from on-premises: its mailbox may be on-premises"),
            Ok(connectors) => {
                let leads = |one: &&OutboundConnector| one.on_premises && one.takes(domain);
                match connectors.into_iter().flatten().find(leads) {
                    Some(connector) => format!(
                        "{who} is synchronised from on-premises, and the outbound connector \"{}\" takes mail there",
                        connector.name
                    ),
                    None => format!(
                        "{who} is synchronised from on-premises: its mailbox may be on-premises, though no outbound connector leads there"
                    ),
                }
            }
        };
        Blockage::new(Obstacle::RelayedElsewhere, words)
    }
}
