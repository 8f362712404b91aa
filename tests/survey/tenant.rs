//! A simulated tenant, and the survey of it with the observer's credential.

use std::{collections::BTreeSet, sync::Arc};

use tenant_contacts::{
    connect::{Connection, Network},
    gather::TenantSet,
    simulated::{CONTOSO_SEED, InProcess, in_process_endpoints},
    world::ProcessClock,
};
use tenant_contacts_core::landscape::{Landscape, Wanted};
use tenant_contacts_engine::{port::NoFence, survey};
use tenant_contacts_m365::{
    send::RetryPolicy,
    transport::{ReadOnly, Transport},
};
use tenant_contacts_simulator::{Options, Seed, Simulator};

use crate::rig::{self, EPOCH, World};

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
pub fn network(simulator: &Simulator) -> Network {
    let endpoints = in_process_endpoints().unwrap();
    let transport: Arc<dyn Transport> = Arc::new(ReadOnly::new(InProcess(simulator.clone()), &endpoints));
    Network {
        transport,
        endpoints: Some(endpoints),
        clock: ProcessClock::start_at(EPOCH.parse().unwrap()),
        policy: RetryPolicy::default(),
        limited: false,
        mail_exchangers: Arc::new(tenant_contacts::survey::NotAsked),
        federation: None,
    }
}

/// Everything that listings give, and of the rest what `wanted` names. Nothing that writes would pass.
pub async fn read(simulator: &Simulator, wanted: &(dyn Fn(&Landscape) -> BTreeSet<Wanted> + Sync)) -> Landscape {
    let network = network(simulator);
    let set = observed(&simulator.tenant_id());
    let mut connection = Connection::open(set.gathered.tenant.key, &network, Arc::new(NoFence)).unwrap();
    let port = connection.survey(&set).unwrap();
    survey::read(&port, EPOCH.parse().unwrap(), wanted).await.unwrap()
}

/// What listings give.
pub async fn listed(simulator: &Simulator) -> Landscape {
    read(simulator, &|_| BTreeSet::new()).await
}
