//! Who owns a role mailbox (DOMAIN E5, G5).

use super::{
    case::Case,
    found::Found,
    graph::{Recipient, behind_gateway, recipient, subject},
};
use crate::{
    answer::{Chosen, HopKind, NodeKind},
    landscape::{MailboxKind, RecipientKind},
};

/// G5: a role mailbox without a declared owner: a shared mailbox, list or group that a field of contact state leads to. Its
/// readers are not its owners. No kind of this version declares owners: an exception names one, and its last day is the next
/// review.
pub(super) fn without_owner(case: &Case<'_>, found: &mut Found) {
    let recipients = case.landscape.exchange.recipients.present();
    // Directly: what stands in the field. The lists inside a list are its own owner's affair.
    let stated = case.answer.categories.iter().flat_map(|answer| &answer.recipients).filter(|chosen| {
        let start = chosen.path.first().and_then(|start| case.answer.node(*start));
        start.is_some_and(|start| matches!(start.kind, NodeKind::Field(_)))
    });
    let mut ends: Vec<_> = stated.filter_map(Chosen::end).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut owned: Vec<_> = ends
        .into_iter()
        .filter_map(|end| case.answer.node(end))
        .map(|node| behind_gateway(case, node))
        .flat_map(|node| &node.hops)
        .filter(|hop| hop.kind == HopKind::Resolves)
        .map(|hop| hop.to)
        .collect();
    owned.sort_unstable();
    owned.dedup();
    for node in owned.into_iter().filter_map(|id| case.answer.node(id)) {
        let what = match recipient(&node.kind) {
            Some(Recipient::List) => "list",
            Some(Recipient::UnifiedGroup) => "group",
            Some(Recipient::Mailbox(key)) => {
                let recipient = recipients.and_then(|all| all.get(key));
                match recipient.map(|recipient| &recipient.kind) {
                    Some(RecipientKind::Mailbox(mailbox)) if mailbox.kind == MailboxKind::Shared => "shared mailbox",
                    _ => continue,
                }
            }
            Some(Recipient::Forwarder) | None => continue,
        };
        found.say(subject(node), format!("the {what} {} receives notices and has no declared owner", node.label));
    }
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::{
        notice::{Category, Selected},
        rule::Rule,
    };

    use super::*;
    use crate::{
        answer::HopKind,
        policy::testing::{Scene, read_failed},
    };

    fn scene(kind: NodeKind) -> Scene {
        let mut scene = Scene::new();
        let path = vec![scene.field("technicalNotificationMails"), scene.address_node("noc@contoso.com")];
        let end = scene.node_of(kind);
        scene.hop(path[1], end, HopKind::Resolves);
        let inner = scene.node_of(NodeKind::List("inner".into()));
        scene.hop(end, inner, HopKind::Expands);
        scene.chosen(Category::ServiceAndTechnical, path, Selected::Yes);
        scene
    }

    #[test]
    fn g5_a_role_mailbox_that_nobody_owns_is_found() {
        assert_eq!(scene(NodeKind::List("noc".into())).subjects(Rule::RoleMailboxWithoutOwner), ["noc"]);
        assert_eq!(scene(NodeKind::UnifiedGroup("noc".into())).subjects(Rule::RoleMailboxWithoutOwner), ["noc"]);
        let mut shared = scene(NodeKind::Mailbox("noc".into()));
        shared.person("noc").mail().disabled().mailbox(MailboxKind::Shared);
        assert_eq!(shared.subjects(Rule::RoleMailboxWithoutOwner), ["noc"]);
        shared.landscape.exchange.recipients = read_failed();
        assert_eq!(shared.subjects(Rule::RoleMailboxWithoutOwner), [""; 0], "G2: it may be a person's");
    }

    #[test]
    fn g5_a_persons_own_mailbox_is_no_role_mailbox() {
        let mut persons = scene(NodeKind::Mailbox("noc".into()));
        persons.person("noc").mail().mailbox(MailboxKind::User);
        assert_eq!(persons.subjects(Rule::RoleMailboxWithoutOwner), [""; 0]);
    }
}
