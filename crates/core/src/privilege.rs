//! What writing an administrator's account takes (DOMAIN C3; contract §2, sensitive actions).

use std::collections::BTreeSet;

use tenant_contacts_api::reason::Reason;
use uuid::Uuid;

use crate::model::{CredentialFacts, Observation, Unknown, role};

/// What is known of an account's directory roles.
pub(crate) enum Privilege<'a> {
    /// None.
    None,
    /// These.
    Roles(&'a BTreeSet<Uuid>),
    /// Not known, and so nothing may be written.
    Unknown(&'a Unknown),
}

/// The roles an account holds, active or eligible, directly or through groups.
pub(crate) fn of(account: Uuid, observation: &Observation) -> Privilege<'_> {
    match observation.roles.known() {
        Ok(roles) => roles.and_then(|roles| roles.get(&account)).map_or(Privilege::None, Privilege::Roles),
        Err(why) => Privilege::Unknown(why),
    }
}

/// Roles whose holders a User Administrator may act on (resource type user, "Who can perform sensitive actions").
const WITHIN_USER_ADMINISTRATOR: &[Uuid] = &[
    role::DIRECTORY_READERS,
    role::MESSAGE_CENTER_READER,
    role::PASSWORD_ADMINISTRATOR,
    role::HELPDESK_ADMINISTRATOR,
    role::USER_ADMINISTRATOR,
];

/// Roles whose holders an Authentication Administrator may act on (same table).
const WITHIN_AUTHENTICATION_ADMINISTRATOR: &[Uuid] = &[
    role::DIRECTORY_READERS,
    role::MESSAGE_CENTER_READER,
    role::PASSWORD_ADMINISTRATOR,
    role::AUTHENTICATION_ADMINISTRATOR,
];

/// Objects if the application is known to lack the directory role that writing these role holders takes. What is not
/// known is tried; the service's refusal is then remembered.
pub(crate) fn objection(roles: &BTreeSet<Uuid>, credential: Option<&CredentialFacts>) -> Option<(Reason, String)> {
    let held = credential?.grants.directory_roles.known().ok()?;
    missing_role(roles, held).map(|name| {
        (
            Reason::DirectoryRoleMissing,
            format!("the account holds a directory role; writing it takes the role {name} on the application's service principal"),
        )
    })
}

/// The directory role that an application with the roles `held` lacks to write a holder of `roles`.
pub(crate) fn missing_role(roles: &BTreeSet<Uuid>, held: Option<&BTreeSet<Uuid>>) -> Option<&'static str> {
    let may = |wanted: Uuid| held.is_some_and(|held| held.contains(&wanted));
    let within = |list: &[Uuid]| roles.iter().all(|role| list.contains(role));
    let allowed = may(role::PRIVILEGED_AUTHENTICATION_ADMINISTRATOR)
        || may(role::GLOBAL_ADMINISTRATOR)
        || may(role::USER_ADMINISTRATOR) && within(WITHIN_USER_ADMINISTRATOR)
        || may(role::AUTHENTICATION_ADMINISTRATOR) && within(WITHIN_AUTHENTICATION_ADMINISTRATOR);
    (!allowed).then_some(if within(WITHIN_USER_ADMINISTRATOR) {
        "User Administrator"
    } else {
        "Privileged Authentication Administrator"
    })
}
