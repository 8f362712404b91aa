//! Who holds which directory role, as far as that is known.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::{
    landscape::{Assignment, Behind, Directory, Wanted},
    model::{Fact, role},
};

/// Roles that notices go by: whoever answers resets (DOMAIN B1), and who is told about bills and the account (DOMAIN F).
pub(super) const NOTICE_ROLES: &[Uuid] = &[
    role::GLOBAL_ADMINISTRATOR,
    role::BILLING_ADMINISTRATOR,
    role::HELPDESK_ADMINISTRATOR,
    role::PASSWORD_ADMINISTRATOR,
    role::USER_ADMINISTRATOR,
];

/// A role's name; one for all that are the tenant's own, or that this version does not know.
fn role_name(role: Uuid) -> &'static str {
    role::name(role).unwrap_or("another directory role")
}

/// Names of roles in a sentence.
pub(super) fn role_names<'a>(roles: impl IntoIterator<Item = &'a Uuid>) -> String {
    let names: BTreeSet<&str> = roles.into_iter().map(|role| role_name(*role)).collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

/// Holders of roles, of one kind of assignments (active ones, say).
#[derive(Default)]
pub(super) struct Holders {
    /// Whether the assignments are known. Without them there are no holders here, which does not say that there are none.
    pub(super) known: bool,
    /// Roles by account, in the whole tenant or a part of it, directly or through groups.
    pub(super) any: BTreeMap<Uuid, BTreeSet<Uuid>>,
    /// Roles by account in the whole tenant.
    pub(super) whole: BTreeMap<Uuid, BTreeSet<Uuid>>,
    /// Roles with a holder whose accounts are not known: a group that was not read, or a principal of an untold kind.
    pub(super) incomplete: BTreeSet<Uuid>,
    /// Members of groups that have to be asked for.
    pub(super) wanted: BTreeSet<Wanted>,
}

impl Holders {
    pub(super) fn of(assignments: &Fact<Box<[Assignment]>>, directory: &Directory) -> Self {
        let mut holders = Self::default();
        let Ok(assignments) = assignments.known() else { return holders };
        holders.known = true;
        for Assignment { role, principal, whole_tenant } in assignments.into_iter().flatten() {
            match directory.behind(principal) {
                Behind::Account(id) => holders.hold(id, *role, *whole_tenant),
                Behind::Members(members) => {
                    for member in members {
                        holders.hold(*member, *role, *whole_tenant);
                    }
                }
                Behind::Unread(group, why) => {
                    holders.incomplete.insert(*role);
                    if why.is_none() {
                        holders.wanted.insert(Wanted::GroupMembers(group));
                    }
                }
                // An application is no account; who it is for is told by a rule of its own.
                Behind::Application => {}
                Behind::Untold(_) => drop(holders.incomplete.insert(*role)),
            }
        }
        holders
    }

    fn hold(&mut self, account: Uuid, role: Uuid, whole_tenant: bool) {
        self.any.entry(account).or_default().insert(role);
        if whole_tenant {
            self.whole.entry(account).or_default().insert(role);
        }
    }

    /// Accounts that hold one of `roles` in the whole tenant.
    pub(super) fn whole_of<'a>(&'a self, roles: &'a [Uuid]) -> impl Iterator<Item = Uuid> + 'a {
        let holds = |held: &BTreeSet<Uuid>| roles.iter().any(|role| held.contains(role));
        self.whole.iter().filter(move |(_, held)| holds(held)).map(|(account, _)| *account)
    }
}
