//! That nobody receives a category is said for certain only where everybody who may be chosen is known (DOMAIN F1).

use jiff::civil::date;
use tenant_contacts_api::notice::{Category, Reach};

use crate::{
    answer::DeclaredContact,
    landscape::{Agreement, BillingAccount, LegalProfile},
    model::{Fact, role},
    routing::testing::{Scene, at, missing},
};

/// Ann administers, and nothing that is sent to her is read.
fn scene() -> Scene {
    Scene::new().person("ann").disabled("ann").person("bob").role(role::EXCHANGE_ADMINISTRATOR, "bob")
}

fn reach(scene: &Scene, category: Category) -> Reach {
    scene.category(category).reach
}

const BY_BUSINESS_EMAIL: [Category; 3] =
    [Category::SecurityAndCompliance, Category::Marketing, Category::ServiceAndTechnical];

#[test]
fn a8_business_emails_that_nobody_has_read_leave_nobody_known() {
    let scene = scene();
    for category in BY_BUSINESS_EMAIL {
        let answer = scene.category(category);
        assert_eq!(answer.reach, Reach::NobodyKnown, "{category}");
        assert!(answer.notes.iter().any(|note| note.contains("business email")), "{category}: {:?}", answer.notes);
    }
    // With somebody's word for it every address is known, and none is read.
    let mut attested = scene.clone();
    let gone = DeclaredContact {
        business_email: Some(at("gone")),
        business_email_attested: Some(date(2026, 11, 1)),
        ..DeclaredContact::default()
    };
    attested.declared.contacts.insert(at("bob"), gone.clone());
    assert_eq!(reach(&attested, Category::Marketing), Reach::Nobody);
    // Without, it may be another address.
    attested.declared.contacts.insert(at("bob"), DeclaredContact { business_email_attested: None, ..gone });
    assert_eq!(reach(&attested, Category::Marketing), Reach::NobodyKnown);
    // Where there is no administrator there is none whose business email could be read.
    let none = Scene::new().person("ann");
    assert_eq!(reach(&none, Category::Marketing), Reach::Nobody);
    assert_eq!(reach(&none, Category::ServiceAndTechnical), Reach::NobodyKnown, "the message centre's preferences");
}

/// Who is an administrator is not known, so that nobody's business email is.
#[test]
fn a8_administrators_that_are_not_known_leave_nobody_known() {
    let unread = Scene::new().person("ann").but(|l| l.directory.active = missing());
    assert_eq!(reach(&unread, Category::Marketing), Reach::NobodyKnown);
    let perhaps = scene().change("bob", |bob| bob.enabled = missing());
    assert_eq!(reach(&perhaps, Category::Marketing), Reach::NobodyKnown, "whether there is one is not known");
    let unlisted = Scene::new().but(|l| l.directory.people = missing());
    assert_eq!(reach(&unlisted, Category::Marketing), Reach::NobodyKnown);
}

/// An older subscription may be there that no billing account shows, and its notices go by directory roles.
#[test]
fn a8_an_older_agreement_that_may_exist_leaves_nobody_known() {
    let agreement = BillingAccount {
        display_name: "Contoso".into(),
        agreement: Agreement::Customer,
        holders: Fact::Present([].into()),
        profiles: Fact::Present([].into()),
    };
    let scene = Scene::new().person("ann").but(|l| l.billing.accounts = Fact::Present([agreement].into()));
    let answer = scene.category(Category::Billing);
    assert_eq!(answer.reach, Reach::NobodyKnown);
    assert!(answer.notes.iter().any(|note| note.contains("older subscription")), "{:?}", answer.notes);
}

/// What nobody else can be chosen for stays certain.
#[test]
fn a8_nobody_stays_certain_where_everybody_who_may_be_chosen_is_known() {
    let legal = LegalProfile {
        primary_contact: Fact::Present(at("nobody")),
        primary_contact_name: Fact::Absent,
        company_approver: Fact::Absent,
        vetting_status: Fact::Absent,
    };
    let scene = scene().privacy(&[&at("nobody")]).but(|l| l.partner.legal = Fact::Present(legal));
    for category in [Category::PasswordResetRequest, Category::PartnerVerification, Category::PartnerBilling] {
        assert_eq!(reach(&scene, category), Reach::Nobody, "{category}");
    }
    // And an address that somebody reads is somebody, whoever else there is.
    let read = scene.technical(&[&at("bob")]);
    assert_eq!(reach(&read, Category::ServiceAndTechnical), Reach::OnePerson);
}
