//! Claims: one Lease per tenant id, so that of all Tenant objects in the cluster that name it, one manages it.
//!
//! Invariant: a claim belongs to a Tenant object and stays with it: a later object, or one with an earlier name, does not
//! take it over while its holder lives.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use kube::Client;
use tenant_contacts_core::desired::{ObjectKey, TenantKey};
use tenant_contacts_engine::lease::Elector;
use tokio::time::Instant;

use super::lease::LeaseClient;
use crate::world::ProcessClock;

/// How long a claim outlives its last renewal. Long, because it only ends by itself where an operator was taken away
/// without a word; short enough that a person who waits for it does not give up.
const DURATION: Duration = Duration::from_mins(10);

/// Makes claims for the Tenants of this operator.
pub struct Claims {
    client: Client,
    namespace: String,
    /// Which operator: two that serve the same namespace by mistake are not one.
    operator: String,
    clock: ProcessClock,
    aftermath: Duration,
    made: Mutex<BTreeMap<(TenantKey, ObjectKey), Arc<Claim>>>,
}

/// A Tenant object's claim to a tenant id.
pub struct Claim {
    /// The Lease.
    pub lease: Arc<LeaseClient>,
    due: Mutex<Option<Instant>>,
}

impl Claims {
    /// Claims in this namespace, in the name of this operator.
    pub fn new(client: Client, namespace: String, operator: String, clock: ProcessClock, aftermath: Duration) -> Self {
        Self { client, namespace, operator, clock, aftermath, made: Mutex::default() }
    }

    /// The claim of a Tenant object to a tenant.
    pub fn of(&self, tenant: TenantKey, object: &ObjectKey) -> Arc<Claim> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let claim = made.entry((tenant, object.clone())).or_insert_with(|| {
            let holder = format!("{}/{}/{}", self.operator, object.namespace, object.name);
            let elector = Elector::new(holder, DURATION, self.aftermath);
            let name = format!("claim-{}-{}", tenant.cloud.lower_case(), tenant.id);
            let lease = LeaseClient::new(&self.client, &self.namespace, name, self.clock, elector);
            Arc::new(Claim { lease: Arc::new(lease), due: Mutex::default() })
        });
        Arc::clone(claim)
    }

    /// Gives back the claims of a Tenant object that no longer exists.
    pub async fn give_back(&self, object: &ObjectKey) {
        let claims: Vec<Arc<Claim>> = {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            let (gone, kept) = std::mem::take(&mut *made).into_iter().partition(|((_, of), _)| of == object);
            *made = kept;
            let gone: BTreeMap<_, _> = gone;
            gone.into_values().collect()
        };
        for claim in claims {
            claim.lease.give_back().await;
        }
    }
}

impl Claim {
    /// Whether the tenant is ours to manage now. Renews the claim when that is due.
    pub async fn holds(&self) -> bool {
        let due = *self.due.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.lease.holds() || due.is_none_or(|due| due <= Instant::now()) {
            let next = self.lease.attend().await;
            *self.due.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + next);
        }
        self.lease.holds()
    }

    /// When to renew at the latest, so that the claim does not end between two passes.
    pub fn renew_within(&self) -> Duration {
        let due = *self.due.lock().unwrap_or_else(PoisonError::into_inner);
        due.map_or(Duration::ZERO, |due| due.saturating_duration_since(Instant::now()))
    }
}
