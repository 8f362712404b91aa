//! An observed account, kept small: a fleet holds a hundred thousand of them.

use jiff::Timestamp;
use tenant_contacts_api::field::Field;
use uuid::Uuid;

use super::fact::{Fact, Unknown};

/// What was observed of one account.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Entra object id.
    pub id: Uuid,
    /// Sign-in name.
    pub user_principal_name: Box<str>,
    /// Primary address (`mail`).
    pub mail: Fact<Box<str>>,
    /// Whether the account is enabled.
    pub enabled: Fact<bool>,
    /// Whether the account is synchronised from on-premises. "Was once" and "never" are both absent.
    pub synchronised: Fact<bool>,
    /// `otherMails`.
    pub alternate_emails: Fact<Box<[Box<str>]>>,
    /// `mobilePhone`.
    pub mobile_phone: Fact<Box<[Box<str>]>>,
    /// `businessPhones`.
    pub business_phone: Fact<Box<[Box<str>]>>,
    /// When the account was last read directly (by id, name or list, not through a change feed).
    pub read_at: Timestamp,
}

/// The id only: names, addresses and phones are private, and a `{:?}` ends in logs.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Account {
    /// The live values of a field.
    pub fn field(&self, field: Field) -> Result<&[Box<str>], &Unknown> {
        match field {
            Field::AlternateEmails => self.alternate_emails.values(),
            Field::MobilePhone => self.mobile_phone.values(),
            Field::BusinessPhone => self.business_phone.values(),
            _ => Err(&Unknown::NotRead),
        }
    }

    /// Whether the account is known to be synchronised now.
    pub fn is_synchronised(&self) -> bool {
        self.synchronised == Fact::Present(true)
    }
}
