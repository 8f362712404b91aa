//! Writing contact details of administrators takes a directory role (DOMAIN C3).

use super::{
    case::Case,
    found::{Found, listed},
};
use crate::{answer::Subject, privilege::missing_role};

/// C3: contact details of administrators are declared, and the application lacks the directory role that writing them takes.
/// Accounts that nothing is declared of are never written, protected ones neither.
pub(super) fn unreachable(case: &Case<'_>, found: &mut Found) {
    let Ok(held) = case.landscape.writer_roles.known() else { return };
    let mut out_of_reach: Vec<(&'static str, &str)> = case
        .administrators()
        .filter(|(person, _)| case.contact(person).is_some() && !case.is_protected(person))
        .filter_map(|(person, roles)| Some((missing_role(roles, held)?, &*person.user_principal_name)))
        .collect();
    out_of_reach.sort_unstable();
    // The stronger role comes first in the alphabet, and does for both.
    let Some((role, _)) = out_of_reach.first().copied() else { return };
    out_of_reach.sort_unstable_by_key(|(_, name)| *name);
    found.say(
        Subject::Tenant,
        format!(
            "the application lacks the directory role {role}: it cannot write the contact details of {}",
            listed(out_of_reach.iter().map(|(_, name)| *name))
        ),
    );
    found.wanted.extend(case.active.wanted.iter().cloned());
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::rule::Rule;

    use crate::{
        answer::DeclaredContact,
        model::{Fact, role},
        policy::testing::{Scene, read_failed},
    };

    #[test]
    fn c3_a_missing_directory_role_is_found_where_administrators_are_declared() {
        let mut scene = Scene::new();
        for (name, role) in [("ga", role::GLOBAL_ADMINISTRATOR), ("ua", role::USER_ADMINISTRATOR)] {
            scene.person(name).role(role);
            scene.declared.contacts.insert(format!("{name}@contoso.com").into(), DeclaredContact::default());
        }
        assert_eq!(
            scene.subjects(Rule::PrivilegedContactsUnreachable),
            [""; 0],
            "G2: the application's roles are not known"
        );
        scene.landscape.writer_roles = Fact::Absent;
        let findings = scene.findings(Rule::PrivilegedContactsUnreachable);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].message.contains("Privileged Authentication Administrator"), "{}", findings[0].message);
        assert!(findings[0].message.ends_with("of ga@contoso.com, ua@contoso.com"), "{}", findings[0].message);
        scene.landscape.writer_roles = Fact::Present([role::USER_ADMINISTRATOR].into());
        assert!(scene.findings(Rule::PrivilegedContactsUnreachable)[0].message.ends_with("of ga@contoso.com"));
        scene.declared.contacts.clear();
        assert_eq!(scene.subjects(Rule::PrivilegedContactsUnreachable), [""; 0], "nothing is to be written");
    }

    #[test]
    fn c3_unknown_role_holders_are_no_finding() {
        let mut scene = Scene::new();
        scene.person("ga").role(role::GLOBAL_ADMINISTRATOR);
        scene.declared.contacts.insert("ga@contoso.com".into(), DeclaredContact::default());
        scene.landscape.writer_roles = Fact::Absent;
        scene.landscape.directory.active = read_failed();
        assert_eq!(scene.subjects(Rule::PrivilegedContactsUnreachable), [""; 0], "G2");
    }
}
