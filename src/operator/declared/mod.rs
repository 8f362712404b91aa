//! What is declared in the cluster: watched, and kept as far as passes need it.

mod policies;
mod secrets;
mod store;
mod watch;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kube::{Client, Resource as _};
use tenant_contacts_api::v1alpha1::ContactPolicy;
use tenant_contacts_core::desired::{Kind, ObjectKey};
use tokio::{sync::watch as signal, task::JoinSet};

pub use policies::{Policies, PolicyKey, PolicySeen};
pub use store::{Meta, Part, SetAside, Store};

use self::secrets::KnownSecrets;
use crate::gather::TenantSet;

/// Why a kind cannot be listed, or watched.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Failing {
    why: String,
    /// The API server knows no such kind.
    no_such_kind: bool,
}

/// Everything that is declared, kept up to date by watches.
pub struct Declared {
    store: Mutex<Store>,
    policies: Mutex<Policies>,
    secrets: KnownSecrets,
    /// Kinds in namespaces whose last list or watch failed, and why.
    failing: Mutex<BTreeMap<(String, Arc<str>), Failing>>,
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
            failing: Mutex::default(),
            changed: signal::Sender::new(0),
        });
        let mut tasks = JoinSet::new();
        for namespace in namespaces {
            watch::spawn(&mut tasks, client, namespace, &declared);
        }
        tasks.spawn(secrets::follow(client.clone(), Arc::clone(&declared)));
        (declared, tasks)
    }

    /// Tells of changes, and of what is found out about kinds.
    pub fn changes(&self) -> signal::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Whether everything that a pass takes was listed once. Policies bear on findings alone: where their kind is not
    /// installed, as after an upgrade that brought no definitions along, there are none, and the tenant is kept all the same.
    pub fn is_ready(&self) -> bool {
        let no_such_kind = |namespace: &Arc<str>| {
            let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
            failing.get(&(policy_kind(), Arc::clone(namespace))).is_some_and(|failing| failing.no_such_kind)
        };
        self.lock().is_ready() && self.policies().awaited().all(no_such_kind)
    }

    /// What was never listed, with what stands in the way as far as it is known. None of it: everything is as it should be.
    pub fn awaited(&self) -> Vec<String> {
        let mut parts: Vec<(String, Arc<str>)> =
            self.lock().awaited().map(|(kind, namespace)| (kind.as_str().to_owned(), Arc::clone(namespace))).collect();
        parts.extend(self.policies().awaited().map(|namespace| (policy_kind(), Arc::clone(namespace))));
        let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        let line = |part: (String, Arc<str>)| {
            let why = failing.get(&part).map_or("not answered yet", |failing| &failing.why);
            format!("{} in {}: {why}", part.0, part.1)
        };
        parts.into_iter().map(line).collect()
    }

    /// A kind can be listed, or watched.
    fn found(&self, kind: &str, namespace: &Arc<str>) {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner).remove(&(kind.to_owned(), Arc::clone(namespace)));
    }

    /// It cannot. Whether that is new, and keeps something from being known at all.
    fn failed(&self, kind: &str, namespace: &Arc<str>, why: Failing) -> bool {
        let part = (kind.to_owned(), Arc::clone(namespace));
        let before = self.failing.lock().unwrap_or_else(PoisonError::into_inner).insert(part, why.clone());
        let never_listed = self.lock().awaited().any(|(awaited, place)| awaited.as_str() == kind && place == namespace)
            || (*kind == policy_kind() && self.policies().awaited().any(|place| place == namespace));
        // Whoever waits for it may go on without.
        self.changed.send_modify(|count| *count += 1);
        never_listed && before != Some(why)
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

fn policy_kind() -> String {
    ContactPolicy::kind(&()).into_owned()
}
