//! The answer to "who really receives it, and would it arrive?", as plain data: what `routing` computes, `policy` judges, and
//! `report` prints.
//!
//! Recipients are followed through a graph of [`Node`]s, each of which is judged once, however many notices lead to it. So
//! the answer is as large as the part of the tenant that notices touch, and not as the number of ways through it.
//!
//! Invariant: a node's arrival is the best that any of its hops and its own reading leaves; every answer that is not
//! `Deliverable` says why ([`Blockage`]), and every `Unknown` that a permission would settle has a [`Gap`].

mod about;
mod declared;
mod explain;
mod finding;
mod from_desired;
mod gap;
mod identity;
mod lacking;
mod names;
mod node;
mod outcome;
mod passing;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tenant_contacts_api::{
    notice::{Arrival, Category, Confidence, Reach, Selected},
    obstacle::Obstacle,
};
use uuid::Uuid;

pub use about::{findings, places};
pub use declared::{Declared, DeclaredContact, Exception, RuleSetting};
pub use explain::{Explained, explain};
pub use finding::{Finding, Subject};
pub use gap::Gap;
pub use identity::Identity;
pub use lacking::{Telling, telling};
pub(crate) use names::first_few;
pub use node::{Blockage, Hop, HopKind, Node, NodeId, NodeKind};
pub use outcome::{Outcome, outcome};
pub use passing::Passing;

use crate::landscape::Traced;

/// Who receives a tenant's notices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The tenant's id.
    pub tenant: Uuid,
    /// Its name, where it could be read.
    pub display_name: Option<Box<str>>,
    /// When it was read.
    pub read_at: Option<Timestamp>,
    /// Every node that a notice leads to. A [`NodeId`] is a place in it.
    pub nodes: Vec<Node>,
    /// What the directory knows each place by, where it does.
    pub identities: BTreeMap<NodeId, Identity>,
    /// What became of the latest mail of Microsoft's senders, by the place it was for, each sender once (DOMAIN E4). It stands beside
    /// the verdicts and changes none.
    pub evidence: BTreeMap<NodeId, Vec<Traced>>,
    /// One answer per category, in the order of [`Category::ALL`].
    pub categories: Vec<CategoryAnswer>,
    /// What the rules found, the graver first, then in the order of [`tenant_contacts_api::rule::Rule::ALL`].
    pub findings: Vec<Finding>,
    /// What could not be read, and what it would tell.
    pub gaps: Vec<Gap>,
    /// The permissions and roles for want of which it cannot be said whether a kind of notices reaches anybody.
    pub lacking: BTreeMap<Category, BTreeSet<&'static str>>,
}

impl Answer {
    /// A node. `None` for an id of another answer.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.index())
    }

    /// What became of the latest mail of Microsoft's senders to a place.
    pub fn evidence(&self, id: NodeId) -> &[Traced] {
        self.evidence.get(&id).map_or(&[], |traced| traced)
    }

    /// The answer for a category.
    pub fn category(&self, category: Category) -> Option<&CategoryAnswer> {
        self.categories.iter().find(|answer| answer.category == category)
    }
}

/// Who receives one kind of notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryAnswer {
    /// Which.
    pub category: Category,
    /// The rules of Microsoft's by which its recipients are chosen.
    pub sources: Vec<Source>,
    /// Whom it is sent to, and whether that arrives. In a stable order: those who receive it last.
    pub recipients: Vec<Chosen>,
    /// People who certainly receive it (nodes of kind [`NodeKind::Person`]), in the order of nodes.
    pub certain: Vec<NodeId>,
    /// People who may receive it beside those.
    pub possible: Vec<NodeId>,
    /// The answer in a word.
    pub reach: Reach,
    /// What else is to be said: "one Helpdesk Administrator takes 12 others out of the loop", and who they are.
    pub notes: Vec<String>,
}

/// A rule about who is sent a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What it says.
    pub says: &'static str,
    /// Who says so: the title of a page of Microsoft's, or whose observation it is.
    pub by: &'static str,
    /// How well it is known.
    pub confidence: Confidence,
}

/// One recipient of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// From where Microsoft starts (a role, a field of the organization) to the address or, without one, the account.
    pub path: Vec<NodeId>,
    /// Whether Microsoft chooses it.
    pub selected: Selected,
    /// Why it is not chosen, or why that cannot be said.
    pub unselected: Option<Blockage>,
    /// Whether mail sent there arrives: that of the path's last node.
    pub arrival: Arrival,
    /// The weaker of the two.
    pub verdict: Arrival,
}

impl Chosen {
    /// The weaker of selection and arrival (DOMAIN F).
    pub fn joined(selected: Selected, arrival: Arrival) -> Arrival {
        let selected = match selected {
            Selected::No => Arrival::Undeliverable,
            Selected::Unknown => Arrival::Unknown,
            Selected::Yes => Arrival::Deliverable,
        };
        selected.min(arrival)
    }

    /// What decides that it is not reached, or that this cannot be said: whatever leaves least, and of equals why it is not
    /// chosen. `None` where it is reached, or where nothing says why not.
    pub fn decisive<'a>(&'a self, answer: &'a Answer) -> Option<&'a Blockage> {
        if self.verdict == Arrival::Deliverable {
            return None;
        }
        let end = self.end().and_then(|end| answer.node(end));
        let all = self.unselected.iter().chain(end.into_iter().flat_map(|end| &end.blockages));
        // The first of those that leave least: a place has its decisive one first.
        let least = all.min_by_key(|blockage| blockage.obstacle.leaves());
        least.filter(|blockage| blockage.obstacle.leaves() != Arrival::Deliverable)
    }

    /// The last node of its path.
    pub fn end(&self) -> Option<NodeId> {
        self.path.last().copied()
    }
}

/// What stops mail for a category that nobody receives: the obstacles on the way, each once.
pub fn obstacles(answer: &Answer, chosen: &Chosen) -> Vec<Obstacle> {
    let mut found = Vec::new();
    let mut add = |obstacle: Obstacle| {
        if !found.contains(&obstacle) {
            found.push(obstacle);
        }
    };
    if let Some(blockage) = &chosen.unselected {
        add(blockage.obstacle);
    }
    if let Some(node) = chosen.end().and_then(|end| answer.node(end)) {
        node.blockages.iter().for_each(|blockage| add(blockage.obstacle));
    }
    found
}
