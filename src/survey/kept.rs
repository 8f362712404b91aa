//! What was read of a tenant as a whole, kept for a while: whoever needs it next, a pass or a report, need not read it again.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use tenant_contacts_api::reason::Reason;
use tenant_contacts_core::{
    answer::{self, Declared},
    consequences::with_steps,
    landscape::{Landscape, Wanted},
    plan::Step,
    routing,
    status::TenantProblem,
};
use tenant_contacts_engine::{
    port::{Clock as _, Surveyor, TenantError},
    survey,
};
use tokio::{sync::Mutex as Turn, time::Instant};

use super::{declared, in_time, problem};
use crate::{connect::SharedConnection, gather::TenantSet};

/// How long it is kept: mailboxes and lists are read once an hour (DESIGN §10), and what a plan is about to change is taken
/// from the plan.
const KEPT: Duration = Duration::from_hours(1);

/// One tenant as a whole. Shared by everybody who looks at it.
pub struct Surveys {
    connection: Arc<SharedConnection>,
    set: Mutex<Option<Arc<TenantSet>>>,
    /// Whoever holds it reads; the others wait for what that gives.
    kept: Turn<Option<(Instant, Arc<Landscape>)>>,
}

impl Surveys {
    /// Nothing is read yet.
    pub fn new(connection: Arc<SharedConnection>) -> Self {
        Self { connection, set: Mutex::default(), kept: Turn::new(None) }
    }

    /// What is declared now, and how the tenant is reached.
    pub fn declare(&self, set: &TenantSet) {
        *self.set.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(set.clone()));
    }

    /// The tenant as it was read within the last hour, with everything that the answer takes; or, where there are steps, who
    /// receives notices before and after them.
    pub async fn read(&self, steps: &[Step]) -> Result<Arc<Landscape>, TenantProblem> {
        let set = self.set.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(set) = set else { return Err(problem(nothing_declared())) };
        let mut kept = self.kept.lock().await;
        let (now, declared) = (self.connection.network().clock.now(), declared(&set));
        let wanted = |landscape: &Landscape| match steps {
            [] => answer::explain(landscape, &declared, now).wanted,
            _ => [false, true].iter().flat_map(|after| wanted_with(landscape, &declared, steps, *after)).collect(),
        };
        let tenant = self.connection.survey(&set)?;
        let fresh = kept.as_ref().filter(|(at, _)| at.elapsed() < KEPT);
        let (at, landscape) = match fresh {
            // A copy of a large tenant is not made to find that nothing is missing.
            Some((at, landscape)) if survey::is_complete(landscape, &wanted) => (*at, Arc::clone(landscape)),
            Some((at, landscape)) => {
                let mut more = Landscape::clone(landscape);
                in_time(survey::complete(&*tenant, &mut more, &wanted)).await?;
                (*at, Arc::new(more))
            }
            None => (Instant::now(), Arc::new(in_time(survey::read(&*tenant, now, &wanted)).await?)),
        };
        *kept = Some((at, Arc::clone(&landscape)));
        Ok(landscape)
    }

    /// Forgets what was read, and the tokens it was read with: the next one reads anew, and sees what was granted since.
    pub async fn forget(&self) {
        *self.kept.lock().await = None;
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
}
