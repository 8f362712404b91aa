//! Records in the cluster: memory and status in each object's status, written by server-side apply; the audit trail in
//! the log, anchored by its head in the Tenant's status.
//!
//! Invariant: writes nothing the lease does not cover, creates nothing, and touches only objects of the very uid that was
//! seen: what is remembered of one object never ends on another of the same name.

use std::{collections::BTreeMap, sync::Arc};

use futures::{TryStreamExt as _, future::BoxFuture, stream};
use kube::{api::ListParams, core::DynamicObject};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tenant_contacts_api::{
    RESTORE_FINALIZER,
    memory::Memory,
    status::{ChildStatus, TenantStatus},
};
use tenant_contacts_core::{
    desired::{Kind, ObjectKey},
    status::{Published, Standing},
};
use tenant_contacts_engine::{
    audit::AuditRecord,
    port::{Loaded, ObjectUpdate, Records, RecordsError, TenantUpdate},
};

use super::{
    api::{self, ApiServer, KeepError, STATUS_MANAGER},
    declared::{Declared, Meta},
};

/// Owns memory alone between two statuses: a memory that must be kept before a request leaves takes no condition with it.
const MEMORY_MANAGER: &str = "tenant-contacts-memory";
/// Owns our finalizer, beside those of others.
const FINALIZER_MANAGER: &str = "tenant-contacts-finalizer";

/// Requests that are under way at once: enough to be quick about a fleet, few enough not to crowd out others at an API
/// server that gives a client some twenty places.
const AT_ONCE: usize = 16;

/// Objects of a page when memory is read. An object has some kilobytes and ten times that once it is parsed: a hundred of
/// them are a few megabytes, and a fleet of ten thousand is a hundred quick requests.
pub const PAGE: u32 = 100;

/// Keeps records in the cluster.
pub struct ClusterRecords {
    server: Arc<ApiServer>,
    declared: Arc<Declared>,
}

impl ClusterRecords {
    /// Records of what is declared.
    pub fn new(server: Arc<ApiServer>, declared: Arc<Declared>) -> Self {
        Self { server, declared }
    }

    /// Applies a part of an object under one of our managers.
    async fn apply(&self, key: &ObjectKey, manager: &str, object: Value) -> Result<(), KeepError> {
        self.server.apply(&self.server.api(&key.namespace, &key.kind.resource()), &key.name, manager, &object).await
    }

    async fn apply_status(&self, key: &ObjectKey, meta: &Meta, manager: &str, status: Value) -> Result<(), KeepError> {
        let mut object = envelope(key, meta);
        object["status"] = status;
        self.apply(key, manager, object).await
    }

    async fn keep_tenant(&self, key: &ObjectKey, update: &TenantUpdate<'_>) -> Result<(), KeepError> {
        let Some(meta) = self.declared.meta(key) else { return Ok(()) };
        let kept = match update.status {
            Some(status) => self.apply_status(key, &meta, STATUS_MANAGER, with_memory(status, update.memory)).await,
            None => self.apply_status(key, &meta, MEMORY_MANAGER, json!({ "memory": update.memory })).await,
        };
        // A Tenant that is gone needs no memory; one that was seen to be there does.
        kept.or_else(|error| if error.is_gone() && self.declared.meta(key).is_none() { Ok(()) } else { Err(error) })
    }

    async fn keep_object(&self, update: &ObjectUpdate<'_>) -> Result<(), KeepError> {
        let key = update.key;
        // What is gone and left no finalizer behind: nothing is there to be remembered on.
        let Some(meta) = self.declared.meta(key) else { return Ok(()) };
        let kept = self.keep_existing(update, &meta).await;
        let settled = |error: &KeepError| error.is_gone() && (update.released || self.declared.meta(key) != Some(meta));
        kept.or_else(|error| if settled(&error) { Ok(()) } else { Err(error) })
    }

    async fn keep_existing(&self, update: &ObjectUpdate<'_>, meta: &Meta) -> Result<(), KeepError> {
        let key = update.key;
        if update.released {
            return self.release(key, meta).await;
        }
        // The finalizer first: an original that is remembered must find somebody to put it back.
        let wanted = update.memory.fields.iter().any(|field| field.original.is_some());
        if wanted && !meta.finalizer && !meta.deleting {
            let mut object = envelope(key, meta);
            object["metadata"]["finalizers"] = json!([RESTORE_FINALIZER]);
            self.apply(key, FINALIZER_MANAGER, object).await?;
        }
        match update.status {
            Some(status) => {
                self.apply_status(key, meta, STATUS_MANAGER, with_memory(status, update.memory)).await?;
            }
            None => self.apply_status(key, meta, MEMORY_MANAGER, json!({ "memory": update.memory })).await?,
        }
        if !wanted && meta.finalizer && !meta.deleting {
            self.apply(key, FINALIZER_MANAGER, envelope(key, meta)).await?;
        }
        Ok(())
    }

    /// Lets an object go: without our finalizer the API server deletes it, as far as we are concerned.
    pub async fn let_go(&self, key: &ObjectKey, meta: &Meta) -> Result<(), RecordsError> {
        match self.release(key, meta).await {
            Err(error) if !error.is_gone() => Err(failed("written")(error)),
            _ => Ok(()),
        }
    }

    async fn release(&self, key: &ObjectKey, meta: &Meta) -> Result<(), KeepError> {
        if !meta.finalizer {
            return Ok(());
        }
        // Applying without it withdraws what this manager applied before, and nobody else's finalizer.
        self.apply(key, FINALIZER_MANAGER, envelope(key, meta)).await
    }

    /// Publishes the status of an object that no pass looks at, together with what is remembered of it.
    pub async fn set_aside(&self, key: &ObjectKey, meta: &Meta, status: &ChildStatus) -> Result<(), RecordsError> {
        let status = with_memory(status, &status.memory);
        match self.apply_status(key, meta, STATUS_MANAGER, status).await {
            Err(error) if !error.is_gone() => Err(failed("written")(error)),
            _ => Ok(()),
        }
    }

    /// What is remembered of every object of a kind in a namespace, as far as `wanted` says.
    pub async fn remembered(
        &self,
        kind: Kind,
        namespace: &str,
        wanted: impl Fn(&ObjectKey, &Value) -> bool,
    ) -> Result<BTreeMap<ObjectKey, (Memory, Option<Published>)>, RecordsError> {
        self.read_children(kind, namespace, wanted).await.map_err(failed("read"))
    }

    async fn read_children(
        &self,
        kind: Kind,
        namespace: &str,
        wanted: impl Fn(&ObjectKey, &Value) -> bool,
    ) -> Result<BTreeMap<ObjectKey, (Memory, Option<Published>)>, KeepError> {
        let mut found = BTreeMap::new();
        let key = |name: &str| ObjectKey { kind, namespace: namespace.into(), name: name.into() };
        let api = self.server.api(namespace, &kind.resource());
        let mut page = ListParams::default().limit(PAGE);
        loop {
            // No cache: a replica that took over must see what the one before it acknowledged.
            let list = self.server.bounded(api.list(&page)).await?;
            for object in list.items {
                let key = key(object.metadata.name.as_deref().unwrap_or_default());
                if !wanted(&key, &object.data) {
                    continue;
                }
                if let Some(status) = status::<ChildStatus>(&object)? {
                    let published = Published::read(&status);
                    found.insert(key, (status.memory, published));
                }
            }
            match list.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => page = page.continue_token(&token),
                None => return Ok(found),
            }
        }
    }

    async fn read(&self, tenant: &ObjectKey) -> Result<Loaded, KeepError> {
        let mut loaded = Loaded::default();
        let api = self.server.api(&tenant.namespace, &tenant.kind.resource());
        let object = self.server.bounded(api.get_opt(&tenant.name)).await?;
        if let Some(status) = object.as_ref().map(status::<TenantStatus>).transpose()?.flatten() {
            loaded.tenant_standing = Standing::read(&status.conditions);
            loaded.tenant = status.memory;
        }
        for kind in Kind::CHILDREN {
            let mine = |_: &ObjectKey, data: &Value| data["spec"]["tenantRef"]["name"] == *tenant.name;
            loaded.objects.extend(self.read_children(kind, &tenant.namespace, mine).await?);
        }
        Ok(loaded)
    }
}

fn failed(action: &'static str) -> impl Fn(KeepError) -> RecordsError {
    move |error| RecordsError { action, source: Box::new(error) }
}

/// The status of an object. Without one there is nothing to remember; with one that does not fit, nothing may be assumed.
fn status<T: DeserializeOwned>(object: &DynamicObject) -> Result<Option<T>, KeepError> {
    let Some(status) = object.data.get("status") else { return Ok(None) };
    T::deserialize(status).map(Some).map_err(|_| KeepError::Unreadable)
}

fn envelope(key: &ObjectKey, meta: &Meta) -> Value {
    api::envelope(&key.kind.resource(), (&key.namespace, &key.name), meta.uid)
}

/// A status with its memory written out even where it is empty: leaving it out would leave the old one there.
fn with_memory(status: &impl Serialize, memory: &impl Serialize) -> Value {
    let mut status = serde_json::to_value(status).unwrap_or_default();
    status["memory"] = serde_json::to_value(memory).unwrap_or_default();
    status
}

impl Records for ClusterRecords {
    fn load<'a>(&'a self, tenant: &'a ObjectKey) -> BoxFuture<'a, Result<Loaded, RecordsError>> {
        Box::pin(async move { self.read(tenant).await.map_err(failed("read")) })
    }

    fn keep<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        update: Option<TenantUpdate<'a>>,
        objects: &'a [ObjectUpdate<'a>],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        Box::pin(async move {
            let kept = async {
                stream::iter(objects.iter().map(Ok))
                    .try_for_each_concurrent(AT_ONCE, |object| self.keep_object(object))
                    .await?;
                match update {
                    Some(update) => self.keep_tenant(tenant, &update).await,
                    None => Ok(()),
                }
            };
            kept.await.map_err(failed("written"))
        })
    }

    fn audit<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        records: &'a [AuditRecord],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        Box::pin(async move {
            for record in records {
                let record = serde_json::to_string(record).unwrap_or_default();
                tracing::info!(target: "tenant_contacts::audit", tenant = %tenant, record, "audit");
            }
            Ok(())
        })
    }
}
