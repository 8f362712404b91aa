//! Carrying a plan out: acknowledge, send, record. No choice is made here.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use tenant_contacts_api::{digest::Digest, reason::Reason};
use tenant_contacts_core::{
    model::Observation,
    plan::{self, Plan, Request},
    step::Step,
};

use super::{Gathered, LONGEST_WORK, MOST_STEPS, Mode, PassReport, Ports, TenantWorker};
use crate::port::{Outcome, RecordsError, SurfacePort};

/// The place of the credential that a request leaves with.
fn credential_of(request: &Request, observation: &Observation) -> Option<usize> {
    observation.credential(request.surface()).map(|credential| credential.place)
}

/// Requests as they leave together: one after the other in their order, each batch by one port. What no port serves does not
/// leave; nothing is planned there.
fn batches<'a>(ports: &'a Ports, requests: &'a [Request]) -> Vec<(&'a dyn SurfacePort, &'a [Request])> {
    let serving = |request: &Request| ports.serving(request.surface());
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
        self.ledger.tenant_memory.used_approvals.retain(|used| used.until > now);
        if let Some(used) = &plan.newly_used {
            // What has ended needs no remembering: it cannot be used any more.
            let now = ports.clock.now();
            self.ledger.tenant_memory.used_approvals.retain(|old| old.until > now && old.hash != used.hash);
            self.ledger.tenant_memory.used_approvals.push(used.clone());
            self.ledger.tenant_dirty = true;
        }
        let allowed = |step: &Step| match mode {
            Mode::Run => true,
            Mode::Only(steps) => steps.contains(&step.digest),
            Mode::Preview => false,
        };
        let mut steps: Vec<(usize, &Step)> = plan.writes().filter(|(_, step)| allowed(step)).collect();
        // What needed no approval is small by construction; an approved bulk change lets it pass. What goes by one port goes
        // together: a batch leaves by one.
        steps.sort_by_key(|(_, step)| (step.risk.is_some(), ports.serving(step.target().surface())));
        steps.truncate(MOST_STEPS);
        let by_digest: BTreeMap<Digest, (usize, &Step)> =
            steps.iter().map(|&(object, step)| (step.digest, (object, step))).collect();
        let mut requests = plan::requests(steps.iter().copied(), &self.observation, ports.clock.now());
        for request in requests.iter_mut().filter(|request| request.id.is_some()) {
            let known = request.steps.first().and_then(|(_, digest)| by_digest.get(digest));
            let known = known.and_then(|(index, step)| self.ledger.known_id(&self.objects[*index].key, step));
            request.id = known.or(request.id.take());
        }
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
            let first = self.ledger.intend(&self.objects, batch, (plan, &by_digest), ports.clock.now());
            let kept = self.keep_sending(ports, gathered, plan, batch).await;
            // Asked last, so that nothing slow lies between the answer and the request.
            if kept.is_err() || !ports.fence.permits(port.limits().write_timeout) {
                // Nothing left: an intent that stayed open would be waited for until its window has passed.
                let outcomes = vec![Outcome::NotDone { reason: Reason::WaitingOn, retry_after: None }; batch.len()];
                self.ledger.record(&self.objects, batch, &outcomes, (&by_digest, &first), ports.clock.now(), report);
                kept?;
                break;
            }
            let outcomes = port.write(batch).await;
            report.sent += batch.iter().map(|request| request.steps.len()).sum::<usize>();
            if let Some(asked) =
                self.ledger.record(&self.objects, batch, &outcomes, (&by_digest, &first), ports.clock.now(), report)
            {
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
}
