//! The status of each ContactPolicy, published by whoever leads.
//!
//! Invariant: written only where it says something else than what is published.

use std::{collections::BTreeMap, sync::Arc};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{api::ListParams, core::ApiResource};
use serde::Deserialize as _;
use tenant_contacts_api::v1alpha1::{ContactPolicy, ContactPolicyStatus};
use tenant_contacts_core::status::{PolicyStanding, contact_policy};
use tenant_contacts_engine::port::Clock as _;
use tokio::{sync::Mutex, time::Instant};

use super::{
    api::{self, ApiServer, KeepError, STATUS_MANAGER},
    declared::{Declared, PolicyKey, PolicySeen},
    patience::Patience,
};
use crate::world::ProcessClock;

/// Publishes what is true of policies.
pub struct PolicyStatuses {
    declared: Arc<Declared>,
    server: Arc<ApiServer>,
    clock: ProcessClock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What was written and the watch has not shown yet.
    written: BTreeMap<PolicyKey, (PolicySeen, ContactPolicyStatus)>,
    patience: Patience<PolicyKey>,
}

impl PolicyStatuses {
    /// Publishes through this API server.
    pub fn new(declared: Arc<Declared>, server: Arc<ApiServer>, clock: ProcessClock) -> Self {
        Self { declared, server, clock, state: Mutex::default() }
    }

    /// Completes when something that could not be published yet is to be tried again.
    pub async fn retry(&self) {
        let retry = self.state.lock().await.patience.retry();
        retry.await;
    }

    /// Publishes what is not published yet.
    pub async fn attend(&self) {
        let mut state = self.state.lock().await;
        let (all, tenants) = (self.declared.all_policies(), self.declared.tenants());
        state.written.retain(|key, _| all.iter().any(|(other, _)| other == key));
        state.patience.begin(|key| all.iter().any(|(other, _)| other == key));
        let now = Instant::now();
        for (key, seen) in all.into_iter().filter(|(_, seen)| !seen.meta.deleting) {
            let standing = match &seen.tenant {
                _ if seen.unreadable => PolicyStanding::Unreadable,
                Some(tenant) if tenants.contains(tenant) => PolicyStanding::Holds,
                _ => PolicyStanding::TenantMissing,
            };
            if standing == PolicyStanding::TenantMissing {
                if !state.patience.is_over(&key, now) {
                    continue;
                }
            } else {
                state.patience.found(&key);
            }
            if let Err(error) = self.publish(&mut state, &key, seen, standing).await {
                tracing::warn!(namespace = %key.0, name = %key.1, %error, "a policy's status could not be published");
                state.patience.failed(now);
            }
        }
    }

    async fn publish(
        &self,
        state: &mut State,
        key: &PolicyKey,
        seen: PolicySeen,
        standing: PolicyStanding,
    ) -> Result<(), KeepError> {
        let written = state.written.get(key).filter(|(then, status)| {
            // Until the watch shows it. What it shows then may be somebody else's, and is put right.
            then.meta.uid == seen.meta.uid && (then.published == seen.published || *status == seen.published)
        });
        let published = match written {
            Some((_, status)) => status.clone(),
            // The watch gives no status of what does not fit its type.
            None if seen.unreadable => self.read(key).await?,
            None => seen.published.clone(),
        };
        let generation = seen.meta.generation;
        let previous: &[Condition] = &published.conditions;
        let status = contact_policy(generation, standing, previous, self.clock.now());
        if status != published {
            let resource = ApiResource::erase::<ContactPolicy>(&());
            let mut object = api::envelope(&resource, (&key.0, &key.1), seen.meta.uid);
            object["status"] = serde_json::to_value(&status).unwrap_or_default();
            let applied = self.server.apply(&self.server.api(&key.0, &resource), &key.1, STATUS_MANAGER, &object).await;
            applied.or_else(|error| if error.is_gone() { Ok(()) } else { Err(error) })?;
        }
        state.written.insert(key.clone(), (seen, status));
        Ok(())
    }

    async fn read(&self, (namespace, name): &PolicyKey) -> Result<ContactPolicyStatus, KeepError> {
        let api = self.server.api(namespace, &ApiResource::erase::<ContactPolicy>(&()));
        let one = ListParams::default().fields(&format!("metadata.name={name}"));
        let found = self.server.bounded(api.list(&one)).await?.items.into_iter().next();
        let status = found.and_then(|object| object.data.get("status").cloned());
        Ok(status.and_then(|status| ContactPolicyStatus::deserialize(status).ok()).unwrap_or_default())
    }
}
