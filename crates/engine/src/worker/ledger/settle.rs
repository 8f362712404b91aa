//! What is remembered between passes: settling writes in flight, adopting what is as declared, letting go of what is no longer.

use std::{collections::BTreeSet, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use tenant_contacts_api::{
    digest::Digest,
    field::Field,
    memory::{Contest, FieldMemory, Memory},
    status::ProtectedId,
    v1alpha1::AccountRef,
};
use tenant_contacts_core::{
    desired::{DesiredObject, ObjectKey, Want},
    digest, field, flight,
    model::Observation,
    plan::Plan,
    step::{FieldPlan, ObjectPlan, Resolution, Target, Verdict},
    surface,
};

use super::Ledger;
use crate::{
    audit::{self, AuditEvent},
    worker::Gathered,
};

/// A contested field that stayed as declared for this long is contested no more.
const CONTEST_FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(6);

impl Ledger {
    /// Looks at what was read and moves every open write along. A write that was verified is open again when, within the
    /// replication window, a read shows what was there before it: a replica that is behind answered, and is not corrected.
    pub(in crate::worker) fn settle(
        &mut self,
        objects: &[Arc<DesiredObject>],
        observation: &Observation,
        now: Timestamp,
    ) {
        self.replaced.retain(|(_, field, _), writes| {
            let window = surface::replication_of(*field).window;
            writes.retain(|(at, _)| now.duration_since(*at) <= window);
            !writes.is_empty()
        });
        // Few of a fleet were written lately; the others are not even looked at.
        let written: BTreeSet<&ObjectKey> = self.replaced.keys().map(|(key, ..)| key).collect();
        let open = |(key, memory): &(&ObjectKey, &Memory)| {
            memory.fields.iter().any(|field| field.intent.is_some()) || written.contains(key)
        };
        let open: Vec<ObjectKey> = self.memory.iter().filter(open).map(|(key, _)| key.clone()).collect();
        for key in &open {
            let Some(memory) = self.memory.get_mut(key) else { continue };
            let object_id = memory.object_id;
            // What is not bound yet is being created: it is looked for where it is declared to be.
            let declared = objects.binary_search_by(|object| object.key.cmp(key)).ok().filter(|_| object_id.is_none());
            let named = declared.map(|at| surface::resolve(&objects[at], Some(memory), observation));
            let named = named.as_ref().and_then(Resolution::target);
            let mut changed = false;
            for entry in &mut memory.fields {
                let Some(facts) = field::facts(entry.field) else { continue };
                // What is out of reach was not read: an older reading settles nothing.
                if observation.is_out_of_reach(facts.surface) {
                    continue;
                }
                let row = surface::row(facts.surface);
                let Some(target) = (row.bound)(object_id).or_else(|| named.cloned()) else { continue };
                let read_at = (row.read_at)(observation, &target);
                let live = read_at.and_then(|at| {
                    let live = surface::live(observation, &target, entry.field).ok()?.slot(entry.entry.as_deref());
                    Some((live.digest(entry.field, &facts), at))
                });
                if entry.intent.is_none() {
                    let slot = (key.clone(), entry.field, entry.entry.clone());
                    let replaced = self.replaced.get(&slot).map_or(&[][..], |writes| writes);
                    changed |= flight::reopen(entry, live.map(|(digest, _)| digest), replaced);
                }
                // How far reads agree is not kept: it is no news until enough of them do.
                let settled = flight::settle(entry, live, now, row.replication);
                changed |= matches!(settled, flight::Settled::Verified | flight::Settled::NotObserved);
            }
            if changed {
                self.dirty.insert(key.clone());
            }
        }
    }

    /// Remembers what the plan found to be as declared, and forgets what is no longer declared.
    pub(in crate::worker) fn adopt(
        &mut self,
        objects: &[Arc<DesiredObject>],
        plan: &Plan,
        is_known: impl Fn(usize) -> bool,
        now: Timestamp,
    ) {
        for (index, (object, planned)) in objects.iter().zip(&plan.objects).enumerate() {
            let is_adopted = |memory: &Memory| is_adopted(object, planned, memory, now);
            if is_known(index) || self.memory.get(&object.key).is_some_and(is_adopted) {
                continue;
            }
            let memory = self.memory.get_or_default(&object.key);
            let (mut changed, mut released) = (bind(memory, &planned.resolution), Vec::new());
            for field in &planned.fields {
                match &field.verdict {
                    Verdict::InSync => {
                        let (declared, key) = (declared_digest(object, field), field.entry.as_deref());
                        if !memory.slot(field.field, key).is_some_and(|entry| is_settled(entry, field, declared, now)) {
                            let entry = memory.slot_mut(field.field, key);
                            entry.verified = field.live;
                            entry.declared = declared;
                            // Open here only if it was unknown whether a once effect happened: what is declared is there.
                            entry.intent = None;
                            entry.refusal = None;
                            entry.contest.take_if(|contest| is_over(contest, now));
                            changed = true;
                        }
                    }
                    Verdict::Forget => {
                        memory.fields.retain(|entry| entry.field != field.field || entry.entry != field.entry);
                        released.push(AuditEvent::Released {
                            object: object.key.to_string(),
                            field: field.field,
                            entry: audit::entry(field.entry.as_deref()),
                        });
                        changed = true;
                    }
                    _ => {}
                }
            }
            for map in maps_in_sync(object, planned) {
                changed |= flight::take_over(memory, map, false, std::iter::empty());
            }
            if changed {
                self.dirty.insert(object.key.clone());
            }
            for event in released {
                self.append(now, event);
            }
        }
    }

    /// Remembers which accounts are protected: a rename does not unprotect, taking the name off the list does.
    pub(in crate::worker) fn pin_protected(&mut self, gathered: &Gathered, observation: &Observation) {
        let mut pins = BTreeSet::new();
        for AccountRef { user_principal_name, .. } in &gathered.tenant.protected {
            let lower = user_principal_name.to_ascii_lowercase();
            let name = digest::of("protected", [lower.as_bytes()]);
            let known = self.tenant_memory.protected.iter().filter(|pinned| pinned.name == name).cloned();
            pins.extend(known);
            let id = observation.names.get(lower.as_str()).and_then(|fact| fact.present());
            pins.extend(id.map(|id| ProtectedId { name, id: *id }));
        }
        let pins: Vec<ProtectedId> = pins.into_iter().collect();
        if pins != self.tenant_memory.protected {
            self.tenant_memory.protected = pins;
            self.tenant_dirty = true;
        }
    }
}

/// Whether memory holds all that a plan has to tell it of an object.
fn is_adopted(object: &DesiredObject, planned: &ObjectPlan, memory: &Memory, now: Timestamp) -> bool {
    let bound = match planned.resolution.target().and_then(Target::object_id) {
        Some(id) => memory.object_id == Some(id),
        None => true,
    };
    bound
        && planned.fields.iter().all(|field| match field.verdict {
            Verdict::InSync => memory
                .slot(field.field, field.entry.as_deref())
                .is_some_and(|entry| is_settled(entry, field, declared_digest(object, field), now)),
            Verdict::Forget => false,
            _ => true,
        })
        && maps_in_sync(object, planned).all(|map| flight::is_ours(memory, map))
}

/// The maps of an object beside whose entries there are to be no others, and that are as declared as a whole.
fn maps_in_sync<'a>(object: &'a DesiredObject, planned: &'a ObjectPlan) -> impl Iterator<Item = Field> + 'a {
    let declared = object.fields.iter().filter(|_| !object.removed);
    let exact = declared.filter(|wanted| matches!(wanted.want, Want::Entries { exact: true, .. }));
    exact
        .map(|wanted| wanted.field)
        .filter(|map| planned.fields.iter().filter(|one| one.field == *map).all(|one| one.verdict == Verdict::InSync))
}

/// Whether an entry holds all that is to be remembered of a field that is as declared.
fn is_settled(entry: &FieldMemory, field: &FieldPlan, declared: Option<Digest>, now: Timestamp) -> bool {
    entry.verified == field.live
        && entry.declared == declared
        && entry.intent.is_none()
        && entry.refusal.is_none()
        && entry.contest.as_ref().is_none_or(|contest| !is_over(contest, now))
}

fn is_over(contest: &Contest, now: Timestamp) -> bool {
    now.duration_since(contest.last) > CONTEST_FORGOTTEN_AFTER
}

fn declared_digest(object: &DesiredObject, planned: &FieldPlan) -> Option<Digest> {
    let wanted = object.fields.iter().find(|wanted| wanted.field == planned.field)?;
    match &planned.entry {
        Some(key) => wanted.of_entry(key).digest(),
        None => wanted.digest(),
    }
}

/// Binds an object to the account it was resolved to. What was remembered of another account is not ours here.
fn bind(memory: &mut Memory, resolution: &Resolution) -> bool {
    let Some(id) = resolution.target().and_then(Target::object_id) else { return false };
    if memory.object_id == Some(id) {
        return false;
    }
    if memory.object_id.is_some() {
        *memory = Memory::default();
    }
    memory.object_id = Some(id);
    true
}
