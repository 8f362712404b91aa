//! Business emails: they have no public API, so what is declared is judged, and what is not attested is said (DOMAIN A2, A4).

use tenant_contacts_api::rule::Rule;

use super::{
    case::{Case, account},
    found::Found,
};
use crate::{answer::Subject, lint::Place};

/// A2: a declared business email that is not corporate. That it was copied from a private alternate email cannot be read;
/// [`unattested`] says where it is likely.
pub(super) fn private(case: &Case<'_>, found: &mut Found) {
    for (name, contact) in &case.declared.contacts {
        let Some(address) = &contact.business_email else { continue };
        let what = match case.place(address) {
            Place::FreeMail => "a free-mail address",
            Place::Outside => "outside the organization's domains",
            Place::Inside | Place::Unknown(_) => continue,
        };
        found.say(
            Subject::Address { field: "businessEmail".into(), address: address.clone() },
            format!("the business email of {name} is {what}: it keeps getting mail after its owner has left"),
        );
    }
}

/// A4: nobody has attested an administrator's business email, or not lately. Protected accounts are excepted: nothing may be
/// declared of them.
pub(super) fn unattested(case: &Case<'_>, found: &mut Found) {
    let days = case.days(Rule::BusinessEmailUnattested);
    for (person, _) in case.administrators().filter(|(person, _)| !case.is_protected(person)) {
        let contact = case.contact(person);
        let attested = contact.and_then(|contact| contact.business_email_attested);
        let message = match attested {
            Some(day) => match (case.today - day).get_days() {
                age if i64::from(age) > days => format!("was attested {age} days ago, more than {days}"),
                age if age < 0 => "has an attestation date in the future".to_owned(),
                _ => continue,
            },
            None if contact.is_some_and(|contact| contact.business_email.is_some()) => "is not attested".to_owned(),
            None => "is neither declared nor attested".to_owned(),
        };
        let alternates = person.alternate_emails().present().into_iter().flatten();
        let copied = if alternates.into_iter().any(|alternate| case.is_personal(alternate)) && attested.is_none() {
            "; Microsoft copies it from the alternate email on elevation, and the alternate email is private"
        } else {
            ""
        };
        found.say(account(person), format!("the business email of {} {message}{copied}", person.user_principal_name));
    }
    found.wanted.extend(case.active.wanted.iter().cloned());
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        answer::{DeclaredContact, RuleSetting},
        model::role,
        policy::testing::{Scene, TODAY, read_failed},
    };

    fn declared(business_email: &str, attested: Option<jiff::civil::Date>) -> DeclaredContact {
        DeclaredContact {
            business_email: Some(business_email.into()),
            business_email_attested: attested,
            ..DeclaredContact::default()
        }
    }

    #[test]
    fn a2_a_business_email_that_is_not_corporate_is_found() {
        let mut scene = Scene::new();
        for (name, address) in [("a", "a@gmail.com"), ("b", "b@fabrikam.example"), ("c", "c@contoso.com")] {
            scene.declared.contacts.insert(name.into(), declared(address, None));
        }
        assert_eq!(scene.subjects(Rule::PrivateBusinessEmail), ["a@gmail.com", "b@fabrikam.example"]);
        scene.landscape.domains = read_failed();
        assert_eq!(
            scene.subjects(Rule::PrivateBusinessEmail),
            ["a@gmail.com"],
            "G2: what is free mail is so for certain"
        );
    }

    #[test]
    fn a4_a_business_email_that_nobody_attested_lately_is_found() {
        let mut scene = Scene::new();
        let mut add = |name: &str, attested: Option<jiff::civil::Date>| {
            scene.person(name).role(role::USER_ADMINISTRATOR);
            let contact = declared(&format!("{name}@contoso.com"), attested);
            scene.declared.contacts.insert(format!("{name}@contoso.com").into(), contact);
        };
        add("never", None);
        add("old", Some(date(2025, 12, 1)));
        add("future", Some(date(2027, 1, 1)));
        add("today", Some(TODAY));
        add("just", Some(date(2026, 1, 2)));
        scene.person("nobody").alternates(&["x@gmail.com"]).role(role::USER_ADMINISTRATOR);
        scene.person("seal").role(role::GLOBAL_ADMINISTRATOR);
        scene.protect("seal");
        scene.person("user");
        let of = |name: &str| format!("{name}@contoso.com");
        let mut expected: Vec<String> = ["never", "old", "future", "nobody"].map(of).into();
        expected.sort();
        let mut subjects = scene.subjects(Rule::BusinessEmailUnattested);
        subjects.sort();
        assert_eq!(subjects, expected);
        let findings = scene.findings(Rule::BusinessEmailUnattested);
        let copied = findings.iter().find(|finding| finding.subject.name() == of("nobody")).unwrap();
        assert!(copied.message.contains("copies it from the alternate email"), "{}", copied.message);

        let setting = RuleSetting { days: Some(1000), ..RuleSetting::default() };
        scene.declared.rules.insert(Rule::BusinessEmailUnattested, setting);
        assert!(!scene.subjects(Rule::BusinessEmailUnattested).contains(&of("old")), "the policy's days hold");

        scene.landscape.directory.active = read_failed();
        assert_eq!(scene.subjects(Rule::BusinessEmailUnattested), [""; 0], "G2: who is an administrator is not known");
    }
}
