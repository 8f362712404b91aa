//! The way of a notice to one recipient and on, and what decides on it.
//!
//! Invariant: every walk visits a node once, so that loops and lists within lists end.

use std::collections::BTreeSet;

use tenant_contacts_api::notice::{Arrival, Selected};

use super::view::{AnswerView, BlockageView, HopView, NodeView, Place, RecipientView, Way};

/// One step of a trail.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'a> {
    /// The place.
    pub(super) node: &'a NodeView,
    /// How mail gets here; none for the first.
    pub(super) how: Option<&'a str>,
    /// How many other ways led on from the place before.
    pub(super) others: usize,
}

/// The main line of a recipient: its path, then the best way on, up to where it ends or is stopped.
pub(super) fn line<'a>(view: &'a AnswerView, recipient: &'a RecipientView) -> Vec<Step<'a>> {
    let mut steps: Vec<Step<'a>> = Vec::new();
    let mut seen = BTreeSet::new();
    for node in recipient.path.iter().filter_map(|id| view.node(*id)) {
        let hop = steps.last().and_then(|last| last.node.hops.iter().find(|hop| hop.to == node.id));
        let how = hop.map(|hop| hop.how.as_str());
        steps.push(Step { node, how, others: 0 });
        seen.insert(node.id);
    }
    let stopped = decisive(view, recipient).and_then(|decisive| decisive.at).map(|at| at.id);
    while let Some(last) = steps.last().filter(|last| stopped != Some(last.node.id)) {
        let ways: Vec<_> = last.node.hops.iter().filter(|hop| hop.kind != Way::Reads).collect();
        let open = ways.iter().filter_map(|hop| view.node(hop.to).map(|node| (*hop, node)));
        // The first of the best: `max_by_key` would take the last.
        let best = open
            .filter(|(_, node)| !seen.contains(&node.id))
            .reduce(|best, next| if worth(next.0, next.1) > worth(best.0, best.1) { next } else { best });
        let Some((hop, node)) = best else { break };
        seen.insert(node.id);
        // An address outside is a place of its own, and nothing new to read behind the address itself.
        if node.label != last.node.label || node.kind != Place::Outside {
            steps.push(Step { node, how: Some(&hop.how), others: ways.len() - 1 });
        } else {
            break;
        }
    }
    steps
}

fn worth(hop: &HopView, node: &NodeView) -> Arrival {
    hop.blockage.as_ref().map_or(Arrival::Deliverable, |blockage| blockage.leaves).min(node.arrival)
}

/// What decides that a recipient gets nothing, or that it cannot be said, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decisive<'a> {
    /// Where it stands.
    pub(super) at: Option<&'a NodeView>,
    /// What it is.
    pub(super) blockage: &'a BlockageView,
}

/// The decisive obstacle of a recipient. `None` where it arrives, or where nothing says why it does not.
pub(super) fn decisive<'a>(view: &'a AnswerView, recipient: &'a RecipientView) -> Option<Decisive<'a>> {
    if recipient.verdict == Arrival::Deliverable {
        return None;
    }
    let selection = match recipient.selected {
        Selected::No => Arrival::Undeliverable,
        Selected::Unknown => Arrival::Unknown,
        Selected::Yes => Arrival::Deliverable,
    };
    let end = recipient.path.last().and_then(|id| view.node(*id));
    if let Some(blockage) = recipient.unselected.as_ref().filter(|_| selection <= recipient.arrival) {
        let holder = recipient.path.iter().filter_map(|id| view.node(*id)).find(|node| node.kind == Place::Account);
        return Some(Decisive { at: holder.or(end), blockage });
    }
    end.and_then(|end| stopped_at(view, end))
}

/// The first obstacle on from a place that explains its arrival: the place's own, its hops', and then those further on.
pub(super) fn stopped_at<'a>(view: &'a AnswerView, start: &'a NodeView) -> Option<Decisive<'a>> {
    let mut seen = BTreeSet::new();
    let mut open = vec![start];
    while let Some(node) = open.pop() {
        if !seen.insert(node.id) {
            continue;
        }
        let own = node.blockages.iter().find(|blockage| blockage.leaves <= node.arrival);
        let hops = node.hops.iter().filter_map(|hop| hop.blockage.as_ref());
        if let Some(blockage) = own.or_else(|| hops.into_iter().find(|blockage| blockage.leaves <= node.arrival)) {
            return Some(Decisive { at: Some(stands(view, node, blockage)), blockage });
        }
        // In the order of hops: the last pushed is looked at first.
        let next = node.hops.iter().rev().filter_map(|hop| view.node(hop.to));
        open.extend(next.filter(|next| next.arrival <= start.arrival));
    }
    None
}

/// Where an obstacle stands that a place knows of: a place says why it is no better also where the reason is another place's,
/// further on.
fn stands<'a>(view: &'a AnswerView, from: &'a NodeView, blockage: &BlockageView) -> &'a NodeView {
    let mut seen = BTreeSet::from([from.id]);
    let mut at = from;
    loop {
        let mut next = at.hops.iter().filter_map(|hop| view.node(hop.to));
        match next.find(|next| next.blockages.contains(blockage) && !seen.contains(&next.id)) {
            Some(next) => {
                seen.insert(next.id);
                at = next;
            }
            None => return at,
        }
    }
}
