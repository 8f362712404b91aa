//! What is remembered of a tenant and its objects, and the audit trail.
//!
//! Invariant: what is remembered of a request is persisted before it leaves, and nothing that was persisted is told otherwise.
//! Nothing is decided here: what became of a write says `core::flight`, what may be forgotten `core::release`.

mod removed;
mod sending;
mod settle;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use tenant_contacts_api::{
    digest::Digest,
    field::{Field, Surface},
    memory::Memory,
    status::{AuditHead, TenantMemory},
};
use tenant_contacts_core::{desired::ObjectKey, field, flight, model::Tracked, release::PATIENCE};

use crate::audit::{self, AuditEvent, AuditRecord};

/// A slot of an object that was written.
type Written = (ObjectKey, Field, Option<Box<str>>);

/// A write that a service carries out by itself.
pub(super) struct Running {
    key: ObjectKey,
    field: Field,
    entry: Option<Box<str>>,
    pub(super) surface: Surface,
    pub(super) operation: Box<str>,
}

impl Running {
    fn slot(&self) -> Written {
        (self.key.clone(), self.field, self.entry.clone())
    }
}

/// See the module.
pub(super) struct Ledger {
    pub(super) memory: Tracked<ObjectKey, Memory>,
    pub(super) tenant_memory: TenantMemory,
    /// Objects whose memory changed since it was last persisted.
    pub(super) dirty: BTreeSet<ObjectKey>,
    pub(super) tenant_dirty: bool,
    /// Audit records that are not persisted yet.
    pub(super) trail: Vec<AuditRecord>,
    /// What was live before each write of the last replication window, and when that was. Lost with the process: then a
    /// replica that is behind may have an absolute write repeated, which changes nothing.
    replaced: BTreeMap<Written, Vec<(Timestamp, Digest)>>,
    /// The last slot whose operation was asked for: more may be running than a pass asks for.
    asked: Option<Written>,
    /// How long a removed object waits for its originals.
    pub(super) patience: SignedDuration,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            memory: Tracked::default(),
            tenant_memory: TenantMemory::default(),
            dirty: BTreeSet::new(),
            tenant_dirty: false,
            trail: Vec::new(),
            replaced: BTreeMap::new(),
            asked: None,
            patience: PATIENCE,
        }
    }
}

impl Ledger {
    /// Takes up what an earlier process persisted. `end` is where the trail ends, where that can be read back.
    pub(super) fn load(&mut self, mut tenant: TenantMemory, end: Option<AuditHead>, now: Timestamp) {
        tenant.not_after(now);
        self.tenant_memory = tenant;
        let known = self.tenant_memory.audit_head.as_ref().map_or(0, |head| head.sequence);
        if let Some(end) = end.filter(|end| end.sequence > known) {
            self.tenant_memory.audit_head = Some(end);
            self.tenant_dirty = true;
        }
    }

    /// The same of one object.
    pub(super) fn load_object(&mut self, key: ObjectKey, mut memory: Memory, now: Timestamp) {
        memory.not_after(now);
        self.memory.insert(key, memory);
    }

    fn append(&mut self, now: Timestamp, event: AuditEvent) {
        self.trail.push(audit::append(&mut self.tenant_memory.audit_head, now, event));
        self.tenant_dirty = true;
    }

    /// What services carry out by themselves: `most` at most, and the others the next time.
    pub(super) fn running(&mut self, most: usize) -> Vec<Running> {
        let running = self.memory.iter().flat_map(|(key, memory)| {
            memory.fields.iter().filter_map(move |slot| {
                let operation = slot.intent.as_ref()?.operation.clone()?;
                let surface = field::facts(slot.field)?.surface;
                Some(Running { key: key.clone(), field: slot.field, entry: slot.entry.clone(), surface, operation })
            })
        });
        let mut running: Vec<Running> = running.collect();
        let asked = |one: &Running| self.asked.as_ref().is_some_and(|last| one.slot() <= *last);
        let next = running.iter().take_while(|one| asked(one)).count();
        running.rotate_left(next);
        running.truncate(most);
        self.asked = running.last().map(Running::slot);
        running
    }

    /// Remembers how far one of them is.
    pub(super) fn progressed(&mut self, running: Running, progress: flight::Progress, now: Timestamp) {
        let Some(memory) = self.memory.get_mut(&running.key) else { return };
        if flight::progressed(memory.slot_mut(running.field, running.entry.as_deref()), progress, now) {
            self.dirty.insert(running.key);
        }
    }

    /// Objects that nothing needs to be remembered of any more.
    pub(super) fn forget(&mut self, released: &[ObjectKey]) {
        for key in released {
            self.memory.remove(key);
        }
    }
}
