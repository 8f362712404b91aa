//! ContactPolicies in the namespaces that are watched.
//!
//! Invariant: as the store's: pure and level-triggered; a status write changes what is known to be published, and no rule.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use tenant_contacts_api::{
    rule::Rule,
    v1alpha1::{ContactPolicy, ContactPolicyStatus},
};
use tenant_contacts_core::{
    answer::RuleSetting,
    desired::{Kind, ObjectKey},
    policy,
};

use super::Meta;

/// A policy, by namespace and name.
pub type PolicyKey = (Arc<str>, Arc<str>);

/// A policy as it was last seen.
struct Policy {
    meta: Meta,
    /// What it says; of one that cannot be read, what it said before.
    object: Option<Box<ContactPolicy>>,
    unreadable: bool,
}

/// A policy, for whoever publishes its status.
#[derive(Clone, Debug)]
pub struct PolicySeen {
    /// Its metadata.
    pub meta: Meta,
    /// The Tenant it names, if it could ever be read.
    pub tenant: Option<ObjectKey>,
    /// Whether it cannot be read now.
    pub unreadable: bool,
    /// The status that it has.
    pub published: ContactPolicyStatus,
}

/// All policies.
#[derive(Default)]
pub struct Policies {
    /// Namespaces that have not been listed yet.
    awaited: BTreeSet<Arc<str>>,
    /// Names seen so far by a list that is under way.
    listing: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
    all: BTreeMap<PolicyKey, Policy>,
    /// Tenants of which the policies say something else than before.
    dirty: BTreeSet<ObjectKey>,
}

impl Policies {
    /// Policies of these namespaces.
    pub fn new(namespaces: impl IntoIterator<Item = Arc<str>>) -> Self {
        Self { awaited: namespaces.into_iter().collect(), ..Self::default() }
    }

    /// Namespaces that have not been listed yet. Before that a rule may seem to count that a policy turns off.
    pub fn awaited(&self) -> impl Iterator<Item = &Arc<str>> {
        self.awaited.iter()
    }

    /// A list begins.
    pub fn list_begins(&mut self, namespace: &Arc<str>) {
        self.listing.insert(Arc::clone(namespace), BTreeSet::new());
    }

    /// A list is complete: what it did not hold is gone.
    pub fn list_ends(&mut self, namespace: &Arc<str>) {
        let Some(seen) = self.listing.remove(namespace) else { return };
        let gone: Vec<PolicyKey> =
            self.all.keys().filter(|(place, name)| place == namespace && !seen.contains(name)).cloned().collect();
        for key in gone {
            self.delete(&key);
        }
        self.awaited.remove(namespace);
    }

    /// A policy is there, or has changed.
    pub fn apply(&mut self, object: ContactPolicy) {
        let (key, meta) = (key(&object.metadata), Meta::of(&object.metadata));
        self.seen(&key);
        let before = self.all.remove(&key);
        let same = before.as_ref().is_some_and(|before| !before.unreadable && before.meta.declares_as(&meta));
        if !same {
            self.dirty.extend(before.as_ref().and_then(|before| tenant_of(&key, before)));
        }
        let policy = Policy { meta, object: Some(Box::new(object)), unreadable: false };
        if !same {
            self.dirty.extend(tenant_of(&key, &policy));
        }
        self.all.insert(key, policy);
    }

    /// A policy is there whose spec does not fit the types. What it said before counts on.
    pub fn apply_unreadable(&mut self, metadata: &ObjectMeta) {
        let (key, meta) = (key(metadata), Meta::of(metadata));
        self.seen(&key);
        let before = self.all.remove(&key).filter(|before| before.meta.uid == meta.uid);
        let object = before.and_then(|before| before.object);
        self.all.insert(key, Policy { meta, object, unreadable: true });
    }

    /// A policy is gone.
    pub fn delete(&mut self, key: &PolicyKey) {
        if let Some(before) = self.all.remove(key) {
            self.dirty.extend(tenant_of(key, &before));
        }
    }

    /// Tenants whose policies changed since the last call, whether or not they exist.
    pub fn take_dirty(&mut self) -> BTreeSet<ObjectKey> {
        std::mem::take(&mut self.dirty)
    }

    /// What the policies of a Tenant say.
    pub fn rules(&self, tenant: &ObjectKey) -> BTreeMap<Rule, RuleSetting> {
        let of_tenant = self.all.values().filter_map(|policy| policy.object.as_deref()).filter(|object| {
            object.metadata.namespace.as_deref() == Some(&*tenant.namespace)
                && *object.spec.tenant_ref.name == *tenant.name
        });
        policy::rules(of_tenant)
    }

    /// Every policy, with the status that it has.
    pub fn all(&self) -> Vec<(PolicyKey, PolicySeen)> {
        let seen = |(key, policy): (&PolicyKey, &Policy)| {
            let published = policy.object.as_ref().and_then(|object| object.status.clone()).unwrap_or_default();
            let Policy { meta, unreadable, .. } = policy;
            let tenant = tenant_of(key, policy);
            (key.clone(), PolicySeen { meta: meta.clone(), tenant, unreadable: *unreadable, published })
        };
        self.all.iter().map(seen).collect()
    }

    fn seen(&mut self, key: &PolicyKey) {
        if let Some(seen) = self.listing.get_mut(&key.0) {
            seen.insert(Arc::clone(&key.1));
        }
    }
}

fn key(metadata: &ObjectMeta) -> PolicyKey {
    (metadata.namespace.as_deref().unwrap_or_default().into(), metadata.name.as_deref().unwrap_or_default().into())
}

fn tenant_of((namespace, _): &PolicyKey, policy: &Policy) -> Option<ObjectKey> {
    let name = policy.object.as_ref()?.spec.tenant_ref.name.as_str().into();
    Some(ObjectKey { kind: Kind::Tenant, namespace: Arc::clone(namespace), name })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn policy(generation: i64, tenant: &str, status: bool) -> ContactPolicy {
        let mut object = json!({
            "apiVersion": "tenantcontacts.dev/v1alpha1",
            "kind": "ContactPolicy",
            "metadata": {"name": "ours", "namespace": "contoso", "generation": generation},
            "spec": {"tenantRef": {"name": tenant}, "rules": [{"name": "UnreadMail", "enabled": false}]},
        });
        if status {
            object["status"] = json!({"observedGeneration": generation});
        }
        serde_json::from_value(object).unwrap()
    }

    fn tenant(name: &str) -> ObjectKey {
        ObjectKey { kind: Kind::Tenant, namespace: "contoso".into(), name: name.into() }
    }

    #[test]
    fn a_policy_counts_for_its_tenant_and_a_status_write_changes_nothing() {
        let namespace: Arc<str> = "contoso".into();
        let mut policies = Policies::new([Arc::clone(&namespace)]);
        policies.list_begins(&namespace);
        policies.apply(policy(1, "contoso", false));
        assert!(policies.awaited().next().is_some());
        policies.list_ends(&namespace);
        assert!(policies.awaited().next().is_none());
        assert_eq!(policies.take_dirty(), [tenant("contoso")].into());
        assert!(!policies.rules(&tenant("contoso"))[&Rule::UnreadMail].enabled);
        assert!(policies.rules(&tenant("fabrikam")).is_empty());

        policies.apply(policy(1, "contoso", true));
        assert!(policies.take_dirty().is_empty());
        assert_eq!(policies.all()[0].1.published.observed_generation, Some(1));
        policies.apply(policy(2, "contoso", true));
        assert_eq!(policies.take_dirty(), [tenant("contoso")].into());
    }

    #[test]
    fn one_that_is_gone_or_names_another_tenant_concerns_the_tenant_before() {
        let namespace: Arc<str> = "contoso".into();
        let mut policies = Policies::new([]);
        policies.apply(policy(1, "contoso", false));
        policies.take_dirty();
        policies.apply(policy(2, "fabrikam", false)); // deleted and created anew, and only the result was seen
        assert_eq!(policies.take_dirty(), [tenant("contoso"), tenant("fabrikam")].into());
        policies.list_begins(&namespace);
        policies.list_ends(&namespace);
        assert_eq!(policies.take_dirty(), [tenant("fabrikam")].into());
        assert!(policies.all().is_empty());
    }

    #[test]
    fn what_a_policy_said_before_it_became_unreadable_counts_on() {
        let mut policies = Policies::new([]);
        let object = policy(1, "contoso", false);
        policies.apply(object.clone());
        policies.take_dirty();
        policies.apply_unreadable(&ObjectMeta { generation: Some(2), ..object.metadata });
        assert!(policies.take_dirty().is_empty());
        assert!(policies.all()[0].1.unreadable);
        assert!(!policies.rules(&tenant("contoso"))[&Rule::UnreadMail].enabled);
        policies.apply(policy(3, "contoso", false));
        assert_eq!(policies.take_dirty(), [tenant("contoso")].into());
    }
}
