//! Memory between passes: settling open writes, adopting what is as declared, letting go of what is no longer.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use tenant_contacts_api::{
    digest::Digest,
    field::{Field, Surface},
    memory::{Contest, FieldMemory, Intent, Memory},
    status::ProtectedId,
    v1alpha1::AccountRef,
};
use tenant_contacts_core::{
    canonical,
    desired::{DesiredObject, Kind, ObjectKey},
    digest, field,
    plan::{self, FieldPlan, ObjectPlan, Plan, Resolution, Target, Verdict},
    verify,
};

use super::{Gathered, TenantWorker};
use crate::audit::{self, AuditEvent};

/// A contested field that stayed as declared for this long is contested no more.
const CONTEST_FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(6);

impl TenantWorker {
    /// Looks at what was read and moves every open write along. A write that was verified is open again when, within the
    /// replication window, a read shows what was there before it: a replica that is behind answered, and is not corrected.
    pub(super) fn settle(&mut self, now: Timestamp) {
        let observation = &self.observation;
        self.replaced.retain(|_, writes| {
            writes.retain(|(at, _)| now.duration_since(*at) <= verify::GRAPH.window);
            !writes.is_empty()
        });
        // Few of a fleet were written lately; the others are not even looked at.
        let written: BTreeSet<&ObjectKey> = self.replaced.keys().map(|(key, _)| key).collect();
        let open = |(key, memory): &(&ObjectKey, &Memory)| {
            memory.fields.iter().any(|field| field.intent.is_some()) || written.contains(key)
        };
        let open: Vec<ObjectKey> = self.memory.iter().filter(open).map(|(key, _)| key.clone()).collect();
        for key in &open {
            let surface = match key.kind {
                Kind::UserContact => Surface::Users,
                Kind::OrganizationContacts | Kind::Tenant => Surface::Organization,
                // Nothing of it is written, so nothing is open.
                Kind::TrustedSenders => continue,
            };
            // What is out of reach was not read: an older reading settles nothing.
            if observation.is_out_of_reach(surface) {
                continue;
            }
            let Some(memory) = self.memory.get_mut(key) else { continue };
            let mut changed = false;
            let account = memory.object_id.and_then(|id| observation.accounts.get(&id)).and_then(|fact| fact.present());
            for entry in &mut memory.fields {
                let Some(facts) = field::facts(entry.field) else { continue };
                let live = match key.kind {
                    Kind::UserContact => account.map(|account| (account.field(entry.field), account.read_at)),
                    Kind::OrganizationContacts | Kind::Tenant | Kind::TrustedSenders => {
                        observation.organization.read_at.map(|at| (observation.organization.field(entry.field), at))
                    }
                };
                let live =
                    live.and_then(|(values, at)| Some((canonical::digest(entry.field, facts.shape, values.ok()?), at)));
                if entry.intent.is_none() {
                    let replaced = self.replaced.get(&(key.clone(), entry.field)).map_or(&[][..], |writes| writes);
                    let behind = live.is_some_and(|(digest, _)| replaced.iter().any(|(_, before)| *before == digest));
                    let after = entry.verified.filter(|verified| live.is_some_and(|(digest, _)| *verified != digest));
                    if let (true, Some(after), Some(&(at, _))) = (behind, after, replaced.last()) {
                        // Its outcome is known, whatever its effect: it is only waited for once more.
                        entry.intent = Some(Box::new(Intent::absolute(after, at)));
                        changed = true;
                    }
                }
                // How far reads agree is not kept: it is no news until enough of them do.
                let settled = verify::settle(entry, live, now, verify::GRAPH);
                changed |= matches!(settled, verify::Settled::Verified | verify::Settled::NotObserved);
            }
            if changed {
                self.dirty.insert(key.clone());
            }
        }
    }

    /// Remembers what the plan found to be as declared, and forgets what is no longer declared.
    pub(super) fn adopt(&mut self, plan: &Plan, now: Timestamp) {
        for (index, (object, planned)) in self.objects.iter().zip(&plan.objects).enumerate() {
            let is_adopted = |memory: &Memory| is_adopted(object, planned, memory, now);
            if self.known.is_quiet(index) || self.memory.get(&object.key).is_some_and(is_adopted) {
                continue;
            }
            let memory = self.memory.get_or_default(&object.key);
            let mut changed = bind(memory, &planned.resolution);
            for field in &planned.fields {
                match &field.verdict {
                    Verdict::InSync => {
                        let declared = declared_digest(object, field.field);
                        if !memory.field(field.field).is_some_and(|entry| is_settled(entry, field, declared, now)) {
                            let entry = memory.field_mut(field.field);
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
                        memory.fields.retain(|entry| entry.field != field.field);
                        let released = AuditEvent::Released { object: object.key.to_string(), field: field.field };
                        self.trail.push(audit::append(&mut self.tenant_memory.audit_head, now, released));
                        self.tenant_dirty = true;
                        changed = true;
                    }
                    _ => {}
                }
            }
            if changed {
                self.dirty.insert(object.key.clone());
            }
        }
    }

    /// Remembers which accounts are protected: a rename does not unprotect, taking the name off the list does.
    pub(super) fn pin_protected(&mut self, gathered: &Gathered) {
        let mut pins = BTreeSet::new();
        for AccountRef { user_principal_name, .. } in &gathered.tenant.protected {
            let lower = user_principal_name.to_ascii_lowercase();
            let name = digest::of("protected", [lower.as_bytes()]);
            let known = self.tenant_memory.protected.iter().filter(|pinned| pinned.name == name).cloned();
            pins.extend(known);
            let id = self.observation.names.get(lower.as_str()).and_then(|fact| fact.present());
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
    let bound = match planned.resolution.target() {
        Some(Target::Account(id)) => memory.object_id == Some(id),
        Some(Target::Organization) | None => true,
    };
    bound
        && planned.fields.iter().all(|field| match field.verdict {
            Verdict::InSync => memory
                .field(field.field)
                .is_some_and(|entry| is_settled(entry, field, declared_digest(object, field.field), now)),
            Verdict::Forget => false,
            _ => true,
        })
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

fn declared_digest(object: &DesiredObject, field: Field) -> Option<Digest> {
    object.fields.iter().find(|wanted| wanted.field == field).and_then(plan::declared_digest)
}

/// Binds an object to the account it was resolved to. What was remembered of another account is not ours here.
fn bind(memory: &mut Memory, resolution: &Resolution) -> bool {
    let Some(Target::Account(id)) = resolution.target() else { return false };
    if memory.object_id == Some(id) {
        return false;
    }
    if memory.object_id.is_some() {
        *memory = Memory::default();
    }
    memory.object_id = Some(id);
    true
}
