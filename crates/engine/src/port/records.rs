//! Where memory, status and the audit chain are kept: the cluster, or a state file.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use tenant_contacts_api::{
    memory::Memory,
    status::{AuditHead, ChildStatus, TenantMemory, TenantStatus},
};
use tenant_contacts_core::{
    desired::ObjectKey,
    status::{Published, Standing},
};

use crate::audit::AuditRecord;

/// A record could not be kept or read. Names the place, never a value.
#[derive(Debug, thiserror::Error)]
#[error("records could not be {action}")]
pub struct RecordsError {
    /// What was tried: `read`, `written`.
    pub action: &'static str,
    /// Why it failed.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// What was remembered when a worker starts.
#[derive(Default)]
pub struct Loaded {
    /// Memory of the tenant as a whole.
    pub tenant: TenantMemory,
    /// Where the Tenant stood.
    pub tenant_standing: Option<Standing>,
    /// Memory of each object, and what was last published of it.
    pub objects: BTreeMap<ObjectKey, (Memory, Option<Published>)>,
    /// Where the Tenant's audit trail ends, where that can be read back: a process that died after appending to the trail
    /// and before keeping the new head left a trail that goes further than the memory knows.
    pub trail_end: Option<AuditHead>,
}

/// New memory, and perhaps a new status, of an object.
pub struct ObjectUpdate<'a> {
    /// The object.
    pub key: &'a ObjectKey,
    /// Its memory. Empty memory of a removed object is forgotten.
    pub memory: &'a Memory,
    /// Its status, if that is to be published too.
    pub status: Option<&'a ChildStatus>,
    /// Whether the object is gone and nothing of it needs to be kept: its finalizer may go.
    pub released: bool,
}

/// New memory, and perhaps a new status, of a tenant.
pub struct TenantUpdate<'a> {
    /// Its memory.
    pub memory: &'a TenantMemory,
    /// Its status, if that is to be published too.
    pub status: Option<&'a TenantStatus>,
}

/// Keeps records.
pub trait Records: Send + Sync {
    /// What is remembered of a tenant's objects.
    fn load<'a>(&'a self, tenant: &'a ObjectKey) -> BoxFuture<'a, Result<Loaded, RecordsError>>;

    /// Keeps new memory and status. When it returns, they survive a crash: a request whose intent is among them may leave.
    fn keep<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        update: Option<TenantUpdate<'a>>,
        objects: &'a [ObjectUpdate<'a>],
    ) -> BoxFuture<'a, Result<(), RecordsError>>;

    /// Appends to the audit trail. When it returns, the records survive a crash.
    fn audit<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        records: &'a [AuditRecord],
    ) -> BoxFuture<'a, Result<(), RecordsError>>;
}
