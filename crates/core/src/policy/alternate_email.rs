//! Alternate emails of administrators (DOMAIN A1, G3).

use tenant_contacts_api::notice::{Category, Selected};

use super::{
    case::{Case, account},
    found::{Found, listed},
};
use crate::{
    answer::NodeKind,
    landscape::{fold, written},
    lint::Place,
    model::{Fact, role},
};

/// A1: an administrator's alternate email inside the organization, without a reason. Protected accounts are excepted: they are
/// judged by the tier they are in.
pub(super) fn inside(case: &Case<'_>, found: &mut Found) {
    for (person, _) in case.administrators().filter(|(person, _)| !case.is_protected(person)) {
        if case.contact(person).is_some_and(|contact| contact.inside_allowed) {
            continue;
        }
        let listed_inside: Vec<&str> = written::addresses(person.alternate_emails().present().into_iter().flatten())
            .filter(|address| case.place(address) == Place::Inside)
            .collect();
        if !listed_inside.is_empty() {
            found.say(
                account(person),
                format!(
                    "{} has its alternate email inside the organization ({}): it does not help when the tenant is unavailable",
                    person.user_principal_name,
                    listed(listed_inside)
                ),
            );
        }
    }
    found.wanted.extend(case.active.wanted.iter().cloned());
}

/// A1: billing notices go to alternate addresses too, so a private one of who gets them keeps getting invoices.
pub(super) fn private_gets_invoices(case: &Case<'_>, found: &mut Found) {
    let billing = case.answer.category(Category::Billing);
    for chosen in billing.into_iter().flat_map(|billing| &billing.recipients) {
        let nodes = || chosen.path.iter().filter_map(|id| case.answer.node(*id));
        let holder = nodes().find_map(|node| match node.kind {
            NodeKind::Account(id) => case.person(id),
            _ => None,
        });
        let address = nodes().find_map(|node| match &node.kind {
            NodeKind::Address(address) => Some(address),
            _ => None,
        });
        let (Some(person), Some(address), Selected::Yes) = (holder, address, chosen.selected) else { continue };
        let alternates = person.alternate_emails().present();
        let Some(written) = alternates.into_iter().flatten().find(|alternate| fold(alternate) == *address) else {
            continue;
        };
        if case.is_personal(written) && !case.is_protected(person) {
            found.say_of(
                Category::Billing,
                account(person),
                format!(
                    "{} gets billing notices, and one of its alternate emails is private: {written}",
                    person.user_principal_name
                ),
            );
        }
    }
}

/// G3: a global administrator without any alternate email. Protected accounts are excepted.
pub(super) fn missing(case: &Case<'_>, found: &mut Found) {
    for person in case.administrators_of(&[role::GLOBAL_ADMINISTRATOR]) {
        if *person.alternate_emails() == Fact::Absent && !case.is_protected(person) {
            found.say(
                account(person),
                format!(
                    "{} is a Global Administrator without an alternate email: recovery is impossible when the tenant is unavailable",
                    person.user_principal_name
                ),
            );
        }
    }
    found.wanted.extend(case.active.wanted.iter().cloned());
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::{field::Field, rule::Rule};

    use super::*;
    use crate::{
        answer::DeclaredContact,
        policy::testing::{Scene, read_failed},
    };

    fn with_alternate(address: &str) -> Scene {
        let mut scene = Scene::new();
        scene.person("ada").alternates(&[address]).role(role::USER_ADMINISTRATOR);
        scene
    }

    #[test]
    fn a1_an_alternate_email_inside_is_found_and_one_outside_is_not() {
        let scene = with_alternate("ada@contoso.com");
        assert_eq!(scene.subjects(Rule::AlternateEmailInside), ["ada@contoso.com"]);
        assert_eq!(with_alternate("ada@example.net").subjects(Rule::AlternateEmailInside), [""; 0]);
        let mut own = with_alternate("ada@contoso.example");
        own.declared.own_domains.insert("contoso.example".into());
        assert_eq!(own.subjects(Rule::AlternateEmailInside).len(), 1, "a domain the company declares as its own");
    }

    #[test]
    fn a1_a_reason_no_role_a_seal_or_unknown_domains_silence_it() {
        let mut scene = with_alternate("ada@contoso.com");
        let contact = DeclaredContact { inside_allowed: true, ..DeclaredContact::default() };
        scene.declared.contacts.insert("ada@contoso.com".into(), contact);
        assert_eq!(scene.subjects(Rule::AlternateEmailInside), [""; 0]);

        let mut scene = with_alternate("ada@contoso.com");
        scene.protect("ada");
        assert_eq!(scene.subjects(Rule::AlternateEmailInside), [""; 0]);

        let mut scene = with_alternate("ada@contoso.com");
        scene.landscape.domains = read_failed();
        assert_eq!(scene.subjects(Rule::AlternateEmailInside), [""; 0], "G2");

        let mut scene = Scene::new();
        scene.person("ada").alternates(&["ada@contoso.com"]);
        assert_eq!(scene.subjects(Rule::AlternateEmailInside), [""; 0], "no administrator");
    }

    fn billed(alternate: &str, selected: Selected) -> Scene {
        let mut scene = Scene::new();
        scene.person("ada").alternates(&[alternate]);
        let path = [
            scene.node_of(NodeKind::BillingRole("Contoso".into())),
            scene.account_node("ada"),
            scene.address_node(alternate),
        ];
        scene.chosen(Category::Billing, path.to_vec(), selected);
        scene
    }

    #[test]
    fn a1_a_private_alternate_of_who_gets_invoices_is_found() {
        let findings = billed("ada@gmail.com", Selected::Yes).findings(Rule::PrivateAlternateGetsInvoices);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].category, Some(Category::Billing));
        for near in [billed("ada@contoso.com", Selected::Yes), billed("ada@gmail.com", Selected::No)] {
            assert_eq!(near.subjects(Rule::PrivateAlternateGetsInvoices), [""; 0]);
        }
        let mut unknown = billed("ada@fabrikam.example", Selected::Yes);
        assert_eq!(unknown.subjects(Rule::PrivateAlternateGetsInvoices).len(), 1, "another company's");
        unknown.landscape.domains = read_failed();
        assert_eq!(unknown.subjects(Rule::PrivateAlternateGetsInvoices), [""; 0], "G2");
    }

    #[test]
    fn g3_a_global_administrator_without_an_alternate_email_is_found() {
        let mut scene = Scene::new();
        scene.person("ada").role(role::GLOBAL_ADMINISTRATOR);
        scene.person("ben").role(role::USER_ADMINISTRATOR);
        scene.person("cleo").role(role::GLOBAL_ADMINISTRATOR).alternates(&["c@example.net"]);
        scene.person("seal").role(role::GLOBAL_ADMINISTRATOR);
        scene.protect("seal");
        let unread = scene.person("unread").role(role::GLOBAL_ADMINISTRATOR).id();
        scene.edit(unread, |person| {
            person.put(Field::AlternateEmails, read_failed());
        });
        assert_eq!(scene.subjects(Rule::GlobalAdministratorWithoutAlternate), ["ada@contoso.com"]);
    }

    #[test]
    fn members_of_groups_that_hold_a_role_are_asked_for_and_then_judged() {
        let mut scene = Scene::new();
        let ada = scene.person("ada").id();
        let group = scene.group_role(role::GLOBAL_ADMINISTRATOR);
        let judged = scene.judge();
        assert!(judged.wanted.contains(&crate::landscape::Wanted::GroupMembers(group)));
        assert_eq!(scene.subjects(Rule::GlobalAdministratorWithoutAlternate), [""; 0]);
        scene.landscape.directory.group_members.insert(group, Fact::Present([ada].into()));
        assert_eq!(scene.subjects(Rule::GlobalAdministratorWithoutAlternate), ["ada@contoso.com"]);
        assert!(!scene.judge().wanted.contains(&crate::landscape::Wanted::GroupMembers(group)));
    }
}
