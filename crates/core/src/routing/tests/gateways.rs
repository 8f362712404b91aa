//! What stands before the mailboxes (DOMAIN E4, E3). Mail of Microsoft's comes from outside, and so through it.

use tenant_contacts_api::{notice::Arrival, obstacle::Obstacle};

use crate::{
    answer::{HopKind, Node, NodeKind},
    landscape::{DomainType, Wanted},
    model::{Domain, Fact},
    routing::testing::{DOMAIN, Scene, at, missing},
};

const INSIDE: &str = "contoso-com.mail.protection.outlook.com";
const OUTSIDE: &str = "mx1.gateway.example";

/// Read on the 25th of November 2026.
const RECENT: Option<&str> = Some("2026-11-01");

fn ann() -> Scene {
    Scene::new().person("ann")
}

/// The gateway that mail to ann passes.
fn gateway(scene: &Scene) -> Option<Node> {
    let routed = scene.clone().technical(&[&at("ann")]).routed();
    let nodes = routed.answer.nodes;
    let address = nodes.iter().find(|node| node.kind == NodeKind::Address(at("ann"))).unwrap();
    let hop = address.hops.iter().find(|hop| hop.kind == HopKind::Passes)?;
    Some(nodes[hop.to.index()].clone())
}

#[test]
fn e4_a_host_that_is_not_exchange_onlines_and_that_nobody_declared_leaves_arrival_unknown() {
    let scene = ann().hosts(DOMAIN, &[OUTSIDE]).expect("ann", "GatewayUnverified");
    let gateway = gateway(&scene).unwrap();
    assert_eq!(&*gateway.label, OUTSIDE);
    let detail = &scene.mail("ann").blockages[0].detail;
    assert!(detail.contains(OUTSIDE) && detail.contains(DOMAIN), "{detail}");
}

#[test]
fn e4_exchange_onlines_own_host_alone_is_no_gateway() {
    let scene = ann().expect("ann", "Deliverable");
    assert!(gateway(&scene).is_none());
    ann().hosts(DOMAIN, &[INSIDE, "ms12345678.msv1.invalid"]).expect("ann", "Deliverable");
}

/// Which of the hosts takes a message is the sender's choice of the moment: the one that is not Exchange Online may.
#[test]
fn e4_a_host_beside_exchange_onlines_counts_whatever_their_order() {
    for hosts in [[INSIDE, OUTSIDE], [OUTSIDE, INSIDE]] {
        let scene = ann().hosts(DOMAIN, &hosts).expect("ann", "GatewayUnverified");
        assert_eq!(&*gateway(&scene).unwrap().label, OUTSIDE);
    }
}

#[test]
fn e4_somebodys_word_lets_mail_arrive_as_long_as_it_holds_and_the_answer_says_whose() {
    let scene = ann().hosts(DOMAIN, &[OUTSIDE]).gateway("Mailwall", &[], RECENT).expect("ann", "Deliverable");
    assert_eq!(&*gateway(&scene).unwrap().label, "Mailwall (attested by nadia on 2026-11-01)");
    for (day, words) in [
        (None, "nobody has attested what Mailwall does"),
        (Some("2026-05-28"), "nadia attested Mailwall on 2026-05-28"),
        (Some("2026-11-26"), "nadia attested Mailwall on 2026-11-26"),
        (Some("soon"), "a day that cannot be read"),
    ] {
        let scene = ann().hosts(DOMAIN, &[OUTSIDE]).gateway("Mailwall", &[], day).expect("ann", "GatewayUnverified");
        let detail = &scene.mail("ann").blockages[0].detail;
        assert!(detail.contains(words), "{detail}");
    }
    ann().hosts(DOMAIN, &[OUTSIDE]).gateway("Mailwall", &[], Some("2026-05-29")).expect("ann", "Deliverable");
}

#[test]
fn e4_of_several_gateways_the_one_without_a_word_decides() {
    let both =
        |second| ann().hosts(DOMAIN, &[OUTSIDE]).gateway("Mailwall", &[], RECENT).gateway("Archive", &[DOMAIN], second);
    both(RECENT).expect("ann", "Deliverable");
    let scene = both(None).expect("ann", "GatewayUnverified");
    assert!(gateway(&scene).unwrap().label.ends_with(", Archive"));
}

#[test]
fn e4_a_gateway_is_declared_for_its_own_domains() {
    let elsewhere = ann().hosts(DOMAIN, &[OUTSIDE]).gateway("Mailwall", &["fabrikam.example"], RECENT);
    elsewhere.expect("ann", "GatewayUnverified");
    ann().hosts(DOMAIN, &[OUTSIDE]).gateway("Mailwall", &[DOMAIN], RECENT).expect("ann", "Deliverable");
}

#[test]
fn e4_where_dns_does_not_tell_the_declaration_counts_and_without_one_nothing_is_said() {
    let facts = [missing(), Fact::Absent, Fact::Present([].into())];
    for fact in facts {
        let unasked = || ann().but(|l| drop(l.mail_exchangers.insert(DOMAIN.into(), fact.clone())));
        let scene = unasked().expect("ann", "Deliverable");
        assert!(gateway(&scene).is_none());
        let gaps = |scene: Scene| scene.technical(&[&at("ann")]).routed().answer.gaps;
        assert_eq!(gaps(scene), gaps(ann()), "DNS that fails leaves no gap");
        unasked().gateway("Mailwall", &[], None).expect("ann", "GatewayUnverified");
        unasked().gateway("Mailwall", &[], RECENT).expect("ann", "Deliverable");
    }
}

#[test]
fn e4_a_declared_gateway_that_mail_does_not_pass_changes_nothing() {
    let scene = ann().gateway("Mailwall", &[], None).expect("ann", "Deliverable");
    assert!(gateway(&scene).is_none());
}

#[test]
fn e4_who_takes_the_mail_of_a_domain_is_asked_once_and_never_of_the_initial_one() {
    let domain = |name: &str, initial| (name.into(), Domain { verified: Fact::Present(true), initial });
    let initial = "contoso.onmicrosoft.com";
    let scene = ann().person("bob").but(|l| {
        l.mail_exchangers.clear();
        l.domains = Fact::Present([domain(DOMAIN, false), domain(initial, true)].into());
        let accepted = [DOMAIN, initial].map(|name| (name.into(), DomainType::Authoritative));
        l.exchange.accepted_domains = Fact::Present(accepted.into());
    });
    let routed = scene.technical(&[&at("ann"), &at("bob"), "ann@contoso.onmicrosoft.com"]).routed();
    assert_eq!(routed.wanted, [Wanted::MailExchangers(DOMAIN.into())].into());
}

#[test]
fn e3_what_stops_mail_behind_a_gateway_stops_it_all_the_same() {
    let scene = ann().hosts(DOMAIN, &[OUTSIDE]);
    scene.clone().expect("none", "NoRecipient");
    let full = scene
        .but(|l| {
            l.exchange.sizes.insert("ann".into(), Fact::Present(200));
        })
        .expect("ann", "OverQuota");
    let obstacles: Vec<_> = full.mail("ann").blockages.iter().map(|one| one.obstacle).collect();
    assert_eq!(obstacles, [Obstacle::OverQuota], "the gateway is no reason why nothing arrives");
}

#[test]
fn e4_a_relayed_domain_is_behind_its_gateway_too() {
    let scene = ann().hosts(DOMAIN, &[OUTSIDE]).but(|l| {
        l.exchange.accepted_domains = Fact::Present([(DOMAIN.into(), DomainType::InternalRelay)].into());
    });
    scene.clone().expect("ann", "GatewayUnverified");
    assert_eq!(scene.mail("elsewhere").arrival, Arrival::Unknown);
}

/// Mail inside the organization passes no gateway: what a list or a forwarding hands on was let through once.
#[test]
fn e4_a_step_inside_passes_no_gateway_again() {
    let scene = Scene::new().person("ann").list("all", &["ann"]).person("bob").forwards("bob", "ann", false);
    let scene = scene.hosts(DOMAIN, &[OUTSIDE]).gateway("Mailwall", &[], RECENT);
    let routed = scene.technical(&[&at("all"), &at("bob")]).routed();
    let gateways = routed.answer.nodes.iter().filter(|node| matches!(node.kind, NodeKind::Gateway(_)));
    assert_eq!(gateways.count(), 2, "one for each address that notices are sent to");
}

#[test]
fn g2_what_is_known_of_the_domains_less_takes_no_gateway_away() {
    let hidden = ann().hosts(DOMAIN, &[OUTSIDE]).but(|l| l.exchange.accepted_domains = missing());
    assert_eq!(hidden.mail("ann").arrival, Arrival::Unknown);
    let hidden = ann().hosts(DOMAIN, &[OUTSIDE]).but(|l| l.domains = missing());
    hidden.expect("ann", "GatewayUnverified");
}
