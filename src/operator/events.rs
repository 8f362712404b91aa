//! Events: what a person would want to be told, when it begins and when it ends.
//!
//! Invariant: told once per transition, never a value; telling never holds up a pass.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use k8s_openapi::{api::core::v1::ObjectReference, apimachinery::pkg::apis::meta::v1::Condition};
use kube::{
    Client,
    runtime::events::{Event, EventType, Recorder, Reporter},
};
use tenant_contacts_api::{
    reason::{Handling, Reason},
    status::{TenantStatus, condition},
};
use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_engine::{
    audit::{AuditEvent, AuditRecord},
    port::{Listener, Loaded, ObjectUpdate},
};
use tokio::sync::mpsc;

use super::{declared::Declared, reference, written::Written};

/// Events that wait to be sent. More than that come from a change to a whole fleet, of which status tells anyway.
const WAITING: usize = 256;

/// Longest note: Kubernetes takes 1 kB.
const LONGEST_NOTE: usize = 1000;

/// Sends events.
#[derive(Clone)]
pub struct Events {
    declared: Arc<Declared>,
    sender: mpsc::Sender<(ObjectReference, Event)>,
}

impl Events {
    /// Events in the name of this replica, and the task that sends them.
    pub fn new(client: Client, replica: String, declared: Arc<Declared>) -> (Self, impl Future<Output = ()>) {
        let (sender, mut receiver) = mpsc::channel::<(ObjectReference, Event)>(WAITING);
        let reporter = Reporter { controller: "tenantcontacts.dev/operator".into(), instance: Some(replica) };
        let recorder = Recorder::new(client, reporter);
        let sending = async move {
            while let Some((object, event)) = receiver.recv().await {
                if recorder.publish(&event, &object).await.is_err() {
                    let (kind, namespace, name) = (object.kind, object.namespace, object.name);
                    tracing::warn!(kind, namespace, name, reason = event.reason, "an event could not be sent");
                }
            }
        };
        (Self { declared, sender }, sending)
    }

    /// Tells something of an object.
    pub fn tell(&self, key: &ObjectKey, action: &str, reason: &str, note: &str, warning: bool) {
        let event = Event {
            type_: if warning { EventType::Warning } else { EventType::Normal },
            reason: reason.to_owned(),
            note: Some(note.chars().take(LONGEST_NOTE).collect()),
            action: action.to_owned(),
            secondary: None,
        };
        // Now, and not when it is sent: what is told may be its end.
        let Some(meta) = self.declared.meta(key) else { return };
        if self.sender.try_send((reference::to(key, &meta), event)).is_err() {
            tracing::warn!(object = %key, reason, "too many events at once: this one is left out");
        }
    }
}

/// Tells of transitions that are on record: to what only a person can mend or must approve, and back.
pub struct Telling {
    events: Events,
    /// What was last told of each object that something was told of.
    told: Mutex<BTreeMap<ObjectKey, Reason>>,
    written: Mutex<Written>,
}

impl Telling {
    /// Tells through `events`.
    pub fn new(events: Events) -> Self {
        Self { events, told: Mutex::new(BTreeMap::new()), written: Mutex::default() }
    }

    fn told(&self) -> MutexGuard<'_, BTreeMap<ObjectKey, Reason>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn consider(&self, key: &ObjectKey, conditions: &[Condition]) {
        let Some(ready) = conditions.iter().find(|condition| condition.type_ == condition::READY) else { return };
        let Some(reason) = Reason::ALL.iter().copied().find(|reason| reason.as_str() == ready.reason) else { return };
        let mut told = self.told();
        let before = told.get(key).copied();
        match reason.handling() {
            Handling::Stalled | Handling::Approval if before != Some(reason) => {
                told.insert(key.clone(), reason);
                self.events.tell(key, "Reconcile", reason.as_str(), &ready.message, true);
            }
            Handling::Fine if before.is_some() => {
                told.remove(key);
                self.events.tell(key, "Reconcile", reason.as_str(), &ready.message, false);
            }
            _ => {}
        }
    }
}

impl Listener for Telling {
    fn loaded(&self, tenant: &ObjectKey, loaded: &Loaded) {
        // What was told before a restart is not told again.
        let mut told = self.told();
        let children = loaded.objects.iter();
        let children = children.filter_map(|(key, (_, published))| Some((key, &published.as_ref()?.standing)));
        for (key, standing) in children.chain(loaded.tenant_standing.as_ref().map(|standing| (tenant, standing))) {
            if matches!(standing.ready.reason.handling(), Handling::Stalled | Handling::Approval) {
                told.insert(key.clone(), standing.ready.reason);
            }
        }
    }

    fn kept(&self, tenant: &ObjectKey, status: Option<&TenantStatus>, objects: &[ObjectUpdate<'_>]) {
        if let Some(status) = status {
            self.consider(tenant, &status.conditions);
        }
        for object in objects {
            if object.released {
                self.told().remove(object.key);
            } else if let Some(status) = object.status {
                self.consider(object.key, &status.conditions);
            }
        }
    }

    fn audited(&self, tenant: &ObjectKey, records: &[AuditRecord]) {
        let told = self.written.lock().unwrap_or_else(PoisonError::into_inner).note(records);
        for (object, note) in told.objects {
            self.events.tell(&object, "Write", "Written", &note, false);
        }
        if told.more > 0 {
            let note = format!("{} more objects were written; the audit trail names each.", told.more);
            self.events.tell(tenant, "Write", "Written", &note, false);
        }
        for record in records {
            if let AuditEvent::ReleasedUnrestored { object, field, reason, .. } = &record.what
                && let Some(key) = ObjectKey::read(object)
            {
                let field = field.path();
                let note = format!("{field} was released without restoring its original value: {reason}");
                self.events.tell(&key, "Release", "NotRestored", &note, true);
            }
        }
    }
}
