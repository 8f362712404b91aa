//! Passes that could not look at the tenant.

use std::time::Duration;

use jiff::Timestamp;
use tenant_contacts_api::reason::Handling;
use tenant_contacts_core::status::TenantProblem;

use super::{Gathered, Mode, PassReport, Ports, TenantWorker};
use crate::port::RecordsError;

impl TenantWorker {
    /// A pass that could not look at the tenant: status says why, and removed objects are let go when their time is up.
    pub(super) async fn without_plan(
        &mut self,
        ports: &Ports,
        gathered: &Gathered,
        mode: &Mode,
        (problem, next): (TenantProblem, Duration),
    ) -> Result<PassReport, RecordsError> {
        if *mode != Mode::Preview {
            self.ledger.let_go(&self.objects, Err(problem.reason), ports.clock.now());
            self.keep(ports).await?;
            if problem.reason.handling() == Handling::Stalled {
                self.publish_waiting(ports, problem.reason).await?;
            }
        }
        // A suspended Tenant says so itself: it is no problem.
        let problem = Some(problem).filter(|_| !gathered.tenant.suspend);
        self.publish_tenant(ports, gathered, mode, problem.as_ref()).await?;
        let mut report = PassReport { next, problem, ..PassReport::default() };
        self.return_for_removed(mode, ports.clock.now(), &mut report);
        Ok(report)
    }

    /// Comes back when the time of a removed object is up.
    pub(super) fn return_for_removed(&self, mode: &Mode, now: Timestamp, report: &mut PassReport) {
        if *mode == Mode::Preview {
            return;
        }
        if let Some(next) = self.ledger.next_deadline(now) {
            report.next = report.next.min(Duration::try_from(next.duration_since(now)).unwrap_or_default());
        }
    }
}
