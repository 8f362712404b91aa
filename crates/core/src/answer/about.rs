//! What of an answer bears on one kind of notices.

use std::collections::BTreeSet;

use tenant_contacts_api::notice::Category;

use super::{Answer, CategoryAnswer, Chosen, Finding, NodeId, Subject};

/// The places that kinds of notices lead to, from whom they are for. A loop of hops ends where it began.
pub fn places<'a>(answer: &Answer, kinds: impl IntoIterator<Item = &'a CategoryAnswer>) -> BTreeSet<usize> {
    let mut kept = BTreeSet::new();
    // A path is walked hop by hop only from its end: a role's other holders are no part of it.
    let mut open: Vec<NodeId> = Vec::new();
    for kind in kinds {
        let paths = kind.recipients.iter().flat_map(|chosen| &chosen.path);
        kept.extend(paths.chain(&kind.certain).chain(&kind.possible).map(|id| id.index()));
        open.extend(kind.recipients.iter().filter_map(Chosen::end));
    }
    kept.retain(|id| *id < answer.nodes.len());
    let mut walked = BTreeSet::new();
    while let Some(id) = open.pop() {
        let Some(node) = answer.node(id).filter(|_| walked.insert(id)) else { continue };
        kept.insert(id.index());
        open.extend(node.hops.iter().map(|hop| hop.to));
    }
    kept
}

/// The findings of an answer, or those of them that speak of one kind of notices.
pub fn findings(answer: &Answer, only: Option<Category>) -> Vec<&Finding> {
    match only {
        Some(only) => about(answer, only).collect(),
        None => answer.findings.iter().collect(),
    }
}

/// The findings that speak of a kind of notices: they name it, or a recipient on the way of its mail, whichever other notices
/// pass there.
fn about(answer: &Answer, kind: Category) -> impl Iterator<Item = &Finding> {
    let places = places(answer, answer.category(kind));
    let names: BTreeSet<String> = places
        .into_iter()
        .filter_map(|place| answer.nodes.get(place))
        .flat_map(|node| [node.address.as_deref(), Some(&*node.label)])
        .flatten()
        .map(str::to_lowercase)
        .collect();
    answer.findings.iter().filter(move |finding| match &finding.subject {
        _ if finding.category == Some(kind) => true,
        Subject::Category(of) => *of == kind,
        Subject::Recipient { name } => finding.category.is_none() && names.contains(&name.to_lowercase()),
        _ => false,
    })
}
