//! What must be true, told from the seed and the declaration alone.
//!
//! Invariant: shares no code with the engine: comparing, looking up and judging are written anew here, the plain way.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tenant_contacts_api::{field::Field, reason::Reason};
use tenant_contacts_simulator::{Seed, UserSeed};
use testkit::{
    declared::{Declared, List, Private, SECRETS},
    random::Case,
    seeds::{INSIDE, WRITER_ROLE},
    world::World,
};

/// What a claim is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    Organization,
    /// The id of an account.
    Account(String),
    /// No account, for this reason.
    Nobody(Reason),
}

/// One declared field.
#[derive(Clone, Debug)]
pub struct Claim {
    pub object: String,
    pub field: Field,
    pub whose: Whose,
    pub exact: bool,
    /// `None` where a Secret does not give a value.
    pub values: Option<Vec<String>>,
    pub restore: bool,
    pub from_secret: bool,
    pub inside_reason: bool,
}

/// The Graph property of a field, and its member where the property has members.
pub fn property(field: Field) -> (&'static str, Option<&'static str>) {
    match field {
        Field::Technical => ("technicalNotificationMails", None),
        Field::SecurityMails => ("securityComplianceNotificationMails", None),
        Field::SecurityPhones => ("securityComplianceNotificationPhones", None),
        Field::Marketing => ("marketingNotificationEmails", None),
        Field::PrivacyContact => ("privacyProfile", Some("contactEmail")),
        Field::PrivacyStatement => ("privacyProfile", Some("statementUrl")),
        Field::AlternateEmails => ("otherMails", None),
        Field::MobilePhone => ("mobilePhone", None),
        Field::BusinessPhone => ("businessPhones", None),
        field => panic!("{field:?} has no property"),
    }
}

/// The values of a field in an object of the simulator's truth.
pub fn live(object: &Value, field: Field) -> Vec<String> {
    let (name, member) = property(field);
    let value = member.map_or(&object[name], |member| &object[name][member]);
    match value {
        Value::Array(values) => values.iter().map(|value| value.as_str().unwrap().to_owned()).collect(),
        Value::String(text) if !text.is_empty() => vec![text.clone()],
        _ => Vec::new(),
    }
}

/// The object a claim is about, as it truly is; null where there is none.
pub fn object(world: &World, claim: &Claim) -> Value {
    match &claim.whose {
        Whose::Organization => world.truth(None),
        Whose::Account(id) => world.truth(Some(id)),
        Whose::Nobody(_) => Value::Null,
    }
}

/// A set of values in the form in which equal ones are the same text.
pub fn normal(field: Field, values: &[String]) -> BTreeSet<String> {
    let one = |value: &String| match field {
        Field::SecurityPhones | Field::MobilePhone | Field::BusinessPhone => {
            value.chars().filter(|c| "+0123456789x".contains(*c)).collect()
        }
        Field::PrivacyStatement => value.clone(),
        _ => value.to_lowercase(),
    };
    values.iter().map(one).collect()
}

/// Whether live values do.
pub fn satisfied(claim: &Claim, live: &[String]) -> bool {
    let Some(values) = &claim.values else { return false };
    let (wanted, live) = (normal(claim.field, values), normal(claim.field, live));
    if claim.exact { wanted == live } else { wanted.is_subset(&live) }
}

/// The living account of a name.
fn named<'a>(seed: &'a Seed, name: &str) -> Option<&'a UserSeed> {
    seed.users.iter().find(|user| !user.deleted && user.upn.to_lowercase() == name.to_lowercase())
}

/// The account of an id, unless it is deleted.
pub fn account<'a>(seed: &'a Seed, id: &str) -> Option<&'a UserSeed> {
    seed.users.iter().find(|user| !user.deleted && user.id.as_deref() == Some(id))
}

fn whose(seed: &Seed, name: &str, id: Option<&str>) -> Whose {
    let of = |user: &UserSeed| Whose::Account(user.id.clone().unwrap());
    let by_name = named(seed, name);
    let Some(id) = id else { return by_name.map_or(Whose::Nobody(Reason::AccountNotFound), of) };
    match (account(seed, id), by_name) {
        (Some(user), Some(same)) if user.id == same.id => of(user),
        (_, Some(_)) => Whose::Nobody(Reason::IdentityChanged),
        (Some(renamed), None) => of(renamed),
        (None, None) => Whose::Nobody(Reason::AccountNotFound),
    }
}

fn secret(value: &Private) -> Option<String> {
    match value {
        Private::Value(value) => Some(value.clone()),
        Private::Secret("private", wanted) => {
            let mut mine = SECRETS.iter().filter(|(name, key, _)| *name == "private" && key == wanted);
            mine.next().map(|(_, _, value)| (*value).to_owned())
        }
        Private::Secret(..) => None,
    }
}

/// Every declared field.
pub fn claims(seed: &Seed, declared: &Declared) -> Vec<Claim> {
    let mut claims = Vec::new();
    for object in &declared.organizations {
        let mut add = |field, exact: bool, values: Vec<String>| {
            claims.push(Claim {
                object: object.name.clone(),
                field,
                whose: Whose::Organization,
                exact,
                values: Some(values),
                restore: object.restore,
                from_secret: false,
                inside_reason: true,
            });
        };
        let lists = [
            (Field::Technical, &object.technical),
            (Field::SecurityMails, &object.security_mails),
            (Field::SecurityPhones, &object.security_phones),
            (Field::Marketing, &object.marketing),
        ];
        for (field, list) in lists {
            if let Some(List { exact, values }) = list {
                add(field, exact.unwrap_or(true), values.clone());
            }
        }
        let texts =
            [(Field::PrivacyContact, &object.privacy_contact), (Field::PrivacyStatement, &object.privacy_statement)];
        for (field, text) in texts {
            if let Some(text) = text {
                add(field, true, vec![text.clone()]);
            }
        }
    }
    for object in &declared.users {
        let whose = whose(seed, &object.upn, object.object_id.as_deref());
        let mut add = |field, exact: bool, values: &[Private]| {
            claims.push(Claim {
                object: object.name.clone(),
                field,
                whose: whose.clone(),
                exact,
                values: values.iter().map(secret).collect(),
                restore: object.restore,
                from_secret: values.iter().any(|value| matches!(value, Private::Secret(..))),
                inside_reason: object.inside_reason || field != Field::AlternateEmails,
            });
        };
        if let Some(List { exact, values }) = &object.alternate_emails {
            add(Field::AlternateEmails, exact.unwrap_or(false), values);
        }
        for (field, value) in
            [(Field::MobilePhone, &object.mobile_phone), (Field::BusinessPhone, &object.business_phone)]
        {
            if let Some(value) = value {
                add(field, true, std::slice::from_ref(value));
            }
        }
    }
    claims
}

/// Claims by target and field: more than one on the same is a conflict.
pub fn by_target(claims: &[Claim]) -> BTreeMap<(Whose, Field), Vec<&Claim>> {
    let mut targets: BTreeMap<(Whose, Field), Vec<&Claim>> = BTreeMap::new();
    for claim in claims.iter().filter(|claim| !matches!(claim.whose, Whose::Nobody(_))) {
        targets.entry((claim.whose.clone(), claim.field)).or_default().push(claim);
    }
    targets
}

/// Whether a claim may be written at all.
pub fn enforced(declared: &Declared, claim: &Claim) -> bool {
    let surface = if claim.whose == Whose::Organization { "Organization" } else { "Users" };
    declared.rails.enforce.contains(&surface)
}

/// Whether an account is protected.
pub fn protected(case: &Case, id: &str) -> bool {
    let name = account(&case.seed, id).map(|user| user.upn.to_lowercase());
    case.declared
        .rails
        .protected
        .iter()
        .any(|(protected, pinned)| pinned.as_deref() == Some(id) || name.as_deref() == Some(&protected.to_lowercase()))
}

/// Whether an account holds a role, active or eligible, directly or through a group.
pub fn privileged(seed: &Seed, id: &str) -> bool {
    let Some(user) = account(seed, id) else { return false };
    let through_group = seed.groups.iter().any(|group| group.members.contains(&user.upn));
    // Without the licence for it nobody's eligibility can be read, or used.
    let eligible = !seed.skus.is_empty() && seed.eligible_roles.iter().any(|one| one.principal == user.upn);
    !user.roles.is_empty() || through_group || eligible
}

/// Why a claim that differs from the tenant may be left alone.
pub fn excuses(case: &Case, claim: &Claim, live: &[String]) -> BTreeSet<Reason> {
    let mut excuses = BTreeSet::new();
    let Whose::Account(id) = &claim.whose else { return excuses };
    let application = &case.seed.applications[0];
    let there = normal(claim.field, live);
    let inside = |value: &String| {
        let domain = value.rsplit_once('@').unwrap().1.to_lowercase();
        let own = case.declared.rails.own_domains.iter().any(|own| own.to_lowercase() == domain);
        INSIDE.contains(&&*domain) || own
    };
    let mut added = claim
        .values
        .iter()
        .flatten()
        .filter(|value| !there.contains(normal(claim.field, std::slice::from_ref(value)).first().unwrap()));
    if !claim.inside_reason && added.any(inside) {
        excuses.insert(Reason::AlternateEmailInside);
    }
    if protected(case, id) {
        excuses.insert(Reason::ProtectedAccount);
    }
    let phone = claim.field != Field::AlternateEmails;
    if phone && account(&case.seed, id).unwrap().on_premises_sync_enabled == Some(true) {
        excuses.insert(Reason::SynchronisedOnPremises);
    }
    if privileged(&case.seed, id) && !application.directory_roles.iter().any(|role| role == WRITER_ROLE) {
        excuses.insert(Reason::DirectoryRoleMissing);
    }
    if phone && !application.permissions.iter().any(|one| one.starts_with("User-Phone")) {
        excuses.insert(Reason::PermissionMissing);
    }
    excuses
}
