//! What the picture shows: places in columns and the steps between them, with what is the same drawn once and what is many
//! drawn as one.
//!
//! An address and the one mailbox or list behind it are one place: readers know a mailbox by its address. Places of one kind
//! with the same fate and the same way to them are drawn as one beyond a few, so that a thousand administrators stay a
//! picture.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_api::notice::{Arrival, Reach, Selected};

use super::{
    super::{
        trail,
        view::{AnswerView, CategoryView, NodeView, Place},
        words,
    },
    collapse,
    spot::{Fate, Picture, Spot, Step},
};

/// A step between nodes while the picture is made.
#[derive(Clone)]
struct Link {
    fate: Fate,
    obstacle: Option<String>,
    categories: BTreeSet<usize>,
}

/// Makes the picture of an answer.
pub(super) fn picture(view: &AnswerView) -> Picture {
    let mut maker = Maker { view, same: same_place(view), links: BTreeMap::new(), categories: BTreeMap::new() };
    for (index, category) in view.categories.iter().enumerate() {
        if category.reach != Reach::NotApplicable {
            maker.follow(index);
        }
    }
    maker.finish()
}

/// Which node each address is drawn as: the one place behind it, where the two fare alike. A gateway that mail to it passes is
/// drawn with it: it stands before every address, and would double the picture.
fn same_place(view: &AnswerView) -> BTreeMap<usize, usize> {
    let mut same = BTreeMap::new();
    for node in view.nodes.iter().filter(|node| node.kind == Place::Address) {
        let next = match node.hops.as_slice() {
            [hop] if hop.blockage.is_none() => view.node(hop.to),
            _ => None,
        };
        let gateway = next.filter(|next| next.kind == Place::Gateway);
        same.extend(gateway.map(|gateway| (gateway.id, node.id)));
        let last = gateway.unwrap_or(node);
        if let [hop] = last.hops.as_slice()
            && hop.blockage.is_none()
            && let Some(behind) = view.node(hop.to)
            && behind.arrival == node.arrival
            && behind.outcome == node.outcome
            && matches!(
                behind.kind,
                Place::Mailbox | Place::List | Place::Microsoft365Group | Place::Contact | Place::Outside
            )
        {
            same.insert(node.id, behind.id);
            same.extend(gateway.map(|gateway| (gateway.id, behind.id)));
        }
    }
    same
}

struct Maker<'a> {
    view: &'a AnswerView,
    same: BTreeMap<usize, usize>,
    /// Steps between drawn nodes.
    links: BTreeMap<(usize, usize), Link>,
    /// The kinds of notices that come to each drawn node.
    categories: BTreeMap<usize, BTreeSet<usize>>,
}

impl Maker<'_> {
    fn drawn(&self, id: usize) -> usize {
        self.same.get(&id).copied().unwrap_or(id)
    }

    /// Follows every recipient of a kind of notices to the end.
    fn follow(&mut self, index: usize) {
        let view = self.view;
        let Some(category) = view.categories.get(index) else { return };
        let mut walked = BTreeSet::new();
        let mut open = Vec::new();
        for recipient in &category.recipients {
            for id in &recipient.path {
                self.categories.entry(self.drawn(*id)).or_default().insert(index);
            }
            let chosen = match recipient.selected {
                Selected::No => Fate::Broken,
                Selected::Unknown => Fate::Unknown,
                Selected::Yes => Fate::Fine,
            };
            let why = recipient.unselected.as_ref().map(|one| words::spaced(one.obstacle.as_str()));
            for (at, pair) in recipient.path.windows(2).enumerate() {
                let [from, to] = [pair[0], pair[1]];
                let obstacle = why.clone().filter(|_| at == 0 && chosen != Fate::Fine);
                self.link(from, to, obstacle.or_else(|| self.on_hop(from, to)), index);
            }
            open.extend(recipient.path.last().copied());
        }
        while let Some(node) = open.pop().and_then(|id| view.node(id)) {
            if !walked.insert(node.id) {
                continue;
            }
            self.categories.entry(self.drawn(node.id)).or_default().insert(index);
            for hop in &node.hops {
                self.link(node.id, hop.to, self.on_hop(node.id, hop.to), index);
                open.push(hop.to);
            }
        }
    }

    /// What stands in the way on a step.
    fn on_hop(&self, from: usize, to: usize) -> Option<String> {
        let hops = self.view.node(from).into_iter().flat_map(|node| &node.hops).filter(|hop| hop.to == to);
        // Of several ways to go there the best counts.
        let best = hops.max_by_key(|hop| hop.blockage.as_ref().map_or(Arrival::Deliverable, |one| one.leaves))?;
        let stops = best.blockage.as_ref().filter(|one| one.leaves != Arrival::Deliverable)?;
        Some(words::spaced(stops.obstacle.as_str()))
    }

    fn link(&mut self, from: usize, to: usize, obstacle: Option<String>, category: usize) {
        let fate = Fate::of(self.view.outcome_on(from, to));
        let (from, to) = (self.drawn(from), self.drawn(to));
        if from == to {
            return;
        }
        let obstacle = obstacle.filter(|_| fate != Fate::Fine);
        let fresh = Link { fate, obstacle: obstacle.clone(), categories: BTreeSet::new() };
        let link = self.links.entry((from, to)).or_insert(fresh);
        if fate > link.fate {
            (link.fate, link.obstacle) = (fate, obstacle);
        } else if fate == link.fate && link.obstacle.is_none() {
            link.obstacle = obstacle;
        }
        link.categories.insert(category);
    }

    fn finish(self) -> Picture {
        let mut picture = Picture::default();
        let mut places = BTreeMap::new();
        for (index, category) in self.view.categories.iter().enumerate() {
            let Some(fate) = Fate::of_reach(category.reach) else { continue };
            places.insert(Origin::Notice(index), picture.spots.len());
            picture.spots.push(Spot {
                key: format!("c{index}"),
                column: 0,
                kind: "notices",
                label: words::sentence_case(&category.title),
                fate,
                note: Some(people(category)),
                does_not_come: None,
                members: Vec::new(),
                nodes: BTreeSet::new(),
                many: false,
                categories: BTreeSet::from([index]),
            });
        }
        let mut addresses: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (address, behind) in &self.same {
            addresses.entry(*behind).or_default().push(*address);
        }
        for (id, categories) in &self.categories {
            let Some(node) = self.view.node(*id) else { continue };
            places.insert(Origin::Node(*id), picture.spots.len());
            let also = addresses.get(id).into_iter().flatten().copied();
            picture.spots.push(spot(self.view, node, also, categories.clone()));
        }
        for (index, category) in self.view.categories.iter().enumerate() {
            let Some(from) = places.get(&Origin::Notice(index)) else { continue };
            let mut starts: BTreeMap<usize, Fate> = BTreeMap::new();
            for recipient in &category.recipients {
                let Some(first) = recipient.path.first() else { continue };
                let fate = starts.entry(self.drawn(*first)).or_insert(Fate::Broken);
                *fate = (*fate).max(Fate::of(recipient.verdict));
            }
            for (first, fate) in starts {
                if let Some(to) = places.get(&Origin::Node(first)) {
                    let categories = BTreeSet::from([index]);
                    picture.steps.push(Step { from: *from, to: *to, fate, obstacle: None, categories });
                }
            }
        }
        for ((from, to), link) in self.links {
            if let (Some(from), Some(to)) = (places.get(&Origin::Node(from)), places.get(&Origin::Node(to))) {
                let Link { fate, obstacle, categories } = link;
                picture.steps.push(Step { from: *from, to: *to, fate, obstacle, categories });
            }
        }
        collapse::collapse(picture)
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    Notice(usize),
    Node(usize),
}

/// How many people receive it, in a few words.
pub(super) fn people(category: &CategoryView) -> String {
    let certain = match (category.certain.len(), category.reach) {
        (0, Reach::NobodyKnown) => "nobody known".to_owned(),
        (0, Reach::Unknown) => "not known".to_owned(),
        (0, _) => "nobody".to_owned(),
        (1, _) => "1 person".to_owned(),
        (many, _) => format!("{many} people"),
    };
    match (category.certain.len(), category.possible.len()) {
        (_, 0) => certain,
        (0, 1) => "perhaps 1 person".to_owned(),
        (0, more) => format!("perhaps {more} people"),
        // Short enough for a place of the picture.
        (_, more) => format!("{certain}, perhaps +{more}"),
    }
}

fn column(place: Place) -> usize {
    match place {
        Place::Role | Place::Field | Place::BillingRole => 1,
        Place::Group => 2,
        Place::Account | Place::ServicePrincipal => 3,
        Place::List | Place::Microsoft365Group => 4,
        Place::Address | Place::Gateway | Place::Mailbox | Place::Contact | Place::NoAddress | Place::Outside => 5,
        Place::Person => 6,
    }
}

fn spot(view: &AnswerView, node: &NodeView, also: impl Iterator<Item = usize>, categories: BTreeSet<usize>) -> Spot {
    let mut members = vec![node.id];
    members.extend(also);
    // What stands here, or at the address that is drawn with it; what stands further on is said there.
    let own = members.iter().filter_map(|id| view.node(*id)).flat_map(|node| &node.blockages);
    // A place knows what stops mail further on; that is said where it stands.
    let further = |obstacle| {
        let next = members.iter().filter_map(|id| view.node(*id)).flat_map(|node| &node.hops);
        let mut next = next.filter(|hop| !members.contains(&hop.to)).filter_map(|hop| view.node(hop.to));
        next.any(|next| next.blockages.iter().any(|one| one.obstacle == obstacle))
    };
    let decides = own.filter(|one| one.leaves <= node.arrival && one.leaves != Arrival::Deliverable);
    let worth_saying = decides.into_iter().find(|one| !further(one.obstacle));
    let beyond = || trail::stopped_at(view, node).filter(|_| node.hops.is_empty()).map(|decisive| decisive.blockage);
    Spot {
        key: format!("p{}", node.id),
        // An address that is drawn apart from what is behind it stands before it.
        column: if node.kind == Place::Address && !node.hops.is_empty() { 3 } else { column(node.kind) },
        kind: words::kind(node),
        label: words::field(node).map_or_else(|| node.label.clone(), str::to_owned),
        fate: Fate::of(node.outcome),
        note: worth_saying
            .or_else(beyond)
            .map(|one| words::spaced(one.obstacle.as_str()))
            .or_else(|| does_not_come(node).map(str::to_owned)),
        does_not_come: does_not_come(node),
        nodes: members.iter().copied().collect(),
        members,
        many: false,
        categories,
    }
}

/// What is to be said of a place that is as it should be, where what leads to it is not.
fn does_not_come(node: &NodeView) -> Option<&'static str> {
    if node.outcome >= node.arrival {
        return None;
    }
    Some(match (node.outcome, node.kind) {
        (Arrival::Undeliverable, Place::Person) => "receives nothing",
        (Arrival::Undeliverable, _) => "nothing comes here",
        (_, Place::Person) => "may receive nothing",
        (_, _) => "nothing may come here",
    })
}
