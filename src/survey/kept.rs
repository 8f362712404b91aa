//! What was read of a tenant as a whole, kept for a while: whoever needs it next, a pass or a report, need not read it again.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use tenant_contacts_api::reason::Reason;
use tenant_contacts_core::{
    answer::{self, Answer, Declared},
    consequences::with_steps,
    landscape::{Landscape, Wanted},
    routing,
    status::{Arrivals, TenantProblem},
    step::Step,
};
use tenant_contacts_engine::{
    port::{Clock as _, Surveyor, TenantError},
    survey::{self, kept::Details},
};
use tokio::{sync::Mutex as Turn, time::Instant};

use super::{declared, in_time, problem};
use crate::{connect::SharedConnection, gather::TenantSet};

/// How long it is kept: listings are read once an hour (design §10), and what a plan is about to change is taken from the plan.
const KEPT: Duration = survey::schedule::INTERVAL;

/// One tenant as a whole. Shared by everybody who looks at it.
pub struct Surveys {
    connection: Arc<SharedConnection>,
    set: Mutex<Option<Arc<TenantSet>>>,
    /// Whoever holds it reads; the others wait for what that gives.
    kept: Turn<Kept>,
    /// What the last answer said of mail to accounts. Looked at while somebody reads.
    arrivals: Mutex<Option<Arc<Arrivals>>>,
}

/// What is kept of one tenant.
#[derive(Default)]
struct Kept {
    read: Option<(Instant, Arc<Landscape>)>,
    /// What the next reading may carry over. Empty while there is a whole landscape to take it from.
    details: Details,
}

impl Kept {
    /// Keeps of what was read only what the next reading may carry over: not the whole beside the next one.
    fn outdate(&mut self) {
        if let Some((_, landscape)) = self.read.take() {
            self.details = Details::of(&landscape);
        }
    }
}

impl Surveys {
    /// Nothing is read yet.
    pub fn new(connection: Arc<SharedConnection>) -> Self {
        Self { connection, set: Mutex::default(), kept: Turn::default(), arrivals: Mutex::default() }
    }

    /// What is declared now, and how the tenant is reached.
    pub fn declare(&self, set: &TenantSet) {
        *self.set.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(set.clone()));
    }

    /// Takes note of what an answer about the tenant says of mail to accounts.
    pub fn answered(&self, answer: &Answer) {
        *self.arrivals.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Arrivals::of(answer)));
    }

    /// The tenant as it was read within the last hour, with everything that the answer takes; or, where there are steps, who
    /// receives notices before and after them.
    pub async fn read(&self, steps: &[Step]) -> Result<Arc<Landscape>, TenantProblem> {
        let set = self.declared()?;
        self.read_for(&set, &declared(&set), steps).await
    }

    fn declared(&self) -> Result<Arc<TenantSet>, TenantProblem> {
        let set = self.set.lock().unwrap_or_else(PoisonError::into_inner).clone();
        set.ok_or_else(|| problem(nothing_declared()))
    }

    /// The same, of what is declared by the set: as large as the fleet, and not made a second time by whoever has it.
    pub async fn read_for(
        &self,
        set: &TenantSet,
        declared: &Declared,
        steps: &[Step],
    ) -> Result<Arc<Landscape>, TenantProblem> {
        let mut kept = self.kept.lock().await;
        let now = self.connection.network().clock.now();
        let wanted = |landscape: &Landscape| match steps {
            [] => answer::explain(landscape, declared, now).wanted,
            _ => [false, true].iter().flat_map(|after| wanted_with(landscape, declared, steps, *after)).collect(),
        };
        let tenant = self.connection.survey(set)?;
        if kept.read.as_ref().is_some_and(|(at, _)| at.elapsed() >= KEPT) {
            kept.outdate();
        }
        let (at, landscape) = match &kept.read {
            Some((at, landscape)) if survey::is_complete(landscape, &wanted) => (*at, Arc::clone(landscape)),
            Some((at, landscape)) => {
                let mut more = Landscape::clone(landscape);
                in_time(survey::complete(&*tenant, &mut more, &wanted)).await?;
                (*at, Arc::new(more))
            }
            None => {
                let read = in_time(survey::read_again(&*tenant, &kept.details, now, &wanted)).await?;
                (Instant::now(), Arc::new(read))
            }
        };
        *kept = Kept { read: Some((at, Arc::clone(&landscape))), details: Details::default() };
        Ok(landscape)
    }

    /// Has the next one read the tenant anew, with tokens of its own, so that it sees what was granted since. Details that still
    /// hold are carried over.
    pub async fn outdate(&self) {
        self.kept.lock().await.outdate();
        self.connection.renew();
    }

    /// Forgets everything that was read, and the tokens it was read with: the next one reads all of it anew.
    pub async fn forget(&self) {
        *self.kept.lock().await = Kept::default();
        self.connection.renew();
    }
}

fn wanted_with(landscape: &Landscape, declared: &Declared, steps: &[Step], after: bool) -> BTreeSet<Wanted> {
    routing::answer(&with_steps(landscape, steps.iter(), after), declared).wanted
}

fn nothing_declared() -> TenantError {
    TenantError { reason: Reason::TenantNotFound, message: "no Tenant was declared yet".into(), retry_after: None }
}

impl Surveyor for Surveys {
    fn landscape<'a>(&'a self, steps: &'a [Step]) -> BoxFuture<'a, Option<Arc<Landscape>>> {
        Box::pin(async move {
            match self.read(steps).await {
                Ok(landscape) => Some(landscape),
                Err(TenantProblem { reason, message }) => {
                    tracing::warn!(%reason, message, "what the plan does to who receives notices cannot be judged");
                    None
                }
            }
        })
    }

    fn arrivals(&self) -> Option<Arc<Arrivals>> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
