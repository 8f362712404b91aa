//! What is not readable is unknown, and says which permission would tell (DOMAIN G1, G2).

use tenant_contacts_api::notice::{Category, Reach};

use crate::{
    answer::{Outcome, outcome},
    landscape::{Landscape, Person},
    model::{Fact, ServiceFailure, Unknown, role},
    permission::EXCHANGE_APPLICATION,
    routing::testing::{Scene, at, missing},
};

#[test]
fn g2_a_tenant_of_which_nothing_could_be_read_has_no_defect_and_no_green_light() {
    let answer = crate::routing::answer(&Landscape::default(), &crate::answer::Declared::default()).answer;
    for category in &answer.categories {
        let expected =
            if category.category == Category::UserPasswordReset { Reach::NotApplicable } else { Reach::Unknown };
        assert_eq!(category.reach, expected, "{}", category.category);
    }
    let what: Vec<_> = answer.gaps.iter().map(|gap| &*gap.what).collect();
    for gap in ["role assignments", "technical contacts", "partner profile", "billing accounts"] {
        assert!(what.contains(&gap), "{gap}: {what:?}");
    }
    assert!(answer.gaps.iter().all(|gap| gap.tells.starts_with("It would tell ")));
}

/// A property that was answered, and not as it should be.
fn spoiled<T>() -> Fact<T> {
    Fact::Unknown(Unknown::ServiceFailed("reading accounts".into(), ServiceFailure::Unintelligible))
}

#[test]
fn b2_an_administrator_whose_properties_are_spoiled_is_no_success() {
    let scene = Scene::new().person("ann").role(role::GLOBAL_ADMINISTRATOR, "ann");
    let of = |scene: &Scene, category| {
        let answer = scene.routed().answer;
        outcome(&answer, Some(category))
    };
    for category in [Category::Privacy, Category::PasswordResetRequest] {
        assert_eq!(of(&scene, category), Outcome::EverybodyReached, "{category}");
        let changes: [fn(&mut Person); 2] = [|ann| ann.enabled = spoiled(), |ann| ann.mail = spoiled()];
        for change in changes {
            assert_eq!(of(&scene.clone().change("ann", change), category), Outcome::Unknown, "{category}");
        }
    }
}

/// Mail to whom, the reading that is missing, and what takes it away.
type Case = (&'static str, &'static str, fn(&mut Landscape));

#[test]
fn g1_each_reading_that_is_missing_leaves_the_mail_unknown_and_is_named() {
    let scene = Scene::new()
        .person("ann")
        .list("ops", &["ann"])
        .shared("desk", &["ann"])
        .group("team", &["ann"])
        .forwards_smtp("desk", "x@gmail.com", true);
    let cases: &[Case] = &[
        ("ann", "accounts", |l| l.directory.people = missing()),
        ("ann", "mailboxes and lists", |l| l.exchange.recipients = missing()),
        ("ann", "accepted domains", |l| l.exchange.accepted_domains = missing()),
        ("ann", "inbox rules", |l| drop(l.exchange.inbox_rules.insert("ann".into(), missing()))),
        ("ann", "mailbox sizes", |l| {
            l.exchange.sizes.insert("ann".into(), missing());
        }),
        ("ann", "transport rules", |l| l.exchange.transport_rules = missing()),
        ("ann", "anti-spam policies", |l| l.exchange.content_filters = missing()),
        ("ann", "tenant allow/block list", |l| l.exchange.allow_entries = missing()),
        ("ops", "members of lists", |l| drop(l.exchange.members.insert("ops".into(), missing()))),
        ("team", "subscribers of groups", |l| drop(l.exchange.subscribers.insert("team".into(), missing()))),
        ("desk", "mailbox permissions", |l| drop(l.exchange.full_access.insert("desk".into(), missing()))),
    ];
    for (to, what, change) in cases {
        let scene = scene.clone().but(change).expect(to, "NotReadable");
        let gaps = scene.technical(&[&at(to)]).routed().answer.gaps;
        let gap = gaps.iter().find(|gap| *gap.what == **what).unwrap_or_else(|| panic!("{what}: {gaps:?}"));
        assert!(matches!(&gap.why, Unknown::PermissionMissing(_)));
    }
}

fn lacks<T>(permission: &'static str) -> Fact<T> {
    Fact::Unknown(Unknown::PermissionMissing(permission.into()))
}

#[test]
fn c4_what_is_missing_is_counted_for_the_notices_that_are_unknown_for_want_of_it() {
    let known = Scene::new().person("ann").role(role::GLOBAL_ADMINISTRATOR, "ann").technical(&[&at("ann")]);
    let lacking = |scene: &Scene, category| scene.routed().answer.lacking.remove(&category).unwrap_or_default();
    // Nothing is missing: who has turned a mail off no permission tells.
    let before = known.routed().answer;
    assert_eq!(before.category(Category::AdminPasswordChanged).unwrap().reach, Reach::Unknown);
    assert_eq!(before.lacking.get(&Category::AdminPasswordChanged), None);
    // On the way: everything that goes to a mailbox.
    let exchange = known.clone().but(|l| l.exchange.recipients = lacks(EXCHANGE_APPLICATION));
    for category in [Category::ServiceAndTechnical, Category::PasswordResetRequest, Category::AdminPasswordChanged] {
        assert_eq!(lacking(&exchange, category), [EXCHANGE_APPLICATION].into(), "{category}");
    }
    // In what chooses: the field's own notices alone.
    let field = known.clone().but(|l| l.organization.technical = lacks("Organization.Read.All"));
    assert_eq!(lacking(&field, Category::ServiceAndTechnical), ["Organization.Read.All"].into());
    assert_eq!(lacking(&field, Category::PasswordResetRequest), [].into());
    let roles = known.clone().but(|l| l.directory.active = lacks("RoleManagement.Read.Directory"));
    assert_eq!(lacking(&roles, Category::PasswordResetRequest), ["RoleManagement.Read.Directory"].into());
    // Of a notice that somebody certainly receives nothing is missing.
    assert_eq!(lacking(&roles, Category::ServiceAndTechnical), [].into());
    // Eligible holders are told nothing.
    let eligible = known.clone().but(|l| l.directory.eligible = lacks("RoleEligibilitySchedule.Read.Directory"));
    assert_eq!(lacking(&eligible, Category::PasswordResetRequest), [].into());
    // A read that failed no grant mends.
    let failed = known.but(|l| l.exchange.recipients = spoiled());
    assert_eq!(lacking(&failed, Category::ServiceAndTechnical), [].into());
}

#[test]
fn g2_without_exchange_a_disabled_account_says_nothing_and_a_deleted_one_does() {
    let scene = Scene::new().shared("desk", &[]).person("ann").but(|l| l.exchange.recipients = missing());
    let scene = scene.expect("desk", "NotReadable").expect("ann", "NotReadable").expect("none", "NotReadable");
    let answer = scene.clone().technical(&[&at("ann")]).category(Category::ServiceAndTechnical);
    assert_eq!((answer.certain.len(), answer.possible.len()), (0, 1), "ann may read it");
    let gone = Scene::new().person("gone").landscape.directory.people;
    scene.but(|l| l.directory.deleted = gone).expect("gone", "SoftDeleted");
}

#[test]
fn g1_without_roles_nobody_can_be_named() {
    let scene = Scene::new().person("ann").role(role::GLOBAL_ADMINISTRATOR, "ann");
    let scene = scene.but(|l| l.directory.active = missing());
    for category in [Category::PasswordResetRequest, Category::AdminPasswordChanged, Category::Privacy] {
        assert_eq!(scene.category(category).reach, Reach::Unknown, "{category}");
    }
    let people =
        Scene::new().person("ann").role(role::GLOBAL_ADMINISTRATOR, "ann").but(|l| l.directory.people = missing());
    assert_eq!(people.category(Category::PasswordResetRequest).reach, Reach::Unknown);
    let mail =
        Scene::new().person("ann").role(role::GLOBAL_ADMINISTRATOR, "ann").change("ann", |ann| ann.mail = missing());
    assert_eq!(mail.category(Category::PasswordResetRequest).reach, Reach::Unknown);
}

#[test]
fn g1_what_cannot_be_read_of_the_border_leaves_a_forward_unknown() {
    let scene = Scene::new().person("ann").exchanger("gmail.com", true).forwards_smtp("ann", "x@gmail.com", false);
    let policies = scene.clone().but(|l| l.exchange.outbound_policies = missing()).expect("ann", "NotReadable");
    drop(policies.remote("*", false).expect("ann", "ForwardBouncedByRemoteDomain"));
    scene.clone().but(|l| l.created = missing()).expect("ann", "NotReadable");
    let eligible = Scene::new().but(|l| l.directory.eligible = Fact::Unknown(Unknown::NotRead));
    assert_eq!(
        eligible.category(Category::PasswordResetRequest).reach,
        Reach::Nobody,
        "eligible holders are told nothing"
    );
}

#[test]
fn g2_an_address_that_is_unknown_is_not_made_good_by_one_that_another_notice_uses() {
    let scene = Scene::new().person("ann").person("eve").alternates("ann", &["eve@contoso.com"]);
    let scene = scene.role(role::GLOBAL_ADMINISTRATOR, "ann").role(role::HELPDESK_ADMINISTRATOR, "ann");
    let scene = scene.change("ann", |ann| ann.mail = missing());
    assert_eq!(scene.category(Category::Privacy).reach, Reach::OnePerson, "the alternate is used too");
    assert_eq!(scene.category(Category::PasswordResetRequest).reach, Reach::Unknown, "the primary, which is not known");
}
