//! Keeping memory and publishing status, only where something changed.

use std::hash::{DefaultHasher, Hash, Hasher};

use tenant_contacts_api::memory::Memory;
use tenant_contacts_core::status::{self, TenantFacts, TenantProblem};

use super::{Gathered, Mode, Ports, TenantWorker};
use crate::port::{ObjectUpdate, RecordsError, TenantUpdate};

impl TenantWorker {
    /// Keeps changed memory and the audit trail before a request leaves.
    pub(super) async fn keep(&mut self, ports: &Ports) -> Result<(), RecordsError> {
        if !self.trail.is_empty() {
            ports.records.audit(&self.object, &self.trail).await?;
            self.trail.clear();
        }
        let empty = Memory::default();
        let updates: Vec<ObjectUpdate<'_>> = self
            .dirty
            .iter()
            .map(|key| ObjectUpdate {
                key,
                memory: self.memory.get(key).unwrap_or(&empty),
                status: None,
                released: false,
            })
            .collect();
        if updates.is_empty() && !self.tenant_dirty {
            return Ok(());
        }
        let tenant = self.tenant_dirty.then_some(TenantUpdate { memory: &self.tenant_memory, status: None });
        ports.records.keep(&self.object, tenant, &updates).await?;
        self.dirty.clear();
        self.tenant_dirty = false;
        Ok(())
    }

    /// Publishes the status of every object whose plan, memory or claim changed, and of the tenant.
    pub(super) async fn publish(&mut self, ports: &Ports, gathered: &Gathered) -> Result<(), RecordsError> {
        let now = ports.clock.now();
        let Some(plan) = &self.plan else { return Ok(()) };
        let empty = Memory::default();
        let mut published = Vec::new();
        for (object, planned) in self.objects.iter().zip(&plan.objects) {
            let before = self.standings.get(&object.key);
            let fingerprint = {
                let mut hasher = DefaultHasher::new();
                (object.generation, planned, &object.business_email, &object.mail).hash(&mut hasher);
                hasher.finish()
            };
            let same = before.is_some_and(|(_, known)| *known == fingerprint);
            // An attestation expires without anything else changing, and an account is disabled without a field differing.
            let more = object.business_email.is_some() || object.mail.is_some();
            if same && !more && !self.dirty.contains(&object.key) {
                continue;
            }
            let memory = self.memory.get(&object.key).unwrap_or(&empty);
            let standing = before.map(|(standing, _)| standing);
            let child = status::child(&gathered.tenant, object, planned, &self.observation, memory, standing, now);
            if same && standing == Some(&child.standing) && !self.dirty.contains(&object.key) {
                continue;
            }
            published.push((object, child, fingerprint));
        }
        if !self.trail.is_empty() {
            ports.records.audit(&self.object, &self.trail).await?;
            self.trail.clear();
        }
        let updates: Vec<ObjectUpdate<'_>> = published
            .iter()
            .map(|(object, child, _)| {
                let memory = self.memory.get(&object.key).unwrap_or(&empty);
                let released = object.removed && memory.fields.is_empty();
                ObjectUpdate { key: &object.key, memory, status: Some(&child.status), released }
            })
            .collect();
        let released: Vec<_> =
            updates.iter().filter(|update| update.released).map(|update| update.key.clone()).collect();
        if !updates.is_empty() || self.tenant_dirty {
            let tenant = self.tenant_dirty.then_some(TenantUpdate { memory: &self.tenant_memory, status: None });
            ports.records.keep(&self.object, tenant, &updates).await?;
        }
        self.dirty.clear();
        self.tenant_dirty = false;
        for (object, child, fingerprint) in published {
            self.standings.insert(object.key.clone(), (child.standing, fingerprint));
        }
        for key in released {
            self.memory.remove(&key);
            self.standings.remove(&key);
        }
        self.publish_tenant(ports, gathered, &Mode::Run, None).await
    }

    /// Publishes the Tenant's status if it changed.
    pub(super) async fn publish_tenant(
        &mut self,
        ports: &Ports,
        gathered: &Gathered,
        mode: &Mode,
        problem: Option<&TenantProblem>,
    ) -> Result<(), RecordsError> {
        if *mode == Mode::Preview {
            return Ok(());
        }
        let claimed = TenantProblem {
            reason: tenant_contacts_api::reason::Reason::TenantClaimed,
            message: "another Tenant object manages this tenant id: only observed".into(),
        };
        let facts = TenantFacts {
            tenant: &gathered.tenant,
            objects: &self.objects,
            plan: self.plan.as_ref(),
            observation: &self.observation,
            memory: &self.tenant_memory,
            problem: problem.or(gathered.claimed.then_some(&claimed)),
        };
        let (standing, status) = status::tenant(&facts, self.tenant_standing.as_ref(), ports.clock.now());
        let bytes = serde_json::to_vec(&status).unwrap_or_default();
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let fingerprint = hasher.finish();
        if fingerprint != self.tenant_fingerprint {
            let update = TenantUpdate { memory: &self.tenant_memory, status: Some(&status) };
            ports.records.keep(&self.object, Some(update), &[]).await?;
            self.tenant_fingerprint = fingerprint;
            self.tenant_standing = Some(standing);
        }
        Ok(())
    }
}
