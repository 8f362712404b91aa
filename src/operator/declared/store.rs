//! What is declared in the cluster, as far as passes need it.
//!
//! Invariant: pure, and level-triggered. Any order, repetition or loss of watch events ends at the same content once a
//! list has been read; the operator's own status writes change nothing here.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use tenant_contacts_api::{
    REQUESTED_AT_ANNOTATION, RESTORE_FINALIZER,
    kind::{Declares, Object},
    v1alpha1::{Credential, Tenant},
};
use tenant_contacts_core::desired::{self, DesiredObject, Kind, ObjectKey};
use tenant_contacts_engine::worker::Gathered;
use uuid::Uuid;

use crate::gather::{self, Secrets, TenantSet};

/// A namespace's objects of one kind: what is listed and watched together.
pub type Part = (Kind, Arc<str>);

/// A Secret, by namespace and name.
pub type SecretName = (String, String);

/// What of an object's metadata counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// Which object of this name: a new one of the same name is another one.
    pub uid: Option<Uuid>,
    /// Generation of the spec.
    pub generation: Option<i64>,
    /// Whether it is being deleted.
    pub deleting: bool,
    /// Whether it carries our finalizer.
    pub finalizer: bool,
    requested_at: Option<Box<str>>,
}

impl Meta {
    pub(super) fn of(metadata: &ObjectMeta) -> Self {
        Self {
            uid: metadata.uid.as_deref().and_then(|uid| uid.parse().ok()),
            generation: metadata.generation,
            deleting: metadata.deletion_timestamp.is_some(),
            finalizer: metadata.finalizers.iter().flatten().any(|finalizer| finalizer == RESTORE_FINALIZER),
            requested_at: metadata
                .annotations
                .as_ref()
                .and_then(|annotations| annotations.get(REQUESTED_AT_ANNOTATION))
                .map(|token| token.as_str().into()),
        }
    }

    /// Whether both declare the same: a status write changes neither of these, nor does our own finalizer.
    pub(super) fn declares_as(&self, other: &Self) -> bool {
        Self { finalizer: other.finalizer, ..self.clone() } == *other
    }
}

/// A child.
struct Child {
    meta: Meta,
    declared: Declared,
}

/// What a child declares.
enum Declared {
    /// Nothing that comes from elsewhere.
    Plain(Arc<DesiredObject>),
    /// Values from Secrets too: made anew when one of them changes.
    FromSecrets(Box<Object>),
}

/// The children that name one Tenant, and what was last made of them.
#[derive(Default)]
struct Family {
    children: BTreeMap<ObjectKey, Child>,
    made: Option<Arc<Vec<Arc<DesiredObject>>>>,
}

/// A child whose Tenant does not exist, or that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// The child.
    pub key: ObjectKey,
    /// Its metadata.
    pub meta: Meta,
    /// Whether it cannot be read; otherwise its Tenant is missing.
    pub unreadable: bool,
}

/// Everything declared in the namespaces that are watched.
#[derive(Default)]
pub struct Store {
    /// What has not been listed yet.
    awaited: BTreeSet<Part>,
    /// Objects seen so far by a list that is under way.
    listing: BTreeMap<Part, BTreeSet<ObjectKey>>,
    tenants: BTreeMap<ObjectKey, (Meta, Box<Tenant>)>,
    families: BTreeMap<ObjectKey, Family>,
    /// The Tenant that each child names.
    parents: BTreeMap<ObjectKey, ObjectKey>,
    unreadable: BTreeMap<ObjectKey, Meta>,
    dirty: BTreeSet<ObjectKey>,
}

impl Store {
    /// A store that is ready once all these parts have been listed.
    pub fn new(parts: impl IntoIterator<Item = Part>) -> Self {
        Self { awaited: parts.into_iter().collect(), ..Self::default() }
    }

    /// Whether every part was listed at least once. Before that nothing may be planned: what is missing may only not have
    /// been seen yet.
    pub fn is_ready(&self) -> bool {
        self.awaited.is_empty()
    }

    /// Parts that have not been listed yet.
    pub fn awaited(&self) -> impl Iterator<Item = &Part> {
        self.awaited.iter()
    }

    /// A list of a part begins.
    pub fn list_begins(&mut self, part: &Part) {
        self.listing.insert(part.clone(), BTreeSet::new());
    }

    /// A list of a part is complete: what it did not hold is gone.
    pub fn list_ends(&mut self, part: &Part) {
        let Some(seen) = self.listing.remove(part) else { return };
        let known = self.parents.keys().chain(self.tenants.keys()).chain(self.unreadable.keys());
        let gone: Vec<ObjectKey> = known
            .filter(|key| key.kind == part.0 && key.namespace == part.1 && !seen.contains(*key))
            .cloned()
            .collect();
        for key in gone {
            self.delete(&key);
        }
        self.awaited.remove(part);
    }

    /// An object is there, or has changed.
    pub fn apply(&mut self, object: Object) {
        let meta = Meta::of(object.metadata());
        if let Object::Tenant(tenant) = object {
            let key = desired::tenant(&tenant).object;
            self.seen(&key);
            self.readable(&key);
            let before = self.tenants.insert(key.clone(), (meta.clone(), tenant));
            if before.is_none_or(|(before, _)| !before.declares_as(&meta)) {
                self.dirty.insert(key);
            }
            return;
        }
        let Some((parent, desired)) = gather::child(&object, &Secrets::new()) else { return };
        let takes = object.child().is_some_and(|child| !child.secrets().is_empty());
        let declared =
            if takes { Declared::FromSecrets(Box::new(object)) } else { Declared::Plain(Arc::new(desired.clone())) };
        let key = desired.key;
        self.seen(&key);
        self.readable(&key);
        if self.parents.get(&key).is_some_and(|before| *before != parent) {
            // Deleted and created anew, and only the result was seen.
            self.delete(&key);
        }
        let family = self.families.entry(parent.clone()).or_default();
        let before = family.children.get_mut(&key);
        if let Some(child) = before.filter(|child| child.meta.declares_as(&meta)) {
            child.meta = meta;
            return;
        }
        family.children.insert(key.clone(), Child { meta, declared });
        family.made = None;
        self.parents.insert(key, parent.clone());
        self.dirty.insert(parent);
    }

    /// An object is there whose spec does not fit the types: written by a newer version, say. What it declared before
    /// stays declared, and its absence from a list means nothing.
    pub fn apply_unreadable(&mut self, kind: Kind, metadata: &ObjectMeta) {
        let key = ObjectKey {
            kind,
            namespace: metadata.namespace.as_deref().unwrap_or_default().into(),
            name: metadata.name.as_deref().unwrap_or_default().into(),
        };
        let meta = Meta::of(metadata);
        self.seen(&key);
        let before = self.unreadable.insert(key.clone(), meta.clone());
        if before.is_none_or(|before| !before.declares_as(&meta)) {
            self.mark_namespace(&key.namespace);
            self.dirty.insert(key);
        }
    }

    /// An object is gone.
    pub fn delete(&mut self, key: &ObjectKey) {
        self.readable(key);
        if self.tenants.remove(key).is_some() {
            self.dirty.insert(key.clone());
        }
        let Some(parent) = self.parents.remove(key) else { return };
        if let Some(family) = self.families.get_mut(&parent) {
            family.children.remove(key);
            family.made = None;
            if family.children.is_empty() {
                self.families.remove(&parent);
            }
        }
        self.dirty.insert(parent);
    }

    /// A Secret changed: what takes values from its namespace is made anew.
    pub fn secret_changed(&mut self, (namespace, _): &SecretName) {
        for (key, family) in self.families.iter_mut().filter(|(key, _)| *key.namespace == **namespace) {
            if family.children.values().any(|child| matches!(child.declared, Declared::FromSecrets(_))) {
                family.made = None;
                self.dirty.insert(key.clone());
            }
        }
        self.dirty.extend(self.tenants.keys().filter(|key| *key.namespace == **namespace).cloned());
    }

    /// Keys whose declaration changed since the last call: Tenants, whether or not they exist, and unreadable objects.
    pub fn take_dirty(&mut self) -> BTreeSet<ObjectKey> {
        std::mem::take(&mut self.dirty)
    }

    /// The Tenants that exist.
    pub fn tenants(&self) -> BTreeSet<ObjectKey> {
        self.tenants.keys().cloned().collect()
    }

    /// The Secrets that anything refers to.
    pub fn secrets(&self) -> BTreeSet<SecretName> {
        let of_tenants = self.tenants.iter().flat_map(|(key, (_, tenant))| {
            let names = tenant.spec.credentials.iter().filter_map(secret_of);
            names.map(|name| (key.namespace.to_string(), name.to_owned()))
        });
        let of_children = self.families.values().flat_map(|family| &family.children).filter_map(|(key, child)| {
            match &child.declared {
                Declared::FromSecrets(object) => Some((key, object)),
                Declared::Plain(_) => None,
            }
        });
        let of_children = of_children
            .flat_map(|(key, object)| secrets_of(object).into_iter().map(|name| (key.namespace.to_string(), name)));
        of_tenants.chain(of_children).collect()
    }

    /// What a pass over a Tenant is given, without what its policies say. `None`: there is no such Tenant.
    pub fn set(&mut self, tenant: &ObjectKey, secrets: &Arc<Secrets>) -> Option<TenantSet> {
        let (_, object) = self.tenants.get(tenant)?;
        let objects = match self.families.get_mut(tenant) {
            Some(family) => Arc::clone(family.made.get_or_insert_with(|| make(&family.children, secrets))),
            None => Arc::default(),
        };
        let complete =
            self.is_ready() && !self.unreadable.keys().any(|unreadable| unreadable.namespace == tenant.namespace);
        let gathered = Gathered { tenant: desired::tenant(object), claimed: false, objects, complete };
        Some(TenantSet {
            gathered,
            credentials: object.spec.credentials.clone(),
            rules: BTreeMap::new(),
            secrets: Arc::clone(secrets),
        })
    }

    /// Metadata of an object.
    pub fn meta(&self, key: &ObjectKey) -> Option<&Meta> {
        if let Some((meta, _)) = self.tenants.get(key) {
            return Some(meta);
        }
        let family = self.families.get(self.parents.get(key)?)?;
        Some(&family.children.get(key)?.meta)
    }

    /// Children that no pass looks at.
    pub fn set_aside(&self) -> Vec<SetAside> {
        let without_tenant = self.families.iter().filter(|(tenant, _)| !self.tenants.contains_key(tenant));
        let mut all: Vec<SetAside> = without_tenant
            .flat_map(|(_, family)| &family.children)
            .map(|(key, child)| SetAside { key: key.clone(), meta: child.meta.clone(), unreadable: false })
            .collect();
        all.extend(self.unreadable.iter().map(|(key, meta)| SetAside {
            key: key.clone(),
            meta: meta.clone(),
            unreadable: true,
        }));
        all
    }

    /// An object can be read: if it could not before, its namespace is whole again.
    fn readable(&mut self, key: &ObjectKey) {
        if self.unreadable.remove(key).is_some() {
            self.mark_namespace(&key.namespace);
        }
    }

    fn seen(&mut self, key: &ObjectKey) {
        if let Some(seen) = self.listing.get_mut(&(key.kind, Arc::clone(&key.namespace))) {
            seen.insert(key.clone());
        }
    }

    fn mark_namespace(&mut self, namespace: &str) {
        self.dirty.extend(self.tenants.keys().filter(|key| *key.namespace == *namespace).cloned());
    }
}

fn make(children: &BTreeMap<ObjectKey, Child>, secrets: &Secrets) -> Arc<Vec<Arc<DesiredObject>>> {
    let objects = children.values().filter_map(|child| match &child.declared {
        Declared::Plain(object) => Some(Arc::clone(object)),
        Declared::FromSecrets(object) => gather::child(object, secrets).map(|(_, object)| Arc::new(object)),
    });
    Arc::new(objects.collect())
}

/// The Secret of a credential.
fn secret_of(credential: &Credential) -> Option<&str> {
    let secret = credential.client_secret.as_ref().map(|from| &from.secret_key_ref.name);
    secret.or(credential.certificate.as_ref().map(|from| &from.secret_ref.name)).map(String::as_str)
}

/// The Secrets that an object takes values from.
fn secrets_of(object: &Object) -> Vec<String> {
    let secrets = object.child().map(Declares::secrets).unwrap_or_default();
    secrets.into_iter().map(|(_, from)| from.name.clone()).collect()
}

#[cfg(test)]
mod tests;
