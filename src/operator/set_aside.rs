//! Children that no pass looks at: their Tenant does not exist, or they cannot be read. They are told so, and let go when
//! they are deleted: nobody is left who could put anything back.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use tenant_contacts_api::{memory::Memory, reason::Reason};
use tenant_contacts_core::{
    desired::ObjectKey,
    status::{self, Published},
};
use tenant_contacts_engine::port::{Clock as _, RecordsError};
use tokio::{sync::Mutex, time::Instant};

use super::{
    declared::{Declared, Part, SetAside},
    events::Events,
    patience::Patience,
    records::ClusterRecords,
};
use crate::world::ProcessClock;

/// Publishes what is true of children that no pass looks at.
pub struct SetAsides {
    declared: Arc<Declared>,
    records: Arc<ClusterRecords>,
    events: Events,
    clock: ProcessClock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What was last told of which child.
    told: BTreeMap<ObjectKey, SetAside>,
    patience: Patience<ObjectKey>,
}

impl SetAsides {
    /// Publishes through these records.
    pub fn new(declared: Arc<Declared>, records: Arc<ClusterRecords>, events: Events, clock: ProcessClock) -> Self {
        Self { declared, records, events, clock, state: Mutex::default() }
    }

    /// Completes when something that could not be published is to be tried again.
    pub async fn retry(&self) {
        let retry = self.state.lock().await.patience.retry();
        retry.await;
    }

    /// Tells those that are set aside now and were not told yet.
    pub async fn attend(&self) {
        let mut state = self.state.lock().await;
        let all = self.declared.set_aside();
        state.told.retain(|key, _| all.iter().any(|one| one.key == *key));
        state.patience.begin(|key| all.iter().any(|one| one.key == *key));
        let now = Instant::now();
        let mut ripe: BTreeMap<Part, Vec<SetAside>> = BTreeMap::new();
        for one in all {
            let is_over = state.patience.is_over(&one.key, now);
            if !is_over || state.told.get(&one.key) == Some(&one) {
                continue;
            }
            ripe.entry((one.key.kind, Arc::clone(&one.key.namespace))).or_default().push(one);
        }
        for (part, children) in ripe {
            match self.tell_all(&part, &children).await {
                Ok(()) => state.told.extend(children.into_iter().map(|one| (one.key.clone(), one))),
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                    tracing::warn!(namespace = %part.1, %error, cause, "a status could not be published");
                    state.patience.failed(now);
                }
            }
        }
    }

    async fn tell_all(&self, (kind, namespace): &Part, children: &[SetAside]) -> Result<(), RecordsError> {
        let names: BTreeSet<&ObjectKey> = children.iter().map(|one| &one.key).collect();
        let mut known = self.records.remembered(*kind, namespace, |key, _| names.contains(key)).await?;
        for one in children {
            let (memory, published) = known.remove(&one.key).unwrap_or_default();
            self.tell(one, &memory, published).await?;
        }
        Ok(())
    }

    async fn tell(&self, one: &SetAside, memory: &Memory, before: Option<Published>) -> Result<(), RecordsError> {
        let SetAside { key, meta, unreadable } = one;
        if meta.deleting {
            if meta.finalizer {
                let why = "released without restoring the original values: its Tenant does not exist";
                tracing::warn!(target: "tenant_contacts::audit", object = %key, "{why}");
                self.events.tell(key, "Release", "NotRestored", why, true);
                self.records.let_go(key, meta).await?;
            }
            return Ok(());
        }
        let (reason, message) = if *unreadable {
            let message = "does not fit this version of the operator: upgrade it, or correct the object";
            (Reason::InvalidSpec, message.to_owned())
        } else {
            (Reason::TenantNotFound, "the Tenant named by tenantRef does not exist in this namespace".to_owned())
        };
        let standing = before.map(|before| before.standing);
        let said = (reason, message.clone());
        let child = status::set_aside(meta.generation, said, memory, standing.as_ref(), self.clock.now());
        if before == Some(Published::new(child.standing, &child.status)) {
            return Ok(());
        }
        self.records.set_aside(key, meta, &child.status).await?;
        if standing.is_none_or(|standing| standing.ready.reason != reason) {
            self.events.tell(key, "Reconcile", reason.as_str(), &message, true);
        }
        Ok(())
    }
}
