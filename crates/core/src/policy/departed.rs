//! Addresses of people who have left (DOMAIN A3).

use std::collections::BTreeSet;

use super::{
    behind::{self, End},
    case::{Case, Stated, is_persons, mailbox},
    found::Found,
};
use crate::{
    landscape::{Person, RecipientKind, fold, written},
    lint::Place,
    model::Fact,
};

/// A3: contact state names an address of somebody deleted or disabled, or what is sent there goes on to such a person.
pub(super) fn departed(case: &Case<'_>, found: &mut Found) {
    let mut stated: BTreeSet<Stated<'_>> = case.contact_state();
    stated.extend(case.declared.contacts.values().filter_map(|contact| {
        contact.business_email.as_deref().map(|address| Stated { field: "businessEmail", address })
    }));
    for place in stated {
        if let Some(who) = owner(case, place.address, false) {
            found.say(place.subject(), format!("{} names an address of {who}", place.field));
        }
    }
    for (person, _) in case.administrators() {
        for address in written::addresses(person.alternate_emails().present().into_iter().flatten()) {
            if let Some(who) = owner(case, address, true) {
                let place = Stated { field: "alternateEmails", address };
                let name = &person.user_principal_name;
                found.say(place.subject(), format!("the alternate email of {name} is an address of {who}"));
            }
        }
    }
    for given in behind::given(case) {
        let (whom, what) = match given.to {
            End::Outside(address) => match owner(case, address, false) {
                Some(who) => (address.to_owned(), format!("an address of {who}")),
                None => continue,
            },
            End::Mailbox(id) | End::Reader(id) => match behind::left(case, id) {
                Some((who, how)) => (who, how.to_owned()),
                None => continue,
            },
        };
        found.say(given.subject(), given.sentence(&whom, &what));
    }
}

/// Who had the address and has left. `None` where nobody did, where somebody has it who is there, or where that is not known.
/// `as_alternate`: whether the address stands as somebody's alternate email, who is no holder of it then.
pub(super) fn owner(case: &Case<'_>, address: &str, as_alternate: bool) -> Option<String> {
    let address = fold(address);
    case.landscape.directory.people.known().ok()?;
    let (gone, there): (Vec<&Person>, Vec<&Person>) =
        case.addresses.of_address(&address, !as_alternate).partition(|person| person.enabled == Fact::Present(false));
    if !there.is_empty() {
        return None;
    }
    if !matches!(case.place(&address), Place::Outside | Place::FreeMail) {
        // A shared mailbox's account is disabled on purpose, and the address of somebody who left may be a list's by now.
        let recipient = case.recipient(&address).ok()?;
        let persons = recipient.is_none_or(|recipient| match &recipient.kind {
            RecipientKind::MailUser { .. } => true,
            _ => mailbox(recipient).is_some_and(is_persons),
        });
        let disabled = |id| gone.iter().any(|person| Some(person.id) == id);
        if !persons || recipient.is_some_and(|recipient| !disabled(recipient.directory_id)) {
            return None;
        }
    }
    // A shared mailbox is nobody who could have left.
    let left = gone.into_iter().find(|person| case.mailbox(person).is_none_or(is_persons));
    if let Some(person) = left {
        return Some(format!("{}, whose account is disabled", person.user_principal_name));
    }
    let person = case.deleted_addresses.of_address(&address, !as_alternate).next()?;
    Some(format!("{}, whose account is deleted", person.user_principal_name))
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::rule::Rule;

    use super::*;
    use crate::{
        landscape::MailboxKind,
        policy::testing::{Scene, read_failed},
    };

    fn technical(address: &str) -> Scene {
        let mut scene = Scene::new();
        scene.landscape.organization.technical = Fact::of_values(vec![address.into()]);
        scene
    }

    #[test]
    fn a3_an_address_of_a_disabled_person_is_found_and_one_of_a_shared_mailbox_is_not() {
        let mut scene = technical("Ada@Contoso.com");
        scene.person("ada").mail().disabled().mailbox(MailboxKind::User);
        assert_eq!(scene.subjects(Rule::DepartedAddress), ["Ada@Contoso.com"]);

        let mut enabled = technical("ada@contoso.com");
        enabled.person("ada").mail().mailbox(MailboxKind::User);
        assert_eq!(enabled.subjects(Rule::DepartedAddress), [""; 0]);

        let mut shared = technical("noc@contoso.com");
        shared.person("noc").mail().disabled().mailbox(MailboxKind::Shared);
        assert_eq!(shared.subjects(Rule::DepartedAddress), [""; 0], "its account is disabled on purpose");

        scene.landscape.exchange.recipients = read_failed();
        assert_eq!(scene.subjects(Rule::DepartedAddress), [""; 0], "G2: it might be a shared mailbox");
    }

    #[test]
    fn a3_an_address_of_a_deleted_person_is_found_unless_something_has_it_now() {
        let mut scene = technical("ada@contoso.com");
        scene.person("ada").mail().deleted();
        assert_eq!(scene.subjects(Rule::DepartedAddress), ["ada@contoso.com"]);
        scene.list("ada", &[]);
        assert_eq!(scene.subjects(Rule::DepartedAddress), [""; 0], "a list has it now");
    }

    #[test]
    fn a3_the_private_address_of_somebody_who_left_is_found() {
        let mut scene = technical("ada@gmail.com");
        scene.person("ada").alternates(&["ada@gmail.com"]).disabled();
        assert_eq!(scene.subjects(Rule::DepartedAddress), ["ada@gmail.com"]);
        assert_eq!(scene.subjects(Rule::PersonalAddress), [""; 0], "one defect, one finding");
        scene.person("twin").alternates(&["ada@gmail.com"]);
        assert_eq!(scene.subjects(Rule::DepartedAddress), [""; 0], "somebody who is there has it too");
        assert_eq!(scene.subjects(Rule::PersonalAddress), ["ada@gmail.com"]);

        let mut unknown = technical("ada@gmail.com");
        let ada = unknown.person("ada").alternates(&["ada@gmail.com"]).id();
        unknown.edit(ada, |person| person.enabled = read_failed());
        assert_eq!(unknown.subjects(Rule::DepartedAddress), [""; 0], "G2");
    }

    #[test]
    fn a3_an_administrators_alternate_email_may_be_the_address_of_somebody_who_left() {
        let mut scene = Scene::new();
        scene.person("gone").mail().disabled().mailbox(MailboxKind::User);
        scene.person("ada").alternates(&["gone@contoso.com"]).role(crate::model::role::USER_ADMINISTRATOR);
        assert_eq!(scene.subjects(Rule::DepartedAddress), ["gone@contoso.com"]);
    }
}
