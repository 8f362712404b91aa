//! The whole tenant, read for an answer: [`Survey`] over Microsoft Graph, Exchange Online, Partner Center and Azure billing.
//!
//! For 10,000 accounts that is one batch and 11 pages of users, a page per thousand mailboxes, and some thirty requests more,
//! whatever the size; then, for those that notices lead to, ten or twenty details a request.
//!
//! Which domains outside take mail, no service of Microsoft's tells: asked for it, this says that it does not know.
//!
//! Invariant: reads only. A part that could not be read is unknown, says which permission would tell, and stops no other part.
//! What Exchange prints is believed member by member: what is missing or of another shape is unknown, never assumed.

mod details;
mod directory;
mod exchange;
mod inbox;
mod tenant;
mod unknown;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::future::BoxFuture;
use tenant_contacts_core::{
    landscape::{BillingFacts, Landscape, PartnerFacts, Wanted},
    model::Fact,
    permission::{BILLING_ROLE, PARTNER_ACCESS},
};
use tenant_contacts_engine::port::{Survey, TenantError};
use uuid::Uuid;

pub use tenant::{KnownNames, Services, TenantSurvey};

#[cfg(test)]
mod tests;

impl TenantSurvey {
    /// Reads, and takes note of whether that was interrupted.
    async fn noting<T>(&self, landscape: &mut Landscape, read: impl AsyncFnOnce(&mut Landscape) -> T) -> T {
        let before = self.troubles();
        let read = read(landscape).await;
        landscape.interrupted |= self.troubles() > before;
        read
    }

    async fn list(&self, landscape: &mut Landscape) -> Result<(), TenantError> {
        landscape.tenant = self.tenant;
        // Those of a large tenant are not held beside the ones that replace them.
        self.know(Arc::default());
        // Whose tenant it is comes first: what another one holds is not to be read.
        let grants = directory::topology(self, landscape).await?;
        let Landscape { directory, exchange, .. } = landscape;
        let (people, names, partner, billing) = futures::join!(
            directory::people(self, &grants),
            exchange::listings(&self.exchange, exchange, self.clock.now()),
            self.partner(),
            self.billing(),
        );
        directory.people = people;
        self.know(Arc::new(names));
        landscape.partner = partner;
        landscape.billing = billing;
        landscape.directory.group_names = self.group_names(landscape).await;
        Ok(())
    }

    async fn list_directory(&self, landscape: &mut Landscape) -> Result<(), TenantError> {
        landscape.tenant = self.tenant;
        let grants = directory::topology(self, landscape).await?;
        landscape.directory.people = directory::people(self, &grants).await;
        Ok(())
    }

    /// Names of the groups that hold billing roles, which come with the roles as ids alone. One that cannot be read stays
    /// without: nothing is decided by it.
    async fn group_names(&self, landscape: &Landscape) -> BTreeMap<Uuid, Box<str>> {
        let Some(people) = landscape.directory.people.present() else { return BTreeMap::new() };
        let accounts = landscape.billing.accounts.present().into_iter().flatten();
        let holders = accounts.filter_map(|account| account.holders.present()).flatten();
        let ids: BTreeSet<Uuid> =
            holders.map(|holder| holder.principal).filter(|id| people.get(id).is_none()).collect();
        directory::group_names(&self.graph, &ids).await
    }

    async fn partner(&self) -> PartnerFacts {
        let what = "the legal profile in Partner Center";
        let Some(partner) = &self.partner else { return PartnerFacts { legal: unknown::failed(what) } };
        let legal = match partner.legal_profile().await {
            Ok(Some(profile)) => Fact::Present(profile),
            Ok(None) => Fact::Absent,
            Err(error) => Fact::Unknown(unknown::of_error(&error, PARTNER_ACCESS, what)),
        };
        PartnerFacts { legal }
    }

    async fn billing(&self) -> BillingFacts {
        let why = |error: &_, what| unknown::of_error(error, BILLING_ROLE, what);
        BillingFacts { accounts: self.billing.accounts(&why).await }
    }
}

impl Survey for TenantSurvey {
    fn listings<'a>(&'a self, landscape: &'a mut Landscape) -> BoxFuture<'a, Result<(), TenantError>> {
        Box::pin(self.noting(landscape, async |landscape| self.list(landscape).await))
    }

    fn directory<'a>(&'a self, landscape: &'a mut Landscape) -> BoxFuture<'a, Result<(), TenantError>> {
        Box::pin(self.noting(landscape, async |landscape| self.list_directory(landscape).await))
    }

    fn details<'a>(
        &'a self,
        wanted: &'a BTreeSet<Wanted>,
        landscape: &'a mut Landscape,
    ) -> BoxFuture<'a, Result<(), TenantError>> {
        Box::pin(async move {
            self.noting(landscape, async |landscape| details::read(self, wanted, landscape).await).await;
            Ok(())
        })
    }
}
