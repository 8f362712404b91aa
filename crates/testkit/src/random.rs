//! Random declarations against a random tenant.
//!
//! Invariant: every declaration passes the schema and its rules; what is wrong with it shows only against the tenant.

use std::fmt;

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select, subsequence},
};
use serde_json::{Value, json};
use tenant_contacts_simulator::Seed;

use super::{
    declared::{Declared, List, Organization, Private, Rails, User},
    seeds,
};

/// A tenant, and what is declared of it.
#[derive(Clone)]
pub struct Case {
    pub seed: Seed,
    pub declared: Declared,
}

/// Shown as the two YAML texts that repeat it.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seed = pruned(serde_json::to_value(&self.seed).unwrap_or_default());
        let seed = serde_saphyr::to_string(&seed).unwrap_or_else(|error| error.to_string());
        write!(f, "\n# seed\n{seed}\n# manifests\n{:?}", self.declared)
    }
}

/// Without what is left out as well: nulls and empty lists.
pub fn pruned(value: Value) -> Value {
    let says = |value: &Value| !(value.is_null() || *value == json!([]) || *value == json!({}));
    match value {
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, pruned(value))).filter(|(_, value)| says(value)).collect()
        }
        Value::Array(items) => items.into_iter().map(pruned).collect(),
        other => other,
    }
}

/// A list; an empty one says that it clears.
fn lists<T: Clone + fmt::Debug>(value: impl Strategy<Value = T> + 'static) -> impl Strategy<Value = List<T>> {
    (option::of(any::<bool>()), vec(value, 0..4))
        .prop_map(|(exact, values)| List { exact: if values.is_empty() { Some(true) } else { exact }, values })
}

fn private_mails() -> impl Strategy<Value = Private> {
    prop_oneof![
        12 => seeds::mails().prop_map(Private::Value),
        1 => Just(Private::Secret("private", "mail")),
        1 => select(vec![("private", "gone"), ("foreign", "mail"), ("absent", "mail")])
            .prop_map(|(name, key)| Private::Secret(name, key)),
    ]
}

fn private_phones() -> impl Strategy<Value = Private> {
    prop_oneof![
        8 => seeds::phones().prop_map(Private::Value),
        1 => Just(Private::Secret("private", "phone")),
        1 => Just(Private::Secret("private", "gone")),
    ]
}

fn organization() -> impl Strategy<Value = Organization> {
    let mails = || option::of(lists(seeds::mails()));
    let privacy = (option::of(seeds::mails()), option::of(seeds::statements()));
    (any::<bool>(), mails(), mails(), option::of(lists(seeds::phones())), mails(), privacy).prop_map(
        |(restore, technical, security_mails, security_phones, marketing, (privacy_contact, privacy_statement))| {
            Organization {
                name: String::new(),
                restore,
                technical,
                security_mails,
                security_phones,
                marketing,
                privacy_contact,
                privacy_statement,
            }
        },
    )
}

/// Whom a `UserContact` speaks of, before it is known who there is.
#[derive(Clone, Copy, Debug)]
enum Whom {
    Account(Index),
    Nobody,
}

#[derive(Clone, Copy, Debug)]
enum Pin {
    None,
    Right,
    Other(Index),
}

fn user() -> impl Strategy<Value = (Whom, Pin, bool, User)> {
    let whom = prop_oneof![19 => any::<Index>().prop_map(Whom::Account), 1 => Just(Whom::Nobody)];
    let pin = prop_oneof![
        8 => Just(Pin::None),
        3 => Just(Pin::Right),
        1 => any::<Index>().prop_map(Pin::Other)
    ];
    let fields = (
        option::weighted(0.8, lists(private_mails())),
        prop::bool::weighted(0.3),
        option::of(private_phones()),
        option::of(private_phones()),
    );
    (whom, pin, any::<bool>(), any::<bool>(), fields).prop_map(
        |(whom, pin, shout, restore, (alternate_emails, inside_reason, mobile_phone, business_phone))| {
            let user =
                User { restore, alternate_emails, inside_reason, mobile_phone, business_phone, ..User::default() };
            (whom, pin, shout, user)
        },
    )
}

fn rails() -> impl Strategy<Value = (Rails, Vec<(Index, bool)>)> {
    let surfaces = prop_oneof![
        6 => Just(vec!["Organization", "Users"]),
        2 => subsequence(vec!["Organization", "Users"], 0..=2),
    ];
    let limits = (option::of(0..4_u32), option::of(0..=100_u32), option::of(0..4_u32));
    let protected = vec((any::<Index>(), any::<bool>()), 0..3);
    (surfaces, any::<bool>(), limits, protected).prop_map(|(enforce, own, (objects, percent, minimum), protected)| {
        let rails = Rails {
            enforce,
            own_domains: if own { vec!["Own.example".into()] } else { Vec::new() },
            mass_objects: objects,
            mass_percent: percent,
            minimum_recipients: minimum,
            ..Rails::default()
        };
        (rails, protected)
    })
}

/// What is declared, before it is known of which tenant.
type Parts = ((Rails, Vec<(Index, bool)>), Vec<Organization>, Vec<(Whom, Pin, bool, User)>);

fn parts() -> impl Strategy<Value = Parts> {
    (rails(), vec(organization(), 0..=2), vec(user(), 0..=8))
}

fn declare(seed: &Seed, prefix: &str, ((mut rails, protected), organizations, users): Parts) -> Declared {
    let account = |index: &Index| &seed.users[index.index(seed.users.len())];
    rails.protected = protected
        .iter()
        .map(|(index, with_id)| {
            let user = account(index);
            (user.upn.to_uppercase(), user.id.clone().filter(|_| *with_id))
        })
        .collect();
    let organizations = organizations.into_iter().enumerate().map(|(place, mut organization)| {
        organization.name = format!("{prefix}organization-{place}");
        organization
    });
    let users = users.into_iter().enumerate().map(|(place, (whom, pin, shout, mut user))| {
        user.name = format!("{prefix}user-{place}");
        let (upn, id) = match &whom {
            Whom::Account(index) => (account(index).upn.clone(), account(index).id.clone()),
            Whom::Nobody => (format!("nobody{place}@contoso.com"), Some(seeds::id(999))),
        };
        user.upn = if shout { upn.to_uppercase() } else { upn };
        user.object_id = match &pin {
            Pin::None => None,
            Pin::Right => id,
            Pin::Other(index) => account(index).id.clone(),
        };
        user
    });
    Declared {
        tenant_id: seeds::TENANT.into(),
        client_id: seeds::CLIENT.into(),
        rails,
        organizations: organizations.collect(),
        users: users.collect(),
    }
}

/// A tenant and a declaration.
pub fn cases() -> impl Strategy<Value = Case> {
    (seeds::tenants(), parts()).prop_map(|(seed, parts)| {
        let declared = declare(&seed, "", parts);
        Case { seed, declared }
    })
}

/// A tenant and two declarations, whose objects have different names.
pub fn two_declarations() -> impl Strategy<Value = (Case, Declared)> {
    (seeds::tenants(), parts(), parts()).prop_map(|(seed, first, second)| {
        let other = declare(&seed, "other-", second);
        let declared = declare(&seed, "", first);
        (Case { seed, declared }, other)
    })
}
