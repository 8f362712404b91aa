//! Entries of contact state that are no addresses (DOMAIN F9).

use super::{
    case::{Case, account},
    found::Found,
    partner_contact::PRIMARY_CONTACT,
};
use crate::{
    answer::Subject,
    landscape::written::{self, Flaw},
};

/// F9: an entry is no address. An empty primary contact is none at all, which is a rule of its own. Of accounts those of
/// administrators, as the other rules about alternate emails.
pub(super) fn no_address(case: &Case<'_>, found: &mut Found) {
    for stated in case.entries() {
        let Some(flaw) = written::flaw(stated.address) else { continue };
        if stated.field == PRIMARY_CONTACT && flaw == Flaw::Empty {
            continue;
        }
        let address = if flaw == Flaw::Empty { "(empty)" } else { stated.address };
        found.say(
            Subject::Address { field: stated.field.into(), address: address.into() },
            format!("an entry of {} is not a mail address: {flaw}", stated.field),
        );
    }
    for (person, _) in case.administrators() {
        let entries = person.alternate_emails.present().into_iter().flatten();
        let flaws: Vec<Flaw> = entries.filter_map(|entry| written::flaw(entry)).collect();
        if let Some(flaw) = flaws.first() {
            let name = &person.user_principal_name;
            let more = match flaws.len() {
                1 => String::new(),
                count => format!(" (the first of {count} such entries)"),
            };
            found.say(account(person), format!("an alternate email of {name} is not a mail address: {flaw}{more}"));
        }
    }
    found.wanted.extend(case.active.wanted.iter().cloned());
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::rule::Rule;

    use crate::{
        model::{Fact, role},
        policy::testing::{Scene, read_failed},
    };

    #[test]
    fn a14_an_entry_that_is_no_address_is_one_finding_and_none_about_a_domain() {
        let mut scene = Scene::new();
        let entries =
            ["", "noc@contoso.com;soc@contoso.com", " it@contoso.com ", "Sec <sec@gmail.com>", "it@contoso.com"];
        scene.landscape.organization.technical = Fact::of_values(entries.map(Into::into).into());
        scene.partner("boss@gmail.com ");
        let findings = scene.findings(Rule::EntryIsNoAddress);
        let said: Vec<&str> = findings.iter().map(|finding| &*finding.message).collect();
        assert_eq!(
            said,
            [
                "an entry of primaryContact is not a mail address: it has blanks around the address",
                "an entry of technicalNotificationMails is not a mail address: it has blanks around the address",
                "an entry of technicalNotificationMails is not a mail address: it is empty",
                "an entry of technicalNotificationMails is not a mail address: it has a name or angle brackets around the address",
                "an entry of technicalNotificationMails is not a mail address: it holds several addresses, and each needs an entry of its own",
            ]
        );
        for rule in [Rule::PersonalAddress, Rule::DepartedAddress, Rule::PrimaryContactIsOnePerson] {
            assert_eq!(scene.subjects(rule), [""; 0], "{rule}: no domain is judged");
        }
        scene.landscape.organization.technical = read_failed();
        assert_eq!(scene.findings(Rule::EntryIsNoAddress).len(), 1, "G2");
    }

    #[test]
    fn a14_an_administrators_alternate_email_that_is_no_address_is_found_once() {
        let mut scene = Scene::new();
        scene
            .person("ada")
            .alternates(&["ada@home.example ", "", "ada@b\u{fc}cher.example"])
            .role(role::USER_ADMINISTRATOR);
        scene.person("user").alternates(&[""]);
        let findings = scene.findings(Rule::EntryIsNoAddress);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].message.ends_with("blanks around the address (the first of 3 such entries)"));
        assert_eq!(scene.subjects(Rule::AlternateEmailInside), [""; 0]);
    }
}
