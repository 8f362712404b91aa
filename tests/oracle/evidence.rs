//! What the trace says of mail that was sent while the tenant was as it is, against what is said of mail that is sent now (DOMAIN E4).

use std::collections::BTreeSet;

use tenant_contacts_api::rule::Rule;
use tenant_contacts_core::answer::{Answer, Chosen, HopKind, NodeId, NodeKind};

use crate::tally::Tally;

/// Mail to an address that is deliverable was not lost there. What a mail flow rule sends on is left out: somebody else reads it,
/// and a row about the address is of mail that came to its mailbox in another way, through a list.
pub fn compare(number: u64, answer: &Answer, tally: &mut Tally) {
    let ends: BTreeSet<NodeId> =
        answer.categories.iter().flat_map(|category| &category.recipients).filter_map(Chosen::end).collect();
    for end in ends {
        let node = answer.node(end).unwrap();
        let NodeKind::Address(address) = &node.kind else { continue };
        for traced in answer.evidence(end) {
            let (arrival, status) = (node.arrival.as_str(), traced.status.as_str());
            tally.count(format!("traced: {status}, {arrival}"));
            let sent_on = node.hops.iter().any(|hop| hop.kind == HopKind::TransportRule);
            if traced.status.is_lost() && arrival == "Deliverable" && !sent_on {
                tally.differs("deliverable, and mail was lost", format!("tenant {number}: {address} {status}"));
            }
        }
    }
    for _ in answer.findings.iter().filter(|finding| finding.rule == Rule::NoticeNotDelivered) {
        tally.count("found: NoticeNotDelivered");
    }
}
