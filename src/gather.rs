//! From manifests to what a pass is given, one set per Tenant.
//!
//! Invariant: a Secret is used only where its label allows it; what one object lacks stops no other.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use tenant_contacts_api::{
    ALLOW_LABEL,
    manifest::{Encrypted, Object, Problem, SecretData, relations::Refused},
    reason::Reason,
    rule::Rule,
    v1alpha1::{ContactPolicy, Credential, SecretKeyRef, Tenant},
};
use tenant_contacts_core::{
    answer::RuleSetting,
    desired::{self, DesiredObject, ObjectKey, SecretValue, TenantKey},
    policy,
};
use tenant_contacts_engine::worker::Gathered;

use crate::directory::Manifests;

/// Secrets by namespace and name.
pub type Secrets = BTreeMap<(String, String), SecretData>;

/// One Tenant and what is declared of it.
#[derive(Clone, Debug)]
pub struct TenantSet {
    /// What a pass is given.
    pub gathered: Gathered,
    /// How to authenticate.
    pub credentials: Vec<Credential>,
    /// What its ContactPolicies say of rules.
    pub rules: BTreeMap<Rule, RuleSetting>,
    /// Secrets of the Tenant's namespace.
    pub secrets: Arc<Secrets>,
}

/// Everything that manifests declare.
#[derive(Debug, Default)]
pub struct Sets {
    /// One per Tenant object, by its key.
    pub tenants: BTreeMap<ObjectKey, TenantSet>,
    /// Children whose Tenant is not there.
    pub problems: Vec<Problem>,
}

/// Sorts manifests by Tenant.
pub fn sets(read: &Manifests) -> Sets {
    let secrets: Arc<Secrets> = Arc::new(
        read.manifests
            .iter()
            .filter_map(|manifest| match &manifest.object {
                Object::Secret(secret) => {
                    let key = (manifest.object.namespace().to_owned(), manifest.object.name().to_owned());
                    Some((key, (**secret).clone()))
                }
                _ => None,
            })
            .collect(),
    );
    let mut sets = Sets::default();
    let mut claimed: BTreeSet<TenantKey> = BTreeSet::new();
    let mut tenants: Vec<&Tenant> = read
        .manifests
        .iter()
        .filter_map(|manifest| match &manifest.object {
            Object::Tenant(tenant) => Some(&**tenant),
            _ => None,
        })
        .collect();
    tenants.sort_by_key(|tenant| desired::tenant(tenant).object);
    for tenant in tenants {
        let reduced = desired::tenant(tenant);
        let set = TenantSet {
            gathered: Gathered {
                // The first by name keeps the tenant id; every reader of the same manifests agrees.
                claimed: !claimed.insert(reduced.key),
                objects: Arc::default(),
                complete: read.complete,
                tenant: reduced.clone(),
            },
            credentials: tenant.spec.credentials.clone(),
            rules: rules(read, tenant),
            secrets: Arc::clone(&secrets),
        };
        sets.tenants.insert(reduced.object, set);
    }
    let refused = Refused::by(&read.problems);
    let mut children: BTreeMap<ObjectKey, Vec<Arc<DesiredObject>>> = BTreeMap::new();
    for manifest in &read.manifests {
        if let Some((tenant, object)) = child(&manifest.object, &secrets) {
            match sets.tenants.get(&tenant) {
                Some(_) => children.entry(tenant).or_default().push(Arc::new(object)),
                // That the Tenant could not be read is said already, and it is the one problem to correct.
                None if refused.may_be("Tenant", &tenant.namespace, &tenant.name) => {}
                None => sets.problems.push(manifest.problem(
                    Reason::TenantNotFound,
                    "spec.tenantRef.name",
                    "names a Tenant that is not declared in this namespace".into(),
                )),
            }
        }
    }
    for (tenant, mut objects) in children {
        objects.sort_by(|a, b| a.key.cmp(&b.key));
        if let Some(set) = sets.tenants.get_mut(&tenant) {
            set.gathered.objects = Arc::new(objects);
        }
    }
    sets
}

/// What the policies of a Tenant say.
fn rules(read: &Manifests, tenant: &Tenant) -> BTreeMap<Rule, RuleSetting> {
    let policies = read.manifests.iter().filter_map(|manifest| match &manifest.object {
        Object::ContactPolicy(policy) => Some(&**policy),
        _ => None,
    });
    let of_tenant = |policy: &&ContactPolicy| {
        policy.metadata.namespace == tenant.metadata.namespace
            && tenant.metadata.name.as_ref() == Some(&policy.spec.tenant_ref.name)
    };
    policy::rules(policies.filter(of_tenant))
}

/// The Tenant that an object names, and the object reduced to what decisions need.
pub fn child(object: &Object, secrets: &Secrets) -> Option<(ObjectKey, DesiredObject)> {
    let tenant = object.tenant_ref()?;
    let look_up = |wanted: &SecretKeyRef| secret(secrets, object.namespace(), &tenant.name, wanted);
    desired::child(object, &look_up)
}

/// A Secret's value, if the Secret allows the Tenant to use it.
pub fn secret(secrets: &Secrets, namespace: &str, tenant: &str, wanted: &SecretKeyRef) -> SecretValue {
    let Some(secret) = secrets.get(&(namespace.to_owned(), wanted.name.clone())) else { return SecretValue::Missing };
    let allowed = secret.metadata.labels.as_ref().and_then(|labels| labels.get(ALLOW_LABEL));
    if allowed.is_none_or(|allowed| allowed != tenant) {
        return SecretValue::NotAllowed;
    }
    match secret.data.get(&wanted.key).map(|bytes| std::str::from_utf8(bytes.expose())) {
        Some(Ok(text)) => match Encrypted::of(text) {
            // It would be sent to Microsoft as if it were the value.
            Some(encrypted) => SecretValue::Encrypted(encrypted),
            // Editors end files with a line feed that belongs to no value.
            None => SecretValue::Found(text.trim_end_matches(['\r', '\n']).into()),
        },
        Some(Err(_)) => SecretValue::NotText,
        None => SecretValue::Missing,
    }
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::manifest::Checker;

    use super::*;

    #[test]
    fn a16_an_encrypted_value_is_never_a_secret() {
        for (value, plain) in [
            ("ENC[AES256_GCM,data:eA==,iv:eQ==,tag:eg==,type:str]", false),
            ("-----BEGIN AGE ENCRYPTED FILE-----", false),
            ("$ANSIBLE_VAULT;1.1;AES256", false),
            ("a plain secret", true),
        ] {
            for more in ["", "sops: {version: 3.9.0, mac: x}\n"] {
                let text = format!(
                    "apiVersion: v1\nkind: Secret\nmetadata: {{name: s, labels: {{{ALLOW_LABEL}: contoso}}}}\n\
                     stringData: {{k: \"{value}\"}}\n{more}"
                );
                let mut reading = Checker::new().unwrap().read("s.yaml", text.as_bytes());
                let Object::Secret(data) = reading.manifests.remove(0).object else { panic!("a Secret") };
                let secrets = Secrets::from([(("default".to_owned(), "s".to_owned()), *data)]);
                let wanted = SecretKeyRef { name: "s".into(), key: "k".into() };
                match secret(&secrets, "default", "contoso", &wanted) {
                    SecretValue::Found(found) => assert!(plain && *found == *value, "{value}"),
                    SecretValue::Encrypted(_) => assert!(!plain, "{value}"),
                    SecretValue::Missing | SecretValue::NotAllowed | SecretValue::NotText => {
                        panic!("{value} is not found")
                    }
                }
            }
        }
    }
}
