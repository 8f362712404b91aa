//! What is declared in the cluster: watched, and kept as far as passes need it.

mod policies;
mod secrets;
mod store;
mod watch;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kube::Client;
use tenant_contacts_core::desired::{Kind, ObjectKey};
use tokio::{sync::watch as signal, task::JoinSet};

pub use policies::{Policies, PolicyKey, PolicySeen};
pub use store::{Meta, Part, SetAside, Store};

use self::secrets::KnownSecrets;
use crate::gather::TenantSet;

/// Everything that is declared, kept up to date by watches.
pub struct Declared {
    store: Mutex<Store>,
    policies: Mutex<Policies>,
    secrets: KnownSecrets,
    /// Counts changes: whoever looks gets the latest, however many came meanwhile, so a busy fleet starves nobody.
    changed: signal::Sender<u64>,
}

impl Declared {
    /// Starts watching these namespaces. The tasks run until they are dropped.
    pub fn watch(client: &Client, namespaces: &BTreeSet<String>) -> (Arc<Self>, JoinSet<()>) {
        let parts = namespaces.iter().flat_map(|namespace| Kind::ALL.map(|kind| (kind, namespace.as_str().into())));
        let declared = Arc::new(Self {
            store: Mutex::new(Store::new(parts)),
            policies: Mutex::new(Policies::new(namespaces.iter().map(|namespace| namespace.as_str().into()))),
            secrets: KnownSecrets::default(),
            changed: signal::Sender::new(0),
        });
        let mut tasks = JoinSet::new();
        for namespace in namespaces {
            watch::spawn(&mut tasks, client, namespace, &declared);
        }
        tasks.spawn(secrets::follow(client.clone(), Arc::clone(&declared)));
        (declared, tasks)
    }

    /// Tells of changes.
    pub fn changes(&self) -> signal::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Whether everything was listed once.
    pub fn is_ready(&self) -> bool {
        self.lock().is_ready() && self.policies().is_ready()
    }

    /// The Tenants that exist.
    pub fn tenants(&self) -> BTreeSet<ObjectKey> {
        self.lock().tenants()
    }

    /// Tenants whose declaration changed since the last call.
    pub fn take_dirty(&self) -> BTreeSet<ObjectKey> {
        self.lock().take_dirty()
    }

    /// What a pass over a Tenant is given. `None`: there is no such Tenant, or a Secret that something refers to has not
    /// been looked for yet.
    pub fn set(&self, tenant: &ObjectKey) -> Option<TenantSet> {
        let mut store = self.lock();
        let secrets = self.secrets.all_known(&store.secrets())?;
        let set = store.set(tenant, &secrets)?;
        drop(store);
        Some(TenantSet { rules: self.policies().rules(tenant), ..set })
    }

    /// Tenants whose policies changed since the last call.
    pub fn take_dirty_policies(&self) -> BTreeSet<ObjectKey> {
        self.policies().take_dirty()
    }

    /// Every policy, with the status that it has.
    pub fn all_policies(&self) -> Vec<(PolicyKey, PolicySeen)> {
        self.policies().all()
    }

    /// Metadata of an object.
    pub fn meta(&self, key: &ObjectKey) -> Option<Meta> {
        self.lock().meta(key).cloned()
    }

    /// Children that no pass looks at.
    pub fn set_aside(&self) -> Vec<SetAside> {
        self.lock().set_aside()
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        // A panic while holding the lock leaves whole entries behind, never half ones.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn policies(&self) -> MutexGuard<'_, Policies> {
        self.policies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, work: impl FnOnce(&mut Store)) {
        work(&mut self.lock());
        self.changed.send_modify(|count| *count += 1);
    }

    fn update_policies(&self, work: impl FnOnce(&mut Policies)) {
        work(&mut self.policies());
        self.changed.send_modify(|count| *count += 1);
    }
}
