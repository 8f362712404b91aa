//! Accounts, groups and roles of the directory.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_api::v1alpha1::AccountRef;
use uuid::Uuid;

use super::wanted::Wanted;
use crate::model::{Account, Fact, Shared, Unknown};

/// The directory.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Accounts by object id, all of them: an id that is missing is no account.
    pub people: Fact<Shared<Uuid, Person>>,
    /// Deleted accounts that are still kept (30 days).
    pub deleted: Fact<Shared<Uuid, Person>>,
    /// Active role assignments.
    pub active: Fact<Box<[Assignment]>>,
    /// Eligible role assignments. Absent: the tenant has no Premium P2 licence, so nobody can be eligible (contract §4).
    pub eligible: Fact<Box<[Assignment]>>,
    /// Assignments, active or eligible, whose principal is gone: nobody holds them, and nobody has taken them away.
    pub orphans: Vec<Orphan>,
    /// Accounts in a group, those of nested groups included, by the group's id.
    pub group_members: BTreeMap<Uuid, Fact<BTreeSet<Uuid>>>,
    /// Names of groups that hold no role of the directory but one of billing, as far as they could be read: for people only,
    /// and nothing is decided by them.
    pub group_names: BTreeMap<Uuid, Box<str>>,
}

impl Directory {
    /// The groups that hold roles, as details to be read: their members hold the roles too.
    pub fn groups_with_roles(&self) -> BTreeSet<Wanted> {
        let assignments = [&self.active, &self.eligible].into_iter().filter_map(Fact::present);
        let groups = assignments.flatten().filter_map(|assignment| match &assignment.principal {
            Principal::Group { id, .. } => Some(Wanted::GroupMembers(*id)),
            Principal::Person(_) | Principal::ServicePrincipal { .. } | Principal::Other(_) => None,
        });
        groups.collect()
    }
}

/// Who holds active roles, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActiveRoles {
    /// Roles by account, in the whole tenant or a part of it, directly or through groups.
    pub held: BTreeMap<Uuid, BTreeSet<Uuid>>,
    /// Why the members of groups that hold roles are not known, one for each such group.
    pub unread: Vec<Unknown>,
}

/// The accounts behind a principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behind<'a> {
    /// One account.
    Account(Uuid),
    /// The members of a group.
    Members(&'a BTreeSet<Uuid>),
    /// A group whose members are not known, and why; without a reason they were not asked for yet.
    Unread(Uuid, Option<&'a Unknown>),
    /// An application: no account.
    Application,
    /// Whatever it is: its kind was not told.
    Untold(Uuid),
}

impl Directory {
    /// The accounts behind a principal: every question of who holds a role is answered from here.
    pub fn behind(&self, principal: &Principal) -> Behind<'_> {
        const NOBODY: &BTreeSet<Uuid> = &BTreeSet::new();
        match principal {
            Principal::Person(id) => Behind::Account(*id),
            Principal::Group { id, .. } => match self.group_members.get(id).map(Fact::known) {
                Some(Ok(members)) => Behind::Members(members.unwrap_or(NOBODY)),
                Some(Err(why)) => Behind::Unread(*id, Some(why)),
                None => Behind::Unread(*id, None),
            },
            Principal::ServicePrincipal { .. } => Behind::Application,
            Principal::Other(id) => Behind::Untold(*id),
        }
    }

    /// Who holds active roles. The error is why the assignments are not known.
    pub fn active_roles(&self) -> Result<ActiveRoles, &Unknown> {
        let mut roles = ActiveRoles::default();
        let mut hold = |id: Uuid, role: Uuid| roles.held.entry(id).or_default().insert(role);
        for assignment in self.active.known()?.into_iter().flatten() {
            match self.behind(&assignment.principal) {
                Behind::Account(id) => {
                    hold(id, assignment.role);
                }
                Behind::Members(members) => {
                    for member in members {
                        hold(*member, assignment.role);
                    }
                }
                Behind::Unread(_, why) => roles.unread.push(why.cloned().unwrap_or(Unknown::NotRead)),
                Behind::Application | Behind::Untold(_) => {}
            }
        }
        Ok(roles)
    }
}

/// An account, with what only the answer about the whole tenant reads of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// What passes read as well.
    pub account: Account,
    /// Name for people.
    pub display_name: Box<str>,
    /// `proxyAddresses`, as the service wrote them: the case of the prefix carries meaning (DOMAIN D2).
    pub proxy_addresses: Fact<Box<[Box<str>]>>,
    /// Whether it is a guest.
    pub guest: Fact<bool>,
    /// Whether a service plan of Exchange is assigned and enabled.
    pub exchange_plan: Fact<bool>,
}

impl std::ops::Deref for Person {
    type Target = Account;

    fn deref(&self) -> &Account {
        &self.account
    }
}

impl std::ops::DerefMut for Person {
    fn deref_mut(&mut self) -> &mut Account {
        &mut self.account
    }
}

/// The id only: names, addresses and phones are private, and a `{:?}` ends in logs.
impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Person {
    /// Whether one of these names the account, by id or by sign-in name: of accounts to be left alone, one that was made again
    /// under its name is one, and one that was given another name is.
    pub fn is_one_of(&self, accounts: &[AccountRef]) -> bool {
        accounts.iter().any(|account| account.names(Some(&self.user_principal_name), Some(self.id)))
    }
}

/// A role assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Template id of the role.
    pub role: Uuid,
    /// Who holds it.
    pub principal: Principal,
    /// Whether it holds in the whole organization (`/`), and not in an administrative unit or one application only.
    pub whole_tenant: bool,
}

/// An assignment that has outlived its principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// The assignment's own id, by which it is removed; empty where it was not told.
    pub assignment: Box<str>,
    /// Template id of the role.
    pub role: Uuid,
    /// Object id of what is gone.
    pub principal: Uuid,
}

/// Who holds a role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// An account.
    Person(Uuid),
    /// A role-assignable group.
    Group {
        /// Object id.
        id: Uuid,
        /// Name for people.
        display_name: Box<str>,
    },
    /// An application.
    ServicePrincipal {
        /// Object id.
        id: Uuid,
        /// Name for people.
        display_name: Box<str>,
    },
    /// Its kind was not told.
    Other(Uuid),
}
