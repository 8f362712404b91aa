//! Who is reached by a category: people, counted over the hops that deliver, and over those that may (DOMAIN F1).

use std::collections::BTreeMap;

use tenant_contacts_api::notice::{Arrival, Reach, Selected};

use super::{
    graph::leaves,
    selection::{Picked, Selection},
};
use crate::answer::{CategoryAnswer, Chosen, HopKind, Node, NodeId, NodeKind};

/// The answer for a category.
pub(super) fn of(selection: Selection, nodes: &[Node], work: &mut usize) -> CategoryAnswer {
    let mut recipients: Vec<Chosen> = each_once(selection.picked)
        .into_iter()
        .map(|picked| {
            let end = picked.path.last().and_then(|end| nodes.get(end.index()));
            let arrival = end.map_or(Arrival::Undeliverable, |end| end.arrival);
            let verdict = Chosen::joined(picked.selected, arrival);
            Chosen { path: picked.path, selected: picked.selected, unselected: picked.unselected, arrival, verdict }
        })
        .collect();
    recipients.sort_by_key(|one| one.verdict);
    let certain = people(&recipients, Selected::Yes, Arrival::Deliverable, nodes, work);
    let mut possible = people(&recipients, Selected::Unknown, Arrival::Unknown, nodes, work);
    possible.retain(|one| certain.binary_search(one).is_err());
    let reach = if !selection.applicable {
        Reach::NotApplicable
    } else if certain.len() >= 2 {
        Reach::SeveralPeople
    } else if certain.len() == 1 {
        Reach::OnePerson
    } else if !selection.complete || recipients.iter().any(|one| one.verdict > Arrival::Undeliverable) {
        Reach::Unknown
    } else if selection.others {
        Reach::NobodyKnown
    } else {
        Reach::Nobody
    };
    CategoryAnswer {
        category: selection.category,
        sources: selection.sources.to_vec(),
        recipients,
        certain,
        possible,
        reach,
        notes: selection.notes,
    }
}

/// A recipient that is named twice (by addresses that differ in case, by two profiles) is one: it is sent one mail as far as
/// anybody is concerned. Of several ways to be chosen the best counts.
fn each_once(picked: Vec<Picked>) -> Vec<Picked> {
    let mut places: BTreeMap<Vec<NodeId>, usize> = BTreeMap::new();
    let mut found: Vec<Picked> = Vec::with_capacity(picked.len());
    for one in picked {
        match places.get(&one.path) {
            Some(at) if found[*at].selected < one.selected => found[*at] = one,
            Some(_) => {}
            None => {
                places.insert(one.path.clone(), found.len());
                found.push(one);
            }
        }
    }
    found
}

/// People that mail reaches from recipients selected at least so, over places and steps that leave at least so much.
fn people(
    recipients: &[Chosen],
    selected: Selected,
    at_least: Arrival,
    nodes: &[Node],
    work: &mut usize,
) -> Vec<NodeId> {
    let chosen = recipients.iter().filter(|one| one.selected >= selected && one.arrival >= at_least);
    // With the message itself; and with one that an inbox rule sent on, which none sends on again.
    let mut open: Vec<(NodeId, bool)> = chosen.filter_map(Chosen::end).map(|end| (end, false)).collect();
    let mut met = [vec![false; nodes.len()], vec![false; nodes.len()]];
    let mut found = Vec::new();
    while let Some((id, sent_on)) = open.pop() {
        let Some(node) = nodes.get(id.index()) else { continue };
        // What comes unhindered goes everywhere that the other goes.
        let known = met[0][id.index()] || (sent_on && met[1][id.index()]);
        if known || node.arrival < at_least {
            continue;
        }
        met[usize::from(sent_on)][id.index()] = true;
        if matches!(node.kind, NodeKind::Person(_)) {
            found.push(id);
        }
        for hop in &node.hops {
            *work += 1;
            let by_rule = hop.kind == HopKind::InboxRule;
            if leaves(hop.blockage.as_ref()) >= at_least && !(sent_on && by_rule) {
                open.push((hop.to, sent_on || by_rule));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
