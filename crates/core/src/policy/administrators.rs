//! Whether administrators can receive mail, and are meant to (DOMAIN E2). Of administrators that notices go by the role of:
//! nobody is written to because of another role. Protected accounts are excepted.

use tenant_contacts_api::{notice::Arrival, v1alpha1::MailIntent};

use super::{
    case::{Case, account},
    directory::NOTICE_ROLES,
    found::Found,
    graph::why,
    mailboxes::no_mailbox,
};
use crate::{landscape::Person, model::Fact};

/// E2: an administrator can receive no mail, and no other path is declared.
pub(super) fn without_mailbox(case: &Case<'_>, found: &mut Found) {
    found.wanted.extend(case.active.wanted.iter().cloned());
    for person in judged(case) {
        // Declared either way, it is another rule's, or as it should be.
        if case.intent(person).is_none()
            && let Some(what) = no_mailbox(case, person)
        {
            found.say(
                account(person),
                format!("administrator {} {what}, and no alternate path is declared", person.user_principal_name),
            );
        }
    }
}

/// E2: an administrator is meant to receive mail, or has a mailbox, and mail to it is not read.
pub(super) fn undeliverable(case: &Case<'_>, found: &mut Found) {
    found.wanted.extend(case.active.wanted.iter().cloned());
    for person in judged(case) {
        let why = match (case.intent(person), &person.mail) {
            (Some(MailIntent::NotMailEnabled), _) | (_, Fact::Unknown(_)) | (None, Fact::Absent) => continue,
            (Some(MailIntent::Receives), Fact::Absent) => "it has no address".to_owned(),
            (intent, Fact::Present(mail)) => match case.address_node(mail) {
                Some((_, node)) if node.arrival == Arrival::Undeliverable => {
                    // Where nothing is declared, an account without a mailbox is the other rule's.
                    if intent.is_none() && no_mailbox(case, person).is_some() {
                        continue;
                    }
                    why(node)
                }
                _ => continue,
            },
        };
        found.say(account(person), format!("mail to administrator {} is not read: {why}", person.user_principal_name));
    }
}

fn judged<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Person> {
    case.administrators_of(NOTICE_ROLES).filter(|person| !case.is_protected(person))
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::{obstacle::Obstacle, rule::Rule};

    use super::*;
    use crate::{
        landscape::MailboxKind,
        model::role,
        policy::testing::{Scene, read_failed},
    };

    #[test]
    fn e2_an_administrator_without_a_mailbox_is_found_unless_another_path_is_declared() {
        let mut scene = Scene::new();
        for name in ["bare", "declared", "seal"] {
            scene.person(name).role(role::GLOBAL_ADMINISTRATOR);
        }
        scene.person("gone").mail().role(role::USER_ADMINISTRATOR);
        scene.person("fine").mail().mailbox(MailboxKind::User).role(role::USER_ADMINISTRATOR);
        scene.person("user");
        scene.person("reader").role(role::DIRECTORY_READERS);
        let unread = scene.person("unread").role(role::USER_ADMINISTRATOR).id();
        scene.edit(unread, |person| person.mail = read_failed());
        scene.declare_mail("declared", MailIntent::NotMailEnabled);
        scene.protect("seal");
        assert_eq!(scene.subjects(Rule::AdministratorWithoutMailbox), ["bare@contoso.com", "gone@contoso.com"]);
        assert_eq!(scene.subjects(Rule::AddressWithoutMailbox), [""; 0], "one defect, one finding");
        scene.landscape.exchange.recipients = read_failed();
        assert_eq!(
            scene.subjects(Rule::AdministratorWithoutMailbox),
            ["bare@contoso.com"],
            "G2: the address may be good"
        );
    }

    #[test]
    fn e2_an_administrator_who_is_meant_to_receive_mail_and_does_not_is_found() {
        let mut scene = Scene::new();
        for (name, arrival) in [
            ("full", Arrival::Undeliverable),
            ("undeclared", Arrival::Undeliverable),
            ("unknown", Arrival::Unknown),
            ("fine", Arrival::Deliverable),
            ("away", Arrival::Undeliverable),
        ] {
            scene.person(name).mail().mailbox(MailboxKind::User).role(role::GLOBAL_ADMINISTRATOR);
            let node = scene.address_node(&format!("{name}@contoso.com"));
            scene.blocked(node, arrival, Obstacle::OverQuota);
        }
        scene.person("bare").role(role::GLOBAL_ADMINISTRATOR);
        for name in ["full", "unknown", "fine", "bare"] {
            scene.declare_mail(name, MailIntent::Receives);
        }
        scene.declare_mail("away", MailIntent::NotMailEnabled);
        let names = scene.subjects(Rule::AdministratorUndeliverable);
        assert_eq!(names, ["full@contoso.com", "undeclared@contoso.com", "bare@contoso.com"]);
        assert_eq!(scene.subjects(Rule::AdministratorWithoutMailbox), [""; 0], "it is declared to receive mail");
        scene.landscape.directory.active = read_failed();
        assert_eq!(scene.subjects(Rule::AdministratorUndeliverable), [""; 0], "G2");
    }
}
