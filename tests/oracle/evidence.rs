//! What the trace says of mail that was sent while the tenant was as it is, against what is said of mail that is sent now (DOMAIN E4).

use std::collections::BTreeSet;

use tenant_contacts_api::rule::Rule;
use tenant_contacts_core::answer::{Answer, HopKind, NodeId, NodeKind};

use crate::{
    tally::Tally,
    truth::{Senders, Truth},
};

/// Mail to an address that is deliverable was not lost there. Left out is where a lost row may be of mail that came in another
/// way than by this address: through a list, a forward, or to a mailbox whose own mail a mail flow rule sends elsewhere.
pub fn compare(number: u64, answer: &Answer, truth: &Truth, tally: &mut Tally) {
    let recipients =
        || answer.categories.iter().flat_map(|one| one.recipients.iter().map(|chosen| (one.category, chosen)));
    let ends: BTreeSet<(NodeId, Senders)> =
        recipients().filter_map(|(category, chosen)| Some((chosen.end()?, truth.senders(category)))).collect();
    let passed_on: BTreeSet<NodeId> =
        answer.nodes.iter().flat_map(|node| &node.hops).filter(|hop| passes_on(hop.kind)).map(|hop| hop.to).collect();
    for (end, senders) in ends {
        let node = answer.node(end).unwrap();
        let NodeKind::Address(address) = &node.kind else { continue };
        for traced in answer.evidence(end).iter().filter(|traced| senders.names(traced.sender)) {
            let (arrival, status) = (node.arrival.as_str(), traced.status.as_str());
            tally.count(format!("traced: {status}, {arrival}"));
            let another_way =
                node.hops.iter().any(|hop| hop.kind == HopKind::TransportRule || passed_on.contains(&hop.to));
            if traced.status.is_lost() && arrival == "Deliverable" && !another_way {
                tally.differs("deliverable, and mail was lost", format!("tenant {number}: {address} {status}"));
            }
        }
    }
    for _ in answer.findings.iter().filter(|finding| finding.rule == Rule::NoticeNotDelivered) {
        tally.count("found: NoticeNotDelivered");
    }
}

/// Whether mail that one recipient was sent goes to another.
fn passes_on(kind: HopKind) -> bool {
    match kind {
        HopKind::Expands | HopKind::Subscribes | HopKind::Forwards | HopKind::InboxRule | HopKind::TransportRule => {
            true
        }
        HopKind::Holds | HopKind::Member | HopKind::SentTo | HopKind::Passes | HopKind::Resolves | HopKind::Reads => {
            false
        }
    }
}
