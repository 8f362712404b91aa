//! Billing roles: what they are, and what a principal may do by them. Contract §8.
//!
//! Invariant: rights come from roles inside the billing account alone, never from Azure RBAC or directory roles (UNV).

use super::{error::ArmError, place::Place};
use crate::{
    auth::token::Claims,
    graph::sensitive::groups_of,
    schema::{Entity, billing},
    state::State,
};

/// A billing role.
#[derive(Debug)]
pub(crate) struct BillingRole {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    /// Of billing profiles; else of accounts.
    pub(crate) of_profiles: bool,
    grant: Grant,
}

/// What a principal may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grant {
    Nothing,
    /// Sees the account, because it has a role on one of its profiles.
    See,
    Read,
    Write,
}

const fn role(id: &'static str, name: &'static str, of_profiles: bool, grant: Grant) -> BillingRole {
    BillingRole { id, name, of_profiles, grant }
}

/// Ids: the owners' are in public recordings and samples of the API, the others follow their pattern (UNV).
pub(crate) const ROLES: [BillingRole; 7] = [
    role("50000000-aaaa-bbbb-cccc-100000000000", "Billing account owner", false, Grant::Write),
    role("50000000-aaaa-bbbb-cccc-100000000001", "Billing account contributor", false, Grant::Write),
    role("50000000-aaaa-bbbb-cccc-100000000002", "Billing account reader", false, Grant::Read),
    role("40000000-aaaa-bbbb-cccc-100000000000", "Billing profile owner", true, Grant::Write),
    role("40000000-aaaa-bbbb-cccc-100000000001", "Billing profile contributor", true, Grant::Write),
    role("40000000-aaaa-bbbb-cccc-100000000002", "Billing profile reader", true, Grant::Read),
    role("40000000-aaaa-bbbb-cccc-100000000004", "Invoice manager", true, Grant::Read),
];

/// A role by its name or id.
pub(crate) fn find(key: &str) -> Option<&'static BillingRole> {
    ROLES.iter().find(|role| role.name.eq_ignore_ascii_case(key) || role.id.eq_ignore_ascii_case(key))
}

/// What a principal may do at a place: by its own roles and those of its groups, on the account or on the profile.
pub(crate) fn grant(state: &State, principal: &str, place: &Place) -> Grant {
    let view = state.store.truth();
    let groups = groups_of(view, principal);
    let (key, account) = (place.key(), place.account.as_str());
    let inside = format!("{account}/");
    let held = view.range(Entity::BillingRoleAssignment, None).filter_map(|(_, assignment)| {
        let holder = assignment.text(billing::ROLE_PRINCIPAL)?;
        if holder != principal && !groups.contains(holder) {
            return None;
        }
        let scope = assignment.text(billing::ROLE_SCOPE)?;
        let role = find(assignment.text(billing::ROLE_ID)?)?;
        if scope == key || scope == account {
            Some(role.grant)
        } else if place.profile.is_none() && scope.starts_with(&inside) {
            Some(Grant::See)
        } else {
            None
        }
    });
    held.max().unwrap_or(Grant::Nothing)
}

impl Place {
    /// What the application may do here.
    pub(super) fn grant(&self, state: &State, claims: &Claims) -> Grant {
        grant(state, &claims.oid, self)
    }

    pub(super) fn require(&self, state: &State, claims: &Claims, needed: Grant) -> Result<(), ArmError> {
        if self.grant(state, claims) >= needed { Ok(()) } else { Err(ArmError::denied()) }
    }
}
