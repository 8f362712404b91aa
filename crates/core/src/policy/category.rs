//! Categories of notices that too few people would really receive (DOMAIN F1). People are counted, not addresses.

use tenant_contacts_api::notice::{Category, Reach};

use super::{case::Case, found::Found, graph::why_nobody, reset_tier};
use crate::answer::Subject;

/// F1: nobody would really receive a category of notices. Requests to reset a password have a rule of their own.
pub(super) fn nobody(case: &Case<'_>, found: &mut Found) {
    for answer in &case.answer.categories {
        if answer.reach == Reach::Nobody && answer.category != Category::PasswordResetRequest {
            found.say_of(
                answer.category,
                Subject::Category(answer.category),
                format!("nobody would receive {}{}", answer.category.title(), why_nobody(case, answer)),
            );
        }
    }
}

/// F1: nobody who is known would receive a category of notices, and others that cannot be read may. G2 holds: that those who are
/// known receive nothing is certain.
pub(super) fn nobody_known(case: &Case<'_>, found: &mut Found) {
    for answer in case.answer.categories.iter().filter(|answer| answer.reach == Reach::NobodyKnown) {
        let why = why_nobody(case, answer);
        found.say_of(
            answer.category,
            Subject::Category(answer.category),
            format!(
                "no known recipient would receive {}{why}; others that cannot be read may",
                answer.category.title()
            ),
        );
    }
}

/// F1: one person only, or fewer than the Tenant asks for. Where others may receive it as well that is not known, and so no
/// finding (DOMAIN G2). A sole tier for password resets has a rule of its own.
pub(super) fn one_person(case: &Case<'_>, found: &mut Found) {
    let least = usize::try_from(case.declared.minimum_recipients).unwrap_or(usize::MAX).max(2);
    for answer in &case.answer.categories {
        let counted = matches!(answer.reach, Reach::OnePerson | Reach::SeveralPeople);
        if !counted || answer.certain.len() >= least || !answer.possible.is_empty() {
            continue;
        }
        if answer.category == Category::PasswordResetRequest && has_sole_tier(case) {
            continue;
        }
        let people = match answer.certain.len() {
            1 => "one person only".to_owned(),
            more => format!("{more} people only, of {least} that the Tenant asks for,"),
        };
        found.say_of(
            answer.category,
            Subject::Category(answer.category),
            format!("{people} would receive {}", answer.category.title()),
        );
    }
}

fn has_sole_tier(case: &Case<'_>) -> bool {
    let mut sole = Found::default();
    reset_tier::sole(case, &mut sole);
    !sole.said.is_empty()
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::{
        notice::{Arrival, Selected, Severity},
        obstacle::Obstacle,
        rule::Rule,
    };

    use super::*;
    use crate::{answer::RuleSetting, model::role, policy::testing::Scene};

    #[test]
    fn f1_a_category_that_nobody_receives_is_found_with_the_reason() {
        let mut scene = Scene::new();
        let path = vec![scene.field("privacyContact"), scene.address_node("dpo@contoso.com")];
        scene.blocked(path[1], Arrival::Undeliverable, Obstacle::NoRecipient);
        scene.chosen(Category::Privacy, path, Selected::Yes);
        scene.reach(Category::Privacy, Reach::Nobody);
        let findings = scene.findings(Rule::NobodyBehindCategory);
        assert_eq!(findings.len(), 1);
        assert_eq!(
            findings[0].message,
            "nobody would receive privacy notices: mail to its recipient is not read (NoRecipient)"
        );
        for near in Reach::ALL.iter().copied().filter(|reach| *reach != Reach::Nobody) {
            scene.reach(Category::Privacy, near);
            assert_eq!(scene.subjects(Rule::NobodyBehindCategory), [""; 0], "G2: {}", near.as_str());
        }
    }

    #[test]
    fn a8_a_category_that_nobody_known_receives_is_a_warning_with_the_reason() {
        let mut scene = Scene::new();
        scene.reach(Category::ServiceAndTechnical, Reach::NobodyKnown);
        let findings = scene.findings(Rule::NobodyKnownBehindCategory);
        let said: Vec<_> = findings.iter().map(|one| (&*one.message, one.severity)).collect();
        let words = "no known recipient would receive service and technical notices: it is sent to nobody; others that \
                     cannot be read may";
        assert_eq!(said, [(words, Severity::Warning)]);
        assert_eq!(scene.subjects(Rule::NobodyBehindCategory), [""; 0], "it is not certain");
        for near in Reach::ALL.iter().copied().filter(|reach| *reach != Reach::NobodyKnown) {
            scene.reach(Category::ServiceAndTechnical, near);
            assert_eq!(scene.subjects(Rule::NobodyKnownBehindCategory), [""; 0], "{}", near.as_str());
        }
    }

    #[test]
    fn f1_one_person_behind_a_category_is_found_unless_others_may_be_there_too() {
        let mut scene = Scene::new();
        let ada = scene.account_node("ada");
        let ben = scene.account_node("ben");
        scene.reach(Category::Billing, Reach::OnePerson);
        scene.people(Category::Billing, &[ada], &[]);
        assert_eq!(scene.subjects(Rule::OnePersonBehindCategory), ["Billing"]);
        scene.people(Category::Billing, &[ada], &[ben]);
        assert_eq!(scene.subjects(Rule::OnePersonBehindCategory), [""; 0], "G2");
        scene.reach(Category::Billing, Reach::SeveralPeople);
        scene.people(Category::Billing, &[ada, ben], &[]);
        assert_eq!(scene.subjects(Rule::OnePersonBehindCategory), [""; 0]);
        scene.declared.minimum_recipients = 3;
        assert_eq!(scene.subjects(Rule::OnePersonBehindCategory), ["Billing"], "the Tenant asks for three");
        scene.reach(Category::Billing, Reach::NotApplicable);
        assert_eq!(scene.subjects(Rule::OnePersonBehindCategory), [""; 0]);
    }

    #[test]
    fn b3_a_sole_tier_is_said_once() {
        let mut scene = Scene::new();
        scene.person("helper").role(role::HELPDESK_ADMINISTRATOR);
        scene.person("ga").role(role::GLOBAL_ADMINISTRATOR);
        let helper = scene.account_node("helper");
        scene.reach(Category::PasswordResetRequest, Reach::OnePerson);
        scene.people(Category::PasswordResetRequest, &[helper], &[]);
        assert_eq!(scene.subjects(Rule::SoleResetTier), ["helper@contoso.com"]);
        assert_eq!(scene.subjects(Rule::OnePersonBehindCategory), [""; 0]);
    }

    #[test]
    fn a_rule_that_is_off_finds_nothing() {
        let mut scene = Scene::new();
        scene.reach(Category::Privacy, Reach::Nobody);
        scene
            .declared
            .rules
            .insert(Rule::NobodyBehindCategory, RuleSetting { enabled: false, ..RuleSetting::default() });
        assert_eq!(scene.subjects(Rule::NobodyBehindCategory), [""; 0]);
    }
}
