//! Addresses of contact state that would not deliver (DOMAIN E3).

use std::collections::BTreeMap;

use tenant_contacts_api::{
    notice::{Arrival, Category},
    obstacle::Obstacle,
};

use super::{
    case::Case,
    departed,
    found::Found,
    graph::{obstacles_from, why},
    partner_contact::PRIMARY_CONTACT,
};
use crate::answer::{NodeId, NodeKind, Subject};

/// Obstacles that have a rule of their own, which names the place to mend.
const SAID_ELSEWHERE: [Obstacle; 5] = [
    Obstacle::EmptyList,
    Obstacle::RefusesExternalSenders,
    Obstacle::InboxRule,
    Obstacle::HiddenInboxRule,
    Obstacle::TransportRule,
];

/// E3: an address of contact state would not deliver, and no other rule says why.
pub(super) fn undeliverable(case: &Case<'_>, found: &mut Found) {
    let mut stated: BTreeMap<(&'static str, NodeId), Category> = BTreeMap::new();
    for answer in &case.answer.categories {
        for chosen in &answer.recipients {
            let start = chosen.path.first().and_then(|start| case.answer.node(*start));
            let (Some(NodeKind::Field(field)), Some(end)) = (start.map(|start| &start.kind), chosen.end()) else {
                continue;
            };
            stated.entry((field, end)).or_insert(answer.category);
        }
    }
    for ((field, end), category) in stated {
        let Some(node) = case.answer.node(end) else { continue };
        if node.arrival != Arrival::Undeliverable || field == PRIMARY_CONTACT {
            continue;
        }
        let address = node.address.as_deref().unwrap_or(&node.label);
        let elsewhere = obstacles_from(case, end).iter().any(|obstacle| SAID_ELSEWHERE.contains(obstacle))
            || departed::owner(case, address, false).is_some();
        if !elsewhere {
            found.say_of(
                category,
                Subject::Address { field: field.into(), address: address.into() },
                format!("mail to an address of {field} is not read: {}", why(node)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::{notice::Selected, rule::Rule};

    use super::*;
    use crate::{answer::HopKind, landscape::MailboxKind, model::Fact, policy::testing::Scene};

    fn scene(arrival: Arrival, obstacle: Obstacle) -> Scene {
        let mut scene = Scene::new();
        let path = vec![scene.field("technicalNotificationMails"), scene.address_node("noc@contoso.com")];
        scene.blocked(path[1], arrival, obstacle);
        scene.chosen(Category::ServiceAndTechnical, path, Selected::Yes);
        scene
    }

    #[test]
    fn e3_an_address_that_would_not_deliver_is_found() {
        let findings = scene(Arrival::Undeliverable, Obstacle::NoRecipient).findings(Rule::ContactUndeliverable);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].subject.name(), "noc@contoso.com");
        assert_eq!(findings[0].category, Some(Category::ServiceAndTechnical));
        assert!(findings[0].message.contains("NoRecipient"), "{}", findings[0].message);
        for arrival in [Arrival::Unknown, Arrival::Deliverable] {
            assert_eq!(scene(arrival, Obstacle::NotReadable).subjects(Rule::ContactUndeliverable), [""; 0], "G2");
        }
    }

    #[test]
    fn e3_a_cause_with_a_rule_of_its_own_is_said_once() {
        let mut scene = scene(Arrival::Undeliverable, Obstacle::NoMemberReached);
        assert_eq!(scene.subjects(Rule::ContactUndeliverable).len(), 1);
        let list = scene.node_of(NodeKind::List("noc".into()));
        scene.blocked(list, Arrival::Undeliverable, Obstacle::EmptyList);
        let address = scene.address_node("noc@contoso.com");
        scene.hop(address, list, HopKind::Resolves);
        assert_eq!(scene.subjects(Rule::ContactUndeliverable), [""; 0]);
        assert_eq!(scene.subjects(Rule::ListWithoutMembers).len(), 1);
    }

    #[test]
    fn e3_an_address_of_somebody_who_left_is_said_once() {
        let mut scene = scene(Arrival::Undeliverable, Obstacle::DisabledOwner);
        scene.landscape.organization.technical = Fact::of_values(vec!["noc@contoso.com".into()]);
        scene.person("noc").mail().disabled().mailbox(MailboxKind::User);
        assert_eq!(scene.subjects(Rule::ContactUndeliverable), [""; 0]);
        assert_eq!(scene.subjects(Rule::DepartedAddress).len(), 1);
    }
}
