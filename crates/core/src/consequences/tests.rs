//! What a plan does to who receives notices.

use tenant_contacts_api::notice::Confidence;
use uuid::Uuid;

use super::*;
use crate::answer::{Chosen, Node, NodeId, Source};
use tenant_contacts_api::notice::Arrival;

fn node(kind: NodeKind, label: &str) -> Node {
    Node {
        kind,
        label: label.into(),
        address: None,
        hops: Vec::new(),
        arrival: Arrival::Deliverable,
        blockages: Vec::new(),
        inherited: [].into(),
        unfollowed: [].into(),
        notices: [].into(),
    }
}

/// An answer in which a category goes to these addresses, and these people certainly receive it.
fn answer(addresses: &[&str], people: &[(u128, &str)], reach: Reach) -> Answer {
    let mut nodes: Vec<Node> =
        addresses.iter().map(|address| node(NodeKind::Address((*address).into()), address)).collect();
    nodes.extend(people.iter().map(|(id, label)| node(NodeKind::Person(Uuid::from_u128(*id)), label)));
    let recipients = (0..addresses.len()).map(|index| Chosen {
        path: vec![NodeId::of(index).unwrap()],
        selected: Selected::Yes,
        unselected: None,
        arrival: Arrival::Deliverable,
        verdict: Arrival::Deliverable,
    });
    let category = CategoryAnswer {
        category: Category::ServiceAndTechnical,
        sources: vec![Source { says: "", by: "", confidence: Confidence::Documented }],
        recipients: recipients.collect(),
        certain: (addresses.len()..nodes.len()).map(|index| NodeId::of(index).unwrap()).collect(),
        possible: Vec::new(),
        reach,
        notes: Vec::new(),
    };
    Answer { nodes, categories: vec![category], ..Answer::default() }
}

#[test]
fn what_a_plan_gains_and_loses_is_said_by_people_and_by_addresses_f1() {
    let before = answer(&["noc@contoso.com"], &[(1, "Anna"), (2, "Bert")], Reach::SeveralPeople);
    let after = answer(&["it@contoso.com"], &[(2, "Bert"), (3, "Carl")], Reach::SeveralPeople);
    let [found] = &compare(&before, &after)[..] else { panic!("one category differs") };
    assert_eq!(found.left, ["Bert".into(), "Carl".into()]);
    assert_eq!((&found.gains[..], &found.loses[..]), (&["Carl".into()][..], &["Anna".into()][..]));
    assert_eq!(found.addresses_added, ["it@contoso.com".into()]);
    assert_eq!(found.addresses_removed, ["noc@contoso.com".into()]);
    assert_eq!(found.gate(2), None, "no fewer people than before");
    assert_eq!(compare(&before, &before), []);
}

#[test]
fn what_would_empty_a_category_or_leave_too_few_asks_first_f1() {
    let two = answer(&["noc@contoso.com"], &[(1, "Anna"), (2, "Bert")], Reach::SeveralPeople);
    let one = answer(&["it@contoso.com"], &[(1, "Anna")], Reach::OnePerson);
    let nobody = answer(&["gone@contoso.com"], &[], Reach::Nobody);
    let unknown = answer(&["outside@example.org"], &[], Reach::Unknown);
    let gate = |before: &Answer, after: &Answer, minimum| compare(before, after)[0].gate(minimum);
    assert_eq!(gate(&two, &nobody, 2), Some(Reason::EmptiesCategory));
    assert_eq!(gate(&two, &one, 2), Some(Reason::BelowMinimumRecipients));
    assert_eq!(gate(&two, &one, 1), None);
    // Unknown is no green light (DOMAIN G2), and no proof that nobody is left either.
    assert_eq!(gate(&two, &unknown, 2), Some(Reason::BelowMinimumRecipients));
    assert_eq!(gate(&nobody, &unknown, 2), None, "no worse than before");
    assert_eq!(gate(&unknown, &one, 2), None);
    // Somebody may have received it, and certainly nobody will.
    assert_eq!(gate(&unknown, &nobody, 2), Some(Reason::EmptiesCategory));
}
