//! Hybrid organizations: recipients whose mailbox may be on-premises.

use crate::{
    landscape::{OutboundConnector, RecipientKind},
    model::Fact,
    routing::testing::{Scene, at, missing},
};

/// Kim is a mail user with the own address as the external one, as each mailbox on-premises is.
fn scene(synchronised: Option<bool>) -> Scene {
    let own = RecipientKind::MailUser { external: Some(at("kim")) };
    let scene = Scene::new().account("kim").recipient("kim", own);
    scene.with("kim", |one| one.synchronised = synchronised)
}

fn connector(on_premises: bool, domains: &[&str]) -> OutboundConnector {
    OutboundConnector {
        name: "To the data centre".into(),
        on_premises,
        domains: domains.iter().map(|one| (*one).into()).collect(),
    }
}

#[test]
fn a5_a_synchronised_recipient_may_have_its_mailbox_on_premises() {
    scene(Some(true)).expect("kim", "RelayedElsewhere");
    scene(Some(true))
        .with("kim", |one| one.kind = RecipientKind::MailUser { external: None })
        .expect("kim", "RelayedElsewhere");
    scene(Some(false)).expect("kim", "NoMailbox");
}

#[test]
fn a5_whoever_says_that_it_is_synchronised_is_believed_and_silence_is_no_word() {
    let person = |synchronised: Fact<bool>| scene(None).change("kim", |person| person.synchronised = synchronised);
    person(Fact::Present(true)).expect("kim", "RelayedElsewhere");
    person(Fact::Absent).expect("kim", "NoMailbox");
    person(missing()).expect("kim", "NotReadable");
    scene(Some(false))
        .change("kim", |person| person.synchronised = Fact::Present(true))
        .expect("kim", "RelayedElsewhere");
    scene(None).but(|l| l.directory.people = missing()).expect("kim", "NotReadable");
    scene(None).with("kim", |one| one.directory_id = None).expect("kim", "NotReadable");
}

#[test]
fn a5_it_is_unknown_behind_lists_and_forwards_and_for_administrators_too() {
    let scene = scene(Some(true)).list("ops", &["kim"]).shared("desk", &[]).forwards("desk", "kim", false);
    let scene = scene.expect("ops", "RelayedElsewhere").expect("desk", "RelayedElsewhere");
    let scene = scene.change("kim", |person| person.mail = Fact::Present(at("kim")));
    let scene = scene.role(crate::model::role::GLOBAL_ADMINISTRATOR, "kim").privacy(&[]);
    let answer = scene.category(tenant_contacts_api::notice::Category::PasswordResetRequest);
    assert_eq!(answer.reach, tenant_contacts_api::notice::Reach::Unknown, "an administrator's own address");
}

#[test]
fn a5_an_account_that_shows_an_address_and_is_no_recipient_here_may_be_one_on_premises() {
    let account = |synchronised: Fact<bool>| {
        Scene::new().account("kim").change("kim", |person| {
            person.mail = Fact::Present(at("kim"));
            person.synchronised = synchronised;
        })
    };
    account(Fact::Present(true)).expect("kim", "RelayedElsewhere");
    account(missing()).expect("kim", "NotReadable");
    account(Fact::Absent).expect("kim", "NoMailbox");
}

#[test]
fn a5_an_outbound_connector_that_leads_there_is_named() {
    let said = |connectors: Vec<OutboundConnector>| {
        let scene = scene(Some(true)).but(|l| l.exchange.outbound_connectors = Fact::Present(connectors.into()));
        let answer = scene.expect("kim", "RelayedElsewhere").technical(&[&at("kim")]).routed().answer;
        answer.nodes.iter().flat_map(|node| &node.blockages).map(|one| one.detail.to_string()).collect::<String>()
    };
    for domains in [&["contoso.com"][..], &["*"], &["*.contoso.com"]] {
        assert!(
            said(vec![connector(true, domains)]).contains("\"To the data centre\" takes mail there"),
            "{domains:?}"
        );
    }
    for other in [vec![], vec![connector(false, &["*"])], vec![connector(true, &["toso.com", "*.sub.contoso.com"])]] {
        assert!(said(other).contains("no outbound connector leads there"));
    }
    let unread = scene(Some(true)).but(|l| l.exchange.outbound_connectors = missing());
    let gaps = unread.expect("kim", "RelayedElsewhere").technical(&[&at("kim")]).routed().answer.gaps;
    assert!(gaps.iter().any(|gap| &*gap.what == "outbound connectors"));
}
