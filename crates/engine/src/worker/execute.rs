//! Carrying a plan out: acknowledge, send, record. No choice is made here.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::Timestamp;
use tenant_contacts_api::{
    digest::Digest,
    field::Surface,
    memory::{Contest, Intent, Refusal},
    reason::Reason,
    v1alpha1::DeletionPolicy,
};
use tenant_contacts_core::{
    gate,
    model::Observation,
    plan::{self, Plan, Request},
    step::{Cause, Step},
};

use super::{Gathered, LONGEST_WORK, MOST_STEPS, Mode, PassReport, Ports, TenantWorker, again};
use crate::{
    audit::{self, AuditEvent},
    port::{Outcome, RecordsError, SurfacePort},
};

/// The place of the credential that a request leaves with.
fn credential_of(request: &Request, observation: &Observation) -> Option<usize> {
    observation.credential(request.surface()).map(|credential| credential.place)
}

/// Requests as they leave together: one after the other in their order, each batch by one port. What no port serves does not
/// leave; nothing is planned there.
fn batches<'a>(ports: &'a Ports, requests: &'a [Request]) -> Vec<(&'a dyn SurfacePort, &'a [Request])> {
    let serving =
        |request: &Request| ports.surfaces.iter().position(|port| port.surfaces().contains(&request.surface()));
    let runs = requests.chunk_by(|a, b| serving(a) == serving(b));
    let of_port = runs.filter_map(|run| Some((&*ports.surfaces[serving(run.first()?)?], run)));
    of_port.flat_map(|(port, run)| run.chunks(port.limits().batch.max(1)).map(move |batch| (port, batch))).collect()
}

/// The requests of a batch but for those of credentials that are turned away.
fn without<'a>(
    batch: &'a [Request],
    turned_away: &BTreeSet<Option<usize>>,
    observation: &Observation,
) -> Cow<'a, [Request]> {
    if turned_away.is_empty() {
        return Cow::Borrowed(batch);
    }
    let goes = |request: &&Request| !turned_away.contains(&credential_of(request, observation));
    Cow::Owned(batch.iter().filter(goes).cloned().collect())
}

impl TenantWorker {
    /// Sends the plan's writes in batches until they, the pass's allowance of steps, or its time are used up.
    pub(super) async fn execute(
        &mut self,
        ports: &Ports,
        gathered: &Gathered,
        plan: &Plan,
        mode: &Mode,
        report: &mut PassReport,
    ) -> Result<(), RecordsError> {
        if gathered.claimed {
            return Ok(());
        }
        let now = ports.clock.now();
        // A past approval cannot be used again, so nothing needs to remember it.
        self.tenant_memory.used_approvals.retain(|used| used.until > now);
        if let Some(used) = &plan.newly_used {
            // What has ended needs no remembering: it cannot be used any more.
            let now = ports.clock.now();
            self.tenant_memory.used_approvals.retain(|old| old.until > now && old.hash != used.hash);
            self.tenant_memory.used_approvals.push(used.clone());
            self.tenant_dirty = true;
        }
        let allowed = |step: &Step| match mode {
            Mode::Run => true,
            Mode::Only(steps) => steps.contains(&step.digest),
            Mode::Preview => false,
        };
        let mut steps: Vec<(usize, &Step)> = plan.writes().filter(|(_, step)| allowed(step)).collect();
        // What needed no approval is small by construction; an approved bulk change lets it pass. What goes by one port goes
        // together: a batch leaves by one.
        let port = |surface: Surface| ports.surfaces.iter().position(|port| port.surfaces().contains(&surface));
        steps.sort_by_key(|(_, step)| (step.risk.is_some(), port(step.target().surface())));
        steps.truncate(MOST_STEPS);
        let by_digest: BTreeMap<Digest, (usize, &Step)> =
            steps.iter().map(|&(object, step)| (step.digest, (object, step))).collect();
        let requests = plan::requests(steps.iter().copied(), &self.observation, ports.clock.now());
        let started = ports.clock.monotonic();
        // The credentials whose requests the service turned away for now: those of the others go on.
        let mut turned_away: BTreeSet<Option<usize>> = BTreeSet::new();
        let mut wait: Option<Duration> = None;
        for (port, batch) in batches(ports, &requests) {
            let batch = without(batch, &turned_away, &self.observation);
            if batch.is_empty() {
                continue;
            }
            let batch = &*batch;
            if report.sent > 0 && ports.clock.monotonic().saturating_sub(started) >= LONGEST_WORK {
                break;
            }
            let first = self.intend(batch, &by_digest, ports.clock.now());
            let kept = self.keep_sending(ports, gathered, plan, batch).await;
            // Asked last, so that nothing slow lies between the answer and the request.
            if kept.is_err() || !ports.fence.permits(port.limits().write_timeout) {
                // Nothing left: an intent that stayed open would be waited for until its window has passed.
                let outcomes = vec![Outcome::NotDone { reason: Reason::WaitingOn, retry_after: None }; batch.len()];
                self.record(batch, &outcomes, (&by_digest, &first), ports.clock.now(), report);
                kept?;
                break;
            }
            let outcomes = port.write(batch).await;
            report.sent += batch.iter().map(|request| request.steps.len()).sum::<usize>();
            if let Some(asked) = self.record(batch, &outcomes, (&by_digest, &first), ports.clock.now(), report) {
                let away = batch.iter().zip(&outcomes).filter(|(_, one)| matches!(one, Outcome::NotDone { .. }));
                turned_away.extend(away.map(|(request, _)| credential_of(request, &self.observation)));
                // The first that may go on brings the next pass.
                wait = Some(wait.map_or(asked, |wait| wait.min(asked)));
            }
            if outcomes.iter().any(|outcome| matches!(outcome, Outcome::Accepted { .. })) {
                // Where the service says how far it is, is remembered as soon as it is known.
                self.keep(ports).await?;
            }
        }
        report.next = wait.unwrap_or(report.next);
        Ok(())
    }

    /// Writes intents, originals and pins into memory: they are kept before the request leaves. Says which steps are the
    /// first to write their field, and so brought its original.
    fn intend(
        &mut self,
        batch: &[Request],
        steps: &BTreeMap<Digest, (usize, &Step)>,
        now: Timestamp,
    ) -> BTreeSet<Digest> {
        let mut first = BTreeSet::new();
        let sending = batch.iter().flat_map(|request| request.steps.iter().map(move |(_, digest)| (request, digest)));
        for (request, (index, step)) in sending.filter_map(|(request, digest)| Some((request, steps.get(digest)?))) {
            let object = &self.objects[*index];
            let key = step.slot.entry.as_deref();
            let entry = self.memory.get_or_default(&object.key).slot_mut(step.field(), key);
            let restorable =
                object.deletion == DeletionPolicy::Restore && !step.from_secret && step.cause != Cause::Restore;
            if restorable && entry.original.is_none() {
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
            self.trail.push(audit::append(&mut self.tenant_memory.audit_head, now, event));
            self.tenant_dirty = true;
        }
        first
    }

    /// Records what became of a batch. Returns how long to wait if the service turned something away for now.
    fn record(
        &mut self,
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
                self.settle_step(index, step, outcome, now, report);
                if first.contains(&digest) && matches!(outcome, Outcome::Refused { .. } | Outcome::NotDone { .. }) {
                    // Nothing was written yet: the original is what the first write will find.
                    self.memory
                        .get_or_default(&self.objects[index].key)
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

    fn settle_step(&mut self, index: usize, step: &Step, outcome: &Outcome, now: Timestamp, report: &mut PassReport) {
        let key = &self.objects[index].key;
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
                entry.refusal = Some(Box::new(Refusal { of: step.after_digest, reason: *reason, at: now }));
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
        self.trail.push(audit::append(&mut self.tenant_memory.audit_head, now, event));
        self.tenant_dirty = true;
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
