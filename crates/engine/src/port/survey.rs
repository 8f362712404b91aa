//! Reading a whole tenant. One implementation, over transports.

use std::{collections::BTreeSet, sync::Arc};

use futures::future::BoxFuture;
use tenant_contacts_core::{
    landscape::{Landscape, Wanted},
    status::Arrivals,
    step::Step,
};

use super::TenantError;

/// A Microsoft 365 tenant that is read as a whole, whether or not anything of it is declared.
pub trait Survey: Send + Sync {
    /// Reads everything that listings give. What could not be read becomes unknown in the landscape, with the reason, and
    /// stops nothing else. An error is only what makes everything unknown: no token, or another tenant than the one meant.
    fn listings<'a>(&'a self, landscape: &'a mut Landscape) -> BoxFuture<'a, Result<(), TenantError>>;

    /// Reads of the listings only the directory: the organization, its domains, accounts and roles. Where nobody asks where mail
    /// goes, nothing else is read.
    fn directory<'a>(&'a self, landscape: &'a mut Landscape) -> BoxFuture<'a, Result<(), TenantError>>;

    /// Reads details that have to be asked one by one. Each of them is known afterwards, or unknown with its reason.
    fn details<'a>(
        &'a self,
        wanted: &'a BTreeSet<Wanted>,
        landscape: &'a mut Landscape,
    ) -> BoxFuture<'a, Result<(), TenantError>>;
}

/// Keeps what was read of a whole tenant, and reads it when it is asked for and too old.
pub trait Surveyor: Send + Sync {
    /// The tenant as it was read last, with whatever it takes to say who receives notices before and after these steps. `None`
    /// where it could not be read: then nothing is judged on it.
    fn landscape<'a>(&'a self, steps: &'a [Step]) -> BoxFuture<'a, Option<Arc<Landscape>>>;

    /// What becomes of mail to accounts, as the last answer about the whole tenant says it. Reads nothing. `None`: there was no
    /// answer yet.
    fn arrivals(&self) -> Option<Arc<Arrivals>>;
}
