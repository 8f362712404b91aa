//! The primary contact of a partner's legal profile (DOMAIN E1).

use std::collections::BTreeSet;

use tenant_contacts_api::notice::{Arrival, Category};

use super::{
    case::{Case, Stated, is_persons, mailbox},
    found::Found,
    graph::why,
};
use crate::{
    answer::{Chosen, NodeKind, Subject},
    landscape::{
        LegalProfile,
        written::{self, Flaw},
    },
    model::Fact,
};

/// The field's name, here and in the answer.
pub(super) const PRIMARY_CONTACT: &str = "primaryContact";

/// E1: no primary contact at all.
pub(super) fn missing(case: &Case<'_>, found: &mut Found) {
    let Some(legal) = case.landscape.partner.legal.present() else { return };
    let missing = match &legal.primary_contact {
        Fact::Absent => true,
        Fact::Present(entry) => written::flaw(entry) == Some(Flaw::Empty),
        Fact::Unknown(_) => false,
    };
    if missing {
        found.say_of(
            Category::PartnerVerification,
            Subject::Tenant,
            "the partner's legal profile has no primary contact: nobody receives the verification mail, which has a deadline",
        );
    }
}

/// E1: the primary contact is one employee's mailbox. What is behind an address that Exchange does not have is not known.
pub(super) fn one_person(case: &Case<'_>, found: &mut Found) {
    let Some(address) = primary_contact(case) else { return };
    let Ok(Some(recipient)) = case.recipient(address) else { return };
    if mailbox(recipient).is_some_and(is_persons) {
        found.say_of(
            Category::PartnerVerification,
            Stated { field: PRIMARY_CONTACT, address }.subject(),
            "the partner's primary contact is one employee's mailbox: verification waits while that person is away",
        );
    }
}

/// E1: the verification mail would not be read.
pub(super) fn undeliverable(case: &Case<'_>, found: &mut Found) {
    let Some(answer) = case.answer.category(Category::PartnerVerification) else { return };
    let ends: BTreeSet<_> = answer
        .recipients
        .iter()
        .filter(|chosen| {
            let start = chosen.path.first().and_then(|start| case.answer.node(*start));
            start.is_some_and(|start| start.kind == NodeKind::Field(PRIMARY_CONTACT))
        })
        .filter_map(Chosen::end)
        .collect();
    for node in ends.into_iter().filter_map(|end| case.answer.node(end)) {
        if node.arrival == Arrival::Undeliverable {
            let address = node.address.as_deref().unwrap_or(&node.label);
            found.say_of(
                Category::PartnerVerification,
                Stated { field: PRIMARY_CONTACT, address }.subject(),
                format!("the partner's primary contact would not receive the verification mail: {}", why(node)),
            );
        }
    }
}

/// The address, where the tenant is a partner's.
pub(super) fn primary_contact<'a>(case: &Case<'a>) -> Option<&'a str> {
    let legal: &LegalProfile = case.landscape.partner.legal.present()?;
    legal.primary_contact.present().map(|address| &**address).filter(|address| written::flaw(address).is_none())
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::{notice::Selected, obstacle::Obstacle, rule::Rule};

    use super::*;
    use crate::{
        landscape::MailboxKind,
        policy::testing::{Scene, read_failed},
    };

    #[test]
    fn a14_a_partner_without_a_primary_contact_is_found() {
        let mut scene = Scene::new();
        assert_eq!(scene.subjects(Rule::PrimaryContactMissing), [""; 0], "no partner");
        for (contact, missing) in [("ada@contoso.com", false), ("", true), (" ", true)] {
            scene.partner(contact);
            assert_eq!(scene.findings(Rule::PrimaryContactMissing).len(), usize::from(missing), "{contact:?}");
            assert_eq!(scene.subjects(Rule::EntryIsNoAddress), [""; 0], "one defect, one finding");
        }
        let Fact::Present(legal) = &mut scene.landscape.partner.legal else { unreachable!() };
        legal.primary_contact = Fact::Absent;
        assert_eq!(scene.subjects(Rule::PrimaryContactMissing), ["tenant"]);
        let Fact::Present(legal) = &mut scene.landscape.partner.legal else { unreachable!() };
        legal.primary_contact = read_failed();
        assert_eq!(scene.subjects(Rule::PrimaryContactMissing), [""; 0], "G2");
    }

    #[test]
    fn e1_one_employees_mailbox_as_primary_contact_is_found() {
        let mut scene = Scene::new();
        scene.partner("ada@contoso.com");
        scene.person("ada").mail().mailbox(MailboxKind::User);
        assert_eq!(scene.subjects(Rule::PrimaryContactIsOnePerson), ["ada@contoso.com"]);
        scene.landscape.exchange.recipients = read_failed();
        assert_eq!(scene.subjects(Rule::PrimaryContactIsOnePerson), [""; 0], "G2");
        scene.landscape.partner.legal = Fact::Absent;
        assert_eq!(scene.subjects(Rule::PrimaryContactIsOnePerson), [""; 0], "no partner");
    }

    #[test]
    fn e1_a_role_mailbox_or_a_list_as_primary_contact_is_fine() {
        let mut shared = Scene::new();
        shared.partner("partner@contoso.com");
        shared.person("partner").mail().disabled().mailbox(MailboxKind::Shared);
        assert_eq!(shared.subjects(Rule::PrimaryContactIsOnePerson), [""; 0]);
        let mut list = Scene::new();
        list.partner("partner@contoso.com");
        list.list("partner", &[]);
        assert_eq!(list.subjects(Rule::PrimaryContactIsOnePerson), [""; 0]);
    }

    #[test]
    fn e1_a_primary_contact_that_gets_nothing_is_found_and_an_unknown_one_is_not() {
        for (arrival, count) in [(Arrival::Undeliverable, 1), (Arrival::Unknown, 0), (Arrival::Deliverable, 0)] {
            let mut scene = Scene::new();
            let path = vec![scene.field(PRIMARY_CONTACT), scene.address_node("partner@contoso.com")];
            scene.blocked(path[1], arrival, Obstacle::NoRecipient);
            scene.chosen(Category::PartnerVerification, path, Selected::Yes);
            let findings = scene.findings(Rule::PrimaryContactUndeliverable);
            assert_eq!(findings.len(), count, "{arrival:?}");
            assert_eq!(scene.subjects(Rule::ContactUndeliverable), [""; 0], "one defect, one finding");
        }
    }
}
