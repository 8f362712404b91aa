//! Records that also tell people: one line for every condition that turned.

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    sync::{Arc, Mutex, PoisonError},
};

use futures::future::BoxFuture;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use tenant_contacts_api::status::condition;
use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_engine::{
    audit::AuditRecord,
    port::{Loaded, ObjectUpdate, Records, RecordsError, TenantUpdate},
};

use super::Output;

/// Tells transitions on standard output and passes everything on.
pub struct Announcing {
    inner: Arc<dyn Records>,
    output: Output,
    told: Mutex<BTreeMap<ObjectKey, (String, String)>>,
}

impl Announcing {
    /// Announces in the given form.
    pub fn new(inner: Arc<dyn Records>, output: Output) -> Self {
        Self { inner, output, told: Mutex::new(BTreeMap::new()) }
    }

    fn tell(&self, key: &ObjectKey, conditions: &[Condition]) {
        let Some(ready) = conditions.iter().find(|condition| condition.type_ == condition::READY) else { return };
        let now = (ready.status.clone(), ready.reason.clone());
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.get(key) == Some(&now) {
            return;
        }
        told.insert(key.clone(), now);
        let line = match self.output {
            Output::Text => format!("{key}: Ready={} {}: {}", ready.status, ready.reason, ready.message),
            Output::Json => serde_json::json!({
                "kind": key.kind.as_str(), "namespace": &*key.namespace, "name": &*key.name,
                "ready": ready.status, "reason": ready.reason, "message": ready.message,
            })
            .to_string(),
        };
        // A closed output must not stop the work.
        let _ = writeln!(io::stdout().lock(), "{line}");
    }
}

impl Records for Announcing {
    fn load<'a>(&'a self, tenant: &'a ObjectKey) -> BoxFuture<'a, Result<Loaded, RecordsError>> {
        self.inner.load(tenant)
    }

    fn keep<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        update: Option<TenantUpdate<'a>>,
        objects: &'a [ObjectUpdate<'a>],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        Box::pin(async move {
            let status = update.as_ref().and_then(|update| update.status);
            // Told once it is kept: what was said is on record.
            self.inner.keep(tenant, update, objects).await?;
            if let Some(status) = status {
                self.tell(tenant, &status.conditions);
            }
            for object in objects {
                if let Some(status) = object.status {
                    self.tell(object.key, &status.conditions);
                }
            }
            Ok(())
        })
    }

    fn audit<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        records: &'a [AuditRecord],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        self.inner.audit(tenant, records)
    }
}
