//! For want of which permissions it cannot be said whether anybody is reached: of what chooses the recipients, and of every place
//! on the way to those of whom it is unknown.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_api::notice::{Arrival, Category, Reach};

use super::graph::leaves;
use crate::{
    answer::{Blockage, CategoryAnswer, Chosen, Node, NodeId},
    model::Unknown,
};

/// By category. `unread`: what the selection of each lacks, in the same order.
pub(super) fn of(
    categories: &[CategoryAnswer],
    unread: Vec<BTreeSet<&'static str>>,
    nodes: &[Node],
) -> BTreeMap<Category, BTreeSet<&'static str>> {
    let unknown = categories.iter().zip(unread).filter(|(answer, _)| answer.reach == Reach::Unknown);
    let lacking = unknown.map(|(answer, mut missing)| {
        on_the_way(answer, nodes, &mut missing);
        (answer.category, missing)
    });
    lacking.filter(|(_, missing)| !missing.is_empty()).collect()
}

fn on_the_way(answer: &CategoryAnswer, nodes: &[Node], missing: &mut BTreeSet<&'static str>) {
    let open = answer.recipients.iter().filter(|one| one.verdict == Arrival::Unknown);
    let mut lacks = |blockage: Option<&Blockage>| {
        missing.extend(blockage.and_then(|one| one.unknown.as_ref()).and_then(Unknown::permission));
    };
    open.clone().for_each(|one| lacks(one.unselected.as_ref()));
    let mut ways: Vec<NodeId> = open.filter_map(Chosen::end).collect();
    let mut met = vec![false; nodes.len()];
    while let Some(id) = ways.pop() {
        let Some(node) = nodes.get(id.index()) else { continue };
        // What certainly ends here, or certainly arrives, nothing that is unread changes.
        if node.arrival != Arrival::Unknown || std::mem::replace(&mut met[id.index()], true) {
            continue;
        }
        node.blockages.iter().for_each(|one| lacks(Some(one)));
        for hop in &node.hops {
            if leaves(hop.blockage.as_ref()) > Arrival::Undeliverable {
                lacks(hop.blockage.as_ref());
                ways.push(hop.to);
            }
        }
    }
}
