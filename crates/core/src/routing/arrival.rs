//! What arrives where: the least fixpoint over the graph, and the reasons.
//!
//! Arrivals have three values in order and only ever rise, from sources to those who lead there, so that cycles end and every
//! edge is looked at twice at most. What only a loop would keep alive stays undeliverable: that is a mail loop.

use std::collections::{BTreeSet, VecDeque};

use tenant_contacts_api::{notice::Arrival, obstacle::Obstacle};

use super::graph::{Draft, Graph, leaves};
use crate::answer::{Blockage, Node};

/// Reasons that one place takes over from the places behind it. More would repeat the whole tenant at every list.
const MOST_INHERITED: usize = 4;

/// The places with what arrives at each, and the steps of work it took.
pub(super) fn settle(graph: Graph) -> (Vec<Node>, usize) {
    let Graph { drafts, mut work, .. } = graph;
    let mut leading: Vec<Vec<(usize, Arrival)>> = vec![Vec::new(); drafts.len()];
    for (from, draft) in drafts.iter().enumerate() {
        for hop in &draft.hops {
            leading[hop.to.index()].push((from, leaves(hop.blockage.as_ref())));
        }
    }
    let arrivals = arrivals(&drafts, &leading, &mut work);
    let blockages = reasons(&drafts, &leading, &arrivals, &mut work);
    let nodes = drafts.into_iter().zip(arrivals).zip(blockages);
    let nodes = nodes.map(|((draft, arrival), blockages)| Node {
        kind: draft.kind,
        label: draft.label,
        address: draft.address,
        hops: draft.hops,
        arrival,
        blockages,
    });
    (nodes.collect(), work)
}

fn arrivals(drafts: &[Draft], leading: &[Vec<(usize, Arrival)>], work: &mut usize) -> Vec<Arrival> {
    let mut arrivals: Vec<Arrival> = drafts.iter().map(|draft| draft.floor.min(draft.cap)).collect();
    let mut risen: VecDeque<usize> = (0..drafts.len()).filter(|at| arrivals[*at] > Arrival::Undeliverable).collect();
    while let Some(at) = risen.pop_front() {
        for (from, leaves) in &leading[at] {
            *work += 1;
            let arrival = arrivals[at].min(*leaves).min(drafts[*from].cap);
            if arrival > arrivals[*from] {
                arrivals[*from] = arrival;
                risen.push_back(*from);
            }
        }
    }
    arrivals
}

/// Why each place is no better. Reasons flow from the places that have one of their own, and from those that nothing leads
/// on from, to those that lead there; a place that no reason reaches is in a loop.
fn reasons(
    drafts: &[Draft],
    leading: &[Vec<(usize, Arrival)>],
    arrivals: &[Arrival],
    work: &mut usize,
) -> Vec<Vec<Blockage>> {
    let mut found: Vec<Vec<Blockage>> =
        drafts.iter().zip(arrivals).map(|(draft, arrival)| own(draft, *arrival)).collect();
    let mut ranked: Vec<bool> = (0..drafts.len())
        .map(|at| {
            arrivals[at] == Arrival::Deliverable || found[at].iter().any(|one| one.obstacle.leaves() == arrivals[at])
        })
        .collect();
    for (at, draft) in drafts.iter().enumerate().filter(|(_, draft)| draft.hops.is_empty()) {
        if !std::mem::replace(&mut ranked[at], true) {
            let nothing = || Blockage::new(Obstacle::NoAddress, "no notice is sent on from here");
            found[at].push(draft.fallback.clone().unwrap_or_else(nothing));
        }
    }
    let mut order: VecDeque<usize> =
        (0..drafts.len()).filter(|at| ranked[*at] && arrivals[*at] < Arrival::Deliverable).collect();
    let mut later = Vec::new();
    while let Some(at) = order.pop_front() {
        later.push(at);
        for (from, leaves) in &leading[at] {
            *work += 1;
            if !ranked[*from] && arrivals[*from] == arrivals[at] && *leaves >= arrivals[at] {
                ranked[*from] = true;
                order.push_back(*from);
            }
        }
    }
    for at in (0..drafts.len()).filter(|at| !ranked[*at]) {
        found[at].push(Blockage::new(Obstacle::Loop, "mail that comes here only ever comes back"));
        later.push(at);
    }
    for at in later {
        let arrival = arrivals[at];
        let mut inherited: Vec<Blockage> = Vec::new();
        let mut met: BTreeSet<Obstacle> = found[at].iter().map(|one| one.obstacle).collect();
        for hop in &drafts[at].hops {
            *work += 1;
            if inherited.len() >= MOST_INHERITED {
                break;
            }
            if arrivals[hop.to.index()] == arrival && leaves(hop.blockage.as_ref()) >= arrival {
                for one in &found[hop.to.index()] {
                    if one.obstacle.leaves() == arrival && inherited.len() < MOST_INHERITED && met.insert(one.obstacle)
                    {
                        inherited.push(one.clone());
                    }
                }
            }
        }
        let summary = drafts[at].summary.clone().filter(|one| {
            arrival == Arrival::Undeliverable && drafts[at].cap > arrival && !met.contains(&one.obstacle)
        });
        found[at].extend(summary);
        found[at].append(&mut inherited);
        found[at].sort_by_key(|one| one.obstacle.leaves());
    }
    found
}

/// The reasons that a place has of its own: its obstacles, then those of its steps. What stops less than is stopped is left
/// out, and so is what stops nothing after all.
fn own(draft: &Draft, arrival: Arrival) -> Vec<Blockage> {
    let mut met = BTreeSet::new();
    let steps = draft.hops.iter().filter_map(|hop| hop.blockage.as_ref());
    let mut found: Vec<Blockage> = draft
        .blockages
        .iter()
        .chain(steps.filter(|one| one.obstacle.leaves() == arrival && arrival < Arrival::Deliverable))
        .filter(|one| one.obstacle.leaves() >= arrival)
        .filter(|one| met.insert((one.obstacle, one.detail.clone())))
        .cloned()
        .collect();
    found.sort_by_key(|one| one.obstacle.leaves());
    found.truncate(MOST_OWN);
    found
}

/// Reasons of its own that a place keeps: a list of a thousand broken members is explained by its first.
const MOST_OWN: usize = 8;
