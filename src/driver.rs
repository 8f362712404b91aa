//! Drives passes: keeps one worker and one connection per Tenant. What a pass does is the engine's business, when the next
//! one comes is the caller's.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use tenant_contacts_api::field::Surface;
use tenant_contacts_core::{desired::ObjectKey, model::Observation, plan::Request, status::TenantProblem};
use tenant_contacts_engine::{
    Mode, PassReport, TenantWorker,
    port::{Fence, Limits, Outcome, Records, RecordsError, Scope, SurfacePort, Surveyor, TenantError},
    worker::Ports,
};
use tenant_contacts_report::plan::{self, PlanView};

use crate::{
    connect::{Network, SharedConnection},
    gather::TenantSet,
    survey::Surveys,
    world::Chance,
};

/// One Tenant's worker and connection.
pub struct Driver {
    worker: TenantWorker,
    records: Arc<dyn Records>,
    fence: Arc<dyn Fence>,
    surveys: Arc<Surveys>,
    connection: Arc<SharedConnection>,
}

impl Driver {
    /// A driver of the Tenant that `object` declares.
    pub fn new(object: ObjectKey, records: Arc<dyn Records>, fence: Arc<dyn Fence>, network: Network) -> Self {
        let connection = Arc::new(SharedConnection::new(network, Arc::clone(&fence)));
        let surveys = Arc::new(Surveys::new(Arc::clone(&connection)));
        let surveyor: Arc<dyn Surveyor> = Arc::<Surveys>::clone(&surveys);
        let worker = TenantWorker::new(object).surveying(surveyor);
        Self { worker, records, fence, surveys, connection }
    }

    /// The same, giving up the originals of removed objects after this time.
    pub fn releasing_after(self, patience: Duration) -> Self {
        Self { worker: self.worker.releasing_after(patience), ..self }
    }

    /// The worker, to look at its plan.
    pub fn worker(&self) -> &TenantWorker {
        &self.worker
    }

    /// What was read of the tenant as a whole.
    pub fn surveys(&self) -> &Arc<Surveys> {
        &self.surveys
    }

    /// The last plan as it is shown, if a pass came so far.
    pub fn view(&self, set: &TenantSet) -> Option<PlanView> {
        let worker = &self.worker;
        let plan = worker.plan()?;
        Some(plan::view(&set.gathered.tenant, worker.objects(), worker.observation(), plan))
    }

    /// One pass over what is declared now.
    pub async fn pass(&mut self, set: &TenantSet, mode: &Mode) -> Result<PassReport, RecordsError> {
        self.surveys.declare(set);
        let surfaces = match self.connection.surfaces(set) {
            Ok(surfaces) => surfaces,
            Err(problem) => vec![Arc::new(Unconnected(problem)) as Arc<dyn SurfacePort>],
        };
        let ports = Ports {
            surfaces,
            records: Arc::clone(&self.records),
            clock: Arc::new(self.connection.network().clock),
            rng: Arc::new(Chance),
            fence: Arc::clone(&self.fence),
        };
        self.worker.pass(&ports, &set.gathered, mode).await
    }
}

/// Stands in for a tenant that cannot be connected: every look at it gives the reason.
struct Unconnected(TenantProblem);

impl SurfacePort for Unconnected {
    fn surfaces(&self) -> &'static [Surface] {
        &Surface::ALL
    }

    fn observe<'a>(
        &'a self,
        _scope: &'a Scope<'a>,
        observation: &'a mut Observation,
    ) -> BoxFuture<'a, Result<(), TenantError>> {
        // Which credential serves what is not known any more, so nothing is said of any.
        observation.credentials.clear();
        let TenantProblem { reason, message } = self.0.clone();
        Box::pin(async move { Err(TenantError { reason, message, retry_after: None }) })
    }

    fn write<'a>(&'a self, requests: &'a [Request]) -> BoxFuture<'a, Vec<Outcome>> {
        let outcome = Outcome::NotDone { reason: self.0.reason, retry_after: None };
        Box::pin(async move { vec![outcome; requests.len()] })
    }

    fn limits(&self) -> Limits {
        Limits { batch: 1, write_timeout: Duration::ZERO }
    }
}

/// Drivers by Tenant.
pub type Drivers = BTreeMap<ObjectKey, Driver>;
