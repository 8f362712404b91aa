//! What stands before every recipient of an Authoritative domain: the edge's own idea of who is there.

use crate::{
    landscape::{DomainType, RecipientKind},
    model::Fact,
    routing::testing::{DOMAIN, Scene, at},
};

/// A dynamic list of Ann, a static list around it, and a mailbox that forwards to it.
fn scene() -> Scene {
    let scene = Scene::new().person("ann").list("all", &["ann"]).list("ops", &["all"]);
    let scene = scene.with("all", |one| one.kind = RecipientKind::List { dynamic: true });
    scene.shared("desk", &[]).forwards("desk", "all", false)
}

fn with(kind: DomainType) -> Scene {
    scene().but(|l| l.exchange.accepted_domains = Fact::Present([(DOMAIN.into(), kind)].into()))
}

#[test]
fn a6_a_dynamic_list_in_an_authoritative_domain_is_unknown_from_outside() {
    let scene = scene().expect("all", "DynamicListAtEdge").expect("ALL@contoso.com", "DynamicListAtEdge");
    let node = scene.mail(&at("all"));
    let why = node.hops.iter().filter_map(|hop| hop.blockage.as_ref()).find(|one| one.detail.contains("edge"));
    assert!(why.is_some_and(|why| why.obstacle.remedy().contains("static list")), "with what helps");
}

#[test]
fn a6_a_static_list_in_front_of_a_dynamic_one_is_delivered_and_what_comes_from_inside_is_too() {
    scene().expect("ops", "Deliverable").expect("desk", "Deliverable");
    let smtp = scene().shared("front", &[]).forwards_smtp("front", "all@contoso.com", false);
    smtp.expect("front", "Deliverable");
    let contact = scene().contact("all.contact", "all@contoso.com");
    contact.expect("all.contact", "Deliverable");
}

#[test]
fn a6_a_domain_that_relays_what_it_does_not_know_lets_dynamic_lists_pass() {
    with(DomainType::InternalRelay).expect("all", "Deliverable");
    with(DomainType::ExternalRelay).expect("all", "RelayedElsewhere");
    with(DomainType::Authoritative).expect("all", "DynamicListAtEdge");
}

#[test]
fn a6_what_stops_a_dynamic_list_for_certain_still_does() {
    let closed = scene().with("all", |one| one.restrictions.authenticated_only = true);
    closed.expect("all", "RefusesExternalSenders");
    scene().but(|l| drop(l.exchange.members.insert("all".into(), Fact::Present([].into())))).expect("all", "EmptyList");
}
