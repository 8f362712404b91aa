//! Letting removed objects go, whether or not the tenant can be looked at.

use std::sync::Arc;

use jiff::Timestamp;
use tenant_contacts_api::{memory::Memory, reason::Reason};
use tenant_contacts_core::{
    desired::{DesiredObject, ObjectKey},
    plan::Plan,
    release,
};

use super::Ledger;
use crate::audit::{self, AuditEvent};

impl Ledger {
    /// Remembers since when objects are removed, and forgets it of those that came back.
    pub(in crate::worker) fn note_removed(&mut self, objects: &[Arc<DesiredObject>], now: Timestamp) {
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
    pub(in crate::worker) fn let_go(
        &mut self,
        objects: &[Arc<DesiredObject>],
        plan: Result<&Plan, Reason>,
        now: Timestamp,
    ) -> bool {
        let mut any = false;
        for (index, object) in objects.iter().enumerate().filter(|(_, object)| object.removed) {
            let Some(memory) = self.memory.get_mut(&object.key) else { continue };
            let gone = release::judge(object, memory, plan.map(|plan| &plan.objects[index]), (now, self.patience));
            for release::LetGo { field, entry: key, .. } in &gone {
                memory.fields.retain(|entry| entry.field != *field || entry.entry != *key);
            }
            if memory.fields.is_empty() {
                self.dirty.insert(object.key.clone());
            }
            for release::LetGo { field, entry: key, unrestored } in gone {
                let (object, entry) = (object.key.to_string(), audit::entry(key.as_deref()));
                let event = match unrestored {
                    None => AuditEvent::Released { object, field, entry },
                    Some(reason) => AuditEvent::ReleasedUnrestored { object, field, entry, reason },
                };
                self.append(now, event);
                any = true;
            }
        }
        any
    }

    /// Whether an object is removed, and nothing of it needs to be kept any more.
    pub(in crate::worker) fn is_released(object: &DesiredObject, memory: &Memory) -> bool {
        object.removed && memory.fields.is_empty()
    }

    /// When the time of the next removed object is up.
    pub(in crate::worker) fn next_deadline(&self, now: Timestamp) -> Option<Timestamp> {
        // What is overdue and still remembered is not in this reading, and nothing could be done about it.
        let deadlines = self.memory.values().filter_map(|memory| release::deadline(memory, self.patience));
        deadlines.filter(|deadline| *deadline > now).min()
    }
}
