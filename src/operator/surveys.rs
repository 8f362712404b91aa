//! One task per Tenant beside its passes: the tenant is read as a whole now and then, and its ContactReport says what that
//! means.
//!
//! Invariant: no pass waits for it. It runs while this replica leads and the Tenant holds its claim, and ends with both. What
//! could not be read takes nothing back that was said: the report says that it is not current, and since when.

use std::{collections::BTreeSet, pin::pin, sync::Arc, time::Duration};

use tenant_contacts_api::{reason::Reason, v1alpha1::ContactReportStatus};
use tenant_contacts_core::{
    answer::{self, Answer, Declared},
    desired::ObjectKey,
    landscape::Landscape,
    policy,
    status::{CategoryNews, ReportFacts, TenantProblem, category_news, contact_report, contact_report_unread},
};
use tenant_contacts_engine::port::{Clock as _, Rng as _};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use super::{reports::Kept, tenants::Surroundings};
use crate::{
    gather::TenantSet,
    survey::{self, Surveys},
    world::Chance,
};

/// How often a tenant is read (DESIGN §10: the slow interval). What was read is kept as long.
const INTERVAL: Duration = Duration::from_hours(1);

/// At most this much later, so that tenants that began together do not read together for ever: a tenth.
const SPREAD: Duration = Duration::from_mins(6);

/// How long after a change it is answered anew. What is applied together is a moment apart; counted from the first change, so
/// that a fleet that never rests still gets its answer.
const SETTLE: Duration = Duration::from_secs(1);

/// How long after a failed reading the next one comes, doubled each time up to the interval: shorter than a person waits who
/// mends a credential, long enough for a service that is down.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// The same for what the API server did not keep, or a Secret that was not looked for yet.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// How long a report that somebody deleted is gone: its namespace or its Tenant may be on their way out with it.
const GONE_FOR: Duration = Duration::from_secs(15);

/// The survey of one Tenant.
struct Survey {
    around: Surroundings,
    key: ObjectKey,
    /// What was read last.
    landscape: Option<Arc<Landscape>>,
    /// When it is read again. `None`: while suspended.
    read_at: Option<Instant>,
    /// When it is looked whether something else is declared.
    look_at: Option<Instant>,
    /// From what the answer was made that is published, if it is.
    answered: Option<Declared>,
    /// The last request for a reading.
    requested: Option<Box<str>>,
    failures: u32,
    /// When a reading failed last.
    failed: Option<Instant>,
    /// Whether the report was there.
    there: bool,
    /// Whether it was told that somebody else's report is in the way.
    told: bool,
}

/// Surveys one Tenant until the sender of its changes is dropped. `managed` gives what passes read of the tenant as a whole,
/// once there was one and as long as the claim is held.
pub async fn keep(
    around: Surroundings,
    key: ObjectKey,
    mut changed: watch::Receiver<u64>,
    mut managed: watch::Receiver<Option<Arc<Surveys>>>,
) {
    let mut survey = Survey {
        around,
        key,
        landscape: None,
        read_at: Some(Instant::now()),
        look_at: None,
        answered: None,
        requested: None,
        failures: 0,
        failed: None,
        there: false,
        told: false,
    };
    loop {
        let due = async {
            let surveys = managed.wait_for(Option::is_some).await.ok().and_then(|surveys| surveys.clone());
            match survey.due() {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
            surveys
        };
        let surveys = tokio::select! {
            closed = changed.changed() => {
                if closed.is_err() {
                    break;
                }
                survey.look_at.get_or_insert_with(|| Instant::now() + SETTLE);
                continue;
            }
            surveys = due => surveys,
        };
        let Some(surveys) = surveys else { break };
        if survey.attend(&surveys, &changed).await.is_none() {
            break;
        }
    }
    // Nobody who does not lead knows how things are.
    survey.around.metrics.forget_report(&survey.key);
}

impl Survey {
    fn due(&self) -> Option<Instant> {
        self.read_at.into_iter().chain(self.look_at).min()
    }

    /// Reads, answers and publishes what is due. `None`: it is to end.
    async fn attend(&mut self, surveys: &Surveys, changed: &watch::Receiver<u64>) -> Option<()> {
        let now = Instant::now();
        // While nothing can be read, a change may be what mends it.
        if let Some(failed) = self.failed.filter(|_| self.look_at.take().is_some()) {
            self.read_at = self.read_at.map(|at| at.min(failed + LOOK_AGAIN));
        }
        self.look_at = None;
        let Some(set) = self.around.declared.set(&self.key) else {
            self.look_at = Some(now + LOOK_AGAIN);
            return Some(());
        };
        if set.gathered.tenant.suspend {
            self.read_at = None;
            self.answered = None;
            self.publish(false, |before, generation, now| {
                let said = (Reason::Suspended, "suspended: the tenant is not read");
                contact_report_unread(before, generation, said, now)
            })
            .await;
            return Some(());
        }
        let asked = set.gathered.tenant.requested_at != self.requested && self.landscape.is_some();
        let due = self.read_at.is_none_or(|at| at <= now);
        self.requested.clone_from(&set.gathered.tenant.requested_at);
        if asked {
            surveys.forget().await;
        }
        // What fails is not asked for again by every change.
        let failing = self.failed.is_some() && !asked;
        if !asked && !due && (failing || self.answered.as_ref() == Some(&survey::declared(&set))) {
            return Some(());
        }
        match self.read(surveys, &set, changed).await? {
            Ok(landscape) => {
                (self.failures, self.failed) = (0, None);
                let again = self.again(&landscape);
                self.read_at = Some(again);
                self.landscape = Some(landscape);
                self.answer(&set).await;
                tracing::debug!(tenant = %self.key, published = self.answered.is_some(), "surveyed");
            }
            Err(problem) => {
                let wait = RETRY_AFTER.saturating_mul(1 << self.failures.min(10)).min(INTERVAL);
                self.failures = self.failures.saturating_add(1);
                let failed = Instant::now();
                (self.failed, self.read_at, self.answered) = (Some(failed), Some(failed + wait), None);
                self.publish(true, |before, generation, now| {
                    contact_report_unread(before, generation, (problem.reason, &problem.message), now)
                })
                .await;
            }
        }
        Some(())
    }

    /// Has the tenant read, unless that was done within the hour and everything needed is known. `None`: it is to end, and
    /// what is under way is dropped: nothing is written by it.
    async fn read(
        &self,
        surveys: &Surveys,
        set: &TenantSet,
        changed: &watch::Receiver<u64>,
    ) -> Option<Result<Arc<Landscape>, TenantProblem>> {
        surveys.declare(set);
        let started = Instant::now();
        let mut ends = changed.clone();
        let ended = pin!(async { while ends.changed().await.is_ok() {} });
        let read = tokio::select! {
            read = surveys.read(&[]) => read,
            () = ended => return None,
        };
        // What was kept costs nothing, and is no survey.
        let same =
            read.as_ref().is_ok_and(|read| self.landscape.as_ref().is_some_and(|known| Arc::ptr_eq(known, read)));
        if !same {
            let now = self.around.network.clock.now();
            self.around.metrics.survey(&self.key, started.elapsed(), read.is_ok().then_some(now));
        }
        if let Err(TenantProblem { reason, .. }) = &read {
            tracing::debug!(tenant = %self.key, %reason, "the tenant could not be read as a whole");
        }
        Some(read)
    }

    /// When it is read again.
    fn again(&self, landscape: &Landscape) -> Instant {
        let now = self.around.network.clock.now();
        let age = landscape.read_at.and_then(|at| Duration::try_from(now.duration_since(at)).ok()).unwrap_or_default();
        let spread = SPREAD.mul_f64(f64::from(u32::try_from(Chance.next() % 1000).unwrap_or(0)) / 1000.0);
        Instant::now() + INTERVAL.saturating_sub(age) + spread + SETTLE
    }

    /// Answers from what was read, and publishes that.
    async fn answer(&mut self, set: &TenantSet) {
        let Some(landscape) = self.landscape.clone() else { return };
        let declared = survey::declared(set);
        let (now, of) = (self.around.network.clock.now(), declared.clone());
        // A large tenant takes a while to judge, and passes go on meanwhile.
        let explained = tokio::task::spawn_blocking(move || {
            let answer = answer::explain(&landscape, &of, now).answer;
            (answer, policy::own_domains(&landscape, &of))
        });
        let Ok((answer, own_domains)) = explained.await else { return };
        self.around.metrics.answer(&self.key, &answer);
        if self.tell(&answer, &own_domains).await {
            self.answered = Some(declared);
        }
    }

    async fn tell(&mut self, answer: &Answer, own_domains: &BTreeSet<Box<str>>) -> bool {
        self.publish(true, |before, generation, now| {
            contact_report(&ReportFacts { answer, own_domains, generation, previous: &before.conditions, now })
        })
        .await
    }

    /// Publishes a report, made where it is `wanted` and not there, and tells what is new in it. Whether that was done;
    /// otherwise it is tried again.
    async fn publish(
        &mut self,
        wanted: bool,
        status: impl FnOnce(&ContactReportStatus, Option<i64>, jiff::Timestamp) -> ContactReportStatus,
    ) -> bool {
        let Some(meta) = self.around.declared.meta(&self.key).filter(|meta| !meta.deleting) else { return false };
        let Some(uid) = meta.uid else { return false };
        let (now, make) = (self.around.network.clock.now(), wanted && !self.there);
        let kept =
            self.around.reports.publish(&self.key, uid, make, |before, generation| status(before, generation, now));
        match kept.await {
            Ok(Kept::Published { before, after }) => {
                (self.there, self.told) = (true, false);
                for news in category_news(&before, &after) {
                    self.announce(news);
                }
                true
            }
            Ok(Kept::Missing) => {
                self.there = false;
                if wanted {
                    self.look_at = Some(Instant::now() + GONE_FOR);
                    self.answered = None;
                }
                false
            }
            Ok(Kept::SomebodyElses) => {
                if !std::mem::replace(&mut self.told, true) {
                    let note = "a ContactReport of this Tenant's name is there that the Tenant does not own: delete it, \
                                and the operator makes its own";
                    self.around.events.tell(&self.key, "Report", "ReportNotOwned", note, true);
                }
                self.look_at = Some(Instant::now() + GONE_FOR);
                false
            }
            Err(error) => {
                tracing::warn!(tenant = %self.key, %error, "the report could not be published");
                self.look_at = Some(Instant::now() + LOOK_AGAIN);
                false
            }
        }
    }

    /// Without names: events are read by many.
    fn announce(&self, news: CategoryNews) {
        let events = &self.around.events;
        match news {
            CategoryNews::Lost { category, obstacle } => {
                let why = obstacle.map_or_else(String::new, |one| format!(" ({one}): {}", one.remedy()));
                let note = format!("nobody certainly receives {category} any more{why}");
                events.tell(&self.key, "Report", Reason::NobodyReached.as_str(), &note, true);
            }
            CategoryNews::Regained { category, people } => {
                let who = if people == 1 {
                    "1 person certainly receives".into()
                } else {
                    format!("{people} people certainly receive")
                };
                let note = format!("{who} {category} again");
                events.tell(&self.key, "Report", "ReachedAgain", &note, false);
            }
        }
    }
}
