//! Who really receives each kind of notice, and whether it would arrive (DOMAIN B, E2, E3, F).
//!
//! Two questions are answered apart. `selection` says whom Microsoft chooses, one file per kind of recipient, each rule with
//! its source and confidence. `follow` follows each address hop by hop to the people who read it. `arrival` then computes
//! what reaches whom: a least fixpoint over the graph, linear in its edges, so that a thousand administrators and five
//! hundred lists that contain each other are no trouble.
//!
//! People are counted, and that is to say enabled accounts: two accounts of one human being cannot be told from two people.
//!
//! Mail is followed for each class of categories that something in the tenant tells apart by its sender (`senders`); what is the
//! same for all of them is one place again afterwards (`merge`).
//!
//! Global and Billing Administrators are followed even where no notice goes to them: whether they can receive mail is asked
//! of each (DOMAIN E2).
//!
//! Invariant: nothing is guessed. What is not known makes an answer `Unknown` and leaves a gap; it never makes it
//! `Undeliverable`, and never `Deliverable`. A fact that becomes unknown moves an answer to `Unknown` or leaves it. One exception: that something stands
//! before the mailboxes is said where DNS or a declaration says so (`gateways`), and is not doubted where DNS was not asked.

mod arrival;
mod evidence;
mod follow;
mod gaps;
mod gateways;
mod graph;
mod identity;
mod index;
mod lacking;
mod members;
mod merge;
mod named;
mod reach;
mod route;
mod selection;
mod senders;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::BTreeSet;

pub(crate) use gateways::{Before, before, unattested};
pub(crate) use senders::entry_names;
pub use senders::{NOTICE_SENDERS, NoticeSender};

use crate::{
    answer::{Answer, Declared},
    landscape::{Landscape, Wanted},
    routing::walk::Walk,
};

/// Who receives a tenant's notices, as far as it is known, and what would tell more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routed {
    /// The answer, without findings.
    pub answer: Answer,
    /// Details that were met and not read yet. While there are any, the answer is provisional.
    pub wanted: BTreeSet<Wanted>,
}

/// Answers from what was read and what is declared. Both may be incomplete: the answer says what is missing.
pub fn answer(landscape: &Landscape, declared: &Declared) -> Routed {
    routed(landscape, declared).0
}

/// The answer, and the steps of work it took.
fn routed(landscape: &Landscape, declared: &Declared) -> (Routed, usize) {
    let mut walk = Walk::new(landscape, declared);
    let mut selections = walk.select();
    walk.follow();
    walk.graph = merge::merged(std::mem::take(&mut walk.graph), &mut selections);
    let evidence = walk.evidence();
    let Walk { graph, wanted, gaps, classes, .. } = walk;
    let (nodes, mut work) = arrival::settle(graph, &classes);
    let unread: Vec<_> = selections.iter_mut().map(|one| std::mem::take(&mut one.lacks)).collect();
    let categories: Vec<_> = selections.into_iter().map(|one| reach::of(one, &nodes, &mut work)).collect();
    let lacking = lacking::of(&categories, unread, &nodes);
    let answer = Answer {
        tenant: landscape.tenant,
        display_name: landscape.display_name.present().cloned(),
        read_at: landscape.read_at,
        identities: identity::of(landscape, &nodes),
        nodes,
        evidence,
        categories,
        findings: Vec::new(),
        gaps: gaps.into_list(),
        lacking,
    };
    (Routed { answer, wanted }, work)
}
