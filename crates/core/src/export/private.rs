//! Private data: in place, or in Secrets beside it.

use std::collections::BTreeMap;

use tenant_contacts_api::v1alpha1::{PrivateValue, SecretKeyRef, ValueFrom};

/// Where private data is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Private {
    /// In the objects themselves.
    #[default]
    InPlace,
    /// In Secrets of their own, so that git need not hold them.
    Secrets,
}

/// How many entries a Secret gets: even of 250 characters each, the longest there are, with their keys they stay within the
/// mebibyte that Kubernetes allows.
const ENTRIES: usize = 3000;

/// A Secret that the Tenant may use.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateSecret {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: Option<String>,
    /// The Tenant that may use it.
    pub tenant: String,
    /// Keys and values.
    pub entries: BTreeMap<String, String>,
}

/// Without the values.
impl std::fmt::Debug for PrivateSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrivateSecret").field("name", &self.name).field("entries", &self.entries.len()).finish()
    }
}

/// Turns values into what objects hold of them.
pub(super) struct Keeper {
    private: Private,
    tenant: String,
    namespace: Option<String>,
    secrets: Vec<PrivateSecret>,
}

impl Keeper {
    pub(super) fn new(private: Private, tenant: String, namespace: Option<String>) -> Self {
        Self { private, tenant, namespace, secrets: Vec::new() }
    }

    /// `key` is the value's own: the object's name and the field's.
    pub(super) fn keep(&mut self, key: String, value: &str) -> PrivateValue {
        if self.private == Private::InPlace {
            return PrivateValue { value: Some(value.to_owned()), value_from: None };
        }
        let name = self.secret();
        if let Some(secret) = self.secrets.last_mut() {
            secret.entries.insert(key.clone(), value.to_owned());
        }
        PrivateValue { value: None, value_from: Some(ValueFrom { secret_key_ref: SecretKeyRef { name, key } }) }
    }

    /// The name of the Secret that takes the next entry: the last one, or, when that is full, a new one.
    fn secret(&mut self) -> String {
        if let Some(last) = self.secrets.last().filter(|secret| secret.entries.len() < ENTRIES) {
            return last.name.clone();
        }
        let number = self.secrets.len() + 1;
        let suffix = if number == 1 { String::new() } else { format!("-{number}") };
        let name = format!("{}-private-contacts{suffix}", self.tenant);
        self.secrets.push(PrivateSecret {
            name: name.clone(),
            namespace: self.namespace.clone(),
            tenant: self.tenant.clone(),
            entries: BTreeMap::new(),
        });
        name
    }

    pub(super) fn secrets(self) -> Vec<PrivateSecret> {
        self.secrets
    }
}
