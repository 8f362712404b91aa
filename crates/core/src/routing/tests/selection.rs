//! Whom Microsoft chooses.

use jiff::civil::date;
use tenant_contacts_api::{
    notice::{Arrival, Category, Confidence, Reach, Selected},
    obstacle::Obstacle,
};

use crate::{
    answer::{CategoryAnswer, DeclaredContact, NodeKind},
    landscape::{
        Agreement, Assignment, BillingAccount, BillingHolder, BillingProfile, BillingRole, LegalProfile, Principal,
    },
    model::{Fact, role},
    routing::testing::{Scene, at, id, missing},
};

const HELPDESK: uuid::Uuid = role::HELPDESK_ADMINISTRATOR;
const PASSWORD: uuid::Uuid = role::PASSWORD_ADMINISTRATOR;
const USER: uuid::Uuid = role::USER_ADMINISTRATOR;
const GLOBAL: uuid::Uuid = role::GLOBAL_ADMINISTRATOR;
const BILLING: uuid::Uuid = role::BILLING_ADMINISTRATOR;

/// Labels of the recipients' last places with selection, verdict and reason.
fn told(scene: &Scene, category: Category) -> Vec<String> {
    let routed = scene.routed();
    let answer = routed.answer.category(category).unwrap();
    let mut found: Vec<String> = answer
        .recipients
        .iter()
        .map(|one| {
            let label = &routed.answer.node(one.end().unwrap()).unwrap().label;
            let why = one.unselected.as_ref().map(|why| format!(" {}", why.obstacle)).unwrap_or_default();
            format!("{} {:?} {}{why}", label.split('@').next().unwrap(), one.selected, one.verdict.as_str())
        })
        .collect();
    found.sort();
    found
}

fn reset(scene: &Scene) -> CategoryAnswer {
    scene.category(Category::PasswordResetRequest)
}

fn people() -> Scene {
    Scene::new().person("ann").person("bob").person("eve").person("kim")
}

#[test]
fn b1_the_highest_tier_that_is_filled_is_told_and_b3_the_others_are_named() {
    let scene = people().role(GLOBAL, "ann").role(GLOBAL, "bob");
    assert_eq!(told(&scene, Category::PasswordResetRequest), ["ann Yes Deliverable", "bob Yes Deliverable"]);
    assert_eq!(reset(&scene).reach, Reach::SeveralPeople);
    let scene = scene.role(USER, "eve");
    assert_eq!(told(&scene, Category::PasswordResetRequest), ["eve Yes Deliverable"]);
    let scene = scene.role(PASSWORD, "kim");
    assert_eq!(told(&scene, Category::PasswordResetRequest), ["kim Yes Deliverable"]);
    let answer = reset(&scene);
    assert_eq!(answer.reach, Reach::OnePerson);
    assert!(
        answer
            .notes
            .iter()
            .any(|note| note.contains("2 holders of the role Global Administrator receive no reset requests")
                && note.contains("ann@contoso.com, bob@contoso.com")),
        "{:?}",
        answer.notes
    );
    let scene = scene.role(HELPDESK, "ann");
    assert_eq!(told(&scene, Category::PasswordResetRequest), ["ann Yes Deliverable", "kim Yes Deliverable"]);
}

#[test]
fn b1_nobody_at_all_answers() {
    let scene = Scene::new();
    assert_eq!(reset(&scene).reach, Reach::Nobody);
    let scene = Scene::new().account("ann").role(GLOBAL, "ann");
    assert_eq!(told(&scene, Category::PasswordResetRequest), ["no address Yes Undeliverable"]);
    assert_eq!(reset(&scene).reach, Reach::Nobody);
}

#[test]
fn f2_a_tier_that_may_not_count_leaves_itself_and_those_below_unknown() {
    let application = Principal::ServicePrincipal { id: id("app"), display_name: "App".into() };
    let doubtful: [(&str, Scene); 4] = [
        ("disabled", people().disabled("kim").role(HELPDESK, "kim")),
        ("scoped", people().assign(HELPDESK, Principal::Person(id("kim")), false)),
        ("application", people().assign(HELPDESK, application, true)),
        ("guest", people().change("kim", |kim| kim.guest = Fact::Present(true)).role(HELPDESK, "kim")),
    ];
    for (name, scene) in doubtful {
        let scene = scene.role(GLOBAL, "ann");
        let told = told(&scene, Category::PasswordResetRequest);
        assert!(told.contains(&"ann Unknown Unknown NotReadable".to_owned()), "{name}: {told:?}");
        assert_eq!(reset(&scene).reach, Reach::Unknown, "{name}");
        // The next tier that is filled ends it all the same: below it, nobody is told in either case.
        let scene = scene.role(USER, "bob");
        let scoped = self::told(&scene, Category::PasswordResetRequest);
        assert!(scoped.iter().all(|one| !one.starts_with("ann")), "{name}: {scoped:?}");
    }
}

#[test]
fn f2_one_who_certainly_counts_fills_a_tier_whoever_else_is_in_it() {
    let scene =
        people().role(HELPDESK, "ann").assign(HELPDESK, Principal::Person(id("kim")), false).role(GLOBAL, "bob");
    let scene = scene.disabled("eve").role(HELPDESK, "eve");
    let expected =
        ["ann Yes Deliverable", "eve Unknown Undeliverable AccountDisabled", "kim Unknown Unknown ScopedRole"];
    assert_eq!(told(&scene, Category::PasswordResetRequest), expected);
    // The same account once scoped and once in the whole tenant is a recipient.
    let scene = scene.role(HELPDESK, "kim");
    assert!(told(&scene, Category::PasswordResetRequest).contains(&"kim Yes Deliverable".to_owned()));
}

#[test]
fn f2_eligible_holders_are_no_recipients_and_fill_no_tier() {
    let eligible =
        |name: &str| Assignment { role: HELPDESK, principal: Principal::Person(id(name)), whole_tenant: true };
    let scene = people().role(GLOBAL, "ann").but(|l| l.directory.eligible = Fact::Present([eligible("kim")].into()));
    let expected = ["ann Yes Deliverable", "kim No Undeliverable EligibleOnly"];
    assert_eq!(told(&scene, Category::PasswordResetRequest), expected);
    let nodes = scene.routed().answer.nodes;
    let kim = nodes.iter().find(|node| &*node.label == "kim").unwrap();
    assert!(kim.hops.is_empty(), "nothing is sent there");
    assert_eq!(kim.blockages[0].obstacle.as_str(), "EligibleOnly");
    // Active as well: a recipient.
    let scene = scene.role(HELPDESK, "kim");
    assert_eq!(told(&scene, Category::PasswordResetRequest), ["kim Yes Deliverable"]);
}

#[test]
fn f2_whether_members_of_a_role_assignable_group_are_told_is_not_documented() {
    let team = Principal::Group { id: id("team"), display_name: "Team".into() };
    let scene = people().role(GLOBAL, "ann").assign(HELPDESK, team, true);
    let wanted = scene.routed().wanted;
    assert_eq!(wanted, [crate::landscape::Wanted::GroupMembers(id("team"))].into());
    let with = |members: Fact<_>| scene.clone().but(|l| drop(l.directory.group_members.insert(id("team"), members)));
    let known = with(Fact::Present([id("bob"), id("eve")].into()));
    let expected =
        ["ann Unknown Unknown NotReadable", "bob Unknown Unknown ThroughGroup", "eve Unknown Unknown ThroughGroup"];
    assert_eq!(told(&known, Category::PasswordResetRequest), expected);
    assert_eq!(reset(&known).recipients[0].path.len(), 4, "role, group, account, address");
    let unread = with(missing());
    assert_eq!(
        told(&unread, Category::PasswordResetRequest),
        ["Team Unknown Unknown NotReadable", "ann Unknown Unknown NotReadable"]
    );
    assert!(unread.routed().answer.gaps.iter().any(|gap| &*gap.what == "members of role-assignable groups"));
    let empty = with(Fact::Absent);
    assert_eq!(reset(&empty).reach, Reach::Unknown, "assigned, to nobody: whether it counts is not documented");
}

#[test]
fn b1_of_more_than_a_hundred_it_is_unknown_who_is_told() {
    let crowd = |count: usize| {
        (0..count).fold(Scene::new(), |scene, number| {
            let name = format!("p{number}");
            scene.person(&name).role(HELPDESK, &name)
        })
    };
    assert_eq!(reset(&crowd(100)).certain.len(), 100);
    let answer = reset(&crowd(101));
    assert_eq!((answer.reach, answer.possible.len()), (Reach::Unknown, 101));
    assert_eq!(answer.recipients[0].unselected.as_ref().unwrap().obstacle.as_str(), "BeyondLimit");
    // One of whom it is not known whether it counts may take the place of another.
    let answer = reset(&crowd(101).disabled("p100"));
    assert_eq!((answer.certain.len(), answer.reach), (0, Reach::Unknown));
}

#[test]
fn f3_the_address_used_depends_on_the_tier_and_on_the_notice() {
    let scene = people().alternates("ann", &["ann@gmail.com"]).role(GLOBAL, "ann").exchanger("gmail.com", true);
    let both = ["ann Yes Deliverable", "ann Yes Unknown"];
    assert_eq!(told(&scene, Category::PasswordResetRequest), both);
    assert_eq!(told(&scene, Category::Privacy), both);
    assert_eq!(
        told(&scene, Category::AdminPasswordChanged),
        ["ann Unknown Unknown NotReadable"],
        "the primary address only"
    );
    let scene = scene.role(HELPDESK, "ann");
    assert_eq!(told(&scene, Category::PasswordResetRequest), ["ann Yes Deliverable"]);
    let scene = scene.change("ann", |ann| ann.mail = Fact::Absent);
    // B1: which address the tiers above Global Administrators get is not documented.
    let alternate = ["ann Unknown Unknown NotReadable"];
    assert_eq!(told(&scene, Category::PasswordResetRequest), alternate, "the alternate, without a primary");
    assert_eq!(told(&scene, Category::AdminPasswordChanged), ["no address Unknown Undeliverable NotReadable"]);
    let assumed =
        reset(&scene).sources.iter().any(|one| one.confidence == Confidence::Assumed && one.says.contains("alternate"));
    assert!(assumed, "which address is used is not documented, and the answer says so");
}

#[test]
fn whether_administrators_are_told_of_each_others_resets_cannot_be_read() {
    let scene = people().role(GLOBAL, "ann");
    let answer = scene.category(Category::AdminPasswordChanged);
    assert_eq!((answer.reach, answer.recipients[0].arrival), (Reach::Unknown, Arrival::Deliverable));
    // Whatever the switch says, nobody is told.
    assert_eq!(scene.disabled("ann").category(Category::AdminPasswordChanged).reach, Reach::Nobody);
}

#[test]
fn a_users_own_reset_has_no_recipients_to_name_and_counts_those_nobody_could_tell() {
    let answer = people().account("mute").category(Category::UserPasswordReset);
    assert_eq!((answer.reach, answer.recipients.len()), (Reach::NotApplicable, 0));
    assert!(answer.notes[0].starts_with("1 enabled"), "{:?}", answer.notes);
}

#[test]
fn the_privacy_contact_is_told_else_global_administrators_are() {
    let scene = people().role(GLOBAL, "ann");
    assert_eq!(told(&scene, Category::Privacy), ["ann Yes Deliverable"]);
    assert_eq!(
        told(&scene.clone().privacy(&[&at("bob")]), Category::Privacy),
        ["ann Unknown Unknown NotReadable", "bob Yes Deliverable"]
    );
    let unread = scene.but(|l| l.organization.privacy_contact = missing());
    assert_eq!(told(&unread, Category::Privacy), ["ann Unknown Unknown NotReadable"]);
    assert_eq!(unread.category(Category::Privacy).reach, Reach::Unknown);
}

/// Contract, writes §h: posts about privacy are seen by two roles, and mailed to those who have not turned that off.
#[test]
fn a18_message_center_privacy_readers_may_be_mailed_privacy_posts_and_are_never_certain() {
    let scene = people().role(GLOBAL, "ann").role(role::MESSAGE_CENTER_PRIVACY_READER, "bob");
    let answer = scene.category(Category::Privacy);
    assert_eq!(
        told(&scene, Category::Privacy),
        ["ann Yes Deliverable", "bob Unknown Unknown NotReadable"],
        "the older way: nobody is named, so Global Administrators are told"
    );
    assert_eq!(answer.reach, Reach::OnePerson);
    assert!(answer.sources.iter().any(|one| {
        one.confidence == Confidence::Documented && one.says.contains("Message Center Privacy Readers alone")
    }));
    // Both roles at once, with a contact: each once.
    let both = scene.clone().role(role::MESSAGE_CENTER_PRIVACY_READER, "ann").privacy(&[&at("kim")]);
    let expected = ["ann Unknown Unknown NotReadable", "bob Unknown Unknown NotReadable", "kim Yes Deliverable"];
    assert_eq!(told(&both, Category::Privacy), expected);
    // Whom nobody can read is not said to be nobody.
    let alone = people().role(role::MESSAGE_CENTER_PRIVACY_READER, "bob");
    assert_eq!(alone.category(Category::Privacy).reach, Reach::Unknown);
    let unread = people().but(|l| l.directory.active = missing());
    assert_eq!(unread.category(Category::Privacy).reach, Reach::Unknown);
}

/// Contract, writes §h: the weekly digest is on by default, at the primary address of whoever sees the message centre.
#[test]
fn a18_the_weekly_digest_is_said_with_its_source_and_counts_who_sees_the_message_center() {
    let digest = |scene: &Scene| {
        let answer = scene.category(Category::ServiceAndTechnical);
        assert!(
            answer
                .sources
                .iter()
                .any(|one| { one.confidence == Confidence::Documented && one.says.contains("weekly digest") })
        );
        let note = answer.notes.iter().find(|note| note.contains("weekly digest"));
        (
            answer.reach,
            note.map(|note| note.split(" by default").next().unwrap().rsplit("of ").next().unwrap().to_owned()),
        )
    };
    let scene = people().role(role::EXCHANGE_ADMINISTRATOR, "ann").role(role::REPORTS_READER, "bob");
    assert_eq!(
        digest(&scene),
        (Reach::NobodyKnown, Some("one administrator".to_owned())),
        "readers of reports see no posts"
    );
    let two = scene.role(GLOBAL, "kim");
    assert_eq!(digest(&two), (Reach::NobodyKnown, Some("2 administrators".to_owned())));
    // An application reads no digest, and who is only eligible sees none today.
    let robot = Principal::ServicePrincipal { id: id("robot"), display_name: "Robot".into() };
    let others = people().assign(role::EXCHANGE_ADMINISTRATOR, robot, true).but(|l| {
        l.directory.eligible = Fact::Present(
            [Assignment { role: GLOBAL, principal: Principal::Person(id("ann")), whole_tenant: true }].into(),
        );
    });
    assert_eq!(digest(&others), (Reach::NobodyKnown, None));
}

/// What Microsoft makes of such an entry is not documented: it is not taken for the address in it.
#[test]
fn a14_an_entry_that_is_no_address_is_unknown_and_an_empty_one_is_sent_nothing() {
    for entry in
        [" ann@contoso.com ", "Ann <ann@contoso.com>", "ann@contoso.com;bob@contoso.com", "an\u{200b}n@contoso.com"]
    {
        let scene = people().technical(&[entry]);
        let answer = scene.category(Category::ServiceAndTechnical);
        assert_eq!((answer.reach, answer.certain.len(), answer.possible.len()), (Reach::Unknown, 0, 0), "{entry:?}");
        assert_eq!(scene.mail(entry).blockages[0].obstacle, Obstacle::NotAnAddress, "{entry:?}");
    }
    let empty = people().technical(&["", "  "]);
    let answer = empty.category(Category::ServiceAndTechnical);
    assert_eq!((answer.reach, answer.recipients.len()), (Reach::NobodyKnown, 0));
    // Of an account as well: an empty alternate email is none, and a padded one is no address.
    let accounts = people().role(BILLING, "ann").alternates("ann", &["", "ann@home.example "]);
    assert_eq!(told(&accounts, Category::Billing).len(), 2);
    assert_eq!(accounts.mail("ann@home.example ").blockages[0].obstacle, Obstacle::NotAnAddress);
}

#[test]
fn f7_every_technical_address_is_taken_to_be_told_and_the_answer_says_that_perhaps_not() {
    let scene = people().technical(&[&at("ann"), &at("bob")]);
    assert_eq!(told(&scene, Category::ServiceAndTechnical), ["ann Yes Deliverable", "bob Yes Deliverable"]);
    let sources = scene.category(Category::ServiceAndTechnical).sources;
    assert!(sources.iter().any(|one| one.confidence == Confidence::Observed && one.says.contains("first address")));
}

#[test]
fn a4_business_emails_are_taken_at_an_attestations_word_and_else_may_be() {
    let mut scene = people().role(GLOBAL, "ann").role(USER, "bob");
    let declare = |scene: &mut Scene, name: &str, attested| {
        let contact = DeclaredContact {
            business_email: Some(at(name)),
            business_email_attested: attested,
            ..DeclaredContact::default()
        };
        scene.declared.contacts.insert(at(name), contact);
    };
    declare(&mut scene, "ann", Some(date(2026, 11, 1)));
    let marketing = scene.category(Category::Marketing);
    assert_eq!(
        (told(&scene, Category::Marketing), marketing.reach),
        (vec!["ann Yes Deliverable".to_owned()], Reach::OnePerson)
    );
    assert!(marketing.notes[0].contains("one administrator"), "{:?}", marketing.notes);
    declare(&mut scene, "ann", Some(date(2025, 11, 1)));
    declare(&mut scene, "bob", None);
    declare(&mut scene, "kim", Some(date(2026, 11, 1)));
    let expected = ["ann Unknown Unknown NotReadable", "bob Unknown Unknown NotReadable"];
    assert_eq!(told(&scene, Category::Marketing), expected, "kim is no administrator");
    assert!(scene.category(Category::Marketing).notes.is_empty());
    // A group that holds a role and could not be read may make an administrator of anybody.
    let group = Principal::Group { id: id("group"), display_name: "G".into() };
    let scene = scene.assign(GLOBAL, group, true).but(|l| {
        l.directory.group_members.insert(id("group"), missing());
    });
    let expected = [expected[0], expected[1], "kim Unknown Unknown NotReadable"];
    assert_eq!(told(&scene, Category::Marketing), expected);
}

fn account_of(agreement: Agreement) -> BillingAccount {
    BillingAccount {
        display_name: "Contoso".into(),
        agreement,
        holders: Fact::Present(
            [
                BillingHolder { principal: id("ann"), role: BillingRole::Owner },
                BillingHolder { principal: id("bob"), role: BillingRole::Other },
            ]
            .into(),
        ),
        profiles: Fact::Present(
            [BillingProfile {
                display_name: "Main".into(),
                invoice_recipients: [at("eve")].into(),
                invoices_by_mail: Fact::Present(true),
            }]
            .into(),
        ),
    }
}

#[test]
fn contract_8_under_a_customer_agreement_role_holders_and_invoice_recipients_are_told() {
    let scene = people()
        .role(BILLING, "kim")
        .but(|l| l.billing.accounts = Fact::Present([account_of(Agreement::Customer)].into()));
    assert_eq!(told(&scene, Category::Billing), ["ann Yes Deliverable", "eve Yes Deliverable"]);
    let nodes = scene.routed().answer.nodes;
    assert!(nodes.iter().any(|node| &*node.label == "kim" && node.arrival == Arrival::Deliverable), "E2 asks of kim");
    let scene = scene.disabled("ann");
    assert!(told(&scene, Category::Billing).contains(&"ann Unknown Undeliverable AccountDisabled".to_owned()));
}

/// Documented are holders of roles of billing profiles; whether guests are told is not.
#[test]
fn contract_8_roles_of_the_billing_account_itself_and_guests_may_be_told() {
    let of = |roles: &[BillingRole]| {
        let holders = roles.iter().map(|role| BillingHolder { principal: id("ann"), role: *role }).collect();
        let account = BillingAccount { holders: Fact::Present(holders), ..account_of(Agreement::Customer) };
        people().but(|l| l.billing.accounts = Fact::Present([account].into()))
    };
    let account_only = of(&[BillingRole::Account]);
    assert!(told(&account_only, Category::Billing).contains(&"ann Unknown Unknown NotReadable".to_owned()));
    let both = of(&[BillingRole::Account, BillingRole::InvoiceManager]);
    assert!(told(&both, Category::Billing).contains(&"ann Yes Deliverable".to_owned()));
    let guest = of(&[BillingRole::Owner]).change("ann", |person| person.guest = Fact::Present(true));
    assert!(told(&guest, Category::Billing).contains(&"ann Unknown Unknown Guest".to_owned()));
}

#[test]
fn contract_8_an_agreement_and_older_subscriptions_beside_each_other_tell_those_of_both() {
    let scene = people().role(GLOBAL, "kim");
    let scene = scene.but(|l| {
        l.billing.accounts = Fact::Present([account_of(Agreement::Customer), account_of(Agreement::Older)].into());
    });
    let expected = ["ann Yes Deliverable", "eve Yes Deliverable", "kim Yes Deliverable"];
    assert_eq!(told(&scene, Category::Billing), expected);
}

/// Neither the rule of the Customer Agreement nor that of older subscriptions is theirs.
#[test]
fn a9_whom_another_agreement_notifies_is_unknown() {
    let scene = people().role(GLOBAL, "ann").role(BILLING, "bob").technical(&[&at("kim")]);
    for kind in ["EnterpriseAgreement", "MicrosoftPartnerAgreement", "Other"] {
        let other = account_of(Agreement::Other(kind.into()));
        let alone = scene.clone().but(|l| l.billing.accounts = Fact::Present([other.clone()].into()));
        let answer = alone.category(Category::Billing);
        assert_eq!((answer.reach, answer.certain.len()), (Reach::Unknown, 0), "{kind}: neither yes nor nobody");
        assert!(answer.notes.iter().any(|note| note.contains(kind)), "{:?}", answer.notes);
        // Beside a known one that one's rule holds for its own.
        let accounts = Fact::Present([other, account_of(Agreement::Customer)].into());
        let both = scene.clone().but(|l| l.billing.accounts = accounts);
        let certain: Vec<_> = told(&both, Category::Billing).into_iter().filter(|one| one.contains("Yes")).collect();
        assert_eq!(certain, ["ann Yes Deliverable", "eve Yes Deliverable"]);
    }
}

#[test]
fn contract_8_older_subscriptions_tell_every_global_and_billing_administrator_and_the_technical_contact() {
    let scene = people().role(GLOBAL, "ann").role(BILLING, "bob").technical(&[&at("kim")]);
    let older = scene.clone().but(|l| l.billing.accounts = Fact::Present([account_of(Agreement::Older)].into()));
    assert_eq!(told(&older, Category::Billing), ["ann Yes Deliverable", "bob Yes Deliverable", "kim Yes Deliverable"]);
    for accounts in [Fact::Absent, missing(), Fact::Present([].into())] {
        let scene = scene.clone().but(|l| l.billing.accounts = accounts);
        let expected =
            ["ann Unknown Unknown NotReadable", "bob Unknown Unknown NotReadable", "kim Unknown Unknown NotReadable"];
        assert_eq!(told(&scene, Category::Billing), expected);
        assert!(scene.routed().answer.gaps.iter().any(|gap| &*gap.what == "billing accounts"));
    }
}

#[test]
fn e1_partner_notices_go_to_the_legal_profile_and_by_role_and_concern_partners_only() {
    let scene = people().role(GLOBAL, "ann").role(BILLING, "bob").alternates("ann", &["ann@gmail.com"]);
    let partner = [Category::PartnerVerification, Category::PartnerAccount, Category::PartnerBilling];
    assert!(partner.iter().all(|one| scene.category(*one).reach == Reach::NotApplicable));
    let unread = scene.clone().but(|l| l.partner.legal = missing());
    assert!(partner.iter().all(|one| unread.category(*one).reach == Reach::Unknown));
    let legal = LegalProfile {
        primary_contact: Fact::Present(at("eve")),
        primary_contact_name: Fact::Absent,
        company_approver: Fact::Present(at("kim")),
        vetting_status: Fact::Absent,
    };
    let scene = scene.but(|l| l.partner.legal = Fact::Present(legal));
    assert_eq!(told(&scene, Category::PartnerVerification), ["eve Yes Deliverable", "kim Yes Deliverable"]);
    assert_eq!(told(&scene, Category::PartnerAccount), ["ann Yes Deliverable"], "partner roles: the primary address");
    assert_eq!(told(&scene, Category::PartnerBilling), ["bob Yes Deliverable"]);
}

#[test]
fn those_who_receive_it_come_last() {
    let scene = people().disabled("ann").technical(&[&at("bob"), "x@gmail.com", &at("ann")]);
    let verdicts: Vec<_> =
        scene.category(Category::ServiceAndTechnical).recipients.iter().map(|one| one.verdict).collect();
    assert_eq!(verdicts, [Arrival::Undeliverable, Arrival::Unknown, Arrival::Deliverable]);
    assert_eq!(scene.category(Category::ServiceAndTechnical).recipients[0].selected, Selected::Yes);
}

#[test]
fn b4_whether_a_disabled_administrator_is_mailed_is_not_documented() {
    let scene = people().person("role").disabled("ann").role(GLOBAL, "ann");
    assert_eq!(reset(&scene).reach, Reach::Nobody, "whether it is mailed or not, nobody reads it");
    let scene = scene.forwards("ann", "role", false);
    assert_eq!(told(&scene, Category::PasswordResetRequest), ["ann Unknown Unknown AccountDisabled"]);
    assert_eq!(reset(&scene).reach, Reach::Unknown);
}

#[test]
fn c9_a_group_that_holds_a_billing_role_has_its_name() {
    let holders =
        ["desk", "finance", "nobody"].map(|name| BillingHolder { principal: id(name), role: BillingRole::Owner });
    let account = BillingAccount { holders: Fact::Present(holders.into()), ..account_of(Agreement::Customer) };
    let scene = people().list("desk", &["ann"]).with("desk", |list| list.directory_id = Some(id("desk")));
    let group = Principal::Group { id: id("finance"), display_name: "Finance".into() };
    let scene = scene.assign(HELPDESK, group, true).but(|l| l.billing.accounts = Fact::Present([account].into()));
    let answer = scene.routed().answer;
    let named =
        |id: uuid::Uuid| answer.nodes.iter().find(|node| node.kind == NodeKind::Group(id)).map(|node| &*node.label);
    assert_eq!(named(id("finance")), Some("Finance"), "by the role that it holds in the directory");
    assert_eq!(named(id("desk")), Some("desk"), "by the address that it has");
    assert!(answer.nodes.iter().any(|node| node.kind == NodeKind::Account(id("nobody"))), "of this nothing is known");
}

#[test]
fn c9_an_address_that_is_named_twice_is_one_recipient() {
    let twice = [at("eve"), at("eve").to_uppercase().into()];
    let scene = people().technical(&[&twice[0], &twice[1]]);
    assert_eq!(scene.category(Category::ServiceAndTechnical).recipients.len(), 1);
    let profile = |mails: [&str; 1]| BillingProfile {
        display_name: "Main".into(),
        invoice_recipients: mails.map(Into::into).into(),
        invoices_by_mail: Fact::Present(true),
    };
    let profiles = Fact::Present([profile([&*twice[0]]), profile([&*twice[1]])].into());
    let account = BillingAccount { profiles, holders: Fact::Absent, ..account_of(Agreement::Customer) };
    let scene = people().but(|l| l.billing.accounts = Fact::Present([account].into()));
    assert_eq!(scene.category(Category::Billing).recipients.len(), 1, "two profiles, one recipient");
}

#[test]
fn c9_places_are_known_by_object_id_and_sign_in_name() {
    let scene = people().role(BILLING, "ann").technical(&[&at("ann")]);
    let answer = scene.routed().answer;
    let identity = |kind: &dyn Fn(&NodeKind) -> bool| {
        let place = answer.nodes.iter().position(|node| kind(&node.kind)).unwrap();
        answer.identities[&crate::answer::NodeId::of(place).unwrap()].clone()
    };
    let ann = scene.landscape.directory.people.present().unwrap().get(&id("ann")).unwrap();
    for found in [
        identity(&|kind| *kind == NodeKind::Person(id("ann"))),
        identity(&|kind| *kind == NodeKind::Account(id("ann"))),
        identity(&|kind| matches!(kind, NodeKind::Mailbox(_))),
    ] {
        assert_eq!(found.object_id, Some(id("ann")));
        assert_eq!(found.user_principal_name.as_ref(), Some(&ann.user_principal_name));
    }
}
