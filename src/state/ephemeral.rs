//! Records that live as long as the process: for previews, demonstrations and tests.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::future::BoxFuture;
use tenant_contacts_api::{
    memory::Memory,
    status::{AuditHead, ChildStatus, TenantMemory, TenantStatus},
};
use tenant_contacts_core::{
    desired::ObjectKey,
    status::{Published, Standing},
};
use tenant_contacts_engine::{
    audit::AuditRecord,
    port::{Loaded, ObjectUpdate, Records, RecordsError, TenantUpdate},
};

/// Records in memory. Clones share them.
#[derive(Clone, Default)]
pub struct Ephemeral(Arc<Mutex<Kept>>);

/// What is kept.
#[derive(Clone, Default)]
pub struct Kept {
    /// Per Tenant object: memory, and the published status.
    pub tenants: BTreeMap<ObjectKey, (TenantMemory, Option<TenantStatus>)>,
    /// Per Tenant object and child: memory, and the published status.
    pub objects: BTreeMap<(ObjectKey, ObjectKey), (Memory, Option<ChildStatus>)>,
    /// The audit trail of each Tenant object.
    pub audit: BTreeMap<ObjectKey, Vec<AuditRecord>>,
    /// How often something was kept.
    pub writes: u64,
}

impl Ephemeral {
    /// A copy of what is kept.
    pub fn kept(&self) -> Kept {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // A panic while holding the lock leaves whole entries behind, never half ones.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Records for Ephemeral {
    fn load<'a>(&'a self, tenant: &'a ObjectKey) -> BoxFuture<'a, Result<Loaded, RecordsError>> {
        Box::pin(async move {
            let kept = self.lock();
            let entry = kept.tenants.get(tenant);
            Ok(Loaded {
                tenant: entry.map(|(memory, _)| memory.clone()).unwrap_or_default(),
                tenant_standing: entry.and_then(|(_, status)| Standing::read(&status.as_ref()?.conditions)),
                objects: kept
                    .objects
                    .iter()
                    .filter(|((of, _), _)| of == tenant)
                    .map(|((_, key), (memory, status))| {
                        (key.clone(), (memory.clone(), status.as_ref().and_then(Published::read)))
                    })
                    .collect(),
                trail_end: kept
                    .audit
                    .get(tenant)
                    .and_then(|trail| trail.last())
                    .map(|last| AuditHead { sequence: last.sequence, hash: last.hash }),
            })
        })
    }

    fn keep<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        update: Option<TenantUpdate<'a>>,
        objects: &'a [ObjectUpdate<'a>],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        Box::pin(async move {
            let mut kept = self.lock();
            kept.writes += 1;
            if let Some(update) = update {
                let entry = kept.tenants.entry(tenant.clone()).or_default();
                entry.0 = update.memory.clone();
                entry.1 = update.status.cloned().or(entry.1.take());
            }
            for object in objects {
                let key = (tenant.clone(), object.key.clone());
                if object.released {
                    kept.objects.remove(&key);
                    continue;
                }
                let entry = kept.objects.entry(key).or_default();
                entry.0 = object.memory.clone();
                entry.1 = object.status.cloned().or(entry.1.take());
            }
            Ok(())
        })
    }

    fn audit<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        records: &'a [AuditRecord],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        Box::pin(async move {
            self.lock().audit.entry(tenant.clone()).or_default().extend_from_slice(records);
            Ok(())
        })
    }
}
