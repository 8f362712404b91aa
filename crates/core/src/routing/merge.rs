//! One place for what is the same whoever of Microsoft's senders a message comes from.
//!
//! Each [class](super::senders::Classes) of categories is followed for itself. Where something in the tenant tells senders apart, a
//! place may be another one for each of two classes: the list whose members a rule takes one sender's mail from. All others are put
//! together again, so that the answer has a second place only where it says something else. Places from which notices start (roles,
//! fields, accounts) lead to the addresses of all notices, as ever.
//!
//! Linear in places and steps: a place is told apart by itself, or by a step to one that is.

use std::collections::BTreeMap;

use tenant_contacts_api::notice::Arrival;

use super::{
    graph::{Draft, Graph, leaves},
    selection::Selection,
};
use crate::answer::{Blockage, Hop, HopKind, NodeId, NodeKind};

/// Puts together what is the same, and has the selections lead there.
pub(super) fn merged(graph: Graph, selections: &mut [Selection]) -> Graph {
    let Graph { drafts, forwarded, refiltered, mut work, .. } = graph;
    if drafts.iter().all(|draft| draft.class == 0) {
        return Graph::of(drafts, (forwarded, refiltered), work);
    }
    let mut of_kind: BTreeMap<&NodeKind, Vec<usize>> = BTreeMap::new();
    for (at, draft) in drafts.iter().enumerate() {
        of_kind.entry(&draft.kind).or_default().push(at);
    }
    let apart = told_apart(&drafts, &of_kind, &forwarded, &mut work);
    // The first class comes first: whoever looks a place up finds what is asked whatever the notice is.
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    order.sort_by_key(|at| drafts[*at].class);
    let mut to: Vec<usize> = vec![0; drafts.len()];
    let mut kept: Vec<usize> = Vec::new();
    let mut first: BTreeMap<&NodeKind, usize> = BTreeMap::new();
    for at in order {
        let kind = &drafts[at].kind;
        match first.get(kind) {
            Some(known) if !apart[at] => to[at] = *known,
            _ => {
                first.entry(kind).or_insert(kept.len());
                to[at] = kept.len();
                kept.push(at);
            }
        }
    }
    let id = |of: NodeId| NodeId::of(to[of.index()]).unwrap_or_default();
    let forwarded = forwarded.iter().filter(|(from, ..)| kept[to[from.index()]] == from.index());
    let forwarded = forwarded.map(|(from, step, asked)| (id(*from), *step, *asked)).collect();
    let refiltered = refiltered.iter().map(|place| id(*place)).collect();
    for path in selections.iter_mut().flat_map(|one| &mut one.picked).map(|picked| &mut picked.path) {
        for place in path {
            *place = id(*place);
        }
    }
    let mut places: Vec<Option<Draft>> = (0..kept.len()).map(|_| None).collect();
    for (at, mut draft) in drafts.iter().cloned().enumerate() {
        work += 1;
        for hop in &mut draft.hops {
            hop.to = id(hop.to);
        }
        draft.apart = apart[at];
        match &mut places[to[at]] {
            // What follows is the same; where notices start, it is what one of them adds.
            Some(known) if is_start(&known.kind) => add(known, draft),
            Some(known) if kept[to[at]] == at => *known = draft,
            Some(_) => {}
            empty => *empty = Some(draft),
        }
    }
    Graph::of(places.into_iter().flatten().collect(), (forwarded, refiltered), work)
}

/// Whether notices start at a place.
fn is_start(kind: &NodeKind) -> bool {
    match kind {
        NodeKind::Role(_)
        | NodeKind::Field(_)
        | NodeKind::BillingRole(_)
        | NodeKind::Group(_)
        | NodeKind::ServicePrincipal(_)
        | NodeKind::Account(_) => true,
        NodeKind::Address(_)
        | NodeKind::NoAddress(_)
        | NodeKind::Gateway(_)
        | NodeKind::Mailbox(_)
        | NodeKind::List(_)
        | NodeKind::UnifiedGroup(_)
        | NodeKind::Forwarder(_)
        | NodeKind::Outside(_)
        | NodeKind::Person(_) => false,
    }
}

/// Which places say something else than another of their kind, here or further on.
fn told_apart(
    drafts: &[Draft],
    of_kind: &BTreeMap<&NodeKind, Vec<usize>>,
    forwarded: &[(NodeId, usize, bool)],
    work: &mut usize,
) -> Vec<bool> {
    let mut sent_on: BTreeMap<usize, Vec<(usize, bool)>> = BTreeMap::new();
    for (from, step, asked) in forwarded {
        sent_on.entry(from.index()).or_default().push((*step, *asked));
    }
    let mut leading: BTreeMap<&NodeKind, Vec<&NodeKind>> = BTreeMap::new();
    let mut apart: BTreeMap<&NodeKind, bool> = of_kind.keys().map(|kind| (*kind, false)).collect();
    let mut open: Vec<&NodeKind> = Vec::new();
    for (kind, all) in of_kind {
        let several = all.len() > 1;
        for at in all {
            for hop in &drafts[*at].hops {
                *work += 1;
                // A place that there is once is what it is.
                if several {
                    leading.entry(&drafts[hop.to.index()].kind).or_default().push(kind);
                }
            }
        }
        let (first, others) = (all[0], &all[1..]);
        let differs = |at: &usize| {
            sent_on.get(&first) != sent_on.get(at) || said(&drafts[first], drafts) != said(&drafts[*at], drafts)
        };
        if !is_start(kind) && others.iter().any(differs) {
            apart.insert(kind, true);
            open.push(kind);
        }
    }
    while let Some(kind) = open.pop() {
        for from in leading.get(kind).into_iter().flatten() {
            *work += 1;
            if apart.insert(from, true) == Some(false) {
                open.push(from);
            }
        }
    }
    drafts.iter().map(|draft| apart.get(&draft.kind) == Some(&true)).collect()
}

/// What a place says by itself, and the kinds of places that its steps lead to.
type Said<'d> = (
    &'d [Blockage],
    [Option<&'d Blockage>; 2],
    (Arrival, Arrival, bool),
    Vec<(&'d NodeKind, HopKind, Option<&'d Blockage>)>,
);

fn said<'d>(draft: &'d Draft, drafts: &'d [Draft]) -> Said<'d> {
    let hops = draft.hops.iter().map(|hop| (&drafts[hop.to.index()].kind, hop.kind, hop.blockage.as_ref()));
    (
        &draft.blockages,
        [draft.summary.as_ref(), draft.fallback.as_ref()],
        (draft.cap, draft.floor, draft.by_sender),
        hops.collect(),
    )
}

/// Adds what another notice makes of a place where notices start.
fn add(known: &mut Draft, other: Draft) {
    known.cap = known.cap.min(other.cap);
    known.floor = known.floor.max(other.floor);
    known.by_sender |= other.by_sender;
    for blockage in other.blockages {
        if !known.blockages.contains(&blockage) {
            known.blockages.push(blockage);
        }
    }
    for blockage in other.unfollowed {
        if !known.unfollowed.contains(&blockage) {
            known.unfollowed.push(blockage);
        }
    }
    known.summary = known.summary.take().or(other.summary);
    known.fallback = known.fallback.take().or(other.fallback);
    for hop in other.hops {
        let like = |one: &&mut Hop| (one.to, one.kind) == (hop.to, hop.kind);
        match known.hops.iter_mut().find(like) {
            Some(old) if leaves(hop.blockage.as_ref()) > leaves(old.blockage.as_ref()) => old.blockage = hop.blockage,
            Some(_) => {}
            None => known.hops.push(hop),
        }
    }
}
