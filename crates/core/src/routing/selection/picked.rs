//! Whom one category's notices go to, before it is known what arrives, and how well the rule is known that says so.

use std::collections::BTreeSet;

use tenant_contacts_api::notice::{Category, Confidence, Selected};

use crate::{
    answer::{Blockage, NodeId, Source},
    model::Unknown,
};

/// One recipient, before it is known what arrives.
pub(in crate::routing) struct Picked {
    pub(in crate::routing) path: Vec<NodeId>,
    pub(in crate::routing) selected: Selected,
    pub(in crate::routing) unselected: Option<Blockage>,
}

/// Whom Microsoft chooses for one category.
pub(in crate::routing) struct Selection {
    pub(in crate::routing) category: Category,
    pub(in crate::routing) sources: &'static [Source],
    pub(in crate::routing) picked: Vec<Picked>,
    /// Whether everything that chooses could be read: otherwise there may be others.
    pub(in crate::routing) complete: bool,
    /// Permissions for want of which it is not.
    pub(in crate::routing) lacks: BTreeSet<&'static str>,
    /// Whether others may be chosen that no interface tells, or that nobody declared. They make no answer unknown that there is
    /// somebody for, and none certain that there is nobody for.
    pub(in crate::routing) others: bool,
    /// Whether the notice has recipients in a tenant like this at all.
    pub(in crate::routing) applicable: bool,
    pub(in crate::routing) notes: Vec<String>,
}

impl Selection {
    pub(super) fn of(category: Category, sources: &'static [Source]) -> Self {
        Self {
            category,
            sources,
            picked: Vec::new(),
            complete: true,
            lacks: BTreeSet::new(),
            others: false,
            applicable: true,
            notes: Vec::new(),
        }
    }

    /// Something that chooses could not be read: there may be others.
    pub(super) fn unread(&mut self, why: &Unknown) {
        self.complete = false;
        self.lacks.extend(why.permission());
    }
}

/// What is known by documentation.
pub(super) const fn documented(says: &'static str, by: &'static str) -> Source {
    Source { says, by, confidence: Confidence::Documented }
}

/// What others have seen.
pub(super) const fn observed(says: &'static str, by: &'static str) -> Source {
    Source { says, by, confidence: Confidence::Observed }
}

/// What this product takes to be so.
pub(super) const fn assumed(says: &'static str) -> Source {
    Source { says, by: "assumed: no page documents it", confidence: Confidence::Assumed }
}
