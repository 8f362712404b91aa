//! Keeping memory and publishing status, only where something changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use tenant_contacts_api::{digest::Digest, memory::Memory, reason::Reason};
use tenant_contacts_core::{
    desired::{DesiredObject, ObjectKey},
    plan::{Plan, Request},
    status::{self, Child, ChildFacts, Published, TenantFacts, TenantProblem},
    step::ObjectPlan,
};

use super::{
    Gathered, Mode, PassReport, Ports, TenantWorker,
    ledger::Ledger,
    publisher::{News, is_timed},
};
use crate::port::{ObjectUpdate, RecordsError, TenantUpdate};

/// Statuses made at a time. A status has a few kilobytes: 500 of them are a megabyte, and one call to the records.
const CHUNK: usize = 500;

impl TenantWorker {
    /// Keeps the audit records that are not kept yet.
    async fn keep_trail(&mut self, ports: &Ports) -> Result<(), RecordsError> {
        if !self.ledger.trail.is_empty() {
            ports.records.audit(&self.object, &self.ledger.trail).await?;
            self.ledger.trail.clear();
        }
        Ok(())
    }

    /// Keeps all changed memory, and the audit trail.
    pub(super) async fn keep(&mut self, ports: &Ports) -> Result<(), RecordsError> {
        self.keep_trail(ports).await?;
        let empty = Memory::default();
        let updates: Vec<ObjectUpdate<'_>> = self
            .ledger
            .dirty
            .iter()
            .map(|key| {
                let memory = self.ledger.memory.get(key).unwrap_or(&empty);
                let object = self.objects.binary_search_by(|object| object.key.cmp(key)).map(|at| &self.objects[at]);
                let released = object.is_ok_and(|object| Ledger::is_released(object, memory));
                ObjectUpdate { key, memory, status: None, released }
            })
            .collect();
        if updates.is_empty() && !self.ledger.tenant_dirty {
            return Ok(());
        }
        let tenant =
            self.ledger.tenant_dirty.then_some(TenantUpdate { memory: &self.ledger.tenant_memory, status: None });
        ports.records.keep(&self.object, tenant, &updates).await?;
        let released: Vec<ObjectKey> =
            updates.iter().filter(|update| update.released).map(|update| update.key.clone()).collect();
        self.forget(&released);
        self.ledger.dirty.clear();
        self.ledger.tenant_dirty = false;
        Ok(())
    }

    fn forget(&mut self, released: &[ObjectKey]) {
        self.ledger.forget(released);
        self.publisher.forget(released);
    }

    /// Keeps what must be on record before these requests leave: the intents, originals and pins of their objects, and with
    /// them the status that then holds. What else changed waits for the end of the pass.
    pub(super) async fn keep_sending(
        &mut self,
        ports: &Ports,
        gathered: &Gathered,
        plan: &Plan,
        batch: &[Request],
    ) -> Result<(), RecordsError> {
        let mut steps: BTreeMap<usize, BTreeSet<Digest>> = BTreeMap::new();
        for (index, digest) in batch.iter().flat_map(|request| &request.steps) {
            steps.entry(*index).or_default().insert(*digest);
        }
        let objects = Arc::clone(&self.objects);
        let sending = steps.iter().map(|(&index, steps)| (&objects[index], plan.objects[index].once_sent(steps)));
        let sending: Vec<(&Arc<DesiredObject>, ObjectPlan)> = sending.collect();
        let chunk = sending.iter().map(|(object, planned)| (*object, planned));
        self.publish_chunk(ports, gathered, chunk).await
    }

    /// Publishes the status of every object whose plan, memory or claim changed, and of the tenant. In chunks: a first pass
    /// over a fleet makes a status of every object, and they need not all be in memory together.
    pub(super) async fn publish(
        &mut self,
        ports: &Ports,
        gathered: &Gathered,
        report: &PassReport,
    ) -> Result<(), RecordsError> {
        // What is written by the next pass, at once, is published then: a backlog makes no status twice.
        let at_once = report.next.is_zero();
        if let Some(plan) = self.plan.take() {
            let objects = Arc::clone(&self.objects);
            // What is out of reach for a while only keeps the status it has, as when the whole tenant is: a blip would
            // otherwise be written into every object of a fleet, and out of it again. The Tenant says it.
            let is_due = |object: &DesiredObject| {
                !object.target.surface().is_some_and(|surface| self.observation.is_away(surface))
            };
            let due: Vec<usize> = (0..objects.len())
                .filter(|&index| !self.known.is_quiet(index) || is_timed(&objects[index]))
                .filter(|&index| is_due(&objects[index]))
                .filter(|&index| !(at_once && plan.objects[index].is_written()))
                .collect();
            let mut done = Ok(());
            for indices in due.chunks(CHUNK) {
                let chunk = indices.iter().map(|&index| (&objects[index], &plan.objects[index]));
                done = self.publish_chunk(ports, gathered, chunk).await;
                if done.is_err() {
                    break;
                }
            }
            self.plan = Some(plan);
            done?;
        }
        if !at_once {
            // What is left belongs to objects that this reading did not show: remembered all the same.
            self.keep(ports).await?;
        }
        self.note_quiet();
        self.publish_tenant(ports, gathered, &Mode::Run, None).await
    }

    async fn publish_chunk<'a>(
        &mut self,
        ports: &Ports,
        gathered: &Gathered,
        chunk: impl Iterator<Item = (&'a Arc<DesiredObject>, &'a ObjectPlan)>,
    ) -> Result<(), RecordsError> {
        let mut changed = Vec::new();
        for (object, planned) in chunk {
            if let Some(news) = self.changed_status(ports, gathered, object, planned) {
                changed.push((object, news));
            }
        }
        if changed.is_empty() && self.ledger.trail.is_empty() {
            return Ok(());
        }
        self.keep_trail(ports).await?;
        let empty = Memory::default();
        let updates: Vec<ObjectUpdate<'_>> = changed
            .iter()
            .map(|(object, news)| {
                let memory = self.ledger.memory.get(&object.key).unwrap_or(&empty);
                let released = Ledger::is_released(object, memory);
                ObjectUpdate { key: &object.key, memory, status: Some(&news.status), released }
            })
            .collect();
        let released: Vec<ObjectKey> =
            updates.iter().filter(|update| update.released).map(|update| update.key.clone()).collect();
        let tenant =
            self.ledger.tenant_dirty.then_some(TenantUpdate { memory: &self.ledger.tenant_memory, status: None });
        if tenant.is_none() && updates.is_empty() {
            return Ok(());
        }
        ports.records.keep(&self.object, tenant, &updates).await?;
        self.ledger.tenant_dirty = false;
        for (object, news) in changed {
            self.ledger.dirty.remove(&object.key);
            self.publisher.told(object.key.clone(), &news);
        }
        self.forget(&released);
        Ok(())
    }

    /// An object's status, if there is anything new to publish.
    fn changed_status(
        &mut self,
        ports: &Ports,
        gathered: &Gathered,
        object: &DesiredObject,
        planned: &ObjectPlan,
    ) -> Option<News> {
        let memory = self.ledger.memory.get(&object.key);
        if object.removed && memory.is_none() {
            // Released earlier in this pass, when the trail was persisted before a request left.
            return None;
        }
        let empty = Memory::default();
        let facts = ChildFacts {
            tenant: &gathered.tenant,
            object,
            plan: planned,
            observation: &self.observation,
            arrivals: None,
            memory: memory.unwrap_or(&empty),
        };
        let arrivals = || self.surveyor.as_ref()?.arrivals();
        self.publisher.news(&facts, arrivals, self.ledger.dirty.contains(&object.key), ports.clock.now())
    }

    /// Tells objects that nothing was ever said of what they wait for, where only a person can mend it. What was said of
    /// others holds until there is news.
    pub(super) async fn publish_waiting(&mut self, ports: &Ports, why: Reason) -> Result<(), RecordsError> {
        let objects = Arc::clone(&self.objects);
        let untold: Vec<&Arc<DesiredObject>> =
            objects.iter().filter(|object| !object.removed && !self.publisher.has_told(&object.key)).collect();
        let empty = Memory::default();
        for chunk in untold.chunks(CHUNK) {
            let tell = |object: &Arc<DesiredObject>| {
                let memory = self.ledger.memory.get(&object.key).unwrap_or(&empty);
                let said = (Reason::WaitingOn, format!("its Tenant cannot be looked at: {why}"));
                status::set_aside(object.generation, said, memory, None, ports.clock.now())
            };
            let told: Vec<(&ObjectKey, Child)> = chunk.iter().map(|object| (&object.key, tell(object))).collect();
            let updates: Vec<ObjectUpdate<'_>> = told
                .iter()
                .map(|(key, Child { status, .. })| ObjectUpdate {
                    key,
                    memory: &status.memory,
                    status: Some(status),
                    released: false,
                })
                .collect();
            ports.records.keep(&self.object, None, &updates).await?;
            for (key, child) in told {
                self.ledger.dirty.remove(key);
                self.publisher.found(key.clone(), Published::new(child.standing, &child.status));
            }
        }
        Ok(())
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
        let claimed = gathered.claimed.then(|| claimed(problem));
        let facts = TenantFacts {
            tenant: &gathered.tenant,
            objects: &self.objects,
            plan: self.plan.as_ref(),
            observation: &self.observation,
            memory: &self.ledger.tenant_memory,
            problem: claimed.as_ref().or(problem),
        };
        if let Some((status, said)) = self.publisher.tenant_news(&facts, ports.clock.now()) {
            let update = TenantUpdate { memory: &self.ledger.tenant_memory, status: Some(&status) };
            ports.records.keep(&self.object, Some(update), &[]).await?;
            self.publisher.told_tenant(said);
        }
        Ok(())
    }
}

/// A claimed Tenant says that first: whatever else keeps it from looking at the tenant, mending that would not make it manage.
fn claimed(problem: Option<&TenantProblem>) -> TenantProblem {
    let mut message = "another Tenant object manages this tenant id: only observed".to_owned();
    if let Some(problem) = problem {
        message = format!("{message}, and that fails ({}: {})", problem.reason, problem.message);
    }
    TenantProblem { reason: Reason::TenantClaimed, message }
}
