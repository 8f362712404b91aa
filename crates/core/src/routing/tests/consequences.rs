//! What plans do to who receives notices, on tenants that are followed (design §4, DOMAIN F1, G2).

use tenant_contacts_api::{digest::Digest, field::Field, notice::Reach, reason::Reason};

use crate::{
    consequences::{Consequence, compare, gate, leaves_enough, with_steps},
    landscape::{Agreement, BillingAccount, BillingHolder, BillingRole},
    model::{Fact, Observation, role},
    routing::{
        answer,
        testing::{Scene, at, id},
    },
    step::{Cause, Operation, Slot, Step, Target},
    surface::matters,
};

fn step(target: Target, field: Field, before: &[&str], after: &[&str]) -> Step {
    let values = |of: &[&str]| of.iter().map(|one| (*one).into()).collect();
    let digest = Digest([0; 16]);
    Step {
        slot: Slot::whole(target, field),
        operation: Operation::Set { before: values(before), after: values(after) },
        before_digest: digest,
        after_digest: digest,
        cause: Cause::Declared,
        risk: None,
        from_secret: false,
        awaits: [].into(),
        declared: None,
        digest,
    }
}

fn alternates(name: &str, before: &[&str], after: &[&str]) -> Step {
    step(Target::account(id(name)), Field::AlternateEmails, before, after)
}

fn plan(scene: &Scene, steps: &[Step]) -> Vec<Consequence> {
    let of = |after| answer(&with_steps(&scene.landscape, steps.iter(), after), &scene.declared).answer;
    compare(&of(false), &of(true))
}

/// An administrator whose only address is another account's.
fn reached_by_alternate() -> Scene {
    let scene = Scene::new().person("bob").person("eve").account("ann").alternates("ann", &[&at("bob")]);
    scene.role(role::GLOBAL_ADMINISTRATOR, "ann")
}

#[test]
fn f1_alternate_emails_decide_every_notice_that_uses_them() {
    let found = plan(&reached_by_alternate(), &[alternates("ann", &[&at("bob")], &[])]);
    let emptied = |one: &&Consequence| one.gate(2) == Some(Reason::EmptiesCategory);
    let names: Vec<&str> = found.iter().filter(emptied).map(|one| one.category.as_str()).collect();
    assert_eq!(names, ["PasswordResetRequest", "Privacy"]);
    // Each category that changes is one the field stands for: else its gate would stay open.
    for one in &found {
        let only = [one.clone()];
        assert_eq!(gate(&only, Field::AlternateEmails, 2), one.gate(2), "{}", one.category);
    }
}

#[test]
fn f1_steps_are_judged_together() {
    let scene = reached_by_alternate().privacy(&[&at("eve")]);
    let privacy = step(Target::ORGANIZATION, Field::PrivacyContact, &[&at("eve")], &[]);
    let alternate = alternates("ann", &[&at("bob")], &[]);
    let of = |steps: &[Step]| {
        let found = plan(&scene, steps);
        found.iter().find(|one| one.category.as_str() == "Privacy").map(|one| (one.after, one.gate(2)))
    };
    // Without a contact Global Administrators are told; without both nobody is.
    assert_eq!(of(std::slice::from_ref(&privacy)), Some((Reach::OnePerson, None)));
    assert_eq!(of(std::slice::from_ref(&alternate)), None);
    assert_eq!(of(&[privacy, alternate]), Some((Reach::Nobody, Some(Reason::EmptiesCategory))));
}

#[test]
fn g2_what_becomes_unknown_is_never_called_empty() {
    let scene = Scene::new().person("ann").person("bob").exchanger("partner.example", true);
    let technical = |scene: &Scene, before: &[&str], after: &[&str]| {
        let found = plan(scene, &[step(Target::ORGANIZATION, Field::Technical, before, after)]);
        gate(&found, Field::Technical, 2)
    };
    let both: &[&str] = &[&at("ann"), &at("bob")];
    assert_eq!(technical(&scene, both, &["x@partner.example"]), Some(Reason::BelowMinimumRecipients));
    assert_eq!(technical(&scene, &["x@partner.example"], &["x@partner.example", "nobody@contoso.com"]), None);
    // What may be read becomes what nobody can read.
    assert_eq!(technical(&scene, &["x@partner.example"], &["nobody@contoso.com"]), Some(Reason::EmptiesCategory));
    let unread = scene.but(|l| l.exchange.recipients = Fact::Unknown(crate::model::Unknown::NotRead));
    assert_eq!(technical(&unread, both, &["nobody@contoso.com"]), None, "nothing certain is said");
}

#[test]
fn f1_one_address_that_two_people_read_is_enough() {
    let scene = Scene::new().person("ann").person("bob").shared("desk", &["ann", "bob"]);
    let two = [at("ann"), at("bob")];
    let two: Vec<&str> = two.iter().map(|one| &**one).collect();
    let of = |after: &[&str]| {
        let found = plan(&scene, &[step(Target::ORGANIZATION, Field::Technical, &two, after)]);
        leaves_enough(&found, Field::Technical, 2)
    };
    assert!(of(&[&at("desk")]));
    assert!(!of(&[&at("ann")]));
    assert!(!leaves_enough(&[], Field::Technical, 2), "nothing is known: addresses are counted");
}

#[test]
fn contract_8_alternate_emails_of_who_holds_a_billing_role_bear_on_invoices() {
    let observation = Observation { roles: Fact::Present([].into()), ..Observation::default() };
    let change = alternates("ann", &["a@partner.example"], &[]);
    let scene = Scene::new().person("ann");
    assert!(!matters(&change, &observation, None));
    assert!(!matters(&change, &observation, Some(&scene.landscape)));
    let agreed = scene.but(|l| {
        l.billing.accounts = Fact::Present(
            [BillingAccount {
                display_name: "Contoso".into(),
                agreement: Agreement::Customer,
                holders: Fact::Present([BillingHolder { principal: id("ann"), role: BillingRole::Owner }].into()),
                profiles: Fact::Absent,
            }]
            .into(),
        );
    });
    assert!(matters(&change, &observation, Some(&agreed.landscape)));
}
