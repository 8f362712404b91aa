//! The picture of the page against the answer: every place and step that is drawn has the mark of what arrives there.
//!
//! Whether a notice reaches somebody by way of a place is asked here by walking with it, once for each place; the product
//! walks once for all.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_api::notice::{Arrival, Category, Reach, Selected};
use tenant_contacts_core::answer::{Answer, CategoryAnswer, Chosen, Hop, HopKind, Node, NodeId, NodeKind};
use tenant_contacts_report::explain::{self, Options};
use tenant_contacts_simulator::Switches;
use testkit::rig::on_paused_time;

use crate::survey::tenant::contoso;
use crate::{
    tally::{Tally, each},
    tangled::{look, seed, simulator},
};

/// Tenants whose pictures are read. Each is drawn once as a whole and once for every kind of notices.
const TENANTS: u64 = 100;

/// What has to be passed on the way to a reader.
#[derive(Clone, Copy)]
enum Through {
    Place(usize),
    Step(usize, usize),
}

#[test]
fn a7_every_place_and_step_of_the_picture_has_the_mark_of_what_arrives_there() {
    let tally = each(0..TENANTS, |number, tally| {
        let (_, answer) = on_paused_time(async { look(&simulator(&seed(number), Switches::default())).await });
        compare(&format!("tenant {number}"), &answer, tally);
    });
    let seen = |what: &str| tally.counts.get(what).copied().unwrap_or_default();
    for mark in ["person: fine", "person: unknown", "person: broken", "mailbox: broken", "step: broken"] {
        assert!(seen(mark) > 50, "too few to tell: {mark}\n{tally}");
    }
    tally.settle();
}

#[test]
fn a7_contoso_is_drawn_as_it_is_answered() {
    let mut tally = Tally::default();
    let (_, answer) = on_paused_time(async { look(&simulator(&contoso(), Switches::default())).await });
    compare("Contoso", &answer, &mut tally);
    assert!(tally.counts["person: fine"] > 0 && tally.counts["person: broken"] > 0, "{tally}");
    tally.settle();
}

fn compare(name: &str, answer: &Answer, tally: &mut Tally) {
    for only in [None].into_iter().chain(Category::ALL.iter().copied().map(Some)) {
        let shown = answer.categories.iter().filter(|one| only.is_none_or(|only| one.category == only));
        let shown: Vec<_> = shown.filter(|one| one.reach != Reach::NotApplicable).collect();
        let page = explain::html(answer, &Options { category: only, ..Options::default() });
        let Some(from) = page.find("<svg id=\"picture\"") else {
            assert!(shown.is_empty(), "{name}: nothing is drawn");
            continue;
        };
        let picture = &page[from..from + page[from..].find("</svg>").unwrap() + 6];
        let picture = roxmltree::Document::parse(picture).unwrap();
        let mut drawn = BTreeMap::new();
        for element in picture.descendants() {
            let class = element.attribute("class").unwrap_or_default();
            if element.has_tag_name("a") {
                let nodes = numbers(element.attribute("data-nodes").unwrap());
                place(name, answer, &shown, (class, &nodes, element.attribute("aria-label").unwrap()), tally);
                drawn.insert(element.attribute("data-key").unwrap().to_owned(), nodes);
            }
        }
        for element in picture.descendants().filter(|one| one.attribute("data-from").is_some()) {
            let end = |name: &str| &drawn[element.attribute(name).unwrap()];
            step(name, answer, &shown, (element.attribute("class").unwrap(), end("data-from"), end("data-to")), tally);
        }
        every_place_is_drawn_once(name, answer, &shown, drawn.values().flatten(), tally);
    }
}

fn numbers(text: &str) -> Vec<usize> {
    text.split_whitespace().map(|number| number.parse().unwrap()).collect()
}

/// The name of a mark, as the picture's classes have it.
fn mark(class: &str) -> &'static str {
    let marks = ["broken", "unknown", "thin", "fine"];
    marks.into_iter().find(|mark| class.split(' ').any(|word| word == *mark)).unwrap()
}

fn of(arrival: Arrival) -> &'static str {
    match arrival {
        Arrival::Undeliverable => "broken",
        Arrival::Unknown => "unknown",
        Arrival::Deliverable => "fine",
    }
}

fn place(
    name: &str,
    answer: &Answer,
    shown: &[&CategoryAnswer],
    (class, nodes, label): (&str, &[usize], &str),
    tally: &mut Tally,
) {
    let mark = mark(class);
    if nodes.is_empty() {
        // A kind of notices: `Requests to reset a password`, as the answer calls it.
        let is = |one: &&&CategoryAnswer| {
            label.to_lowercase().starts_with(&format!("notices: {}:", one.category.title().to_lowercase()))
        };
        let category = shown.iter().find(is).unwrap_or_else(|| panic!("{name}: {label}"));
        let wanted = match category.reach {
            Reach::SeveralPeople => "fine",
            Reach::OnePerson => "thin",
            Reach::Nobody | Reach::NobodyKnown => "broken",
            _ => "unknown",
        };
        if mark != wanted {
            tally.differs("a kind of notices", format!("{name}: {label}: {mark} instead of {wanted}"));
        }
        return;
    }
    for at in nodes {
        let node = &answer.nodes[*at];
        let wanted = match &node.kind {
            NodeKind::Person(_) => of_person(shown, *at),
            _ => passes(answer, shown, Through::Place(*at)),
        };
        tally.count(format!("{}: {mark}", node.kind.as_str().to_lowercase()));
        if mark != of(wanted) {
            let kind = format!("{} {mark} instead of {}", node.kind.as_str(), of(wanted));
            tally.differs(kind, format!("{name}: {at} {label}"));
        }
    }
}

fn step(
    name: &str,
    answer: &Answer,
    shown: &[&CategoryAnswer],
    (class, from, to): (&str, &[usize], &[usize]),
    tally: &mut Tally,
) {
    if from.is_empty() {
        // From the notices themselves: as well as the best of their recipients fares.
        return;
    }
    let pairs = from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to)));
    let wanted = pairs.map(|(from, to)| passes(answer, shown, Through::Step(from, to))).max().unwrap();
    let mark = mark(class);
    tally.count(format!("step: {mark}"));
    if mark != of(wanted) {
        tally.differs("a step", format!("{name}: {from:?} to {to:?}: {mark} instead of {}", of(wanted)));
    }
}

fn of_person(shown: &[&CategoryAnswer], at: usize) -> Arrival {
    let among = |people: &[NodeId]| people.iter().any(|id| id.index() == at);
    if shown.iter().any(|one| among(&one.certain)) {
        Arrival::Deliverable
    } else if shown.iter().any(|one| among(&one.possible)) {
        Arrival::Unknown
    } else {
        Arrival::Undeliverable
    }
}

/// Every place that a recipient's path or mail leads to is in the picture, and none is in it twice.
fn every_place_is_drawn_once<'a>(
    name: &str,
    answer: &Answer,
    shown: &[&CategoryAnswer],
    drawn: impl Iterator<Item = &'a usize>,
    tally: &mut Tally,
) {
    let mut met = BTreeSet::new();
    for at in drawn {
        if !met.insert(*at) {
            tally.differs("a place is drawn twice", format!("{name}: {at}"));
        }
    }
    let recipients = || shown.iter().flat_map(|one| &one.recipients);
    let mut open: Vec<usize> = recipients().filter_map(Chosen::end).map(NodeId::index).collect();
    let mut wanted: BTreeSet<usize> = recipients().flat_map(|one| &one.path).map(|id| id.index()).collect();
    let mut walked = BTreeSet::new();
    while let Some(at) = open.pop() {
        if walked.insert(at) {
            open.extend(answer.nodes[at].hops.iter().map(|hop| hop.to.index()));
        }
    }
    wanted.extend(walked);
    if met != wanted {
        let missing: Vec<_> = wanted.symmetric_difference(&met).collect();
        tally.differs("what is drawn is not what notices lead to", format!("{name}: {missing:?}"));
    }
}

/// What notices come to that pass a place or a step.
fn passes(answer: &Answer, shown: &[&CategoryAnswer], through: Through) -> Arrival {
    let reached = |level: Arrival, selected: Selected| {
        let recipients = shown.iter().flat_map(|one| &one.recipients);
        let mut chosen = recipients.filter(|one| one.selected >= selected && one.arrival >= level);
        chosen.any(|one| is_read(answer, one, level, through))
    };
    if reached(Arrival::Deliverable, Selected::Yes) {
        Arrival::Deliverable
    } else if reached(Arrival::Unknown, Selected::Unknown) {
        Arrival::Unknown
    } else {
        Arrival::Undeliverable
    }
}

/// Whether what is sent to a recipient is read after it passed there.
fn is_read(answer: &Answer, recipient: &Chosen, level: Arrival, through: Through) -> bool {
    let path: Vec<usize> = recipient.path.iter().map(|id| id.index()).collect();
    let on_path = match through {
        Through::Place(at) => path.contains(&at),
        Through::Step(from, to) => path.windows(2).any(|pair| pair == [from, to]),
    };
    let Some(end) = path.last() else { return false };
    let (mut open, mut met) = (vec![(*end, false, on_path)], BTreeSet::new());
    while let Some(state @ (at, sent_on, passed)) = open.pop() {
        let node = &answer.nodes[at];
        if node.arrival < level || !met.insert(state) {
            continue;
        }
        if passed && ends_here(answer, node, level) {
            return true;
        }
        for hop in node.hops.iter().filter(|hop| leaves(hop) >= level) {
            let by_rule = hop.kind == HopKind::InboxRule;
            if sent_on && by_rule {
                continue;
            }
            let to = hop.to.index();
            let here = match through {
                Through::Place(place) => place == to,
                Through::Step(from, next) => (from, next) == (at, to),
            };
            open.push((to, sent_on || by_rule, passed || here));
        }
    }
    false
}

/// Whether what comes here may be read without going on: a person reads it, something on the way is not known, or nothing
/// leads on and something arrives all the same.
fn ends_here(answer: &Answer, node: &Node, level: Arrival) -> bool {
    let leads_on = node.hops.iter().any(|hop| leaves(hop) >= level && answer.nodes[hop.to.index()].arrival >= level);
    let open = node.blockages.iter().any(|one| one.obstacle.leaves() == Arrival::Unknown);
    matches!(node.kind, NodeKind::Person(_)) || !leads_on || (open && level == Arrival::Unknown)
}

fn leaves(hop: &Hop) -> Arrival {
    hop.blockage.as_ref().map_or(Arrival::Deliverable, |one| one.obstacle.leaves())
}
