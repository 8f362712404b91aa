//! A tenant that is read as a whole: how its services are reached, and what its recipients are called.

use std::sync::{Arc, Mutex, PoisonError};

use url::Url;
use uuid::Uuid;

use super::exchange::Names;
use crate::{
    billing::Billing,
    clock::Clock,
    cloud::{Cloud, Endpoints, GRAPH_VERSION, Scope},
    exchange::Exchange,
    partner::Partner,
    send::Sender,
};

/// How the services are reached.
pub struct Services {
    /// To Graph's `v1.0`.
    pub graph: Arc<Sender>,
    /// To Exchange's `adminapi`.
    pub exchange: Arc<Sender>,
    /// To Partner Center's `v1`; none where the cloud has no Partner Center that is known.
    pub partner: Option<Arc<Sender>>,
    /// To `providers/Microsoft.Billing` of Azure Resource Manager.
    pub billing: Arc<Sender>,
}

impl Services {
    /// All of them; `sender` makes the way to one, from the base address of the service, the path of the interface below it,
    /// and what tokens are asked for.
    ///
    /// # Errors
    /// That of `sender`.
    pub fn through<E>(
        cloud: Cloud,
        endpoints: &Endpoints,
        sender: impl Fn(&Url, &str, Scope) -> Result<Arc<Sender>, E>,
    ) -> Result<Self, E> {
        let partner = endpoints.partner().zip(cloud.partner_scope());
        Ok(Self {
            graph: sender(endpoints.graph(), GRAPH_VERSION, cloud.graph_scope())?,
            exchange: sender(endpoints.exchange(), "adminapi/", cloud.exchange_scope())?,
            partner: partner.map(|(base, scope)| sender(base, "v1/", scope)).transpose()?,
            billing: sender(endpoints.arm(), "providers/Microsoft.Billing/", cloud.arm_scope())?,
        })
    }
}

/// A tenant that is read as a whole.
pub struct TenantSurvey {
    pub(super) tenant: Uuid,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) graph: Arc<Sender>,
    pub(super) exchange: Exchange,
    pub(super) partner: Option<Partner>,
    pub(super) billing: Billing,
    names: Arc<KnownNames>,
}

/// What recipients are called beside their keys, from the last listing. It outlives a survey: details may be asked for later
/// than what they refer to was listed.
#[derive(Debug, Default)]
pub struct KnownNames(Mutex<Arc<Names>>);

impl TenantSurvey {
    /// A survey of `tenant`, all surveys of which share `names`. Nothing is sent yet.
    pub fn new(tenant: Uuid, services: Services, clock: Arc<dyn Clock>, names: Arc<KnownNames>) -> Self {
        Self {
            tenant,
            clock,
            graph: services.graph,
            exchange: Exchange::new(services.exchange, tenant),
            partner: services.partner.map(Partner::new),
            billing: Billing::new(services.billing),
            names,
        }
    }

    pub(super) fn names(&self) -> Arc<Names> {
        Arc::clone(&self.names.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many calls, to whatever service, have failed in a way that passes by itself.
    pub(super) fn troubles(&self) -> u64 {
        let partner = self.partner.as_ref().map_or(0, Partner::troubles);
        self.graph.troubles() + self.exchange.troubles() + self.billing.troubles() + partner
    }

    /// From now on recipients are called so.
    pub(super) fn know(&self, names: Arc<Names>) {
        *self.names.0.lock().unwrap_or_else(PoisonError::into_inner) = names;
    }
}
