//! Who holds roles, and is told nothing (DOMAIN B4, F2).

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    case::{Case, account, is_active_member},
    directory::{NOTICE_ROLES, role_names},
    found::Found,
};
use crate::{
    answer::Subject,
    landscape::{Orphan, Principal},
    model::Fact,
};

/// B4: a disabled account holds a role, or one that is no longer there.
pub(super) fn disabled(case: &Case<'_>, found: &mut Found) {
    for Orphan { assignment, role, principal } in &case.landscape.directory.orphans {
        found.say(
            Subject::Principal { id: *principal, name: principal.to_string().into() },
            format!(
                "the role assignment {assignment} gives {} to {principal}, which no longer exists",
                role_names([role])
            ),
        );
    }
    for (id, roles) in &case.active.any {
        let Some(person) = case.person(*id).filter(|person| person.enabled == Fact::Present(false)) else { continue };
        let name = &person.user_principal_name;
        found.say(account(person), format!("{name} is disabled, and holds {}", role_names(roles)));
    }
    found.wanted.extend(case.active.wanted.iter().cloned());
}

/// B4: a role that notices go by is only eligible: until it is activated its holder is told nothing (assumed, DOMAIN F2).
pub(super) fn eligible_only(case: &Case<'_>, found: &mut Found) {
    found.wanted.extend(case.eligible.wanted.iter().chain(&case.active.wanted).cloned());
    if !case.active.known {
        return;
    }
    for (id, roles) in &case.eligible.whole {
        let Some(person) = case.person(*id).filter(|person| is_active_member(person)) else { continue };
        let held = case.active.whole.get(id);
        let only: BTreeSet<Uuid> = roles
            .iter()
            .filter(|role| NOTICE_ROLES.contains(role))
            .filter(|role| held.is_none_or(|held| !held.contains(role)))
            // A group that was not read may make it an active one.
            .filter(|role| !case.active.incomplete.contains(role))
            .copied()
            .collect();
        if !only.is_empty() {
            let name = &person.user_principal_name;
            let roles = role_names(&only);
            found.say(
                account(person),
                format!("{name} is only eligible for {roles} and is not notified until the role is activated"),
            );
        }
    }
}

/// B4: a guest holds a role: its mail goes to another organization.
pub(super) fn guest(case: &Case<'_>, found: &mut Found) {
    for (id, roles) in &case.active.any {
        let Some(person) = case.person(*id).filter(|person| person.guest == Fact::Present(true)) else { continue };
        // A disabled one is said as that.
        if person.enabled != Fact::Present(false) {
            let name = &person.user_principal_name;
            found.say(account(person), format!("{name} is a guest, and holds {}", role_names(roles)));
        }
    }
    found.wanted.extend(case.active.wanted.iter().cloned());
}

/// B4: an application holds a role whose notices are mail, which it does not read.
pub(super) fn service_principal(case: &Case<'_>, found: &mut Found) {
    let mut roles: BTreeMap<(Uuid, &str), BTreeSet<Uuid>> = BTreeMap::new();
    for assignment in case.landscape.directory.active.present().into_iter().flatten() {
        if let Principal::ServicePrincipal { id, display_name } = &assignment.principal
            && assignment.whole_tenant
            && NOTICE_ROLES.contains(&assignment.role)
        {
            roles.entry((*id, display_name)).or_default().insert(assignment.role);
        }
    }
    for ((id, name), roles) in roles {
        found.say(
            Subject::Principal { id, name: name.into() },
            format!("the application {name} holds {}, and reads no mail", role_names(&roles)),
        );
    }
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::rule::Rule;

    use super::*;
    use crate::{
        landscape::Assignment,
        model::role,
        policy::testing::{Scene, read_failed},
    };

    #[test]
    fn b4_a_role_on_a_disabled_account_is_found() {
        let mut scene = Scene::new();
        scene.person("gone").role(role::USER_ADMINISTRATOR).disabled();
        scene.person("there").role(role::USER_ADMINISTRATOR);
        scene.person("off").disabled();
        let unread = scene.person("unread").role(role::USER_ADMINISTRATOR).id();
        scene.edit(unread, |person| person.enabled = read_failed());
        assert_eq!(scene.subjects(Rule::DisabledRoleHolder), ["gone@contoso.com"]);
    }

    #[test]
    fn a3_an_assignment_that_outlived_its_principal_is_found_with_its_id_and_role() {
        let mut scene = Scene::new();
        let (role, principal) = (role::USER_ADMINISTRATOR, Uuid::from_u128(9));
        assert_eq!(scene.subjects(Rule::DisabledRoleHolder), [""; 0]);
        scene.landscape.directory.orphans.push(Orphan {
            assignment: "lAPpYvVpN0KRkAEhdxReEJC2".into(),
            role,
            principal,
        });
        assert_eq!(scene.subjects(Rule::DisabledRoleHolder), [principal.to_string()]);
        let said = &scene.findings(Rule::DisabledRoleHolder)[0].message;
        assert!(said.contains("lAPpYvVpN0KRkAEhdxReEJC2 gives User Administrator"), "{said}");
    }

    #[test]
    fn b4_an_eligible_only_holder_is_found_for_roles_that_notices_go_by() {
        let mut scene = Scene::new();
        scene.person("only").eligible(role::GLOBAL_ADMINISTRATOR);
        scene.person("both").eligible(role::GLOBAL_ADMINISTRATOR).role(role::GLOBAL_ADMINISTRATOR);
        scene.person("reader").eligible(role::DIRECTORY_READERS);
        assert_eq!(scene.subjects(Rule::EligibleOnlyHolder), ["only@contoso.com"]);

        let group = scene.group_role(role::GLOBAL_ADMINISTRATOR);
        assert_eq!(scene.subjects(Rule::EligibleOnlyHolder), [""; 0], "G2: the group may hold it actively");
        scene.landscape.directory.group_members.insert(group, Fact::Absent);
        assert_eq!(scene.subjects(Rule::EligibleOnlyHolder), ["only@contoso.com"]);
        scene.landscape.directory.active = read_failed();
        assert_eq!(scene.subjects(Rule::EligibleOnlyHolder), [""; 0], "G2");
    }

    #[test]
    fn b4_a_guest_with_a_role_is_found() {
        let mut scene = Scene::new();
        let guest = scene.person("guest").role(role::USER_ADMINISTRATOR).id();
        let unread = scene.person("unread").role(role::USER_ADMINISTRATOR).id();
        scene.person("member").role(role::USER_ADMINISTRATOR);
        scene.edit(guest, |person| person.guest = Fact::Present(true));
        scene.edit(unread, |person| person.guest = read_failed());
        assert_eq!(scene.subjects(Rule::GuestRoleHolder), ["guest@contoso.com"]);
        scene.edit(guest, |person| person.enabled = Fact::Present(false));
        assert_eq!(scene.subjects(Rule::GuestRoleHolder), [""; 0]);
        assert_eq!(scene.subjects(Rule::DisabledRoleHolder), ["guest@contoso.com"], "one defect, one finding");
    }

    #[test]
    fn b4_an_application_with_a_role_that_notices_go_by_is_found() {
        let mut scene = Scene::new();
        let application = |role, whole_tenant| Assignment {
            role,
            principal: Principal::ServicePrincipal { id: Uuid::from_u128(7), display_name: "Robot".into() },
            whole_tenant,
        };
        scene.assign(application(role::USER_ADMINISTRATOR, true));
        assert_eq!(scene.subjects(Rule::ServicePrincipalHolder), ["Robot"]);
        let mut near = Scene::new();
        near.assign(application(role::DIRECTORY_READERS, true));
        near.assign(application(role::USER_ADMINISTRATOR, false));
        assert_eq!(near.subjects(Rule::ServicePrincipalHolder), [""; 0]);
    }
}
