//! Billing accounts and profiles, and what their paths begin with.

use crate::schema::Entity;

/// What every path begins with.
pub(crate) const ROOT: &str = "providers/Microsoft.Billing";
/// The version the contract was written from.
pub(crate) const VERSION: &str = "2024-04-01";

/// A billing account or a profile in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    pub(super) account: String,
    pub(super) profile: Option<String>,
}

impl Place {
    pub(super) fn account(name: &str) -> Self {
        Self { account: name.to_lowercase(), profile: None }
    }

    pub(super) fn profile(&self, name: &str) -> Self {
        Self { account: self.account.clone(), profile: Some(name.to_lowercase()) }
    }

    /// From a key of the store.
    pub(crate) fn of(key: &str) -> Self {
        key.split_once('/').map_or_else(|| Self::account(key), |(account, name)| Self::account(account).profile(name))
    }

    /// Key in the store: names are compared without regard to case.
    pub(crate) fn key(&self) -> String {
        self.profile.as_ref().map_or_else(|| self.account.clone(), |profile| format!("{}/{profile}", self.account))
    }

    pub(crate) fn entity(&self) -> Entity {
        if self.profile.is_some() { Entity::BillingProfile } else { Entity::BillingAccount }
    }
}
