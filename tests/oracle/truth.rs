//! What becomes of a notice in the tenant, whatever the notice says and whatever is not documented.

use std::collections::BTreeSet;

use tenant_contacts_api::notice::Arrival;
use tenant_contacts_core::routing::NOTICE_SENDERS;
use tenant_contacts_simulator::{End, Mailflow, Message, Seed, Switches};

use crate::tangled::simulator;

/// Subjects: one that rules look for, and one that none does.
const SUBJECTS: [&str; 2] = ["Your invoice is ready", "Service update"];

/// The tenant's mail flow, once for each behaviour that leaves it open.
pub struct Truth {
    flows: Vec<Mailflow>,
}

/// What became of every notice that could be sent to an address.
#[derive(Debug)]
pub struct Fate {
    /// Accounts of people who get every one of them.
    pub always: BTreeSet<String>,
    /// Accounts of people who get one of them.
    pub ever: BTreeSet<String>,
    /// Every one of them is read by somebody.
    never_lost: bool,
    /// One of them leaves the organization, so that it may still be read.
    open: bool,
}

impl Fate {
    /// What may be said of the address.
    pub fn arrival(&self) -> Arrival {
        if self.never_lost {
            Arrival::Deliverable
        } else if self.ever.is_empty() && !self.open {
            Arrival::Undeliverable
        } else {
            Arrival::Unknown
        }
    }
}

impl Truth {
    /// DOMAIN F6: what Automatic means in an old tenant is unknown. A moderator lets pass what waits, or does not.
    pub fn of(seed: &Seed) -> Self {
        let released = released(seed);
        let old = seed.tenant.created_date_time.as_deref().is_none_or(|created| created < "2021");
        let mut flows = Vec::new();
        for (seed, automatic) in [(seed, true), (&released, true), (seed, false), (&released, false)] {
            if automatic || old {
                let switches = Switches { old_tenants_forward_automatically: automatic, ..Switches::default() };
                flows.push(simulator(seed, switches).mailflow());
            }
        }
        Self { flows }
    }

    /// Sends every kind of notice to an address.
    pub fn fate(&self, address: &str) -> Fate {
        let mut fate = Fate { always: BTreeSet::new(), ever: BTreeSet::new(), never_lost: true, open: false };
        let mut first = true;
        for message in NOTICE_SENDERS.iter().flat_map(|sender| messages(sender.address, address)) {
            for flow in &self.flows {
                let people = flow.who_gets(&message);
                fate.never_lost &= !people.is_empty();
                fate.always =
                    if first { people.clone() } else { fate.always.intersection(&people).cloned().collect() };
                fate.ever.extend(people);
                first = false;
                let leaves = |end: &End| matches!(end, End::Outside { .. });
                fate.open |= flow.deliver(&message).outcomes.iter().any(|outcome| leaves(&outcome.end));
            }
        }
        fate
    }

    /// One message's ends, for whoever looks into a disagreement.
    pub fn told(&self, address: &str) -> String {
        let message = messages(NOTICE_SENDERS[0].address, address).remove(0);
        let delivery = self.flows[0].deliver(&message);
        delivery.outcomes.iter().map(|one| format!("\n      {} => {:?}", one.path.join(" > "), one.end)).collect()
    }
}

/// The tenant with whatever waits for a moderator let pass.
fn released(seed: &Seed) -> Seed {
    let mut seed = seed.clone();
    let exchange = &mut seed.exchange;
    let mailboxes = exchange.mailboxes.iter_mut().chain(&mut exchange.shared_mailboxes).map(|one| &mut one.properties);
    let lists = exchange.lists.iter_mut().map(|one| &mut one.properties);
    let groups = exchange.groups.iter_mut().map(|one| &mut one.properties);
    for properties in mailboxes.chain(lists).chain(groups) {
        properties.remove("moderationEnabled");
    }
    for rule in &mut exchange.transport_rules {
        rule.remove("moderateMessageByUser");
    }
    seed
}

fn messages(from: &str, to: &str) -> Vec<Message> {
    let message = |subject: &&str| Message { subject: (*subject).to_owned(), ..Message::outside(from, to) };
    SUBJECTS.iter().map(message).collect()
}
