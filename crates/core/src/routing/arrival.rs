//! What arrives where: the least fixpoint over the graph, and the reasons.
//!
//! Arrivals have three values in order and only ever rise, from sources to those who lead there, so that cycles end and every
//! edge is looked at twice at most. What only a loop would keep alive stays undeliverable: that is a mail loop.

use std::collections::{BTreeSet, VecDeque};

use tenant_contacts_api::{notice::Arrival, obstacle::Obstacle};

use super::{
    graph::{Draft, Graph, leaves},
    senders::Classes,
};
use crate::answer::{Blockage, HopKind, Node, NodeId, NodeKind};

/// Reasons that one place takes over from the places behind it. More would repeat the whole tenant at every list.
const MOST_INHERITED: usize = 4;

/// The places with what arrives at each, and the steps of work it took.
pub(super) fn settle(graph: Graph, classes: &Classes) -> (Vec<Node>, usize) {
    let Graph { mut drafts, mut work, forwarded, refiltered, .. } = graph;
    filtered_before(&mut drafts, &refiltered, &mut work);
    let anew = messages_of_their_own(&mut drafts, &forwarded, &mut work);
    let mut floors: Vec<Arrival> = drafts.iter().map(|draft| draft.floor).collect();
    let unruled = leading_to(&drafts, |kind| kind != HopKind::InboxRule);
    let once = rise(&drafts, &unruled, floors.clone(), &mut work);
    for from in anew {
        floors[from] = floors[from].max(Arrival::Unknown);
    }
    // By inbox rules a message is sent on once: from there on what counts is where none of them does.
    for (from, draft) in drafts.iter().enumerate() {
        for hop in draft.hops.iter().filter(|hop| hop.kind == HopKind::InboxRule) {
            floors[from] = floors[from].max(once[hop.to.index()].min(leaves(hop.blockage.as_ref())));
        }
    }
    let arrivals = rise(&drafts, &unruled, floors, &mut work);
    for draft in &mut drafts {
        for hop in draft.hops.iter_mut().filter(|hop| hop.kind == HopKind::InboxRule) {
            if once[hop.to.index()] < arrivals[hop.to.index()].min(leaves(hop.blockage.as_ref())) {
                hop.blockage = Some(sent_on_twice(once[hop.to.index()]));
            }
        }
    }
    let leading = leading_to(&drafts, |_| true);
    let blockages = reasons(&drafts, &leading, &arrivals, &mut work);
    let nodes = drafts.into_iter().zip(arrivals).zip(blockages);
    let nodes = nodes.map(|((draft, arrival), (blockages, inherited))| Node {
        notices: if draft.apart { classes.categories(draft.class).into() } else { [].into() },
        inherited,
        kind: draft.kind,
        label: draft.label,
        address: draft.address,
        hops: draft.hops,
        arrival,
        blockages,
        // Elsewhere they are among the reasons, or nothing comes that could go on.
        unfollowed: if arrival == Arrival::Deliverable { draft.unfollowed.into() } else { [].into() },
    });
    (nodes.collect(), work)
}

/// From where steps lead to each place, and what they leave.
fn leading_to(drafts: &[Draft], counts: impl Fn(HopKind) -> bool) -> Vec<Vec<(usize, Arrival)>> {
    let mut leading: Vec<Vec<(usize, Arrival)>> = vec![Vec::new(); drafts.len()];
    for (from, draft) in drafts.iter().enumerate() {
        for hop in draft.hops.iter().filter(|hop| counts(hop.kind)) {
            leading[hop.to.index()].push((from, leaves(hop.blockage.as_ref())));
        }
    }
    leading
}

/// An inbox rule sends on what came by another one: Exchange drops it there (a message is sent on by inbox rules once;
/// Exchange Online limits, and `X-MS-Exchange-Inbox-Rules-Loop`). Nothing is taken from the mailbox that the first one stands
/// in, and the mail is in the one that the second one stands in.
fn sent_on_twice(leaves: Arrival) -> Blockage {
    let words = "a second inbox rule would have to forward the message, and Exchange forwards a message by inbox rules only once";
    match leaves {
        Arrival::Undeliverable => Blockage::new(Obstacle::Loop, words),
        Arrival::Unknown | Arrival::Deliverable => Blockage::new(Obstacle::RuleMayApply, words),
    }
}

/// What a mailbox or a group sends on to a list, and what the filter itself does, was looked at by the filter where it came in: whether it is looked at again
/// for the list's members is not documented. Each list is a place that is judged once, for whoever sends there.
fn filtered_before(drafts: &mut [Draft], refiltered: &[NodeId], work: &mut usize) {
    let is_list = |drafts: &[Draft], at: usize| matches!(drafts[at].kind, NodeKind::List(_));
    let sends_on = |kind: HopKind| matches!(kind, HopKind::Forwards | HopKind::InboxRule | HopKind::Subscribes);
    let targets = drafts.iter().flat_map(|draft| &draft.hops).filter(|hop| sends_on(hop.kind));
    let targets = targets.map(|hop| hop.to.index()).chain(refiltered.iter().map(|to| to.index()));
    let mut open: Vec<usize> = targets.filter(|at| is_list(drafts, *at)).collect();
    let mut met = BTreeSet::new();
    while let Some(at) = open.pop() {
        if !met.insert(at) {
            continue;
        }
        for place in 0..drafts[at].hops.len() {
            *work += 1;
            let hop = &mut drafts[at].hops[place];
            let kept = hop.blockage.take_if(|one| one.obstacle == Obstacle::Quarantine);
            if let Some(kept) = kept {
                hop.blockage = Some(filtered_again(&kept.detail));
            }
            let to = hop.to.index();
            if is_list(drafts, to) {
                open.push(to);
            }
        }
    }
}

/// What is sent on meets the filter a second time, or not.
pub(super) fn filtered_again(what: &str) -> Blockage {
    let words = format!("whether the filter checks forwarded messages again is not documented; if it does, {what}");
    Blockage::new(Obstacle::RuleMayApply, words)
}

/// What an inbox rule forwards is a new message, of the mailbox that forwards: where something on its way looks at the
/// sender, what becomes of it cannot be said. Gives the places from where it may be read in the end all the same.
fn messages_of_their_own(
    drafts: &mut [Draft],
    forwarded: &[(NodeId, usize, bool)],
    work: &mut usize,
) -> BTreeSet<usize> {
    if forwarded.is_empty() {
        return BTreeSet::new();
    }
    let leading = leading_to(drafts, |_| true);
    let mut by_sender: Vec<bool> = drafts.iter().map(|draft| draft.by_sender).collect();
    let mut open: Vec<usize> = (0..drafts.len()).filter(|at| by_sender[*at]).collect();
    while let Some(at) = open.pop() {
        for (from, _) in &leading[at] {
            *work += 1;
            if !std::mem::replace(&mut by_sender[*from], true) {
                open.push(*from);
            }
        }
    }
    let mut found = BTreeSet::new();
    for (from, step, asked) in forwarded {
        let draft = &mut drafts[from.index()];
        let Some(hop) = draft.hops.get_mut(*step) else { continue };
        let stopped = leaves(hop.blockage.as_ref()) == Arrival::Undeliverable;
        if *asked || (by_sender[hop.to.index()] && !stopped) {
            let words = "the mailbox forwards it with its own address as sender, and a later hop checks the sender";
            let blockage = Blockage::new(Obstacle::RuleMayApply, words);
            draft.blockages.push(blockage.clone());
            hop.blockage = Some(blockage);
            found.insert(from.index());
        }
    }
    found
}

fn rise(drafts: &[Draft], leading: &[Vec<(usize, Arrival)>], floors: Vec<Arrival>, work: &mut usize) -> Vec<Arrival> {
    let mut arrivals: Vec<Arrival> = drafts.iter().zip(floors).map(|(draft, floor)| floor.min(draft.cap)).collect();
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

/// Why each place is no better, and which of these obstacles stand further on. Reasons flow from the places that have one of their own, and from those that nothing leads
/// on from, to those that lead there; a place that no reason reaches is in a loop.
fn reasons(
    drafts: &[Draft],
    leading: &[Vec<(usize, Arrival)>],
    arrivals: &[Arrival],
    work: &mut usize,
) -> Vec<(Vec<Blockage>, Box<[Obstacle]>)> {
    let mut behind: Vec<Box<[Obstacle]>> = vec![[].into(); drafts.len()];
    let mut found: Vec<Vec<Blockage>> =
        drafts.iter().zip(arrivals).map(|(draft, arrival)| own(draft, *arrival)).collect();
    let mut ranked: Vec<bool> = (0..drafts.len())
        .map(|at| {
            arrivals[at] == Arrival::Deliverable || found[at].iter().any(|one| one.obstacle.leaves() == arrivals[at])
        })
        .collect();
    for (at, draft) in drafts.iter().enumerate().filter(|(_, draft)| draft.hops.is_empty()) {
        if !std::mem::replace(&mut ranked[at], true) {
            let words = match draft.kind {
                NodeKind::ServicePrincipal(_) => "an application reads no mail",
                _ => "no notice is forwarded from here",
            };
            let nothing = || Blockage::new(Obstacle::NoAddress, words);
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
        found[at].push(Blockage::new(Obstacle::Loop, "mail that arrives here only returns to earlier hops"));
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
        behind[at] = inherited.iter().map(|one| one.obstacle).collect();
        found[at].append(&mut inherited);
        found[at].sort_by_key(|one| one.obstacle.leaves());
    }
    found.into_iter().zip(behind).collect()
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
