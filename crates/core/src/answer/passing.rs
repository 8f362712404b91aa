//! What notices come to that pass a place: how the place fares for who gets them, and not for whoever writes there.
//!
//! [`Node::arrival`] says what becomes of mail that comes to a place. A person reads whatever comes; whether anything does is
//! another question, and the one that a picture of notices has to answer. It has the same answer for a person as
//! [`CategoryAnswer::certain`] and [`CategoryAnswer::possible`].

use std::collections::BTreeMap;

use tenant_contacts_api::notice::{Arrival, Reach, Selected};

use super::{Answer, CategoryAnswer, Chosen, Hop, HopKind, Node, NodeId, NodeKind};

/// The best that notices come to which pass each place and each step. A place that none of them passes is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passing {
    places: BTreeMap<NodeId, Arrival>,
    steps: BTreeMap<(NodeId, NodeId), Arrival>,
}

impl Passing {
    /// Of one kind of notices. Nothing where it is no question of this tenant's.
    pub fn of(answer: &Answer, category: &CategoryAnswer) -> Self {
        let mut passing = Self::default();
        if category.reach == Reach::NotApplicable {
            return passing;
        }
        for (level, selected) in [
            (Arrival::Undeliverable, Selected::No),
            (Arrival::Unknown, Selected::Unknown),
            (Arrival::Deliverable, Selected::Yes),
        ] {
            let chosen = category.recipients.iter().filter(|one| one.selected >= selected && one.arrival >= level);
            let chosen: Vec<&Chosen> = chosen.collect();
            for one in &chosen {
                one.path.iter().for_each(|id| passing.place(*id, level));
                one.path.windows(2).for_each(|pair| passing.step(pair[0], pair[1], level));
            }
            passing.follow(answer, chosen.into_iter().filter_map(Chosen::end), level);
        }
        passing
    }

    /// Of the kinds of notices that are named.
    pub fn of_all<'a>(answer: &Answer, categories: impl IntoIterator<Item = &'a CategoryAnswer>) -> Self {
        let mut all = Self::default();
        for category in categories {
            let one = Self::of(answer, category);
            one.places.into_iter().for_each(|(id, arrival)| all.place(id, arrival));
            one.steps.into_iter().for_each(|((from, to), arrival)| all.step(from, to, arrival));
        }
        all
    }

    /// What notices that pass a place come to: [`Arrival::Deliverable`] if one of them certainly reaches somebody by way of
    /// it. `None` where no notice passes it.
    pub fn at(&self, id: NodeId) -> Option<Arrival> {
        self.places.get(&id).copied()
    }

    /// The same of the steps from one place to another.
    pub fn on(&self, from: NodeId, to: NodeId) -> Option<Arrival> {
        self.steps.get(&(from, to)).copied()
    }

    fn place(&mut self, id: NodeId, arrival: Arrival) {
        let known = self.places.entry(id).or_insert(arrival);
        *known = arrival.max(*known);
    }

    fn step(&mut self, from: NodeId, to: NodeId, arrival: Arrival) {
        let known = self.steps.entry((from, to)).or_insert(arrival);
        *known = arrival.max(*known);
    }

    /// From the ends of recipients' paths over what leaves at least so much, and back from where it is read: what is on no
    /// way to a reader leads nowhere, however far mail comes.
    fn follow(&mut self, answer: &Answer, ends: impl Iterator<Item = NodeId>, level: Arrival) {
        let mut ways = Ways::default();
        let mut open: Vec<usize> = ends.map(|end| ways.state(end, false)).collect();
        let mut read = Vec::new();
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut ways.walked[at], true) {
                continue;
            }
            let (id, sent_on) = ways.states[at];
            let Some(node) = answer.node(id).filter(|node| node.arrival >= level) else { continue };
            let mut ends = level == Arrival::Undeliverable || ends_here(node, level);
            let further = node.hops.iter().filter(|hop| leaves(hop) >= level);
            let mut further =
                further.filter(|hop| answer.node(hop.to).is_some_and(|next| next.arrival >= level)).peekable();
            // It is read, though nothing leads on: it is known of the place itself.
            ends |= further.peek().is_none();
            for hop in further {
                // By inbox rules a message is sent on once.
                let by_rule = hop.kind == HopKind::InboxRule;
                if !(sent_on && by_rule) || level == Arrival::Undeliverable {
                    let next = ways.state(hop.to, sent_on || by_rule);
                    ways.steps.push((at, next));
                    open.push(next);
                }
            }
            if ends {
                read.push(at);
            }
        }
        for at in ways.leading_to(read) {
            self.place(ways.states[at].0, level);
        }
        for (from, to) in &ways.steps {
            if ways.leads[*to] {
                self.step(ways.states[*from].0, ways.states[*to].0, level);
            }
        }
    }
}

fn leaves(hop: &Hop) -> Arrival {
    hop.blockage.as_ref().map_or(Arrival::Deliverable, |blockage| blockage.obstacle.leaves())
}

/// Whether mail that comes here may be read without going any further: by a person, or where what follows cannot be read.
fn ends_here(node: &Node, level: Arrival) -> bool {
    let open = node.blockages.iter().any(|blockage| blockage.obstacle.leaves() == Arrival::Unknown);
    matches!(node.kind, NodeKind::Person(_)) || (level == Arrival::Unknown && open)
}

/// The places that mail comes to, each for a message as it was sent and for one that an inbox rule has sent on.
#[derive(Default)]
struct Ways {
    states: Vec<(NodeId, bool)>,
    known: BTreeMap<(NodeId, bool), usize>,
    walked: Vec<bool>,
    leads: Vec<bool>,
    steps: Vec<(usize, usize)>,
}

impl Ways {
    fn state(&mut self, id: NodeId, sent_on: bool) -> usize {
        *self.known.entry((id, sent_on)).or_insert_with(|| {
            self.states.push((id, sent_on));
            self.walked.push(false);
            self.leads.push(false);
            self.states.len() - 1
        })
    }

    /// The states from which some others are come to, those included.
    fn leading_to(&mut self, ends: Vec<usize>) -> Vec<usize> {
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); self.states.len()];
        for (from, to) in &self.steps {
            before[*to].push(*from);
        }
        let (mut open, mut found) = (ends, Vec::new());
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut self.leads[at], true) {
                found.push(at);
                open.extend(&before[at]);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::{notice::Category, obstacle::Obstacle};
    use uuid::Uuid;

    use super::*;
    use crate::answer::Blockage;

    const YES: Arrival = Arrival::Deliverable;
    const NO: Arrival = Arrival::Undeliverable;

    struct Scene(Answer);

    impl Scene {
        fn node(&mut self, kind: NodeKind, arrival: Arrival) -> NodeId {
            let id = NodeId::of(self.0.nodes.len()).unwrap();
            let (label, address, hops, blockages) = ("".into(), None, Vec::new(), Vec::new());
            let (inherited, unfollowed, notices) = ([].into(), [].into(), [].into());
            self.0.nodes.push(Node { kind, label, address, hops, arrival, blockages, inherited, unfollowed, notices });
            id
        }

        fn hop(&mut self, from: NodeId, kind: HopKind, to: NodeId, blockage: Option<Obstacle>) {
            let blockage = blockage.map(|obstacle| Blockage::new(obstacle, ""));
            self.0.nodes[from.index()].hops.push(Hop { to, kind, blockage });
        }

        fn chosen(&self, path: &[NodeId], selected: Selected) -> Chosen {
            let arrival = self.0.node(path[path.len() - 1]).unwrap().arrival;
            let verdict = Chosen::joined(selected, arrival);
            Chosen { path: path.to_vec(), selected, unselected: None, arrival, verdict }
        }

        fn passing(&self, recipients: Vec<Chosen>) -> Passing {
            let (certain, possible, sources, notes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            let (category, reach) = (Category::Billing, Reach::Unknown);
            Passing::of(&self.0, &CategoryAnswer { category, sources, recipients, certain, possible, reach, notes })
        }
    }

    fn person(number: u128) -> NodeKind {
        NodeKind::Person(Uuid::from_u128(number))
    }

    fn mailbox(name: &str) -> NodeKind {
        NodeKind::Mailbox(name.into())
    }

    #[test]
    fn a7_whoever_is_behind_a_step_that_stops_mail_receives_nothing_and_is_no_way_to_anybody() {
        let mut scene = Scene(Answer::default());
        let (list, shut) = (scene.node(NodeKind::List("l".into()), YES), scene.node(mailbox("shut"), YES));
        let (open, ann, bob) =
            (scene.node(mailbox("open"), YES), scene.node(person(1), YES), scene.node(person(2), YES));
        scene.hop(list, HopKind::Expands, shut, Some(Obstacle::SenderNotAccepted));
        scene.hop(list, HopKind::Expands, open, None);
        scene.hop(shut, HopKind::Reads, ann, None);
        scene.hop(open, HopKind::Reads, bob, None);
        let passing = scene.passing(vec![scene.chosen(&[list], Selected::Yes)]);
        assert_eq!([list, shut, open, ann, bob].map(|id| passing.at(id)), [YES, NO, YES, NO, YES].map(Some));
        assert_eq!((passing.on(list, shut), passing.on(list, open)), (Some(NO), Some(YES)));
        // Who is not chosen is sent nothing, however well mail to them would arrive.
        let passing = scene.passing(vec![scene.chosen(&[list], Selected::No)]);
        assert_eq!([list, bob].map(|id| passing.at(id)), [Some(NO); 2]);
        let passing = scene.passing(vec![scene.chosen(&[list], Selected::Unknown)]);
        assert_eq!([ann, bob].map(|id| passing.at(id)), [NO, Arrival::Unknown].map(Some));
    }

    /// What an inbox rule sent on is sent on by none again: such a mailbox reads everything that comes by another way.
    #[test]
    fn a7_a_mailbox_that_sends_on_by_a_rule_what_a_rule_sent_is_no_way_to_anybody() {
        let mut scene = Scene(Answer::default());
        let (first, list) = (scene.node(mailbox("first"), YES), scene.node(NodeKind::List("l".into()), YES));
        let (second, read) = (scene.node(mailbox("second"), YES), scene.node(mailbox("read"), YES));
        let (ann, bob) = (scene.node(person(1), YES), scene.node(person(2), YES));
        scene.hop(first, HopKind::InboxRule, list, None);
        scene.hop(list, HopKind::Expands, second, None);
        scene.hop(list, HopKind::Expands, read, None);
        scene.hop(second, HopKind::InboxRule, ann, None);
        scene.hop(read, HopKind::Reads, bob, None);
        let by_rule = scene.passing(vec![scene.chosen(&[first], Selected::Yes)]);
        assert_eq!(
            [first, list, second, read, ann, bob].map(|id| by_rule.at(id)),
            [YES, YES, NO, YES, NO, YES].map(Some)
        );
        let straight = scene.passing(vec![scene.chosen(&[list], Selected::Yes)]);
        assert_eq!([second, ann].map(|id| straight.at(id)), [Some(YES); 2]);
    }
}
