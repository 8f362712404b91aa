//! One task per Tenant beside its passes: the tenant is read as a whole now and then, and its ContactReport says what that
//! means.
//!
//! Invariant: no pass waits for it. It runs while this replica leads and the Tenant holds its claim, and ends with both. What
//! could not be read takes nothing back that was said: the report says that it is not current, and since when.

use std::{
    collections::BTreeSet,
    sync::{Arc, Weak},
    time::Duration,
};

use tenant_contacts_api::{
    notice::{Category, Reach},
    reason::Reason,
    v1alpha1::ContactReportStatus,
};
use tenant_contacts_core::{
    answer::{self, Answer, Declared},
    desired::ObjectKey,
    landscape::Landscape,
    policy,
    status::{CategoryNews, ReportFacts, TenantProblem, category_news, contact_report, contact_report_unread},
};
use tenant_contacts_engine::{
    port::{Clock as _, Rng as _},
    survey::schedule::{Due, Schedule},
};
use tokio::{sync::watch, time::sleep};

use super::{metrics::Surveyed, reports::Kept, tenants::Surroundings};
use crate::{
    gather::TenantSet,
    survey::{self, Surveys},
    world::Chance,
};

/// How soon it is looked again whether a Secret was looked for.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// How soon a report that the API server did not keep is made anew: a person waits that long, and a large tenant's answer is
/// not computed all the time while it refuses.
const PUBLISH_AGAIN: Duration = Duration::from_secs(15);

/// How often it is looked whether the report is still there: as often as passes look by default.
const LOOK_FOR_REPORT: Duration = Duration::from_mins(10);

/// How long a report that somebody deleted is gone: its namespace or its Tenant may be on their way out with it.
const GONE_FOR: Duration = Duration::from_secs(15);

/// What passes tell of a Tenant.
#[derive(Default)]
pub struct Passed {
    /// What they read of the tenant as a whole, once there was a pass and as long as the claim is held.
    pub surveys: Option<Arc<Surveys>>,
    /// How many writes they made.
    pub written: u64,
}

/// The survey of one Tenant.
struct Survey {
    around: Surroundings,
    key: ObjectKey,
    schedule: Schedule,
    /// What was read last. Kept by those who read it, and not a second time here.
    known: Option<Weak<Landscape>>,
    /// From what the answer was made that is published, if it is.
    answered: Option<Arc<Declared>>,
    /// The last request for a reading.
    requested: Option<Box<str>>,
    written: u64,
    /// Categories that were said last to reach nobody, or nobody who can be read: what was unknown in between is no news.
    lost: BTreeSet<Category>,
    /// Whether the report was there.
    there: bool,
    /// Whether it was told that somebody else's report is in the way.
    told: bool,
}

/// Surveys one Tenant until the sender of its changes is dropped.
pub async fn keep(
    around: Surroundings,
    key: ObjectKey,
    mut changed: watch::Receiver<u64>,
    mut passed: watch::Receiver<Passed>,
) {
    let clock = around.network.clock;
    let mut survey = Survey {
        around,
        key,
        schedule: Schedule::new(clock.monotonic()),
        known: None,
        answered: None,
        requested: None,
        written: 0,
        lost: BTreeSet::new(),
        there: false,
        told: false,
    };
    loop {
        let (surveys, written) = {
            let passed = passed.borrow_and_update();
            (passed.surveys.clone(), passed.written)
        };
        if written != survey.written {
            survey.written = written;
            survey.schedule.written(clock.monotonic());
        }
        let due = async {
            match (&surveys, survey.schedule.next()) {
                (Some(surveys), Some(at)) => {
                    sleep(at.saturating_sub(clock.monotonic())).await;
                    surveys
                }
                _ => std::future::pending().await,
            }
        };
        let surveys = tokio::select! {
            closed = changed.changed() => {
                if closed.is_err() {
                    break;
                }
                survey.schedule.changed(clock.monotonic());
                continue;
            }
            closed = passed.changed() => if closed.is_err() { break } else { continue },
            surveys = due => surveys,
        };
        if survey.attend(surveys, &changed).await.is_none() {
            break;
        }
    }
    // Nobody who does not lead knows how things are.
    survey.around.metrics.forget_report(&survey.key);
}

impl Survey {
    fn now(&self) -> Duration {
        self.around.network.clock.monotonic()
    }

    /// Reads, answers and publishes what is due. `None`: it is to end.
    async fn attend(&mut self, surveys: &Surveys, changed: &watch::Receiver<u64>) -> Option<()> {
        let Some(set) = self.around.declared.set(&self.key) else {
            let now = self.now();
            self.schedule.take(now);
            self.schedule.look_within(now, LOOK_AGAIN);
            return Some(());
        };
        let mut due = self.schedule.take(self.now());
        if set.gathered.tenant.suspend {
            self.schedule.suspended();
            self.answered = None;
            self.publish(false, |before, generation, now| {
                let said = (Reason::Suspended, "suspended: the tenant is not read");
                contact_report_unread(before, generation, said, now)
            })
            .await;
            return Some(());
        }
        if set.gathered.tenant.requested_at != self.requested {
            self.requested.clone_from(&set.gathered.tenant.requested_at);
            // The first reading is one anyway.
            due = if self.known.is_some() { Due::Anew } else { Due::Reading };
        }
        // As large as the fleet: made once, and shared.
        let declared = Arc::new(survey::declared(&set));
        let answered = self.answered.as_ref() == Some(&declared);
        if due == Due::Wait || due == Due::Look && answered && self.is_there().await {
            self.schedule.look_within(self.now(), LOOK_FOR_REPORT);
            return Some(());
        }
        self.answered = None;
        match self.read(surveys, &set, &declared, due, changed).await? {
            Ok(landscape) => {
                let clock = self.around.network.clock;
                let age = landscape.read_at.and_then(|at| Duration::try_from(clock.now().duration_since(at)).ok());
                self.schedule.succeeded(self.now(), age.unwrap_or_default(), Chance.next());
                if !self.is_known(&landscape) && landscape.interrupted {
                    self.schedule.interrupted(self.now());
                } else if !landscape.interrupted {
                    self.schedule.whole();
                }
                self.known = Some(Arc::downgrade(&landscape));
                self.schedule.look_within(self.now(), LOOK_FOR_REPORT);
                self.answer(surveys, declared, landscape).await;
                tracing::debug!(tenant = %self.key, published = self.answered.is_some(), "surveyed");
            }
            Err(problem) => {
                self.schedule.failed(self.now());
                self.publish(true, |before, generation, now| {
                    contact_report_unread(before, generation, (problem.reason, &problem.message), now)
                })
                .await;
            }
        }
        Some(())
    }

    /// Has the tenant read as it is due: otherwise than anew only unless that was done within the hour and everything needed is
    /// known. `None`: it is to end, and what is under way is dropped: nothing is written by it.
    async fn read(
        &self,
        surveys: &Surveys,
        set: &TenantSet,
        declared: &Declared,
        due: Due,
        changed: &watch::Receiver<u64>,
    ) -> Option<Result<Arc<Landscape>, TenantProblem>> {
        surveys.declare(set);
        let started = self.now();
        let reading = async {
            match due {
                Due::Anew => surveys.forget().await,
                Due::Written => surveys.outdate().await,
                Due::Reading | Due::Look | Due::Wait => {}
            }
            surveys.read_for(set, declared, &[]).await
        };
        let mut ends = changed.clone();
        let ended = async { while ends.changed().await.is_ok() {} };
        let read = tokio::select! {
            read = reading => read,
            () = ended => return None,
        };
        // What was kept costs nothing, and is no survey.
        if !read.as_ref().is_ok_and(|read| self.is_known(read)) {
            let surveyed = match &read {
                Ok(landscape) if landscape.interrupted => Surveyed::Interrupted,
                Ok(_) => Surveyed::Done(self.around.network.clock.now()),
                Err(_) => Surveyed::Problem,
            };
            self.around.metrics.survey(&self.key, self.now().saturating_sub(started), surveyed);
        }
        if let Err(TenantProblem { reason, .. }) = &read {
            tracing::debug!(tenant = %self.key, %reason, "the tenant could not be read as a whole");
        }
        Some(read)
    }

    /// Whether the report that was published is there. Nobody watches reports: what cannot be told is taken for yes.
    async fn is_there(&self) -> bool {
        self.around.reports.is_there(&self.key).await.unwrap_or(true)
    }

    /// Whether this is what was known already.
    fn is_known(&self, read: &Arc<Landscape>) -> bool {
        self.known.as_ref().is_some_and(|known| known.as_ptr() == Arc::as_ptr(read))
    }

    /// Answers from what was read, and publishes that.
    async fn answer(&mut self, surveys: &Surveys, declared: Arc<Declared>, landscape: Arc<Landscape>) {
        let (now, of) = (self.around.network.clock.now(), Arc::clone(&declared));
        // A large tenant takes a while to judge, and passes go on meanwhile.
        let explained = tokio::task::spawn_blocking(move || {
            let answer = answer::explain(&landscape, &of, now).answer;
            (answer, policy::own_domains(&landscape, &of))
        });
        let Ok((answer, own_domains)) = explained.await else { return };
        self.around.metrics.answer(&self.key, &answer);
        surveys.answered(&answer);
        self.answered = self.tell(&answer, &own_domains).await.then_some(declared);
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
                self.remember(&before);
                for news in category_news(&before, &after) {
                    let told = matches!(news, CategoryNews::Lost { category, .. } if self.lost.contains(&category));
                    if !told {
                        self.announce(news);
                    }
                }
                self.remember(&after);
                true
            }
            Ok(Kept::Missing) => {
                self.there = false;
                if wanted {
                    self.schedule.look_within(self.now(), GONE_FOR);
                    self.answered = None;
                }
                false
            }
            Ok(Kept::SomebodyElses) => {
                if !std::mem::replace(&mut self.told, true) {
                    let note = "a ContactReport with this Tenant's name exists, and the Tenant does not own it. Delete it, and the operator creates its own";
                    self.around.events.tell(&self.key, "Report", "ReportNotOwned", note, true);
                }
                self.schedule.look_within(self.now(), GONE_FOR);
                false
            }
            Err(error) => {
                let hint =
                    if error.is_gone() { ": is the CustomResourceDefinition of ContactReport installed?" } else { "" };
                tracing::warn!(tenant = %self.key, %error, "the report could not be published{hint}");
                self.schedule.look_within(self.now(), PUBLISH_AGAIN);
                false
            }
        }
    }

    /// Takes note of what is certain of categories.
    fn remember(&mut self, status: &ContactReportStatus) {
        for report in &status.categories {
            match report.reach {
                Reach::Nobody | Reach::NobodyKnown => {
                    self.lost.insert(report.category);
                }
                Reach::OnePerson | Reach::SeveralPeople | Reach::NotApplicable => {
                    self.lost.remove(&report.category);
                }
                Reach::Unknown => {}
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
