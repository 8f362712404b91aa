//! Who may perform sensitive actions on whom. `[US]` 2026-07-03, contract §2.
//!
//! Invariant: an application needs the permission *and*, for an administrator, a directory role of the right column.

use std::collections::BTreeSet;

use super::{call::Call, error::GraphError};
use crate::{
    schema::{
        Entity, group,
        role::{
            self, AUTHENTICATION_ADMINISTRATOR, DIRECTORY_READERS, GLOBAL_ADMINISTRATOR, GROUPS_ADMINISTRATOR,
            GUEST_INVITER, HELPDESK_ADMINISTRATOR, MESSAGE_CENTER_READER, PASSWORD_ADMINISTRATOR,
            PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, REPORTS_READER, USAGE_SUMMARY_REPORTS_READER, USER_ADMINISTRATOR,
        },
    },
    store::view::View,
};

/// How far a target is protected: the rows of the table, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Protection {
    /// No role: the permission alone suffices.
    None,
    /// Directory Readers, Guest Inviter, Message Center Reader, Password Administrator, the report readers.
    Lesser,
    AuthenticationAdministrator,
    /// Groups, Helpdesk and User Administrator.
    Middle,
    /// Authentication Administrator *and* one of the middle roles: only columns common to both rows.
    Both,
    /// Global, Privileged Authentication, Privileged Role; custom roles; role-assignable groups; roles not in the table
    /// (UNV).
    High,
}

fn protection_of_role(role: &str) -> Protection {
    match role {
        DIRECTORY_READERS
        | GUEST_INVITER
        | MESSAGE_CENTER_READER
        | PASSWORD_ADMINISTRATOR
        | REPORTS_READER
        | USAGE_SUMMARY_REPORTS_READER => Protection::Lesser,
        AUTHENTICATION_ADMINISTRATOR => Protection::AuthenticationAdministrator,
        GROUPS_ADMINISTRATOR | HELPDESK_ADMINISTRATOR | USER_ADMINISTRATOR => Protection::Middle,
        _ => Protection::High,
    }
}

/// The groups an object is in, nested ones included.
pub(crate) fn groups_of(view: View<'_>, id: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![id.to_owned()];
    while let Some(member) = open.pop() {
        for (group, record) in view.living(Entity::Group, None) {
            if record.strings(group::MEMBERS).any(|have| have == member) && found.insert(group.to_string()) {
                open.push(group.to_string());
            }
        }
    }
    found
}

fn protection(view: View<'_>, target: &str) -> Protection {
    let groups = groups_of(view, target);
    let holders = |principal: &str| principal == target || groups.contains(principal);
    let mut all = Protection::None;
    for (_, assignment) in view.range(Entity::RoleAssignment, None) {
        if assignment.text(role::PRINCIPAL_ID).is_some_and(holders) {
            let this = protection_of_role(assignment.text(role::ROLE_ID).unwrap_or_default());
            all = match (all, this) {
                (Protection::AuthenticationAdministrator, Protection::Middle)
                | (Protection::Middle, Protection::AuthenticationAdministrator) => Protection::Both,
                (left, right) => left.max(right),
            };
        }
    }
    let assignable = view.living(Entity::Group, None).any(|(id, record)| {
        record.is_true(group::IS_ASSIGNABLE_TO_ROLE)
            && (groups.contains(&**id) || record.strings(group::OWNERS).any(|owner| owner == target))
    });
    if assignable { Protection::High } else { all }
}

/// Checks the caller's directory roles against a target user.
pub(crate) fn check(call: &Call<'_>, target: &str) -> Result<(), GraphError> {
    let needed = protection(call.truth(), target);
    let has = |role: &str| call.claims.wids.iter().any(|wid| wid == role);
    let top = has(PRIVILEGED_AUTHENTICATION_ADMINISTRATOR) || has(GLOBAL_ADMINISTRATOR);
    let allowed = match needed {
        Protection::None => true,
        Protection::Lesser => {
            top || has(AUTHENTICATION_ADMINISTRATOR)
                || has(USER_ADMINISTRATOR)
                || !call.state.options.switches.lesser_roles_are_protected
        }
        Protection::AuthenticationAdministrator => top || has(AUTHENTICATION_ADMINISTRATOR),
        Protection::Middle => top || has(USER_ADMINISTRATOR),
        Protection::Both | Protection::High => top,
    };
    if allowed { Ok(()) } else { Err(GraphError::denied()) }
}

/// The roles a principal holds tenant-wide, directly or through groups: what goes into a token's `wids`.
pub(crate) fn tenant_roles(view: View<'_>, principal: &str) -> Vec<String> {
    let groups = groups_of(view, principal);
    let roles: BTreeSet<String> = view
        .range(Entity::RoleAssignment, None)
        .filter(|(_, assignment)| {
            assignment.text(role::SCOPE_ID) == Some("/")
                && assignment.text(role::PRINCIPAL_ID).is_some_and(|id| id == principal || groups.contains(id))
        })
        .filter_map(|(_, assignment)| assignment.text(role::ROLE_ID).map(str::to_owned))
        .collect();
    roles.into_iter().collect()
}
