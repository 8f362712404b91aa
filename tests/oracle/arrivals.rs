//! Whether mail arrives, and whose it is then.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_api::notice::Arrival;
use tenant_contacts_core::answer::{Answer, Hop, HopKind, Node, NodeId, NodeKind};

use crate::{tally::Tally, truth::Truth};

/// Compares every address that a notice leads to, for the senders of that notice.
pub fn compare(number: u64, answer: &Answer, truth: &Truth, tally: &mut Tally) {
    let ends: BTreeMap<_, _> = answer
        .categories
        .iter()
        .flat_map(|category| category.recipients.iter().map(move |chosen| (category.category, chosen)))
        .filter_map(|(category, chosen)| Some(((chosen.end()?, truth.senders(category)), category)))
        .collect();
    for ((end, senders), category) in ends {
        let node = answer.node(end).unwrap();
        let NodeKind::Address(address) = &node.kind else { continue };
        let fate = truth.fate(address, &senders);
        tally.count(format!("addresses: {}", node.arrival.as_str()));
        let told = |what: &str| {
            let why: Vec<_> = node.blockages.iter().map(|one| format!("{}: {}", one.obstacle, one.detail)).collect();
            let (of, ends) = (why.join("; "), truth.told(address, &senders));
            format!("tenant {number}, {category}, {address}: {what}\n      says {} ({of}){ends}", node.arrival.as_str())
        };
        let needless = node.arrival == Arrival::Unknown && fate.arrival() != Arrival::Unknown;
        match excuse(answer, end, &EXCUSES) {
            // That there may be senders nobody knows of is left open by the contract, and not without need.
            Some(excuse) if needless && excuse.starts_with("all known senders") => {
                tally.count(format!("open: {excuse}"));
            }
            Some(excuse) if needless => tally.count(format!("excused: {excuse}")),
            _ if node.arrival != fate.arrival() => {
                let why = node.blockages.first().map_or("", |one| one.obstacle.as_str());
                let kind = format!("{} ({why}) is {}", node.arrival.as_str(), fate.arrival().as_str());
                tally.differs(kind, told(""));
            }
            _ => {}
        }
        let certain = people(answer, end, Arrival::Deliverable);
        let possible = people(answer, end, Arrival::Unknown);
        if let Some(person) = certain.difference(&fate.always).next() {
            tally.differs("somebody who certainly gets it does not", told(&name(answer, person)));
        }
        if let Some(person) = fate.ever.difference(&possible).next()
            && !is_open(answer, end)
        {
            tally.differs("somebody who gets it is not named", told(&name(answer, person)));
        }
    }
}

/// Whether those on its way take mail of the one who forwards is not followed, so that who gets it is not known either.
const ANEW: (&str, &str) = ("with its own address as sender", "a message is forwarded as a new one");

/// Exchange names by display name somebody who is called like others: nobody is named.
const NAMESAKES: (&str, &str) = ("which several recipients have", "somebody is named by a name of several");

/// What the product leaves open although the tenant does not, by the words it says it with: the closed list.
const EXCUSES: [(&str, &str); 18] = [
    ANEW,
    NAMESAKES,
    // A condition of a rule or a restriction names them.
    ("whom a name", "a condition names somebody by a name of several"),
    // One way or the other somebody reads it, or the same condition decides twice: each place is judged by itself.
    ("does not apply to every message from Microsoft", "a rule asks for more than is known of the message"),
    ("some of Microsoft's senders, not all", "some senders are blocked"),
    // What takes the known ones and what takes the others are two rules, or a rule and the filter.
    ("every known sender", "all known senders are taken, and others by something else"),
    // An inbox rule names an account that is no recipient.
    ("a recipient whose name cannot be read", "somebody is named in a way that cannot be read"),
    // Which of the two comes first is not documented; the simulated tenant has to choose.
    ("has several actions for it", "a rule sends it on and takes it away"),
    // The simulated tenant has people look into every folder of their own.
    ("whether somebody reads that folder is unknown", "a rule moves it to a folder of its own"),
    // The simulated tenant keeps it.
    ("a room mailbox deletes", "a room's or a thing's mailbox"),
    ("which of them applies is unknown", "several rules move it"),
    ("another entry lets it pass", "entries of the filter contradict each other"),
    // Microsoft's pages tell of two fates; the simulated tenant has to choose.
    ("the tenant block list has", "what becomes of a blocked sender is told in two ways"),
    // The same address has an end of its own where they are not delivered.
    ("delivers plus addresses is not read", "whether plus addresses are delivered is not read"),
    // Of reasons that leave it as open a step keeps the first: one behind it may be excused above.
    ("waits for a moderator", "a rule has it wait for a moderator, and more is open"),
    // Each place is judged by itself: where it is sent on to, it may be lost in any case.
    ("forwarded messages stay marked as spam is not documented", "junk is sent on"),
    // A list is one place, for what is sent to it and for what is sent on to it.
    ("checks forwarded messages again", "the filter may look again at what is sent on"),
    // They may have one on-premises.
    ("who has no mailbox in Exchange Online", "a reader has no mailbox here"),
];

/// Whether somewhere on the way it is not known who is meant, or a message is a new one.
pub fn is_open(answer: &Answer, from: NodeId) -> bool {
    excuse(answer, from, &[ANEW, NAMESAKES]).is_some()
}

/// The first of some excuses that is said anywhere on the way from a place.
fn excuse(answer: &Answer, from: NodeId, excuses: &[(&'static str, &'static str)]) -> Option<&'static str> {
    let (mut open, mut met) = (vec![from], BTreeSet::new());
    while let Some(id) = open.pop() {
        if !met.insert(id) {
            continue;
        }
        let node = answer.node(id).unwrap();
        let of_hops = node.hops.iter().filter_map(|hop| hop.blockage.as_ref());
        for said in node.blockages.iter().chain(&node.unfollowed).chain(of_hops) {
            if let Some((_, excuse)) = excuses.iter().find(|(words, _)| said.detail.contains(words)) {
                return Some(excuse);
            }
        }
        open.extend(node.hops.iter().map(|hop| hop.to));
    }
    None
}

fn name(answer: &Answer, person: &str) -> String {
    let is = |node: &&Node| matches!(&node.kind, NodeKind::Person(id) if id.to_string() == *person);
    answer.nodes.iter().find(is).map_or(person.to_owned(), |node| node.label.to_string())
}

/// The people whom mail to an address reaches by steps that leave at least so much.
fn people(answer: &Answer, from: NodeId, at_least: Arrival) -> BTreeSet<String> {
    // By inbox rules a message is sent on once.
    let (mut open, mut met, mut found) = (vec![(from, false)], BTreeSet::new(), BTreeSet::new());
    while let Some((id, sent_on)) = open.pop() {
        let node = answer.node(id).unwrap();
        if node.arrival < at_least || !met.insert((id, sent_on)) {
            continue;
        }
        if let NodeKind::Person(id) = &node.kind {
            found.insert(id.to_string());
        }
        let passes =
            |hop: &&Hop| hop.blockage.as_ref().map_or(Arrival::Deliverable, |one| one.obstacle.leaves()) >= at_least;
        let by_rule = |hop: &Hop| hop.kind == HopKind::InboxRule;
        let taken = node.hops.iter().filter(passes).filter(|hop| !(sent_on && by_rule(hop)));
        open.extend(taken.map(|hop| (hop.to, sent_on || by_rule(hop))));
    }
    found
}
