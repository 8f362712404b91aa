//! What of an answer is shown when one kind of notices is asked for.

use std::collections::BTreeSet;

use tenant_contacts_api::notice::Category;
use tenant_contacts_core::answer::{Answer, CategoryAnswer, Chosen, Finding, NodeId, Subject};

/// The answers that are shown.
pub(super) fn categories(answer: &Answer, only: Option<Category>) -> Vec<&CategoryAnswer> {
    answer.categories.iter().filter(|one| only.is_none_or(|only| one.category == only)).collect()
}

/// The places that the shown answers lead to. A loop of hops ends where it began.
pub(super) fn nodes(answer: &Answer, shown: &[&CategoryAnswer]) -> BTreeSet<usize> {
    let starts = shown.iter().flat_map(|category| {
        let paths = category.recipients.iter().flat_map(|chosen| &chosen.path);
        paths.chain(&category.certain).chain(&category.possible)
    });
    // A path is walked hop by hop only from its end: a role's other holders are no part of it.
    let ends: BTreeSet<NodeId> =
        shown.iter().flat_map(|category| &category.recipients).filter_map(Chosen::end).collect();
    let mut kept: BTreeSet<usize> = starts.map(|id| id.index()).filter(|id| *id < answer.nodes.len()).collect();
    let mut walked = BTreeSet::new();
    let mut open: Vec<NodeId> = ends.into_iter().collect();
    while let Some(id) = open.pop() {
        let Some(node) = answer.node(id).filter(|_| walked.insert(id)) else { continue };
        kept.insert(id.index());
        open.extend(node.hops.iter().map(|hop| hop.to));
    }
    kept
}

/// The findings that are shown: of one kind of notices, those that speak of it.
pub(super) fn findings(answer: &Answer, only: Option<Category>) -> impl Iterator<Item = &Finding> {
    answer.findings.iter().filter(move |finding| {
        only.is_none_or(|only| finding.category == Some(only) || finding.subject == Subject::Category(only))
    })
}
