//! From an address to somebody who reads it.

use tenant_contacts_api::{
    notice::{Arrival, Category, Reach},
    obstacle::Obstacle,
};

use crate::{
    answer::{HopKind, NodeKind},
    landscape::{DomainType, MailboxKind, RecipientKind, Reference, Trustee, Wanted},
    model::{Domain, Fact},
    routing::{
        NOTICE_SENDERS,
        testing::{Scene, at, id, keys, mailbox, missing},
    },
};

#[test]
fn f4_a_user_mailbox_is_read_by_its_enabled_owner() {
    let scene = Scene::new().person("ann").expect("ann", "Deliverable").expect("ANN@Contoso.com", "Deliverable");
    let scene = scene.disabled("ann").expect("ann", "DisabledOwner");
    scene.but(|l| l.directory.people = Fact::Present([].into())).expect("ann", "DisabledOwner");
}

#[test]
fn e3_a_user_mailbox_without_licence_is_going_and_a_shared_one_needs_none() {
    let scene = Scene::new().person("ann").shared("desk", &["ann"]).expect("desk", "Deliverable");
    scene.clone().mailbox("ann", |one| one.licensed = Fact::Present(false)).expect("ann", "NoLicence");
    scene.clone().change("ann", |one| one.exchange_plan = Fact::Present(false)).expect("ann", "NoLicence");
    scene.mailbox("ann", |one| one.licensed = Fact::Absent).expect("ann", "Deliverable");
}

/// One cause, one remedy: an account that is disabled is to be given no mailbox, its address another owner.
#[test]
fn c10_nobody_is_told_to_give_a_mailbox_to_an_account_that_is_disabled() {
    let shows = Scene::new().account("ann").change("ann", |one| one.mail = Fact::Present(at("ann")));
    shows.expect("ann", "NoMailbox").disabled("ann").expect("ann", "DisabledOwner");
    let user = Scene::new().account("ann").recipient("ann", RecipientKind::MailUser { external: Some(at("ann")) });
    let user = user.expect("ann", "NoMailbox").disabled("ann").expect("ann", "DisabledOwner");
    user.but(|l| l.directory.people = missing()).expect("ann", "NoMailbox");
    assert!(!Obstacle::DisabledOwner.remedy().contains("Give"), "{}", Obstacle::DisabledOwner.remedy());
}

#[test]
fn e3_a_full_mailbox_bounces() {
    let scene = Scene::new().person("ann");
    let full = |size| {
        scene.clone().but(|l| {
            l.exchange.sizes.insert("ann".into(), Fact::Present(size));
        })
    };
    full(99).expect("ann", "Deliverable");
    full(100).expect("ann", "OverQuota");
    full(100).mailbox("ann", |one| one.quota = Fact::Absent).expect("ann", "Deliverable");
}

#[test]
fn f4_a_shared_mailbox_needs_an_enabled_reader() {
    let scene = Scene::new().person("ann").person("bob").disabled("bob");
    scene.clone().shared("desk", &[]).expect("desk", "NoReader");
    scene.clone().shared("desk", &["bob"]).expect("desk", "NoReader");
    scene.clone().shared("desk", &["gone"]).expect("desk", "NotReadable");
    scene.clone().shared("desk", &["bob", "ann"]).expect("desk", "Deliverable");
    let named = |name: &str| {
        let name = name.to_owned();
        scene.clone().list("inner", &["ann"]).list("team", &["bob", "inner", "team"]).shared("desk", &[]).but(|l| {
            l.exchange.full_access.insert("desk".into(), Fact::Present([name.as_str().into()].into()));
        })
    };
    named("Team").expect("desk", "Deliverable");
    named("team@contoso.com").expect("desk", "Deliverable");
    named("Ann").expect("desk", "Deliverable");
    named("Some security group").expect("desk", "NotReadable");
    let gone = Trustee { name: "S-1-5-21-1".into(), recipient: Reference::Gone };
    let scene = scene.shared("desk", &[]);
    scene
        .but(|l| drop(l.exchange.full_access.insert("desk".into(), Fact::Present([gone].into()))))
        .expect("desk", "NoReader");
}

#[test]
fn f4_who_is_denied_access_reads_no_shared_mailbox_whatever_grants_it() {
    let denied = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).into()).collect();
        let scene = Scene::new().person("ann").person("bob").list("team", &["ann"]).shared("desk", &["ann"]);
        scene.but(|l| drop(l.exchange.denied_access.insert("desk".into(), names)))
    };
    denied(&["bob"]).expect("desk", "Deliverable");
    denied(&["ann@contoso.com"]).expect("desk", "NoReader");
    denied(&["team"]).expect("desk", "NoReader");
    denied(&["Some security group"]).expect("desk", "NotReadable");
}

#[test]
fn f4_a_list_is_delivered_if_one_member_is_reached() {
    let scene = Scene::new().person("ann").person("bob").disabled("bob");
    scene.clone().list("ops", &["bob", "ann"]).expect("ops", "Deliverable");
    scene.clone().list("ops", &["bob"]).expect("ops", "NoMemberReached");
    scene.clone().list("ops", &["nobody"]).expect("ops", "NoMemberReached");
    scene.clone().list("ops", &[]).expect("ops", "EmptyList");
    scene.clone().list("ops", &["in"]).list("in", &["ann"]).expect("ops", "Deliverable");
    let why = scene.list("ops", &["bob"]).mail("ops");
    assert_eq!(
        why.blockages.iter().map(|one| one.obstacle.as_str()).collect::<Vec<_>>(),
        ["NoMemberReached", "DisabledOwner", "AccountDisabled"]
    );
}

#[test]
fn lists_that_contain_each_other_loop_unless_somebody_is_in_them() {
    let scene = Scene::new().person("ann").list("a", &["b"]).list("b", &["a", "b"]);
    let scene = scene.expect("a", "Loop");
    scene.list("b", &["a", "ann"]).expect("a", "Deliverable");
}

#[test]
fn e3_a_list_that_takes_authenticated_senders_only_refuses_notices_and_f6_so_does_an_inner_one() {
    let scene = Scene::new().person("ann").list("in", &["ann"]).list("out", &["in"]).expect("out", "Deliverable");
    let refuses = scene.clone().with("in", |one| one.restrictions.authenticated_only = true);
    refuses.expect("in", "RefusesExternalSenders").expect("out", "NoMemberReached");
    scene.with("out", |one| one.restrictions.authenticated_only = true).expect("out", "RefusesExternalSenders");
}

#[test]
fn e3_acceptance_lists_know_microsofts_senders_only_through_contacts() {
    let scene = Scene::new().person("ann").person("bob").contact("ms", "msonlineservicesteam@microsoft.com");
    let with = |accept: &[&str], reject: &[&str]| {
        let (accept, reject) = (keys(accept), keys(reject));
        scene.clone().list("senders", &["ms"]).with("ann", |one| {
            one.restrictions.accept_only_from = accept;
            one.restrictions.reject_from = reject;
        })
    };
    with(&["bob"], &[]).about_passwords("ann", "SenderNotAccepted");
    // One of several senders: which of them a notice comes from is not known.
    with(&["ms"], &[]).about_passwords("ann", "RuleMayApply");
    with(&["senders"], &[]).about_passwords("ann", "RuleMayApply");
    with(&[], &["bob"]).about_passwords("ann", "Deliverable");
    with(&[], &["senders"]).about_passwords("ann", "RuleMayApply");
    let all = NOTICE_SENDERS
        .iter()
        .enumerate()
        .fold(scene.clone(), |scene, (number, sender)| scene.contact(&format!("sender {number}"), sender.address));
    let every: Vec<String> = (0..NOTICE_SENDERS.len()).map(|number| format!("sender {number}")).collect();
    let every: Vec<&str> = every.iter().map(String::as_str).collect();
    all.with("ann", |one| one.restrictions.reject_from = keys(&every)).about_passwords("ann", "SenderNotAccepted");
}

#[test]
fn e3_moderation_leaves_it_unknown() {
    let scene = Scene::new().person("ann").list("ops", &["ann"]);
    scene.with("ops", |one| one.restrictions.moderated = true).expect("ops", "Moderation");
}

#[test]
fn contract_29_only_those_who_follow_a_group_get_its_mail() {
    let scene = Scene::new().person("ann").person("bob").disabled("bob");
    scene.clone().group("team", &["ann"]).expect("team", "Deliverable");
    scene.clone().group("team", &[]).expect("team", "UnsubscribedMembers");
    scene.clone().group("team", &["bob"]).expect("team", "NoMemberReached");
    scene
        .group("team", &["ann"])
        .with("team", |one| one.restrictions.authenticated_only = true)
        .expect("team", "RefusesExternalSenders");
}

#[test]
fn an_address_that_nothing_has_bounces_and_says_who_had_it() {
    let scene = Scene::new().expect("ann", "NoRecipient");
    scene.clone().account("ann").change("ann", |one| one.mail = Fact::Present(at("ann"))).expect("ann", "NoMailbox");
    let other = Scene::new().person("ann").landscape;
    scene.clone().but(|l| l.exchange.soft_deleted = other.exchange.recipients.clone()).expect("ann", "SoftDeleted");
    scene.clone().but(|l| l.directory.deleted = other.directory.people.clone()).expect("ann", "SoftDeleted");
    scene.expect("not an address", "NotAnAddress");
}

#[test]
fn an_alias_whatever_its_prefixs_case_leads_to_the_mailbox_and_another_protocols_does_not() {
    let scene = Scene::new().person("ann").with("ann", |one| {
        one.addresses =
            ["SMTP:ann@contoso.com".into(), "smtp:Noc@contoso.com".into(), "SIP:sip@contoso.com".into()].into();
    });
    scene.expect("noc", "Deliverable").expect("sip", "NoRecipient").expect("ann+tag", "NotReadable");
}

#[test]
fn domains_that_are_relayed_or_not_verified_are_told_apart() {
    let scene = Scene::new().person("ann");
    let kind = |kind| {
        scene.clone().but(|l| l.exchange.accepted_domains = Fact::Present([("contoso.com".into(), kind)].into()))
    };
    kind(DomainType::InternalRelay).expect("ann", "Deliverable").expect("bob", "RelayedElsewhere");
    kind(DomainType::ExternalRelay).expect("ann", "RelayedElsewhere").expect("bob", "RelayedElsewhere");
    let domains = |verified| {
        scene.clone().but(|l| {
            let domain = Domain { verified: Fact::Present(verified), initial: false };
            let Fact::Present(domains) = &mut l.domains else { panic!() };
            domains.insert("new.example".into(), domain);
        })
    };
    // F5: nobody here, and perhaps somebody where its mail exchanger is.
    domains(false).expect("x@new.example", "UnverifiedDomain");
    assert_eq!(domains(false).mail("x@new.example").arrival, Arrival::Unknown);
    domains(false).exchanger("new.example", false).expect("x@new.example", "NoMailExchanger");
    domains(true).expect("x@new.example", "OutsideAddress");
}

/// What is not said of one domain takes nothing from the others.
#[test]
fn a3_a_domain_of_which_nothing_is_said_is_unknown_and_the_others_are_what_they_are() {
    let scene = Scene::new().person("ann").but(|l| {
        let Fact::Present(domains) = &mut l.domains else { panic!() };
        let verified = Fact::Unknown(crate::model::Unknown::ReadFailed("whether a domain is verified".into()));
        domains.insert("new.example".into(), Domain { verified, initial: false });
    });
    let scene = scene.expect("ann", "Deliverable");
    let scene = scene.but(|l| l.exchange.accepted_domains = Fact::Unknown(crate::model::Unknown::NotRead));
    scene.expect("x@new.example", "NotReadable").expect("x@other.example", "PersonalAddress");
}

#[test]
fn f5_an_address_outside_is_unknown_and_says_whether_it_is_personal() {
    let mut scene = Scene::new().exchanger("gmail.com", true).exchanger("partner.example", true);
    scene.declared.own_domains = ["group.example".into()].into();
    let scene = scene.expect("x@gmail.com", "PersonalAddress").expect("x@partner.example", "PersonalAddress");
    let scene = scene.expect("x@group.example", "OutsideAddress").expect("x@sub.group.example", "PersonalAddress");
    scene.exchanger("partner.example", false).expect("x@partner.example", "NoMailExchanger");
}

#[test]
fn a3_an_address_of_somebody_who_left_says_so() {
    let scene = Scene::new().account("bob").alternates("bob", &["Bob@gmail.com"]).account("ann");
    let scene =
        scene.expect("bob@gmail.com", "PersonalAddress").disabled("bob").expect("bob@gmail.com", "DepartedPerson");
    scene.alternates("ann", &["bob@gmail.com"]).expect("bob@gmail.com", "PersonalAddress");
}

#[test]
fn a_mail_user_leads_outside_and_one_without_an_outside_address_has_no_mailbox() {
    let scene = Scene::new().contact("ext", "x@partner.example").expect("ext", "PersonalAddress");
    let scene = scene.recipient("eve", RecipientKind::MailUser { external: None }).expect("eve", "NoMailbox");
    let own = RecipientKind::MailUser { external: Some(at("kim")) };
    let scene = scene.recipient("kim", own).expect("kim", "NoMailbox");
    let relay = [("contoso.com".into(), DomainType::InternalRelay)].into();
    scene.but(|l| l.exchange.accepted_domains = Fact::Present(relay)).expect("kim", "RelayedElsewhere");
}

#[test]
fn a_room_and_an_unknown_kind_of_recipient_leave_it_unknown() {
    let scene = Scene::new().person("ann").recipient("room", RecipientKind::Mailbox(mailbox(MailboxKind::Resource)));
    let scene =
        scene.but(|l| drop(l.exchange.full_access.insert("room".into(), Fact::Present([(&*at("ann")).into()].into()))));
    scene
        .expect("room", "RuleMayApply")
        .recipient("pf", RecipientKind::Other("PublicFolder".into()))
        .expect("pf", "NotReadable");
}

#[test]
fn f1_people_are_counted_and_not_addresses() {
    let scene = Scene::new().person("ann").person("bob").shared("desk", &["ann"]).list("ops", &["ann", "desk"]);
    let answer =
        scene.clone().technical(&[&at("ann"), &at("desk"), &at("ops")]).category(Category::ServiceAndTechnical);
    assert_eq!((answer.reach, answer.certain.len(), answer.recipients.len()), (Reach::OnePerson, 1, 3));
    let answer =
        scene.clone().list("ops", &["ann", "bob"]).technical(&[&at("ops")]).category(Category::ServiceAndTechnical);
    assert_eq!(answer.reach, Reach::SeveralPeople);
    let answer = scene.clone().technical(&[&at("none")]).category(Category::ServiceAndTechnical);
    assert_eq!((answer.reach, answer.recipients[0].verdict), (Reach::NobodyKnown, Arrival::Undeliverable));
    let answer = scene.technical(&["x@gmail.com"]).category(Category::ServiceAndTechnical);
    assert_eq!((answer.reach, answer.certain.len()), (Reach::Unknown, 0));
}

#[test]
fn every_detail_that_the_walk_meets_is_wanted_and_no_other() {
    let mut scene =
        Scene::new().person("ann").person("far").list("ops", &["ann"]).shared("desk", &["ann"]).group("team", &["ann"]);
    let exchange = &mut scene.landscape.exchange;
    exchange.members.clear();
    exchange.subscribers.clear();
    exchange.full_access.clear();
    exchange.inbox_rules.clear();
    exchange.sizes.clear();
    let scene = scene.technical(&[&at("ops"), &at("desk"), &at("team"), "x@gmail.com"]);
    let wanted: Vec<_> = scene.routed().wanted.into_iter().collect();
    assert_eq!(
        wanted,
        [
            Wanted::Members("ops".into()),
            Wanted::Subscribers("team".into()),
            Wanted::FullAccess("desk".into()),
            Wanted::InboxRules("desk".into()),
            Wanted::Size("desk".into()),
            Wanted::MailExchangers("gmail.com".into()),
        ]
    );
    let scene = scene.list("ops", &["ann"]).but(|l| drop(l.exchange.full_access.insert("desk".into(), missing())));
    let wanted = scene.routed().wanted;
    assert!(wanted.contains(&Wanted::InboxRules("ann".into())), "the list's members are known now");
    assert!(!wanted.contains(&Wanted::FullAccess("desk".into())), "asked, and not told");
    assert!(!wanted.contains(&Wanted::InboxRules("far".into())), "no notice leads there");
}

#[test]
fn a_place_is_judged_once_however_many_notices_lead_to_it() {
    let scene =
        Scene::new().person("ann").list("ops", &["ann"]).technical(&[&at("ops"), &at("ann")]).privacy(&[&at("ann")]);
    let nodes = scene.routed().answer.nodes;
    assert_eq!(nodes.iter().filter(|node| node.kind == NodeKind::Mailbox("ann".into())).count(), 1);
    let mailbox = nodes.iter().find(|node| node.kind == NodeKind::Mailbox("ann".into())).unwrap();
    assert_eq!(mailbox.hops[0].kind, HopKind::Reads);
    assert!(nodes[mailbox.hops[0].to.index()].kind == NodeKind::Person(id("ann")));
}

#[test]
fn g2_a_contact_that_could_not_be_read_whole_still_stands_for_its_address() {
    let refuses = |kind: RecipientKind| {
        let senders = crate::routing::NOTICE_SENDERS.iter();
        let scene = senders.fold(Scene::new().person("ann"), |scene, sender| {
            scene.recipient(sender.address, kind.clone()).with(sender.address, |one| {
                one.addresses = [format!("SMTP:{}", sender.address).into()].into();
            })
        });
        let keys: Vec<&str> = crate::routing::NOTICE_SENDERS.iter().map(|sender| sender.address).collect();
        scene.with("ann", |one| one.restrictions.reject_from = crate::routing::testing::keys(&keys))
    };
    refuses(RecipientKind::Contact { external: None }).about_passwords("ann", "SenderNotAccepted");
    refuses(RecipientKind::Other("MailContact".into())).about_passwords("ann", "SenderNotAccepted");
}
