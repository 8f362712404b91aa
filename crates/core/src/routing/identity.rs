//! What the directory knows the places of an answer by: programs join by it, and people by no display name.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::{
    answer::{Identity, Node, NodeId, NodeKind},
    landscape::{Landscape, Principal, RecipientKind},
};

/// The identities of all nodes that have one.
pub(super) fn of(landscape: &Landscape, nodes: &[Node]) -> BTreeMap<NodeId, Identity> {
    let found = nodes.iter().enumerate().filter_map(|(at, node)| {
        let object_id = match &node.kind {
            NodeKind::Role(id)
            | NodeKind::Group(id)
            | NodeKind::ServicePrincipal(id)
            | NodeKind::Account(id)
            | NodeKind::NoAddress(id)
            | NodeKind::Person(id) => Some(*id),
            NodeKind::Mailbox(key) | NodeKind::List(key) | NodeKind::UnifiedGroup(key) | NodeKind::Forwarder(key) => {
                landscape.exchange.recipients.present()?.get(key)?.directory_id
            }
            NodeKind::Field(_)
            | NodeKind::BillingRole(_)
            | NodeKind::Address(_)
            | NodeKind::Gateway(_)
            | NodeKind::Outside(_) => None,
        }?;
        let user_principal_name = sign_in_name(landscape, object_id);
        Some((NodeId::of(at)?, Identity { object_id: Some(object_id), user_principal_name }))
    });
    found.collect()
}

/// The sign-in name of an account, also of one that is deleted and still kept.
fn sign_in_name(landscape: &Landscape, id: Uuid) -> Option<Box<str>> {
    let directory = &landscape.directory;
    let people = [&directory.people, &directory.deleted].into_iter().filter_map(|people| people.present());
    people.filter_map(|people| people.get(&id)).map(|person| person.user_principal_name.clone()).next()
}

/// What a principal is that is no account, and what people call it, where anything that was read names it: an assignment of a
/// role of the directory, the directory itself, or Exchange, which knows groups that have an address.
pub(super) fn principal(landscape: &Landscape, id: Uuid) -> Option<(NodeKind, Box<str>)> {
    let directory = &landscape.directory;
    let assignments = [&directory.active, &directory.eligible].into_iter().filter_map(|list| list.present());
    let named = assignments.flatten().find_map(|assignment| match &assignment.principal {
        Principal::Group { id: of, display_name } if *of == id => Some((NodeKind::Group(id), display_name.clone())),
        Principal::ServicePrincipal { id: of, display_name } if *of == id => {
            Some((NodeKind::ServicePrincipal(id), display_name.clone()))
        }
        _ => None,
    });
    let named = named.or_else(|| Some((NodeKind::Group(id), directory.group_names.get(&id)?.clone())));
    named.or_else(|| {
        let mut recipients = landscape.exchange.recipients.present()?.values();
        let group = recipients.find(|one| {
            one.directory_id == Some(id) && matches!(one.kind, RecipientKind::List { .. } | RecipientKind::Group)
        })?;
        Some((NodeKind::Group(id), super::walk::name(group)))
    })
}
