//! Who is on the worklist, and with which value.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_api::v1alpha1::AccountRef;

use super::*;
use crate::{
    answer::DeclaredContact,
    desired::Attested,
    landscape::{Assignment, Principal, testing},
    model::{Domain, role},
};

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn with_mail(mail: Fact<Box<str>>, mut person: Person) -> Person {
    person.mail = mail;
    person
}

fn person(number: u128, name: &str) -> Person {
    with_mail(Fact::Present(name.into()), testing::person(id(number), name))
}

fn landscape(people: Vec<Person>, holders: &[Principal]) -> Landscape {
    let mut landscape = Landscape::default();
    landscape.directory.people = Fact::Present(people.into_iter().map(|person| (person.id, person)).collect());
    let assignment = |principal: &Principal| Assignment {
        role: role::GLOBAL_ADMINISTRATOR,
        principal: principal.clone(),
        whole_tenant: true,
    };
    landscape.directory.active = Fact::Present(holders.iter().map(assignment).collect());
    let domain = |initial| Domain { verified: Fact::Present(true), initial };
    let domains = [("contoso.com".into(), domain(false)), ("contoso.onmicrosoft.com".into(), domain(true))];
    landscape.domains = Fact::Present(BTreeMap::from(domains));
    landscape
}

fn today() -> Date {
    "2026-11-25".parse().unwrap()
}

fn declared(name: &str, contact: DeclaredContact) -> Declared {
    Declared { contacts: BTreeMap::from([(name.into(), contact)]), ..Declared::default() }
}

#[test]
fn an_administrator_is_on_the_list_until_somebody_attests_the_business_email_a4() {
    let landscape = landscape(vec![person(1, "helena@contoso.com")], &[Principal::Person(id(1))]);
    let why = |declared: &Declared| {
        let list = worklist(&landscape, declared, today());
        list.tasks.first().map(|task| task.why)
    };
    assert_eq!(why(&Declared::default()), Some(Why::NotDeclared));
    let mut contact =
        DeclaredContact { business_email: Some("helena@contoso.com".into()), ..DeclaredContact::default() };
    assert_eq!(why(&declared("helena@contoso.com", contact.clone())), Some(Why::NotAttested));
    let old: Date = "2026-01-02".parse().unwrap();
    contact.business_email_attested = Some(old);
    assert_eq!(why(&declared("helena@contoso.com", contact.clone())), Some(Why::Expired(old)));
    contact.business_email_attested = Some("2026-11-02".parse().unwrap());
    assert_eq!(why(&declared("helena@contoso.com", contact)), None);
}

#[test]
fn a_proposed_value_is_declared_or_the_accounts_own_corporate_address_a3() {
    let mut people =
        vec![person(1, "a@contoso.com"), person(2, "b@contoso.onmicrosoft.com"), person(3, "c@contoso.com")];
    people[2].mail = Fact::Present("c@gmail.com".into());
    let holders: Vec<Principal> = (1..=3).map(|number| Principal::Person(id(number))).collect();
    let contact = DeclaredContact { business_email: Some("desk@contoso.com".into()), ..DeclaredContact::default() };
    let list = worklist(&landscape(people, &holders), &declared("b@contoso.onmicrosoft.com", contact), today());
    let proposed: Vec<Option<&str>> = list.tasks.iter().map(|task| task.address.as_deref()).collect();
    assert_eq!(proposed, [Some("a@contoso.com"), Some("desk@contoso.com"), None]);
}

#[test]
fn disabled_and_protected_accounts_and_guests_are_not_on_it_and_members_of_a_group_are() {
    let mut people =
        vec![person(1, "gone@contoso.com"), person(2, "breakglass@contoso.com"), person(3, "c@contoso.com")];
    people[0].enabled = Fact::Present(false);
    people.push(Person { guest: Fact::Present(true), ..person(4, "visitor_fabrikam.example#EXT#@contoso.com") });
    let group = Principal::Group { id: id(9), display_name: "Operators".into() };
    let mut landscape =
        landscape(people, &[Principal::Person(id(1)), Principal::Person(id(2)), Principal::Person(id(4)), group]);
    landscape.directory.group_members.insert(id(9), Fact::Present(BTreeSet::from([id(3)])));
    let account = AccountRef { user_principal_name: "BreakGlass@contoso.com".into(), object_id: None };
    let declared = Declared { protected: vec![account], ..Declared::default() };
    let list = worklist(&landscape, &declared, today());
    let names: Vec<&str> = list.tasks.iter().map(|task| &*task.user_principal_name).collect();
    assert_eq!((names, list.unread.len()), (vec!["c@contoso.com"], 0));
    assert_eq!(list.tasks[0].roles, ["Global Administrator".into()]);
}

#[test]
fn what_could_not_be_read_is_said_g1() {
    let mut landscape = landscape(Vec::new(), &[]);
    landscape.directory.active = Fact::Unknown(Unknown::PermissionMissing("RoleManagement.Read.Directory".into()));
    let list = worklist(&landscape, &Declared::default(), today());
    assert_eq!((list.tasks.len(), list.unread[0].0), (0, "role assignments"));
}

#[test]
fn e4_a_declared_gateway_is_on_it_until_somebody_attests_it_and_again_when_that_ends() {
    let gateway = |name: &str, day: Option<&str>| GatewayClaim {
        name: name.into(),
        domains: [].into(),
        attestation: day.map(|day| Attested { on: day.parse().ok(), by: "nadia".into(), evidence: None }),
    };
    let gateways = vec![
        gateway("holds", Some("2026-05-29")),
        gateway("never", None),
        gateway("ended", Some("2026-05-28")),
        gateway("undated", Some("soon")),
    ];
    let declared = Declared { gateways, ..Declared::default() };
    let list = worklist(&Landscape::default(), &declared, today());
    let found: Vec<(&str, Why)> = list.gateways.iter().map(|task| (&*task.name, task.why)).collect();
    let ended = Why::Expired("2026-05-28".parse().unwrap());
    assert_eq!(found, [("ended", ended), ("never", Why::NotAttested), ("undated", Why::Undated)]);
}

/// Signing in with a break-glass account raises an alarm, and its credential lies in a safe: nobody is asked to.
#[test]
fn c12_nobody_is_asked_to_sign_in_with_a_break_glass_account_declared_or_not() {
    let sealed = |number: u128, name: &str| with_mail(Fact::Absent, person(number, name));
    let people = vec![
        sealed(1, "breakglass-1@contoso.onmicrosoft.com"),
        person(2, "admin@contoso.onmicrosoft.com"),
        sealed(3, "bare@contoso.com"),
        with_mail(Fact::Unknown(Unknown::NotRead), person(4, "unread@contoso.onmicrosoft.com")),
    ];
    let holders: Vec<Principal> = (1..=4).map(|number| Principal::Person(id(number))).collect();
    let landscape = landscape(people, &holders);
    let asked = |declared: &Declared| {
        let list = worklist(&landscape, declared, today());
        let names = list.tasks.iter().map(|task| task.user_principal_name.to_string()).collect::<Vec<_>>();
        (names, list.sealed.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let others = ["admin@contoso.onmicrosoft.com", "bare@contoso.com", "unread@contoso.onmicrosoft.com"];
    let others = others.map(str::to_owned).to_vec();
    let seal = vec!["breakglass-1@contoso.onmicrosoft.com".to_owned()];
    assert_eq!(asked(&Declared::default()), (others.clone(), seal.clone()), "it looks like one, and is named");
    // By its name, by its id under another name, and by its name though it was made again: protected all the same.
    for (name, object_id) in [(&*seal[0], None), ("old@contoso.com", Some(id(1))), (&*seal[0], Some(id(99)))] {
        let account = AccountRef { user_principal_name: name.into(), object_id };
        let declared = Declared { protected: vec![account], ..Declared::default() };
        assert_eq!(asked(&declared), (others.clone(), Vec::new()), "{name}");
    }
    // Whoever declares the account knows it better.
    let known = declared(&seal[0], DeclaredContact::default());
    assert_eq!(asked(&known).1, Vec::<String>::new());
}
