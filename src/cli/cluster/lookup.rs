//! What is found in a namespace: its Tenants, and what is declared of them.

use std::{collections::BTreeMap, fmt::Debug};

use k8s_openapi::NamespaceResourceScope;
use kube::{Api, Resource, ResourceExt, api::ListParams};
use serde::de::DeserializeOwned;
use tenant_contacts_api::{
    for_each_child,
    kind::{Declares, Object},
    manifest,
    v1alpha1::Tenant,
};
use tenant_contacts_core::desired::{self, SecretValue};
use tenant_contacts_report::published::Child;

use super::{Cluster, ClusterError, error::Doing};

/// Objects of a page: one answer stays below a few megabytes.
const PAGE: u32 = 500;

/// Names that are listed where none fits: what a person reads through.
const MOST_NAMES: usize = 10;

/// Children by the name of their Tenant, in key order.
pub type Children = BTreeMap<String, Vec<Child>>;

impl Cluster {
    /// The Tenants of the namespace, or the one of this name. At least one.
    pub async fn find(&self, wanted: Option<&str>) -> Result<Vec<Tenant>, ClusterError> {
        let mut tenants: Vec<Tenant> = self.all("tenants", "look at the Tenants").await?;
        tenants.sort_by_key(ResourceExt::name_any);
        if tenants.is_empty() {
            return Err(ClusterError::NoTenant(self.namespace.clone()));
        }
        let Some(wanted) = wanted else { return Ok(tenants) };
        let names: Vec<String> = tenants.iter().map(ResourceExt::name_any).collect();
        tenants.retain(|tenant| tenant.name_any() == wanted);
        if tenants.is_empty() {
            return Err(ClusterError::NoSuchTenant {
                name: wanted.to_owned(),
                namespace: self.namespace.clone(),
                hint: match manifest::closest(wanted, names.iter().map(String::as_str)) {
                    Some(meant) => format!("Is {meant} meant?"),
                    None => format!("There is {}", listed(&names)),
                },
            });
        }
        Ok(tenants)
    }

    /// The Tenant of this name, or the only one.
    pub async fn find_one(&self, wanted: Option<&str>) -> Result<Tenant, ClusterError> {
        let mut tenants = self.find(wanted).await?;
        if tenants.len() > 1 {
            let names: Vec<String> = tenants.iter().map(ResourceExt::name_any).collect();
            return Err(ClusterError::Several { namespace: self.namespace.clone(), names: listed(&names) });
        }
        tenants.pop().ok_or_else(|| ClusterError::NoTenant(self.namespace.clone()))
    }

    /// Everything that is declared of the namespace's Tenants.
    pub async fn children(&self) -> Result<Children, ClusterError> {
        let mut children = Children::new();
        for_each_child!(OfKind, kind => {
            for child in self.all::<OfKind>(&kind.resource().plural, "look at what is declared").await? {
                let child = Object::from(child);
                let status = child.child().and_then(Declares::status).cloned();
                // Secrets are not read: what comes from one is not shown.
                if let Some((tenant, object)) = desired::child(&child, &|_| SecretValue::Missing) {
                    children.entry(tenant.name.to_string()).or_default().push(Child { object, status });
                }
            }
        });
        for family in children.values_mut() {
            family.sort_by(|a, b| a.object.key.cmp(&b.object.key));
        }
        Ok(children)
    }

    async fn all<K>(&self, resource: &str, what: &str) -> Result<Vec<K>, ClusterError>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + Debug + DeserializeOwned,
    {
        let doing = Doing { verb: "list", resource, what, namespace: &self.namespace };
        let api: Api<K> = Api::namespaced(self.client.clone(), &self.namespace);
        let mut found = Vec::new();
        let mut page = ListParams::default().limit(PAGE);
        loop {
            let list = self.ask(&doing, api.list(&page)).await?;
            found.extend(list.items);
            match list.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => page = page.continue_token(&token),
                None => return Ok(found),
            }
        }
    }
}

fn listed(names: &[String]) -> String {
    let shown = names.iter().take(MOST_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(MOST_NAMES) {
        Some(more) if more > 0 => format!("{shown} and {more} more"),
        _ => shown,
    }
}
