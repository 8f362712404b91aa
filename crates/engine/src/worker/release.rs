//! Letting removed objects go, whether or not the tenant can be looked at.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tenant_contacts_api::{
    memory::Memory,
    reason::{Handling, Reason},
};
use tenant_contacts_core::{
    desired::{DesiredObject, ObjectKey},
    plan::Plan,
    release,
    status::TenantProblem,
};

use super::{Gathered, Mode, PassReport, Ports, TenantWorker};
use crate::{
    audit::{self, AuditEvent},
    port::RecordsError,
};

impl TenantWorker {
    /// Remembers since when objects are removed, and forgets it of those that came back.
    pub(super) fn note_removed(&mut self, now: Timestamp) {
        let objects = &self.objects;
        let is_declared = |key: &ObjectKey| {
            objects
                .binary_search_by(|object: &Arc<DesiredObject>| object.key.cmp(key))
                .is_ok_and(|at| !objects[at].removed)
        };
        let noted = self.memory.iter().filter(|(_, memory)| memory.removed_at.is_some()).map(|(key, _)| key);
        let back: Vec<ObjectKey> = noted.filter(|key| is_declared(key)).cloned().collect();
        for key in back {
            self.memory.get_or_default(&key).removed_at = None;
            self.dirty.insert(key);
        }
        for object in objects.iter().filter(|object| object.removed) {
            // Of an object that was never remembered there is nothing to wait for; that it may go is to be told all the same.
            let memory = self.memory.get_or_default(&object.key);
            if memory.removed_at.is_none() {
                memory.removed_at = Some(now);
                self.dirty.insert(object.key.clone());
            }
        }
    }

    /// Forgets what `core::release` lets go. `plan` is what is left after the pass did what it could, or why there is none.
    /// Whether anything was forgotten.
    pub(super) fn let_go(&mut self, plan: Result<&Plan, Reason>, now: Timestamp) -> bool {
        let mut any = false;
        for (index, object) in self.objects.iter().enumerate().filter(|(_, object)| object.removed) {
            let Some(memory) = self.memory.get_mut(&object.key) else { continue };
            let gone = release::judge(object, memory, plan.map(|plan| &plan.objects[index]), (now, self.patience));
            for release::LetGo { field, entry: key, unrestored } in gone {
                memory.fields.retain(|entry| entry.field != field || entry.entry != key);
                let (object, entry) = (object.key.to_string(), audit::entry(key.as_deref()));
                let event = match unrestored {
                    None => AuditEvent::Released { object, field, entry },
                    Some(reason) => AuditEvent::ReleasedUnrestored { object, field, entry, reason },
                };
                self.trail.push(audit::append(&mut self.tenant_memory.audit_head, now, event));
                self.tenant_dirty = true;
                any = true;
            }
            if memory.fields.is_empty() {
                self.dirty.insert(object.key.clone());
            }
        }
        any
    }

    /// Whether an object is removed, and nothing of it needs to be kept any more.
    pub(super) fn is_released(object: &DesiredObject, memory: &Memory) -> bool {
        object.removed && memory.fields.is_empty()
    }

    /// A pass that could not look at the tenant: status says why, and removed objects are let go when their time is up.
    pub(super) async fn without_plan(
        &mut self,
        ports: &Ports,
        gathered: &Gathered,
        mode: &Mode,
        (problem, next): (TenantProblem, Duration),
    ) -> Result<PassReport, RecordsError> {
        if *mode != Mode::Preview {
            self.let_go(Err(problem.reason), ports.clock.now());
            self.keep(ports).await?;
            if problem.reason.handling() == Handling::Stalled {
                self.publish_waiting(ports, problem.reason).await?;
            }
        }
        // A suspended Tenant says so itself: it is no problem.
        let problem = Some(problem).filter(|_| !gathered.tenant.suspend);
        self.publish_tenant(ports, gathered, mode, problem.as_ref()).await?;
        let mut report = PassReport { next, problem, ..PassReport::default() };
        self.return_for_removed(mode, ports.clock.now(), &mut report);
        Ok(report)
    }

    /// Comes back when the time of a removed object is up.
    pub(super) fn return_for_removed(&self, mode: &Mode, now: Timestamp, report: &mut PassReport) {
        if *mode == Mode::Preview {
            return;
        }
        // What is overdue and still remembered is not in this reading, and nothing could be done about it.
        let next = self
            .memory
            .values()
            .filter_map(|memory| release::deadline(memory, self.patience))
            .filter(|deadline| *deadline > now)
            .min();
        if let Some(next) = next {
            report.next = report.next.min(Duration::try_from(next.duration_since(now)).unwrap_or_default());
        }
    }
}
