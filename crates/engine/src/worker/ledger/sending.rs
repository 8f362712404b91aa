//! What is remembered of requests: before they leave, and of what became of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use tenant_contacts_api::{
    digest::Digest,
    field::Field,
    memory::{Contest, Intent, Refusal},
    v1alpha1::DeletionPolicy,
};
use tenant_contacts_core::{
    desired::{DesiredObject, ObjectKey},
    flight, gate,
    plan::{Plan, Request},
    step::{Cause, ObjectPlan, Step},
};

use super::Ledger;
use crate::{
    audit::{self, AuditEvent},
    port::Outcome,
    worker::{PassReport, again},
};

/// The entries of a map that are to go, with their values.
fn going(plan: &ObjectPlan, map: Field) -> impl Iterator<Item = (&str, &[Box<str>])> {
    plan.steps().filter_map(move |(step, _)| {
        let key = step.slot.entry.as_deref()?;
        (step.field() == map && step.after().is_empty()).then(|| (key, step.before()))
    })
}

impl Ledger {
    /// Writes intents, originals and pins into memory: they are kept before the request leaves. Says which steps are the
    /// first to write their field, and so brought its original.
    pub(in crate::worker) fn intend(
        &mut self,
        objects: &[Arc<DesiredObject>],
        batch: &[Request],
        (plan, steps): (&Plan, &BTreeMap<Digest, (usize, &Step)>),
        now: Timestamp,
    ) -> BTreeSet<Digest> {
        let mut first = BTreeSet::new();
        let sending = batch.iter().flat_map(|request| request.steps.iter().map(move |(_, digest)| (request, digest)));
        for (request, (index, step)) in sending.filter_map(|(request, digest)| Some((request, steps.get(digest)?))) {
            let object = &objects[*index];
            let key = step.slot.entry.as_deref();
            let memory = self.memory.get_or_default(&object.key);
            memory.written_at = Some(now);
            let restorable =
                object.deletion == DeletionPolicy::Restore && !step.from_secret && step.cause != Cause::Restore;
            // An entry goes when its turn has come: what somebody adds until then was not there before us.
            if key.is_some() && step.cause != Cause::Restore {
                flight::take_over(memory, step.field(), restorable, going(&plan.objects[*index], step.field()));
            }
            let entry = memory.slot_mut(step.field(), key);
            // An entry that somebody added to what is ours was not there before us.
            let intruder = key.is_some() && step.cause == Cause::Drift && step.after().is_empty();
            if restorable && entry.original.is_none() && !intruder {
                entry.original = Some(step.before().iter().map(ToString::to_string).collect());
                first.insert(step.digest);
            }
            if step.cause == Cause::Drift {
                let corrections = entry.contest.as_ref().map_or(0, |contest| contest.corrections) + 1;
                entry.contest = Some(Contest { corrections, last: now });
            }
            entry.intent = Some(Box::new(Intent { request: request.id.clone(), ..step.intent(now) }));
            let slot = (object.key.clone(), step.field(), step.slot.entry.clone());
            self.replaced.entry(slot).or_default().push((now, step.before_digest));
            self.dirty.insert(object.key.clone());
            let approval = step.risk.and_then(|_| {
                self.tenant_memory
                    .used_approvals
                    .iter()
                    .find(|used| used.open.contains(&step.digest))
                    .map(|used| used.hash)
            });
            let event = AuditEvent::Intent {
                object: object.key.to_string(),
                field: step.field(),
                entry: audit::entry(key),
                step: step.digest,
                before: step.before_digest,
                after: step.after_digest,
                approval,
            };
            self.append(now, event);
        }
        first
    }

    /// The id under which a service knows what is sent once more, after nobody could say whether it happened.
    pub(in crate::worker) fn known_id(&self, key: &ObjectKey, step: &Step) -> Option<Box<str>> {
        let slot = self.memory.get(key)?.slot(step.field(), step.slot.entry.as_deref())?;
        let intent = slot.intent.as_ref().filter(|intent| intent.once && intent.after == step.after_digest)?;
        intent.request.clone()
    }

    /// Records what became of a batch. Returns how long to wait if the service turned something away for now.
    pub(in crate::worker) fn record(
        &mut self,
        objects: &[Arc<DesiredObject>],
        batch: &[Request],
        outcomes: &[Outcome],
        (steps, first): (&BTreeMap<Digest, (usize, &Step)>, &BTreeSet<Digest>),
        now: Timestamp,
        report: &mut PassReport,
    ) -> Option<Duration> {
        let mut wait: Option<Duration> = None;
        // A request without an answer may have arrived.
        let answers = outcomes.iter().chain(std::iter::repeat(&Outcome::Unknown));
        for (request, outcome) in batch.iter().zip(answers) {
            for &(index, digest) in &request.steps {
                let Some((_, step)) = steps.get(&digest) else { continue };
                self.settle_step(&objects[index].key, step, outcome, now, report);
                if first.contains(&digest) && matches!(outcome, Outcome::Refused { .. } | Outcome::NotDone { .. }) {
                    // Nothing was written yet: the original is what the first write will find.
                    self.memory
                        .get_or_default(&objects[index].key)
                        .slot_mut(step.field(), step.slot.entry.as_deref())
                        .original = None;
                }
            }
            if let Outcome::NotDone { retry_after, .. } = outcome {
                wait = wait.max(Some(again(*retry_after)));
            }
        }
        wait
    }

    fn settle_step(
        &mut self,
        key: &ObjectKey,
        step: &Step,
        outcome: &Outcome,
        now: Timestamp,
        report: &mut PassReport,
    ) {
        let entry = self.memory.get_or_default(key).slot_mut(step.field(), step.slot.entry.as_deref());
        let (word, reason) = match outcome {
            // What is remembered of it is the open intent, and that is kept already.
            Outcome::Done => {
                report.done += 1;
                ("done", None)
            }
            Outcome::Accepted { operation } => {
                report.done += 1;
                if let Some(intent) = &mut entry.intent {
                    intent.operation = Some(operation.clone());
                }
                self.dirty.insert(key.clone());
                ("accepted", None)
            }
            Outcome::Refused { reason, .. } => {
                report.refused += 1;
                entry.intent = None;
                entry.refusal = Some(Box::new(Refusal { of: step.refused_digest(), reason: *reason, at: now }));
                ("refused", Some(*reason))
            }
            Outcome::NotDone { reason, .. } => {
                entry.intent = None;
                if step.cause == Cause::Drift
                    && let Some(contest) = &mut entry.contest
                {
                    contest.corrections = contest.corrections.saturating_sub(1);
                }
                ("notDone", Some(*reason))
            }
            Outcome::Unknown => ("unknown", None),
        };
        if matches!(outcome, Outcome::Refused { .. } | Outcome::NotDone { .. }) {
            self.dirty.insert(key.clone());
            if let Some(writes) = self.replaced.get_mut(&(key.clone(), step.field(), step.slot.entry.clone())) {
                writes.pop();
            }
        }
        let sent = !matches!(outcome, Outcome::NotDone { .. });
        if sent {
            self.count_change(step, now);
        }
        let event = AuditEvent::Outcome { step: step.digest, outcome: word.into(), reason };
        self.append(now, event);
    }

    /// Approved steps are used up; others count towards the mass-change limit.
    fn count_change(&mut self, step: &Step, now: Timestamp) {
        let memory = &mut self.tenant_memory;
        for used in &mut memory.used_approvals {
            used.open.retain(|open| *open != step.digest);
        }
        if step.risk.is_none() {
            gate::count_change(memory, step.target(), now);
        }
    }
}
