//! Mailboxes of people who have left, handed over to others; holders of roles without an address, or through a group (DOMAIN F2, F4).

use tenant_contacts_api::{
    notice::{Arrival, Category, Reach, Selected},
    v1alpha1::{MailIntent, MailUse},
};

use crate::{
    answer::{DeclaredContact, NodeKind},
    landscape::Principal,
    model::{Fact, role},
    routing::testing::{Scene, at, id, missing},
};

/// Ann has left, and Bob and Eve were given her mailbox.
fn handed_over() -> Scene {
    Scene::new().person("ann").person("bob").person("eve").disabled("ann").delegates("ann", &["bob", "eve"])
}

#[test]
fn a13_delegates_of_a_handed_over_mailbox_are_shown_and_whether_they_read_it_is_unknown() {
    let scene = handed_over().expect("ann", "HandedOver");
    let answer = scene.clone().technical(&[&at("ann")]).category(Category::ServiceAndTechnical);
    assert_eq!((answer.certain.len(), answer.possible.len(), answer.reach), (0, 2, Reach::Unknown));
    // Nobody is left who could.
    Scene::new().person("ann").disabled("ann").expect("ann", "DisabledOwner");
    handed_over().disabled("bob").disabled("eve").expect("ann", "DisabledOwner");
    // Who can open it is not known.
    handed_over().but(|l| drop(l.exchange.full_access.insert("ann".into(), missing()))).expect("ann", "NotReadable");
    // What never comes there nobody reads.
    let drained = handed_over().list("void", &[]).forwards("ann", "void", false);
    assert_eq!(drained.mail("ann").arrival, Arrival::Undeliverable);
    let deleted = handed_over().rule("ann", |rule| rule.deletes = true);
    assert_eq!(deleted.mail("ann").arrival, Arrival::Undeliverable);
    let unlicensed = handed_over().mailbox("ann", |mailbox| mailbox.licensed = Fact::Present(false));
    unlicensed.expect("ann", "NoLicence");
}

#[test]
fn a13_a_handed_over_mailbox_arrives_where_somebody_declares_who_reads_it() {
    let declare = |intent, path: Option<&str>| {
        let mut scene = handed_over();
        let mail = Some(MailUse { intent, alternate_path: path.map(str::to_owned) });
        scene.declared.contacts.insert(at("ann"), DeclaredContact { mail, ..DeclaredContact::default() });
        scene
    };
    let scene = declare(MailIntent::Receives, Some("read by Bob, who took over")).expect("ann", "Deliverable");
    let answer = scene.technical(&[&at("ann")]).category(Category::ServiceAndTechnical);
    assert_eq!(answer.reach, Reach::SeveralPeople);
    // It was meant to receive mail when its person was there: that says nothing of who reads it now.
    drop(declare(MailIntent::Receives, None).expect("ann", "HandedOver"));
    drop(declare(MailIntent::NotMailEnabled, Some("the on-call mailbox")).expect("ann", "HandedOver"));
    // And a word alone reads nothing.
    declare(MailIntent::Receives, Some("read by Bob")).delegates("ann", &[]).expect("ann", "DisabledOwner");
}

/// An account that fills a tier and has no address: mail is sent to nobody, and to nobody of the tiers below either.
#[test]
fn a13_a_holder_without_any_address_is_chosen_and_nothing_arrives() {
    let scene = Scene::new().account("bare").person("ann");
    let scene = scene.role(role::HELPDESK_ADMINISTRATOR, "bare").role(role::GLOBAL_ADMINISTRATOR, "ann");
    let answer = scene.routed().answer;
    let reset = answer.category(Category::PasswordResetRequest).unwrap();
    let [only] = &reset.recipients[..] else { panic!("{:?}", reset.recipients) };
    assert_eq!((only.selected, only.arrival, reset.reach), (Selected::Yes, Arrival::Undeliverable, Reach::Nobody));
    assert_eq!(only.decisive(&answer).unwrap().obstacle.as_str(), "NoAddress");
    // Another notice reaches the account at an address that this one is not sent to.
    let scene = Scene::new().person("ann").account("bare").alternates("bare", &["ann@contoso.com"]);
    let answer = scene.role(role::GLOBAL_ADMINISTRATOR, "bare").routed().answer;
    let of = |category| answer.category(category).unwrap().recipients.iter().map(|one| one.arrival).collect::<Vec<_>>();
    assert_eq!(of(Category::PasswordResetRequest), [Arrival::Deliverable], "alternates as well");
    assert_eq!(of(Category::AdminPasswordChanged), [Arrival::Undeliverable], "the primary address only");
    assert!(answer.nodes.iter().any(|node| matches!(node.kind, NodeKind::NoAddress(_))));
}

fn through_group(scene: Scene, role: uuid::Uuid, members: &[&str]) -> Scene {
    let members = Fact::Present(members.iter().map(|one| id(one)).collect());
    let group = Principal::Group { id: id("group"), display_name: "Group".into() };
    scene.assign(role, group, true).but(|l| drop(l.directory.group_members.insert(id("group"), members)))
}

/// Of a similar mail Microsoft says that whoever holds the role through a group is not mailed; of this one it says nothing.
#[test]
fn a13_a_tier_that_only_members_of_a_group_hold_is_unknown_and_so_are_those_below() {
    let scene = Scene::new().person("ann").person("bob").role(role::GLOBAL_ADMINISTRATOR, "bob");
    let scene = through_group(scene, role::HELPDESK_ADMINISTRATOR, &["ann"]);
    let reset = scene.category(Category::PasswordResetRequest);
    let selected: Vec<_> = reset.recipients.iter().map(|one| one.selected).collect();
    assert_eq!((selected, reset.reach), (vec![Selected::Unknown; 2], Reach::Unknown));
    let why: Vec<_> = reset.recipients.iter().map(|one| one.unselected.as_ref().unwrap().obstacle.as_str()).collect();
    assert!(why.contains(&"ThroughGroup"), "{why:?}");
    // Somebody who holds it directly fills the tier, and who is in the group beside stays unknown.
    let filled = scene.clone().person("eve").role(role::PASSWORD_ADMINISTRATOR, "eve");
    let reset = filled.category(Category::PasswordResetRequest);
    assert_eq!((reset.certain.len(), reset.possible.len(), reset.recipients.len()), (1, 1, 2));
    // Held both ways, it is held.
    let both = scene.role(role::HELPDESK_ADMINISTRATOR, "ann");
    assert_eq!(both.category(Category::PasswordResetRequest).reach, Reach::OnePerson);
}

/// Other notices that go by a role leave it as open.
#[test]
fn a13_whether_a_notice_by_role_goes_to_members_of_a_group_is_unknown() {
    let scene = through_group(Scene::new().person("ann"), role::GLOBAL_ADMINISTRATOR, &["ann"]);
    assert_eq!(scene.category(Category::Privacy).reach, Reach::Unknown);
}
