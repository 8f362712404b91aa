//! Walks the answer's graph.

use std::collections::BTreeSet;

use tenant_contacts_api::obstacle::Obstacle;

use super::case::Case;
use crate::{
    answer::{CategoryAnswer, HopKind, Node, NodeId, NodeKind, Subject, obstacles},
    landscape::RecipientKey,
};

/// What stands at a place, and on every way on from there.
pub(super) fn obstacles_from(case: &Case<'_>, start: NodeId) -> BTreeSet<Obstacle> {
    let mut seen = BTreeSet::from([start]);
    let mut open = vec![start];
    let mut found = BTreeSet::new();
    while let Some(node) = open.pop().and_then(|id| case.answer.node(id)) {
        found.extend(node.blockages.iter().map(|blockage| blockage.obstacle));
        for hop in &node.hops {
            found.extend(hop.blockage.iter().map(|blockage| blockage.obstacle));
            if seen.insert(hop.to) {
                open.push(hop.to);
            }
        }
    }
    found
}

/// The place from which mail goes on into the organization: an address, or the gateway that it passes first.
pub(super) fn behind_gateway<'a>(case: &Case<'a>, address: &'a Node) -> &'a Node {
    let passes = address.hops.iter().find(|hop| hop.kind == HopKind::Passes);
    passes.and_then(|hop| case.answer.node(hop.to)).unwrap_or(address)
}

/// Why nothing arrives at a place, in words: the decisive obstacle first.
pub(super) fn why(node: &Node) -> String {
    let words: Vec<String> =
        node.blockages.iter().take(3).map(|blockage| format!("{}: {}", blockage.obstacle, blockage.detail)).collect();
    if words.is_empty() { "nothing that comes there is read".to_owned() } else { words.join("; ") }
}

/// Why nobody receives a category, in words: the obstacles on the way, each once.
pub(super) fn why_nobody(case: &Case<'_>, answer: &CategoryAnswer) -> String {
    if answer.recipients.is_empty() {
        return ": it is sent to nobody".to_owned();
    }
    let mut names: Vec<&str> = Vec::new();
    for obstacle in answer.recipients.iter().flat_map(|chosen| obstacles(case.answer, chosen)) {
        if !names.contains(&obstacle.as_str()) {
            names.push(obstacle.as_str());
        }
    }
    let recipients = answer.recipients.len();
    let of = if recipients == 1 { "its recipient".to_owned() } else { format!("its {recipients} recipients") };
    if names.is_empty() {
        format!(": mail to {of} is not read")
    } else {
        format!(": mail to {of} is not read ({})", names.join(", "))
    }
}

/// The subject of a list or mailbox: its address, or its name without one.
pub(super) fn subject(node: &Node) -> Subject {
    Subject::Recipient { name: node.address.clone().unwrap_or_else(|| node.label.clone()) }
}

/// A recipient of Exchange's: something that a person can mend there.
pub(super) enum Recipient<'a> {
    Mailbox(&'a RecipientKey),
    List,
    UnifiedGroup,
    /// A mail user or contact.
    Forwarder,
}

/// The recipient that a place is. `None`: it is none.
pub(super) fn recipient(kind: &NodeKind) -> Option<Recipient<'_>> {
    match kind {
        NodeKind::Mailbox(key) => Some(Recipient::Mailbox(key)),
        NodeKind::List(_) => Some(Recipient::List),
        NodeKind::UnifiedGroup(_) => Some(Recipient::UnifiedGroup),
        NodeKind::Forwarder(_) => Some(Recipient::Forwarder),
        NodeKind::Role(_)
        | NodeKind::Field(_)
        | NodeKind::BillingRole(_)
        | NodeKind::Group(_)
        | NodeKind::ServicePrincipal(_)
        | NodeKind::Account(_)
        | NodeKind::Address(_)
        | NodeKind::Gateway(_)
        | NodeKind::NoAddress(_)
        | NodeKind::Outside(_)
        | NodeKind::Person(_) => None,
    }
}
