//! Primary addresses of accounts (DOMAIN D6). They are those of synchronised accounts and of accounts with a mailbox, not of
//! cloud-only accounts that are meant to have none (DOMAIN G4).

use tenant_contacts_api::v1alpha1::MailIntent;

use super::{
    case::{Case, account, domain, is_member, smtp},
    found::Found,
};
use crate::{
    landscape::{MailboxKind, Person},
    model::Fact,
};

/// Domains that Microsoft makes for a tenant and that stay its own: the initial one, one for routing (`x.mail.onmicrosoft.com`)
/// and up to five that administrators add. In the worldwide, the US and the Chinese cloud (general knowledge).
const OF_MICROSOFT: [&str; 3] = [".onmicrosoft.com", ".onmicrosoft.us", ".partner.onmschina.cn"];

/// D6: a primary address in an onmicrosoft.com domain, where the organization has another.
pub(super) fn on_initial_domain(case: &Case<'_>, found: &mut Found) {
    let Some(domains) = case.landscape.domains.present() else { return };
    let is_microsofts = |name: &str| OF_MICROSOFT.iter().any(|end| name.ends_with(end));
    if !domains.iter().any(|(name, domain)| domain.is_verified() && !domain.initial && !is_microsofts(name)) {
        return; // there is no other to choose
    }
    for person in case.people().filter(|person| speaks_of(case, person)) {
        let Some(mail) = person.mail.present() else { continue };
        let domain = domain(mail);
        let initial = domains.get(domain.as_str()).is_some_and(|domain| domain.initial);
        if initial || is_microsofts(&domain) {
            let remedy = if is_synchronised(person) {
                "set `mail` and the `SMTP:` entry of `proxyAddresses` on-premises, then synchronise"
            } else {
                "make another of its addresses the primary one"
            };
            found.say(
                account(person),
                format!(
                    "{} has its primary address in {}: {remedy}",
                    person.user_principal_name,
                    if initial { "the initial domain".to_owned() } else { format!("{domain}, one of Microsoft's") }
                ),
            );
        }
    }
}

/// D6: no mail attribute, on a synchronised account or one that a mailbox belongs to.
pub(super) fn empty(case: &Case<'_>, found: &mut Found) {
    for person in case.people().filter(|person| is_member(person) && person.enabled == Fact::Present(true)) {
        let licensed = person.exchange_plan == Fact::Present(true);
        if person.mail != Fact::Absent || case.intent(person) == Some(MailIntent::NotMailEnabled) {
            continue;
        }
        let (why, remedy) = if is_synchronised(person) {
            ("is synchronised", "set `mail` and `proxyAddresses` on-premises, then synchronise")
        } else if licensed || case.mailbox(person).is_some() {
            ("has a mailbox plan", "look at its mailbox: one should be there, with an address")
        } else {
            continue;
        };
        found.say(account(person), format!("{} {why}, and has no mail address: {remedy}", person.user_principal_name));
    }
}

/// D6: none or several primary addresses on a synchronised account. Without any address it is [`empty`].
pub(super) fn none_or_several(case: &Case<'_>, found: &mut Found) {
    for person in case.people().filter(|person| is_synchronised(person)) {
        let Ok(entries) = person.proxy_addresses.values() else { continue };
        // The case of the prefix carries meaning (DOMAIN D2).
        let primary = entries.iter().filter(|entry| entry.starts_with("SMTP:")).count();
        let addressed = person.mail.present().is_some() || entries.iter().any(|entry| smtp(entry).is_some());
        let how_many = match primary {
            1 => continue,
            0 if !addressed => continue,
            0 => "no primary address".to_owned(),
            more => format!("{more} primary addresses"),
        };
        found.say(
            account(person),
            format!(
                "{} has {how_many}: leave exactly one `SMTP:` entry in `proxyAddresses` on-premises, then synchronise",
                person.user_principal_name
            ),
        );
    }
}

/// Whether the account's primary address matters: a synchronised account, or one with a mailbox (DOMAIN G4).
fn speaks_of(case: &Case<'_>, person: &Person) -> bool {
    let mailbox = case.mailbox(person);
    let used =
        person.enabled == Fact::Present(true) || mailbox.is_some_and(|mailbox| mailbox.kind == MailboxKind::Shared);
    is_member(person)
        && used
        && case.intent(person) != Some(MailIntent::NotMailEnabled)
        && (is_synchronised(person) || mailbox.is_some())
}

fn is_synchronised(person: &Person) -> bool {
    person.synchronised == Fact::Present(true)
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::rule::Rule;

    use super::*;
    use crate::policy::testing::{Scene, read_failed};

    #[test]
    fn d6_a_primary_on_the_initial_domain_is_found_with_the_attribute_to_set() {
        let mut scene = Scene::new();
        let initial = |person: &mut Person| person.mail = Fact::Present("x@contoso.onmicrosoft.com".into());
        let synced = scene.person("synced").synchronised().id();
        let mailbox = scene.person("mailbox").mailbox(MailboxKind::User).id();
        let cloud = scene.person("cloud").id();
        let off = scene.person("off").synchronised().disabled().id();
        scene.person("fine").mail().synchronised();
        for id in [synced, mailbox, cloud, off] {
            scene.edit(id, initial);
        }
        let findings = scene.findings(Rule::PrimaryOnInitialDomain);
        let names: Vec<&str> = findings.iter().map(|finding| finding.subject.name()).collect();
        assert_eq!(
            names,
            ["synced@contoso.com", "mailbox@contoso.com"],
            "G4: not of a cloud-only account without a mailbox"
        );
        assert!(findings[0].message.contains("on-premises, then synchronise"), "{}", findings[0].message);

        scene.landscape.domains = read_failed();
        assert_eq!(scene.subjects(Rule::PrimaryOnInitialDomain), [""; 0], "G2");
    }

    /// Not the initial domain alone: each of Microsoft's domains is one that nobody writes to.
    #[test]
    fn a14_a_synchronised_primary_on_any_onmicrosoft_domain_is_found() {
        let mut scene = Scene::new();
        for (name, mail) in [
            ("routed", "x@contoso.mail.onmicrosoft.com"),
            ("added", "x@Fabrikam.onmicrosoft.com"),
            ("china", "x@contoso.partner.onmschina.cn"),
            ("alike", "x@notonmicrosoft.com"),
        ] {
            let id = scene.person(name).synchronised().id();
            scene.edit(id, |person| person.mail = Fact::Present(mail.into()));
        }
        let names = scene.subjects(Rule::PrimaryOnInitialDomain);
        assert_eq!(names, ["routed@contoso.com", "added@contoso.com", "china@contoso.com"]);
        if let Fact::Present(domains) = &mut scene.landscape.domains {
            domains.remove("contoso.com");
            let another = crate::model::Domain { verified: Fact::Present(true), initial: false };
            domains.insert("fabrikam.onmicrosoft.com".into(), another);
        }
        assert_eq!(scene.subjects(Rule::PrimaryOnInitialDomain), [""; 0], "there is no other to choose");
    }

    #[test]
    fn d6_a_tenant_with_nothing_but_its_initial_domain_has_no_choice() {
        let mut scene = Scene::new();
        let id = scene.person("synced").synchronised().id();
        scene.edit(id, |person| person.mail = Fact::Present("x@contoso.onmicrosoft.com".into()));
        if let Fact::Present(domains) = &mut scene.landscape.domains {
            domains.remove("contoso.com");
        }
        assert_eq!(scene.subjects(Rule::PrimaryOnInitialDomain), [""; 0]);
    }

    #[test]
    fn d6_an_empty_mail_attribute_is_found_on_synchronised_and_licensed_accounts() {
        let mut scene = Scene::new();
        scene.person("synced").synchronised();
        scene.person("cloud");
        scene.person("mailed").mail().synchronised();
        let licensed = scene.person("licensed").id();
        scene.edit(licensed, |person| person.exchange_plan = Fact::Present(true));
        let unread = scene.person("unread").synchronised().id();
        scene.edit(unread, |person| person.mail = read_failed());
        scene.person("none").synchronised();
        scene.declare_mail("none", MailIntent::NotMailEnabled);
        let names = scene.subjects(Rule::EmptyMailAttribute);
        assert_eq!(names, ["synced@contoso.com", "licensed@contoso.com"]);
    }

    #[test]
    fn d6_none_or_several_primary_addresses_on_a_synchronised_account_are_found() {
        let mut scene = Scene::new();
        let mut add = |name: &str, entries: &[&str]| {
            let id = scene.person(name).mail().synchronised().id();
            let entries = entries.iter().map(|entry| Box::<str>::from(*entry)).collect();
            scene.edit(id, |person| person.proxy_addresses = Fact::of_values(entries));
        };
        add("one", &["SMTP:a@contoso.com", "smtp:b@contoso.com", "X500:/o=x"]);
        add("two", &["SMTP:a@contoso.com", "SMTP:b@contoso.com"]);
        add("none", &["smtp:a@contoso.com"]);
        let unread = scene.person("unread").mail().synchronised().id();
        scene.edit(unread, |person| person.proxy_addresses = read_failed());
        let cloud = scene.person("cloud").mail().id();
        scene.edit(cloud, |person| {
            person.proxy_addresses = Fact::of_values(vec!["SMTP:a@contoso.com".into(), "SMTP:b@contoso.com".into()]);
        });
        assert_eq!(scene.subjects(Rule::SeveralPrimaryAddresses), ["two@contoso.com", "none@contoso.com"]);
    }
}
