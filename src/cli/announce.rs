//! What is on record, told to people: one line for every condition that turned.

use std::{
    collections::BTreeMap,
    io::Write as _,
    sync::{Mutex, PoisonError},
};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use tenant_contacts_api::status::{TenantStatus, condition};
use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_engine::port::{Listener, ObjectUpdate};
use tenant_contacts_report::answers::ReadyView;

use super::{Around, Output};

/// Tells transitions on standard output.
pub struct Announcing {
    output: Output,
    around: Around,
    told: Mutex<BTreeMap<ObjectKey, (String, String)>>,
}

impl Announcing {
    /// Announces in the given form.
    pub fn new(output: Output, around: Around) -> Self {
        Self { output, around, told: Mutex::new(BTreeMap::new()) }
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
            Output::Json => serde_json::json!(ReadyView {
                kind: key.kind.as_str().to_owned(),
                namespace: key.namespace.to_string(),
                name: key.name.to_string(),
                ready: ready.status.clone(),
                reason: ready.reason.clone(),
                message: ready.message.clone(),
            })
            .to_string(),
        };
        // A closed output must not stop the work.
        let _ = writeln!(self.around.out(), "{line}");
    }
}

impl Listener for Announcing {
    fn kept(&self, tenant: &ObjectKey, status: Option<&TenantStatus>, objects: &[ObjectUpdate<'_>]) {
        if let Some(status) = status {
            self.tell(tenant, &status.conditions);
        }
        for object in objects {
            if let Some(status) = object.status {
                self.tell(object.key, &status.conditions);
            }
        }
    }
}
