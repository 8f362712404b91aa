//! A simulated tenant, and the survey of it with the observer's credential.

use std::{collections::BTreeSet, sync::Arc};

use tenant_contacts::{
    connect::{Connection, Network},
    gather::TenantSet,
    simulated::{CONTOSO_SEED, InProcess, in_process_endpoints},
    world::ProcessClock,
};
use tenant_contacts_core::landscape::{Landscape, Wanted};
use tenant_contacts_engine::{
    port::{NoFence, TenantError},
    survey,
};
use tenant_contacts_m365::{
    observe::Unobserved,
    send::RetryPolicy,
    transport::{ReadOnly, Transport},
};
use tenant_contacts_simulator::{Options, Seed, Simulator};
use testkit::rig::{self, EPOCH, World};

/// The application of the example that may read everything.
pub const OBSERVER: &str = "8f03b5ae-6d12-47c9-a4e0-3c5b9d7e1f62";

pub fn contoso() -> Seed {
    Seed::from_yaml(CONTOSO_SEED).unwrap()
}

pub fn simulator(seed: &Seed) -> Simulator {
    World::new(seed, Options::default()).simulator
}

/// The tenant as a Tenant without children declares it, with the observer's credential.
pub fn observed(tenant: &str) -> TenantSet {
    rig::text(&format!(
        r"
apiVersion: tenantcontacts.dev/v1alpha1
kind: Tenant
metadata: {{name: contoso, namespace: contoso}}
spec:
  tenantId: {tenant}
  credentials:
    - clientId: {OBSERVER}
      clientSecret: {{secretKeyRef: {{name: graph, key: client-secret}}}}
  enforce: []
---
apiVersion: v1
kind: Secret
metadata: {{name: graph, namespace: contoso, labels: {{tenantcontacts.dev/allow: contoso}}}}
stringData: {{client-secret: simulated-observer}}
"
    ))
}

/// The way to a simulated tenant, on which nothing that writes would pass.
pub fn read_only(simulator: &Simulator) -> Arc<dyn Transport> {
    Arc::new(ReadOnly::new(InProcess(simulator.clone()), &in_process_endpoints().unwrap()))
}

/// Everything that listings give, and of the rest what `wanted` names.
pub async fn read(simulator: &Simulator, wanted: &(dyn Fn(&Landscape) -> BTreeSet<Wanted> + Sync)) -> Landscape {
    read_over(read_only(simulator), &simulator.tenant_id(), wanted).await.unwrap()
}

/// The same over another way to the tenant.
pub async fn read_over(
    transport: Arc<dyn Transport>,
    tenant: &str,
    wanted: &(dyn Fn(&Landscape) -> BTreeSet<Wanted> + Sync),
) -> Result<Landscape, TenantError> {
    let set = observed(tenant);
    let mut connection = Connection::open(set.gathered.tenant.key, &network(transport), Arc::new(NoFence)).unwrap();
    let port = connection.survey(&set).unwrap();
    survey::read(&port, EPOCH.parse().unwrap(), wanted).await
}

/// How a tenant in process is reached.
pub fn network(transport: Arc<dyn Transport>) -> Network {
    Network {
        transport,
        endpoints: Some(in_process_endpoints().unwrap()),
        clock: ProcessClock::start_at(EPOCH.parse().unwrap()),
        policy: RetryPolicy::default(),
        limited: false,
        mail_exchangers: Arc::new(tenant_contacts::survey::NotAsked),
        observer: Arc::new(Unobserved),
        federation: None,
    }
}

/// What listings give.
pub async fn listed(simulator: &Simulator) -> Landscape {
    read(simulator, &|_| BTreeSet::new()).await
}
