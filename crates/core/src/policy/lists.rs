//! Lists and groups that notices go to (DOMAIN E3).

use std::collections::BTreeSet;

use tenant_contacts_api::obstacle::Obstacle;

use super::{
    case::Case,
    found::Found,
    graph::{recipient, subject},
};
use crate::answer::Node;

/// E3: a list without members.
pub(super) fn without_members(case: &Case<'_>, found: &mut Found) {
    for node in lists(case, Obstacle::EmptyList) {
        found.say(subject(node), format!("the list {} has no members", node.label));
    }
}

/// E3: a list that refuses external senders, and so Microsoft's notices.
pub(super) fn refuses_external_senders(case: &Case<'_>, found: &mut Found) {
    for node in lists(case, Obstacle::RefusesExternalSenders) {
        found.say(
            subject(node),
            format!("{} accepts mail from authenticated senders only: Microsoft's notices bounce", node.label),
        );
    }
}

/// The lists, groups and mailboxes of the answer at which an obstacle stands.
fn lists<'a>(case: &Case<'a>, obstacle: Obstacle) -> impl Iterator<Item = &'a Node> {
    let nodes = case.answer.nodes.iter().filter(|node| recipient(&node.kind).is_some());
    let mut met = BTreeSet::new();
    // Where it stands, and not where mail comes through on its way there; once, whomever it is told apart for.
    nodes.filter(move |node| node.own().any(|blockage| blockage.obstacle == obstacle) && met.insert(&node.kind))
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::{notice::Arrival, rule::Rule};

    use super::*;
    use crate::{answer::NodeKind, policy::testing::Scene};

    #[test]
    fn e3_a_list_without_members_or_for_authenticated_senders_only_is_found() {
        for (obstacle, rule) in [
            (Obstacle::EmptyList, Rule::ListWithoutMembers),
            (Obstacle::RefusesExternalSenders, Rule::ListRefusesExternalSenders),
        ] {
            let mut scene = Scene::new();
            let list = scene.node_of(NodeKind::List("noc".into()));
            scene.blocked(list, Arrival::Undeliverable, obstacle);
            assert_eq!(scene.subjects(rule), ["noc"]);
        }
    }

    #[test]
    fn e3_a_list_whose_members_are_not_known_is_no_finding() {
        let mut scene = Scene::new();
        let list = scene.node_of(NodeKind::List("noc".into()));
        scene.blocked(list, Arrival::Unknown, Obstacle::NotReadable);
        let address = scene.address_node("noc@contoso.com");
        scene.blocked(address, Arrival::Undeliverable, Obstacle::EmptyList);
        assert_eq!(scene.subjects(Rule::ListWithoutMembers), [""; 0], "G2, and an address is no list");
        assert_eq!(scene.subjects(Rule::ListRefusesExternalSenders), [""; 0]);
    }
}
