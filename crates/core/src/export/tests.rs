//! What is exported, and what is left out.

use std::collections::BTreeMap;

use tenant_contacts_api::{
    field::Field,
    v1alpha1::{AccountRef, Cloud, Credential, GuardRails, Mode, SecretKeyRef, TenantSpec, UserContact},
};
use uuid::Uuid;

use super::*;
use crate::{
    desired,
    field::{self, OF_ACCOUNTS, Shape},
    landscape::{Assignment, Person, Principal, testing},
    model::{Domain, Fact, Unknown, role},
};

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn options(private: Private) -> Options {
    let spec = TenantSpec {
        tenant_id: id(0x7e4a),
        cloud: Cloud::Global,
        credentials: vec![Credential {
            client_id: id(0xa99),
            surfaces: Vec::new(),
            client_secret: None,
            certificate: None,
            workload_identity: None,
        }],
        enforce: Vec::new(),
        suspend: false,
        interval: None,
        own_domains: vec!["contoso-recovery.example".into()],
        guard_rails: GuardRails {
            protected_accounts: vec![AccountRef {
                user_principal_name: "breakglass@contoso.com".into(),
                object_id: None,
            }],
            ..GuardRails::default()
        },
        approvals: Vec::new(),
    };
    let mut tenant = Tenant::new("contoso", spec);
    tenant.metadata.namespace = Some("contoso".into());
    tenant.metadata.resource_version = Some("17".into());
    Options { tenant, private, unnamed: false }
}

fn texts(values: &[&str]) -> Fact<Box<[Box<str>]>> {
    Fact::of_values(values.iter().map(|value| (*value).into()).collect())
}

fn person(number: u128, name: &str) -> Person {
    testing::person(id(number), name)
}

fn landscape(people: Vec<Person>) -> Landscape {
    let mut landscape = Landscape::default();
    landscape.directory.people = Fact::Present(people.into_iter().map(|person| (person.id, person)).collect());
    landscape.directory.active = Fact::Present(Box::default());
    let verified = Domain { verified: Fact::Present(true), initial: false };
    landscape.domains = Fact::Present(BTreeMap::from([("contoso.com".into(), verified)]));
    landscape.organization.technical = texts(&["noc@contoso.com"]);
    landscape.organization.security_mails = Fact::Absent;
    landscape.organization.security_phones = Fact::Absent;
    landscape.organization.marketing = Fact::Absent;
    landscape.organization.privacy_contact = Fact::Absent;
    landscape.organization.privacy_statement = Fact::Absent;
    landscape
}

fn user<'a>(exported: &'a Exported, name: &str) -> &'a UserContact {
    let objects = exported.files.iter().flat_map(|file| &file.objects);
    objects
        .filter_map(|object| match object {
            Exportable::User(user) => Some(&**user),
            _ => None,
        })
        .find(|user| user.metadata.name.as_deref() == Some(name))
        .unwrap()
}

fn file_names(exported: &Exported) -> Vec<&str> {
    exported.files.iter().map(|file| &*file.name).collect()
}

#[test]
fn accounts_with_a_role_have_a_file_of_their_own_and_the_rest_one_per_domain() {
    let mut people =
        vec![person(1, "helena@contoso.com"), person(2, "emil@contoso.com"), person(3, "lena@fabrikam.com")];
    for person in &mut people {
        person.put(Field::MobilePhone, texts(&["+1 206 555 0104"]));
    }
    let mut landscape = landscape(people);
    landscape.directory.active = Fact::Present(Box::new([Assignment {
        role: role::GLOBAL_ADMINISTRATOR,
        principal: Principal::Person(id(1)),
        whole_tenant: true,
    }]));
    let exported = export(&landscape, &options(Private::InPlace));
    let names = [
        "tenant.yaml",
        "organization.yaml",
        "administrators.yaml",
        "people-contoso.com.yaml",
        "people-fabrikam.com.yaml",
    ];
    assert_eq!(file_names(&exported), names);
    assert_eq!(user(&exported, "helena").spec.account_ref.object_id, Some(id(1)));
    assert_eq!(exported.left_out, []);
}

/// From the table of fields: one that no property of the kind declares, that reading it back forgets or that export leaves out
/// is named here.
#[test]
fn every_field_of_an_account_is_declared_and_exported() {
    for field in OF_ACCOUNTS {
        let value = match field::facts(field).unwrap().shape {
            Shape::Addresses => "somebody@example.org",
            Shape::Phones => "+1 206 555 0104",
            Shape::Text => "text",
        };
        let mut somebody = person(1, "somebody@contoso.com");
        somebody.put(field, texts(&[value]));
        let exported = export(&landscape(vec![somebody]), &options(Private::InPlace));
        let spec = &user(&exported, "somebody").spec;
        let declared: Vec<_> = spec.private().collect();
        let [(declared, private)] = declared[..] else {
            panic!("{}: {} fields are declared", field.path(), declared.len())
        };
        assert_eq!(declared, field, "{} is declared as another field", field.path());
        let values: Vec<_> = private.values().filter_map(|(_, value)| value.value.as_deref()).collect();
        assert_eq!(values, [value], "{}", field.path());
        let object = user(&exported, "somebody").clone().into();
        let (_, desired) = desired::child(&object, &|_| panic!("no Secret")).unwrap();
        let wanted: Vec<Field> = desired.fields.iter().map(|field| field.field).collect();
        assert_eq!(wanted, [field], "{} is not what is wanted", field.path());
    }
}

#[test]
fn the_tenant_is_as_it_was_declared_without_what_a_server_added() {
    let exported = export(&landscape(Vec::new()), &options(Private::InPlace));
    let Some(Exportable::Tenant(tenant)) = exported.files[0].objects.first() else { panic!("no Tenant") };
    assert_eq!((tenant.metadata.name.as_deref(), tenant.metadata.resource_version.as_deref()), (Some("contoso"), None));
    assert_eq!(file_names(&exported), ["tenant.yaml", "organization.yaml"]);
}

#[test]
fn an_alternate_email_inside_the_organization_is_exported_with_a_reason_a1() {
    let mut people = vec![person(1, "a@contoso.com"), person(2, "b@contoso.com"), person(3, "c@contoso.com")];
    people[0].put(Field::AlternateEmails, texts(&["a.b@Contoso.com"]));
    people[1].put(Field::AlternateEmails, texts(&["b@contoso-recovery.example"]));
    people[2].put(Field::AlternateEmails, texts(&["c@example.org"]));
    let exported = export(&landscape(people), &options(Private::InPlace));
    let reason = |name: &str| user(&exported, name).spec.alternate_emails.as_ref().unwrap().inside_reason.is_some();
    assert_eq!((reason("a"), reason("b"), reason("c")), (true, true, false));
}

#[test]
fn what_must_not_or_cannot_be_declared_is_left_out_and_said_without_its_value() {
    let mut people = vec![
        person(1, "breakglass@contoso.com"),
        person(2, "guest_example.org#EXT#@contoso.onmicrosoft.com"),
        person(3, "odd@contoso.com"),
        person(4, "nothing@contoso.com"),
    ];
    people[0].put(Field::AlternateEmails, texts(&["x@example.org"]));
    people[1].guest = Fact::Present(true);
    people[1].put(Field::AlternateEmails, texts(&["y@example.org"]));
    people[2].put(Field::AlternateEmails, texts(&["not an address", "odd@example.org"]));
    people[2].put(Field::MobilePhone, texts(&["x12"]));
    let mut landscape = landscape(people);
    landscape.organization.technical = texts(&["noc@contoso.com", "who is this"]);
    let exported = export(&landscape, &options(Private::InPlace));
    assert_eq!(file_names(&exported), ["tenant.yaml", "organization.yaml", "people.yaml"]);
    let odd = user(&exported, "odd");
    let alternates = odd.spec.alternate_emails.as_ref().unwrap();
    assert_eq!(
        (alternates.mode, alternates.values.len(), odd.spec.mobile_phone.is_some()),
        (Some(Mode::Contains), 1, false)
    );
    let left_out: Vec<(&str, usize)> = exported.left_out.iter().map(|one| (&*one.what, one.objects)).collect();
    let expected =
        [("alternateEmails", 1), ("guests", 1), ("mobilePhone", 1), ("protected accounts", 1), ("technical", 1)];
    assert_eq!(left_out, expected);
    let said = format!("{:?}", exported.left_out);
    assert!(!said.contains("who is this") && !said.contains("not an address") && !said.contains("x12"), "{said}");
}

#[test]
fn a_list_with_a_value_that_is_left_out_does_not_remove_it() {
    let mut landscape = landscape(Vec::new());
    landscape.organization.technical = texts(&["noc@contoso.com", "who is this"]);
    let exported = export(&landscape, &options(Private::InPlace));
    let Exportable::Organization(contacts) = &exported.files[1].objects[0] else { panic!("no contacts") };
    let technical = contacts.spec.technical.as_ref().unwrap();
    assert_eq!(technical.mode, Some(Mode::Contains));
    assert_eq!(technical.values.len(), 1);
}

#[test]
fn unreadable_is_left_out_with_the_permission_that_would_tell_g1() {
    let mut landscape = landscape(Vec::new());
    landscape.organization.technical = Fact::Unknown(Unknown::PermissionMissing("Organization.Read.All".into()));
    landscape.directory.people = Fact::Unknown(Unknown::PermissionMissing("User.Read.All".into()));
    let exported = export(&landscape, &options(Private::InPlace));
    assert_eq!(file_names(&exported), ["tenant.yaml"]);
    let said: Vec<String> = exported.left_out.iter().map(|one| format!("{}: {}", one.what, one.why)).collect();
    assert!(said[0].starts_with("accounts: ") && said[0].contains("User.Read.All"), "{said:?}");
    assert!(said[1].starts_with("technical: ") && said[1].contains("Organization.Read.All"), "{said:?}");
}

#[test]
fn private_data_goes_to_secrets_that_only_this_tenant_may_use() {
    let mut people = vec![person(1, "a@contoso.com"), person(2, "b@contoso.com")];
    people[0].put(Field::AlternateEmails, texts(&["a@example.org", "a@example.net"]));
    people[1].put(Field::MobilePhone, texts(&["+1 206 555 0104"]));
    let exported = export(&landscape(people), &options(Private::Secrets));
    let Some(Exportable::Secret(secret)) = exported.files.last().unwrap().objects.first() else { panic!("no Secret") };
    assert_eq!((&*secret.name, &*secret.tenant), ("contoso-private-contacts", "contoso"));
    let entries: Vec<(&str, &str)> = secret.entries.iter().map(|(key, value)| (&**key, &**value)).collect();
    let expected = [
        ("a.alternate-email-1", "a@example.org"),
        ("a.alternate-email-2", "a@example.net"),
        ("b.mobile-phone", "+1 206 555 0104"),
    ];
    assert_eq!(entries, expected);
    let from = user(&exported, "b").spec.mobile_phone.as_ref().unwrap().value_from.as_ref().unwrap();
    let key = SecretKeyRef { name: "contoso-private-contacts".into(), key: "b.mobile-phone".into() };
    assert_eq!(from.secret_key_ref, key);
}

#[test]
fn a_fleet_is_cut_into_files_that_can_be_read_back() {
    let mut people: Vec<Person> =
        (1..=20_000).map(|number| person(number, &format!("p{number}@contoso.com"))).collect();
    for person in &mut people {
        person.put(Field::MobilePhone, texts(&["+1 206 555 0104"]));
    }
    let exported = export(&landscape(people), &options(Private::InPlace));
    let names = ["tenant.yaml", "organization.yaml", "people.yaml", "people-2.yaml", "people-3.yaml"];
    assert_eq!(file_names(&exported), names);
    assert_eq!(exported.files.iter().map(|file| file.objects.len()).sum::<usize>(), 20_002);

    // Secrets too: a file of all of them would not be read either.
    let people = (1..=60_000).map(|number| {
        let mut person = person(number, &format!("somebody.with.a.long.name.{number}@contoso.com"));
        person.put(Field::MobilePhone, texts(&["+1 206 555 0104"]));
        person.put(Field::AlternateEmails, texts(&["somebody@example.org"]));
        person
    });
    let exported = export(&landscape(people.collect()), &options(Private::Secrets));
    let secrets: Vec<&str> = file_names(&exported).into_iter().filter(|name| name.starts_with("private")).collect();
    assert_eq!(secrets, ["private-contacts.yaml", "private-contacts-2.yaml"]);
}

#[test]
fn c3_every_exported_list_says_its_mode_and_a_changed_value_replaces() {
    let mut people = vec![person(1, "a@contoso.com")];
    people[0].put(Field::AlternateEmails, texts(&["a@example.org", "a@example.net"]));
    let mut landscape = landscape(people);
    landscape.organization.security_mails = texts(&["soc@contoso.com"]);
    landscape.organization.security_phones = texts(&["+1 206 555 0104"]);
    landscape.organization.marketing = texts(&["news@contoso.com"]);
    let exported = export(&landscape, &options(Private::InPlace));
    let alternates = user(&exported, "a").spec.alternate_emails.as_ref().unwrap();
    assert_eq!(alternates.mode, Some(Mode::Exact));
    let Exportable::Organization(contacts) = &exported.files[1].objects[0] else { panic!("no contacts") };
    let security = contacts.spec.security_and_compliance.as_ref().unwrap();
    let modes = [
        contacts.spec.technical.as_ref().unwrap().mode,
        contacts.spec.marketing.as_ref().unwrap().mode,
        security.mails.as_ref().unwrap().mode,
        security.phones.as_ref().unwrap().mode,
    ];
    assert_eq!(modes, [Some(Mode::Exact); 4]);
}

#[test]
fn c3_a_tenant_that_nobody_named_is_called_by_its_organization() {
    let named = |name: Fact<Box<str>>, unnamed: bool| {
        let mut landscape = landscape(vec![person(1, "a@contoso.com")]);
        landscape.display_name = name;
        if let Fact::Present(domains) = &mut landscape.domains {
            domains.insert("fabrikam.onmicrosoft.com".into(), Domain { verified: Fact::Present(true), initial: true });
        }
        let exported = export(&landscape, &Options { unnamed, ..options(Private::InPlace) });
        let Some(Exportable::Tenant(tenant)) = exported.files[0].objects.first() else { panic!("no Tenant") };
        let Some(Exportable::Organization(contacts)) = exported.files[1].objects.first() else { panic!("no contacts") };
        assert_eq!(contacts.metadata.namespace, tenant.metadata.namespace);
        assert_eq!(Some(&contacts.spec.tenant_ref.name), tenant.metadata.name.as_ref());
        tenant.metadata.name.clone().unwrap()
    };
    assert_eq!(named(Fact::Present("Woodgrove Bank, Ltd.".into()), true), "woodgrove-bank-ltd");
    assert_eq!(named(Fact::Present("\u{6771}\u{4eac}".into()), true), "fabrikam");
    assert_eq!(named(Fact::Unknown(Unknown::NotRead), true), "fabrikam");
    assert_eq!(named(Fact::Present("Woodgrove Bank".into()), false), "contoso", "declared names stay");
}

#[test]
fn c3_accounts_for_emergencies_are_proposed_as_protected_where_none_is_declared() {
    let mut people = vec![
        person(1, "Break-Glass-01@contoso.com"),
        person(2, "bare@contoso.onmicrosoft.com"),
        person(3, "helena@contoso.com"),
        person(4, "emergency.synced@contoso.com"),
        person(5, "breakglass.nobody@contoso.com"),
    ];
    for person in &mut people {
        person.put(Field::MobilePhone, texts(&["+1 206 555 0104"]));
    }
    people[1].exchange_plan = Fact::Present(false);
    people[3].synchronised = Fact::Present(true);
    let mut landscape = landscape(people);
    if let Fact::Present(domains) = &mut landscape.domains {
        domains.insert("contoso.onmicrosoft.com".into(), Domain { verified: Fact::Present(true), initial: true });
    }
    let assigned = |number| Assignment {
        role: role::GLOBAL_ADMINISTRATOR,
        principal: Principal::Person(id(number)),
        whole_tenant: true,
    };
    landscape.directory.active = Fact::Present(Box::new([1, 2, 3, 4].map(assigned)));
    let protected = |exported: &Exported| {
        let Some(Exportable::Tenant(tenant)) = exported.files[0].objects.first() else { panic!("no Tenant") };
        let accounts = tenant.spec.guard_rails.protected_accounts.iter().map(|account| account.object_id);
        accounts.collect::<Vec<_>>()
    };
    let mut undeclared = options(Private::InPlace);
    undeclared.tenant.spec.guard_rails.protected_accounts.clear();
    let exported = export(&landscape, &undeclared);
    assert_eq!(protected(&exported), [Some(id(2)), Some(id(1))]);
    assert!(exported.files[0].about.contains("is a proposal"));
    assert!(exported.left_out.iter().any(|one| one.what == "protected accounts" && one.objects == 2));
    let declared = export(&landscape, &options(Private::InPlace));
    assert_eq!(protected(&declared), [None], "whoever declared some is not talked into others");
}

#[test]
fn a14_what_is_no_address_is_left_out_and_the_accounts_are_named() {
    let mut people: Vec<Person> = (1..=7).map(|number| person(number, &format!("p{number}@contoso.com"))).collect();
    for one in &mut people {
        one.put(Field::AlternateEmails, texts(&["x@home.example", "", "y@home.example "]));
    }
    let mut landscape = landscape(people);
    landscape.organization.technical = texts(&["noc@contoso.com;soc@contoso.com", "noc@contoso.com"]);
    let exported = export(&landscape, &options(Private::InPlace));
    let alternates = user(&exported, "p1").spec.alternate_emails.as_ref().unwrap();
    assert_eq!(alternates.values.len(), 1);
    let said: Vec<_> = exported.left_out.iter().map(|one| (&*one.what, one.objects, one.accounts.len())).collect();
    assert_eq!(said, [("alternateEmails", 7, MOST_NAMED), ("technical", 1, 0)]);
    assert_eq!(exported.left_out[0].accounts[0], "p1@contoso.com");
}
