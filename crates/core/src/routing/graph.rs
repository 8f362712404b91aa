//! The graph of places while it is being built: each place once, by what it is.
//!
//! Invariant: a place's arrival is `min(cap, max(floor, best hop))`. The cap is what its own obstacles leave, the floor what
//! is known of it beside its hops. Both are set while it is drafted; what arrives is computed when all of it is known.

use std::collections::{BTreeMap, VecDeque};

use tenant_contacts_api::{notice::Arrival, obstacle::Obstacle};

use crate::answer::{Blockage, Hop, HopKind, NodeId, NodeKind};

/// A place in the making.
#[derive(Clone)]
pub(super) struct Draft {
    pub(super) kind: NodeKind,
    /// Whose mail comes here: the [class](super::senders::Classes) of categories.
    pub(super) class: usize,
    /// For other categories the same place says something else.
    pub(super) apart: bool,
    pub(super) label: Box<str>,
    pub(super) address: Option<Box<str>>,
    pub(super) hops: Vec<Hop>,
    /// The best that its own obstacles leave.
    pub(super) cap: Arrival,
    /// The least that is known of it, whatever its hops lead to.
    pub(super) floor: Arrival,
    /// What stands in the way here.
    pub(super) blockages: Vec<Blockage>,
    /// Those of them that tell of a way on that cannot be followed. See [`Node::unfollowed`](crate::answer::Node::unfollowed).
    pub(super) unfollowed: Vec<Blockage>,
    /// Said beside the reasons where nothing arrives though there are hops.
    pub(super) summary: Option<Blockage>,
    /// Said where nothing else is: a place that mail is not sent on from.
    pub(super) fallback: Option<Blockage>,
    /// What becomes of mail here, or on a step from here, depends on who sends it.
    pub(super) by_sender: bool,
}

/// Ways on from a place that cannot be followed and are named. More of them tell nothing new of it.
const MOST_UNFOLLOWED: usize = 8;

/// See the module.
#[derive(Default)]
pub(super) struct Graph {
    pub(super) drafts: Vec<Draft>,
    places: BTreeMap<(usize, NodeKind), NodeId>,
    /// The class of the mail that is followed now.
    pub(super) class: usize,
    hops: BTreeMap<(NodeId, NodeId, HopKind), usize>,
    pending: VecDeque<NodeId>,
    /// Steps that are taken by a new message of the mailbox's own: its place, and the step's number there; and whether the
    /// organization's rules look at the sender of what takes the step.
    pub(super) forwarded: Vec<(NodeId, usize, bool)>,
    /// Places to which the filter sends what it takes from others: it has looked at it.
    pub(super) refiltered: Vec<NodeId>,
    /// Steps of work done, for the proof that it grows with the edges and not with the ways through them.
    pub(super) work: usize,
}

impl Graph {
    /// The graph of places that are all drafted.
    pub(super) fn of(
        drafts: Vec<Draft>,
        (forwarded, refiltered): (Vec<(NodeId, usize, bool)>, Vec<NodeId>),
        work: usize,
    ) -> Self {
        Self { drafts, forwarded, refiltered, work, ..Self::default() }
    }

    /// The place of a kind, made if it is new; a new one is drafted later.
    pub(super) fn place(&mut self, kind: NodeKind, name: impl FnOnce() -> (Box<str>, Option<Box<str>>)) -> NodeId {
        // Whoever sends it, nothing more becomes of mail here.
        let ends = matches!(
            kind,
            NodeKind::Person(_) | NodeKind::Outside(_) | NodeKind::ServicePrincipal(_) | NodeKind::NoAddress(_)
        );
        let class = if ends { 0 } else { self.class };
        let key = (class, kind);
        if let Some(id) = self.places.get(&key) {
            return *id;
        }
        let id = NodeId::of(self.drafts.len()).unwrap_or_default();
        let (label, address) = name();
        self.drafts.push(Draft {
            kind: key.1.clone(),
            class,
            apart: false,
            label,
            address,
            hops: Vec::new(),
            cap: Arrival::Deliverable,
            floor: Arrival::Undeliverable,
            blockages: Vec::new(),
            unfollowed: Vec::new(),
            summary: None,
            fallback: None,
            by_sender: false,
        });
        self.places.insert(key, id);
        self.pending.push_back(id);
        id
    }

    /// The next place to draft, with what it is. What is followed from there is mail of its class.
    pub(super) fn next(&mut self) -> Option<(NodeId, NodeKind)> {
        let id = self.pending.pop_front()?;
        self.work += 1;
        let draft = &self.drafts[id.index()];
        self.class = draft.class;
        Some((id, draft.kind.clone()))
    }

    fn at(&mut self, id: NodeId) -> &mut Draft {
        &mut self.drafts[id.index()]
    }

    /// A step from one place to another. Of two like steps the better one counts.
    pub(super) fn hop(&mut self, from: NodeId, to: NodeId, kind: HopKind, blockage: Option<Blockage>) {
        self.work += 1;
        let draft = &mut self.drafts[from.index()];
        if let Some(index) = self.hops.get(&(from, to, kind)) {
            let old = &mut draft.hops[*index];
            if leaves(blockage.as_ref()) > leaves(old.blockage.as_ref()) {
                old.blockage = blockage;
            }
        } else {
            self.hops.insert((from, to, kind), draft.hops.len());
            draft.hops.push(Hop { to, kind, blockage });
        }
    }

    /// The like step is one of a new message.
    pub(super) fn forwards(&mut self, from: NodeId, to: NodeId, kind: HopKind, by_sender: bool) {
        if let Some(step) = self.hops.get(&(from, to, kind)) {
            self.forwarded.push((from, *step, by_sender));
        }
    }

    /// See [`Draft::by_sender`].
    pub(super) fn by_sender(&mut self, id: NodeId) {
        self.at(id).by_sender = true;
    }

    /// An obstacle in the place itself: no more than it leaves can arrive there.
    pub(super) fn cap(&mut self, id: NodeId, blockage: Blockage) {
        let draft = self.at(id);
        draft.cap = draft.cap.min(blockage.obstacle.leaves());
        draft.blockages.push(blockage);
    }

    /// A reason that explains what the hops already say.
    pub(super) fn say(&mut self, id: NodeId, blockage: Blockage) {
        self.at(id).blockages.push(blockage);
    }

    /// Mail goes on from here in a way that cannot be followed: at least it is unknown.
    pub(super) fn unknown(&mut self, id: NodeId, blockage: Blockage) {
        let draft = self.at(id);
        draft.floor = draft.floor.max(Arrival::Unknown);
        if !draft.unfollowed.contains(&blockage) && draft.unfollowed.len() < MOST_UNFOLLOWED {
            draft.unfollowed.push(blockage.clone());
        }
        draft.blockages.push(blockage);
    }

    /// Somebody reads here.
    pub(super) fn read(&mut self, id: NodeId) {
        self.at(id).floor = Arrival::Deliverable;
    }

    /// See [`Draft::summary`].
    pub(super) fn summary(&mut self, id: NodeId, blockage: Blockage) {
        self.at(id).summary = Some(blockage);
    }

    /// See [`Draft::fallback`].
    pub(super) fn fallback(&mut self, id: NodeId, blockage: Blockage) {
        self.at(id).fallback.get_or_insert(blockage);
    }

    /// Whether any step leads from here.
    pub(super) fn has_hops(&self, id: NodeId) -> bool {
        !self.drafts[id.index()].hops.is_empty()
    }
}

/// The best that a step's obstacle leaves.
pub(super) fn leaves(blockage: Option<&Blockage>) -> Arrival {
    blockage.map_or(Arrival::Deliverable, |blockage| blockage.obstacle.leaves())
}

/// The graver of two obstacles; the first of equals. What takes all senders that are known is graver than what may take some.
pub(super) fn worse(first: Option<Blockage>, second: Option<Blockage>) -> Option<Blockage> {
    let takes_known =
        |one: &Option<Blockage>| one.as_ref().is_some_and(|one| one.obstacle == Obstacle::TakesKnownSenders);
    if leaves(second.as_ref()) == leaves(first.as_ref()) && takes_known(&second) {
        return second;
    }
    if leaves(second.as_ref()) < leaves(first.as_ref()) { second } else { first.or(second) }
}

/// The graver of several obstacles: the first of those that leave least.
pub(super) fn worst(found: impl IntoIterator<Item = Option<Blockage>>) -> Option<Blockage> {
    found.into_iter().fold(None, worse)
}

/// Whether nothing is left after an obstacle.
pub(super) fn stops(blockage: Option<&Blockage>) -> bool {
    leaves(blockage) == Arrival::Undeliverable
}
