//! Records that somebody listens to: events, lines for people, counts.

use std::sync::Arc;

use futures::future::BoxFuture;
use tenant_contacts_api::status::TenantStatus;
use tenant_contacts_core::desired::ObjectKey;

use super::{Loaded, ObjectUpdate, Records, RecordsError, TenantUpdate};
use crate::audit::AuditRecord;

/// Hears what is on record. It hears of nothing that could not be kept.
pub trait Listener: Send + Sync {
    /// What was remembered when a worker starts.
    fn loaded(&self, _tenant: &ObjectKey, _loaded: &Loaded) {}

    /// What was kept, and the Tenant's status if that was published too.
    fn kept(&self, tenant: &ObjectKey, status: Option<&TenantStatus>, objects: &[ObjectUpdate<'_>]);

    /// What was appended to the audit trail.
    fn audited(&self, _tenant: &ObjectKey, _records: &[AuditRecord]) {}
}

/// Records whose listener hears of everything once it is on record.
pub struct Listening<L> {
    inner: Arc<dyn Records>,
    listener: L,
}

impl<L: Listener> Listening<L> {
    /// `listener` hears what goes into `inner`.
    pub fn new(inner: Arc<dyn Records>, listener: L) -> Self {
        Self { inner, listener }
    }
}

impl<L: Listener> Records for Listening<L> {
    fn load<'a>(&'a self, tenant: &'a ObjectKey) -> BoxFuture<'a, Result<Loaded, RecordsError>> {
        Box::pin(async move {
            let loaded = self.inner.load(tenant).await?;
            self.listener.loaded(tenant, &loaded);
            Ok(loaded)
        })
    }

    fn keep<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        update: Option<TenantUpdate<'a>>,
        objects: &'a [ObjectUpdate<'a>],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        Box::pin(async move {
            let status = update.as_ref().and_then(|update| update.status);
            self.inner.keep(tenant, update, objects).await?;
            self.listener.kept(tenant, status, objects);
            Ok(())
        })
    }

    fn audit<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        records: &'a [AuditRecord],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        Box::pin(async move {
            self.inner.audit(tenant, records).await?;
            self.listener.audited(tenant, records);
            Ok(())
        })
    }
}
