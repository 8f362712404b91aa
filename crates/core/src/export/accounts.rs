//! Accounts: administrators in a file of their own, since other people look after them, and the rest by domain.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_api::{
    field::Field,
    v1alpha1::{AccountRef, DeletionPolicy, Mode, PrivateList, PrivateMut, PrivateValue, UserContact, UserContactSpec},
};
use uuid::Uuid;

use super::{
    files::{Exportable, File, Options, is_phone, metadata, tenant_ref},
    left_out::Notes,
    names::Names,
    private::Keeper,
};
use crate::{
    canonical,
    field::{self, OF_ACCOUNTS, Shape},
    landscape::{Landscape, Person, written},
    model::Fact,
};

/// Said where an alternate email lies inside: without a reason it would be refused in a manifest (DOMAIN A1).
const AS_FOUND: &str =
    "exported as found in the tenant: it does not help when the tenant is unavailable, so replace it";

/// Longest sign-in name and alternate email that the kinds and the directory take (contract §2).
const LONGEST_NAME: usize = 1024;
const LONGEST_ALTERNATE: usize = 250;

pub(super) fn files(landscape: &Landscape, options: &Options, notes: &mut Notes) -> Vec<File> {
    let people = match landscape.directory.people.known() {
        Ok(people) => people,
        Err(why) => {
            notes.unread("accounts", why);
            return Vec::new();
        }
    };
    let administrators = administrators(landscape, notes);
    let mut keeper = Keeper::new(
        options.private,
        options.tenant.metadata.name.clone().unwrap_or_default(),
        options.tenant.metadata.namespace.clone(),
    );
    let mut names = Names::default();
    let mut of_administrators = Vec::new();
    let mut of_people: BTreeMap<String, Vec<Exportable>> = BTreeMap::new();
    // By name, so that the files read well and a new account moves no other.
    let mut sorted: Vec<&Person> = people.into_iter().flatten().map(|(_, person)| person).collect();
    sorted.sort_by_cached_key(|person| (person.user_principal_name.to_lowercase(), person.id));
    for person in sorted {
        let Some(contact) = contact(landscape, person, options, &mut names, &mut keeper, notes) else { continue };
        let object = Exportable::User(Box::new(contact));
        if administrators.contains(&person.id) {
            of_administrators.push(object);
        } else {
            let domain = person.user_principal_name.rsplit_once('@').map_or("", |(_, domain)| domain);
            of_people.entry(domain.to_lowercase()).or_default().push(object);
        }
    }
    let mut files = vec![File {
        name: "administrators.yaml".into(),
        about: "Accounts with a directory role. Changes of their alternate emails and phones wait for an approval."
            .into(),
        objects: of_administrators,
    }];
    let alone = of_people.len() == 1;
    for (domain, objects) in of_people {
        let name = if alone { "people".to_owned() } else { format!("people-{domain}") };
        for (number, objects) in (1..).zip(in_parts(objects)) {
            let name = if number == 1 { format!("{name}.yaml") } else { format!("{name}-{number}.yaml") };
            files.push(File { name, about: "Accounts without a directory role.".into(), objects });
        }
    }
    let secrets = keeper.secrets().into_iter().map(Exportable::Secret).collect();
    for (number, objects) in (1..).zip(in_parts(secrets)) {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        files.push(File {
            name: format!("private-contacts{number}.yaml"),
            about: "Private data in the clear. DO NOT COMMIT this file as it is: seal or encrypt it first.".into(),
            objects,
        });
    }
    files
}

/// Most bytes that a file of objects should have: well below the 8 MiB that are read of one, since these are estimates.
const FILE: usize = 5 << 20;

/// Objects in files that can be read back.
fn in_parts(objects: Vec<Exportable>) -> Vec<Vec<Exportable>> {
    let mut parts: Vec<Vec<Exportable>> = Vec::new();
    let mut room = 0;
    for object in objects {
        let size = size(&object);
        if let Some(part) = parts.last_mut().filter(|_| room >= size) {
            part.push(object);
        } else {
            room = FILE;
            parts.push(vec![object]);
        }
        room = room.saturating_sub(size);
    }
    parts
}

/// About how many bytes an object is as YAML: names and keys take some 500, and each value some 60 beside itself.
fn size(object: &Exportable) -> usize {
    let spec = match object {
        Exportable::User(contact) => &contact.spec,
        // A key and a value to a line, quoted at most.
        Exportable::Secret(secret) => {
            return 500 + secret.entries.iter().map(|(key, value)| key.len() + value.len() + 10).sum::<usize>();
        }
        Exportable::Tenant(_) | Exportable::Organization(_) => return 0,
    };
    let values = spec.private().flat_map(|(_, private)| private.values());
    let bytes = |value: &PrivateValue| 60 + value.value.as_ref().map_or(60, String::len);
    500 + spec.account_ref.user_principal_name.len() + values.map(|(_, value)| bytes(value)).sum::<usize>()
}

/// Who holds a role, as far as it is known.
fn administrators(landscape: &Landscape, notes: &mut Notes) -> BTreeSet<Uuid> {
    match landscape.directory.active_roles() {
        Ok(roles) => roles.held.into_keys().collect(),
        Err(why) => {
            notes.unread("role assignments: administrators are among the people", why);
            BTreeSet::new()
        }
    }
}

/// What is declared of an account. `None`: there is nothing to declare, or it must not be.
fn contact(
    landscape: &Landscape,
    person: &Person,
    options: &Options,
    names: &mut Names,
    keeper: &mut Keeper,
    notes: &mut Notes,
) -> Option<UserContact> {
    let name = &*person.user_principal_name;
    if person.is_one_of(&options.tenant.spec.guard_rails.protected_accounts) {
        notes.add("protected accounts", "they are never written, so nothing is declared of them");
        return None;
    }
    if person.guest == Fact::Present(true) {
        notes.add("guests", "their contact details are another organization's");
        return None;
    }
    if !(3..=LONGEST_NAME).contains(&name.len())
        || name.contains([' ', '\t', '\r', '\n'])
        || name.split('@').count() != 2
    {
        notes.add("accounts", "their sign-in name cannot be declared");
        return None;
    }
    let live = OF_ACCOUNTS.map(|field| (field, values(name, person, field, notes)));
    if live.iter().all(|(_, (values, _))| values.is_empty()) {
        return None;
    }
    let object = names.of(name);
    let account_ref = AccountRef { user_principal_name: name.to_owned(), object_id: Some(person.id) };
    let mut spec = UserContactSpec::of(tenant_ref(options), account_ref);
    spec.deletion_policy = DeletionPolicy::Orphan;
    for (field, (values, all)) in live.into_iter().filter(|(_, (values, _))| !values.is_empty()) {
        let key = kebab(field.path());
        match spec.private_mut(field) {
            Some(PrivateMut::One(place)) => {
                *place = values.first().map(|value| keeper.keep(format!("{object}.{key}"), value));
            }
            Some(PrivateMut::Many(place)) => {
                let inside = values.iter().any(|address| is_inside(landscape, options, address));
                // Each is one of what the property lists.
                let key = key.trim_end_matches('s');
                let kept =
                    (1..).zip(&values).map(|(number, value)| keeper.keep(format!("{object}.{key}-{number}"), value));
                *place = Some(PrivateList {
                    // Exact, so that an address that somebody replaces here is replaced there; what could not be declared
                    // is not removed for that.
                    mode: Some(if all { Mode::Exact } else { Mode::Contains }),
                    values: kept.collect(),
                    inside_reason: inside.then(|| AS_FOUND.to_owned()),
                });
            }
            None => notes.add(field.path(), "no kind declares it"),
        }
    }
    Some(UserContact { metadata: metadata(options, object), spec, status: None })
}

/// The name of a property as a key of a Secret: `mobilePhone` is `mobile-phone`.
fn kebab(name: &str) -> String {
    let mut key = String::with_capacity(name.len() + 2);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            key.push('-');
        }
        key.push(letter.to_ascii_lowercase());
    }
    key
}

/// The live values of an account that can be declared, and whether these are all.
fn values(account: &str, person: &Person, field: Field, notes: &mut Notes) -> (Vec<Box<str>>, bool) {
    let shape = field::facts(field).map_or(Shape::Text, |facts| facts.shape);
    let live = match person.field(field) {
        Ok(live) => live,
        Err(why) => {
            notes.unread(field.path(), why);
            return (Vec::new(), false);
        }
    };
    let fits = |value: &str| match shape {
        Shape::Addresses => value.len() <= LONGEST_ALTERNATE && written::flaw(value).is_none(),
        Shape::Phones => is_phone(value),
        Shape::Text => true,
    };
    let fitting = canonical::distinct(shape, live.iter().map(|value| &**value).filter(|value| fits(value)));
    let all = live.iter().all(|value| fits(value));
    if !all {
        notes.add_of(account, field.path(), "has a value that cannot be declared: it is left alone in the tenant");
    }
    (fitting, all)
}

fn is_inside(landscape: &Landscape, options: &Options, address: &str) -> bool {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain).to_lowercase();
    let declared = options.tenant.spec.own_domains.iter().any(|own| own.eq_ignore_ascii_case(&domain));
    let verified = landscape.domains.present().and_then(|domains| domains.get(domain.as_str()));
    declared || verified.is_some_and(crate::model::Domain::is_verified)
}
