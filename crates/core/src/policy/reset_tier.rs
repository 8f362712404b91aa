//! Who answers "I can't get in" (DOMAIN B1, B3).

use std::collections::BTreeSet;

use tenant_contacts_api::notice::{Category, Reach};
use uuid::Uuid;

use super::{
    case::{Case, account, is_active_member},
    found::{Found, listed},
    graph::why_nobody,
};
use crate::{
    answer::Subject,
    landscape::{Assignment, Person, Principal},
    model::{Fact, role},
};

/// Tiers, the highest first: requests go to the first that is not empty (DOMAIN B1).
const TIERS: [(&[Uuid], &str); 3] = [
    (&[role::HELPDESK_ADMINISTRATOR, role::PASSWORD_ADMINISTRATOR], "Helpdesk or Password Administrator"),
    (&[role::USER_ADMINISTRATOR], "User Administrator"),
    (&[role::GLOBAL_ADMINISTRATOR], "Global Administrator"),
];

/// B1: nobody would receive requests to reset a password.
pub(super) fn nobody(case: &Case<'_>, found: &mut Found) {
    let category = Category::PasswordResetRequest;
    if let Some(answer) = case.answer.category(category).filter(|answer| answer.reach == Reach::Nobody) {
        found.say_of(
            category,
            Subject::Category(category),
            format!("nobody would receive requests to reset a password{}", why_nobody(case, answer)),
        );
    }
}

/// B3: one account fills the tier that is asked, and takes those of the tiers below out of the loop.
pub(super) fn sole(case: &Case<'_>, found: &mut Found) {
    found.wanted.extend(case.active.wanted.iter().cloned());
    if !case.active.known {
        return;
    }
    let Some((place, filling)) = TIERS.iter().enumerate().find_map(|(place, (roles, _))| {
        let people: Option<Vec<&Person>> = filling(case, roles);
        match people {
            // What is not known may fill it.
            None => Some((place, None)),
            Some(people) if people.is_empty() => None,
            Some(people) => Some((place, Some(people))),
        }
    }) else {
        return;
    };
    let Some([alone]) = filling.as_deref() else { return };
    let below: BTreeSet<&str> = TIERS[place + 1..]
        .iter()
        .flat_map(|(roles, _)| case.active.whole_of(roles))
        .filter_map(|id| case.person(id))
        .filter(|person| person.id != alone.id && is_active_member(person))
        .map(|person| &*person.user_principal_name)
        .collect();
    if below.is_empty() {
        return;
    }
    found.say_of(
        Category::PasswordResetRequest,
        account(alone),
        format!(
            "{} is the only confirmed {}, so {} no reset requests: {}",
            alone.user_principal_name,
            TIERS[place].1,
            match below.len() {
                1 => "one other administrator receives".to_owned(),
                several => format!("{several} other administrators receive"),
            },
            listed(below)
        ),
    );
}

/// The enabled accounts that fill a tier; `None` where that is not known, or is not documented: a tier with holders none of
/// whom fills it for certain (DOMAIN F2).
fn filling<'a>(case: &Case<'a>, roles: &'static [Uuid]) -> Option<Vec<&'a Person>> {
    if roles.iter().any(|role| case.active.incomplete.contains(role)) {
        return None;
    }
    let holders: Vec<&Person> = case.active.whole_of(roles).map(|id| case.person(id)).collect::<Option<_>>()?;
    let unknown =
        |person: &&Person| matches!(person.enabled, Fact::Unknown(_)) || matches!(person.guest, Fact::Unknown(_));
    if holders.iter().any(unknown) {
        return None;
    }
    // Whether a guest fills a tier is not documented (DOMAIN B4).
    let enabled: Vec<&Person> = holders.into_iter().filter(|person| is_active_member(person)).collect();
    let assigned = case.landscape.directory.active.present().into_iter().flatten();
    let assigned: Vec<&Assignment> =
        assigned.into_iter().filter(|assignment| roles.contains(&assignment.role)).collect();
    // Whoever holds it through a group fills no tier for certain (DOMAIN F2).
    let own = |person: &&Person| {
        assigned.iter().any(|one| match &one.principal {
            Principal::Person(id) | Principal::Other(id) => one.whole_tenant && *id == person.id,
            Principal::Group { .. } | Principal::ServicePrincipal { .. } => false,
        })
    };
    if !enabled.iter().any(own) && !assigned.is_empty() { None } else { Some(enabled) }
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::rule::Rule;

    use super::*;
    use crate::policy::testing::{Scene, read_failed};

    fn scene() -> Scene {
        let mut scene = Scene::new();
        scene.person("helper").role(role::HELPDESK_ADMINISTRATOR);
        scene.person("ga-1").role(role::GLOBAL_ADMINISTRATOR);
        scene.person("ua-1").role(role::USER_ADMINISTRATOR);
        scene
    }

    #[test]
    fn b3_one_helpdesk_administrator_takes_the_others_out_of_the_loop() {
        let findings = scene().findings(Rule::SoleResetTier);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].subject.name(), "helper@contoso.com");
        let said = "helper@contoso.com is the only confirmed Helpdesk or Password Administrator, so 2 other administrators \
                    receive no reset requests: ga-1@contoso.com, ua-1@contoso.com";
        assert_eq!(findings[0].message, said);
    }

    #[test]
    fn b3_two_in_the_tier_or_nobody_below_is_no_finding() {
        let mut two = scene();
        two.person("second").role(role::PASSWORD_ADMINISTRATOR);
        assert_eq!(two.subjects(Rule::SoleResetTier), [""; 0], "both roles are one tier");
        let mut alone = Scene::new();
        alone.person("ga-1").role(role::GLOBAL_ADMINISTRATOR);
        assert_eq!(alone.subjects(Rule::SoleResetTier), [""; 0], "nobody is taken out of the loop");
    }

    #[test]
    fn a13_one_who_holds_the_role_through_a_group_takes_nobody_out_of_the_loop_for_certain() {
        let mut group = Scene::new();
        let helper = group.person("helper").id();
        group.person("ga-1").role(role::GLOBAL_ADMINISTRATOR);
        let id = group.group_role(role::HELPDESK_ADMINISTRATOR);
        group.landscape.directory.group_members.insert(id, Fact::Present([helper].into()));
        assert_eq!(group.subjects(Rule::SoleResetTier), [""; 0], "F2");
    }

    #[test]
    fn b3_what_is_not_known_or_not_documented_is_not_judged() {
        let mut unread = scene();
        unread.landscape.directory.active = read_failed();
        assert_eq!(unread.subjects(Rule::SoleResetTier), [""; 0], "G2");

        let mut group = scene();
        let id = group.group_role(role::PASSWORD_ADMINISTRATOR);
        assert_eq!(group.subjects(Rule::SoleResetTier), [""; 0], "the group may have a second one");
        group.landscape.directory.group_members.insert(id, Fact::Absent);
        assert_eq!(group.subjects(Rule::SoleResetTier).len(), 1, "it has none");

        // B4: whether a guest counts is not documented.
        let mut guest = Scene::new();
        let helper = guest.person("helper").role(role::HELPDESK_ADMINISTRATOR).id();
        guest.person("ga-1").role(role::GLOBAL_ADMINISTRATOR);
        guest.edit(helper, |person| person.guest = Fact::Present(true));
        assert_eq!(guest.subjects(Rule::SoleResetTier), [""; 0]);

        // F2: a tier whose only holder is disabled is Unknown, and so are those below.
        let mut disabled = Scene::new();
        disabled.person("helper").role(role::HELPDESK_ADMINISTRATOR).disabled();
        disabled.person("ua-1").role(role::USER_ADMINISTRATOR);
        disabled.person("ga-1").role(role::GLOBAL_ADMINISTRATOR);
        assert_eq!(disabled.subjects(Rule::SoleResetTier), [""; 0]);
    }

    #[test]
    fn b1_nobody_who_answers_resets_is_found_once() {
        let mut scene = Scene::new();
        scene.reach(Category::PasswordResetRequest, Reach::Nobody);
        assert_eq!(scene.subjects(Rule::NobodyAnswersResets), ["PasswordResetRequest"]);
        assert_eq!(scene.subjects(Rule::NobodyBehindCategory), [""; 0], "one defect, one finding");
        for near in [Reach::Unknown, Reach::OnePerson, Reach::NotApplicable] {
            let mut scene = Scene::new();
            scene.reach(Category::PasswordResetRequest, near);
            assert_eq!(scene.subjects(Rule::NobodyAnswersResets), [""; 0]);
        }
    }
}
