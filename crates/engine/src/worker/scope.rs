//! What a pass wants to read.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use tenant_contacts_api::{
    memory::{Intent, Memory},
    v1alpha1::DeletionPolicy,
};
use tenant_contacts_core::{
    desired::{DesiredObject, DesiredTarget, ObjectKey},
    flight::{self, Replication},
    surface,
};
use uuid::Uuid;

use super::{Gathered, TenantWorker};
use crate::port::{AccountQuery, Read, Scope, ThingQuery};

/// What stands for an object that is remembered and no longer declared.
fn removed_object(key: &ObjectKey, memory: &Memory) -> DesiredObject {
    // An original is only ever kept under Restore, so it tells the policy the object had.
    let restore = memory.fields.iter().any(|field| field.original.is_some());
    DesiredObject {
        key: key.clone(),
        generation: None,
        target: surface::orphan(memory),
        deletion: if restore { DeletionPolicy::Restore } else { DeletionPolicy::Orphan },
        fields: Vec::new(),
        removed: true,
        business_email: None,
        mail: None,
        requested_at: None,
    }
}

/// What of an object is in flight, and how sure reads make us of it.
fn in_flight(memory: &Memory) -> impl Iterator<Item = (&Intent, Replication)> {
    memory.fields.iter().filter_map(|slot| Some((slot.intent.as_deref()?, surface::replication_of(slot.field))))
}

impl TenantWorker {
    /// The declared objects, and among them the remembered ones that are no longer declared. Those are only inferred from
    /// a complete reading: a directory in the middle of a checkout removes nothing.
    pub(super) fn with_removed(&mut self, gathered: &Gathered) -> Arc<Vec<Arc<DesiredObject>>> {
        let declared = &gathered.objects;
        // Both are in key order, so one walk finds what memory has and the declaration has not.
        let mut rest = declared.iter().peekable();
        let mut removed = Vec::new();
        for (key, memory) in self.ledger.memory.iter().filter(|_| gathered.complete) {
            while rest.next_if(|object| object.key < *key).is_some() {}
            if rest.peek().is_none_or(|object| object.key != *key) {
                removed.push(Arc::new(removed_object(key, memory)));
            }
        }
        if removed.is_empty() {
            self.declared = Arc::clone(declared);
            return Arc::clone(declared);
        }
        let added = self.objects.len().checked_sub(declared.len()) == Some(removed.len());
        let as_before = |object: &Arc<DesiredObject>| {
            self.objects
                .binary_search_by(|before| before.key.cmp(&object.key))
                .is_ok_and(|at| self.objects[at] == *object)
        };
        if Arc::ptr_eq(&self.declared, declared) && added && removed.iter().all(as_before) {
            return Arc::clone(&self.objects);
        }
        self.declared = Arc::clone(declared);
        let mut objects: Vec<Arc<DesiredObject>> = declared.iter().cloned().chain(removed).collect();
        objects.sort_by(|a, b| a.key.cmp(&b.key));
        Arc::new(objects)
    }

    pub(super) fn scope<'a>(
        objects: impl Iterator<Item = &'a Arc<DesiredObject>>,
        memory: &BTreeMap<ObjectKey, Memory>,
        gathered: &'a Gathered,
        read: Read,
        direct: BTreeSet<Uuid>,
    ) -> Scope<'a> {
        let (mut accounts, mut things) = (Vec::new(), Vec::new());
        let mut organization = false;
        // Both are in key order: one walk finds each object's memory.
        let mut memories = memory.iter().peekable();
        for object in objects {
            while memories.next_if(|(key, _)| **key < object.key).is_some() {}
            let memory = memories.peek().filter(|(key, _)| **key == object.key);
            let bound = memory.and_then(|(_, memory)| memory.object_id);
            match &object.target {
                DesiredTarget::Organization => organization = true,
                DesiredTarget::Gateways(_) => {}
                DesiredTarget::Account { name, id } => accounts.push(AccountQuery { name, id: id.or(bound) }),
                DesiredTarget::Thing { surface, name } => {
                    things.push(ThingQuery { surface: *surface, name, id: bound });
                }
            }
        }
        let protected = gathered.tenant.protected.iter();
        accounts.extend(
            protected.map(|account| AccountQuery { name: &account.user_principal_name, id: account.object_id }),
        );
        Scope { accounts, organization, things, read, direct }
    }

    /// Accounts with an open write whose next read is due. One whose outcome is unknown has no next read of its own: it is
    /// looked at again by every pass that comes a replication window after the last look.
    pub(super) fn due_for_verification(&self, now: Timestamp) -> BTreeSet<Uuid> {
        let seen_lately = |id: Option<Uuid>| {
            let account = id.and_then(|id| self.observation.accounts.get(&id)).and_then(|fact| fact.present());
            account.is_some_and(|account| now.duration_since(account.read_at) <= flight::GRAPH.window)
        };
        let due = self.ledger.memory.values().filter(|memory| {
            in_flight(memory).any(|(intent, rule)| {
                let unknown = flight::is_unknown(intent, now, rule);
                flight::next_read(intent, now, rule) <= now && !(unknown && seen_lately(memory.object_id))
            })
        });
        due.filter_map(|memory| memory.object_id).collect()
    }

    /// How long until the next read of an open write is due.
    pub(super) fn until_next_read(&self, now: Timestamp) -> Duration {
        let intents = self.ledger.memory.values().flat_map(in_flight);
        let waited_for = intents.filter(|(intent, rule)| !flight::is_unknown(intent, now, *rule));
        let next = waited_for.map(|(intent, rule)| flight::next_read(intent, now, rule)).min().unwrap_or(now);
        // A write that was not seen yet is looked for once a second: often enough to be quick, seldom enough to be polite.
        Duration::try_from(next.duration_since(now)).unwrap_or_default().max(Duration::from_secs(1))
    }
}
