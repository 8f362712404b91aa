//! An account as it was read, whichever reading brought it. Kept small: a fleet holds a hundred thousand of them.

use jiff::Timestamp;
use tenant_contacts_api::field::Field;
use uuid::Uuid;

use super::fact::{Fact, Unknown};
use crate::field::OF_ACCOUNTS;

/// The values of a managed field.
type Values = Box<[Box<str>]>;

/// What was read of one account.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Entra object id.
    pub id: Uuid,
    /// Sign-in name; never taken for an address (DOMAIN D7).
    pub user_principal_name: Box<str>,
    /// Primary address (`mail`).
    pub mail: Fact<Box<str>>,
    /// Whether the account is enabled.
    pub enabled: Fact<bool>,
    /// Whether the account is synchronised from on-premises. "Was once" and "never" are both absent.
    pub synchronised: Fact<bool>,
    /// The managed fields, as [`OF_ACCOUNTS`] lists them.
    managed: [Fact<Values>; OF_ACCOUNTS.len()],
}

/// The id only: names, addresses and phones are private, and a `{:?}` ends in logs.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Account {
    /// An account of which nothing was read but who it is.
    pub fn new(id: Uuid, user_principal_name: Box<str>) -> Self {
        Self {
            id,
            user_principal_name,
            mail: Fact::default(),
            enabled: Fact::default(),
            synchronised: Fact::default(),
            managed: std::array::from_fn(|_| Fact::default()),
        }
    }

    /// What was read of a managed field.
    pub fn fact(&self, field: Field) -> &Fact<Values> {
        static NOT_READ: Fact<Values> = Fact::Unknown(Unknown::NotRead);
        place(field).map_or(&NOT_READ, |place| &self.managed[place])
    }

    /// The live values of a field.
    pub fn field(&self, field: Field) -> Result<&[Box<str>], &Unknown> {
        self.fact(field).values()
    }

    /// Takes in what was read of a managed field, and tells whether it differs from what was known. A field that is none of an
    /// account's has no place here, and changes nothing.
    pub fn put(&mut self, field: Field, read: Fact<Values>) -> bool {
        let Some(place) = place(field) else { return false };
        let differs = self.managed[place] != read;
        self.managed[place] = read;
        differs
    }

    /// `otherMails`: addresses that Microsoft may write to.
    pub fn alternate_emails(&self) -> &Fact<Values> {
        self.fact(Field::AlternateEmails)
    }

    /// Whether the account is known to be synchronised now.
    pub fn is_synchronised(&self) -> bool {
        self.synchronised == Fact::Present(true)
    }
}

fn place(field: Field) -> Option<usize> {
    OF_ACCOUNTS.iter().position(|one| *one == field)
}

/// An account that a pass observes.
#[derive(Clone, PartialEq, Eq)]
pub struct ObservedAccount {
    /// What was read of it.
    pub account: Account,
    /// When it was last read directly (by id, name or list, not through a change feed).
    pub read_at: Timestamp,
}

impl std::ops::Deref for ObservedAccount {
    type Target = Account;

    fn deref(&self) -> &Account {
        &self.account
    }
}

impl std::fmt::Debug for ObservedAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&self.account, f)
    }
}
