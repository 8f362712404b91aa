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

/// How many entries a Secret gets: a hundred bytes each are half of the mebibyte that Kubernetes allows.
const ENTRIES: usize = 5000;

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
        let number = self.secrets.len();
        let secret = match self.secrets.last_mut().filter(|secret| secret.entries.len() < ENTRIES) {
            Some(secret) => secret,
            None => {
                let suffix = if number == 0 { String::new() } else { format!("-{}", number + 1) };
                self.secrets.push(PrivateSecret {
                    name: format!("{}-private-contacts{suffix}", self.tenant),
                    namespace: self.namespace.clone(),
                    tenant: self.tenant.clone(),
                    entries: BTreeMap::new(),
                });
                match self.secrets.last_mut() {
                    Some(secret) => secret,
                    None => return PrivateValue { value: Some(value.to_owned()), value_from: None },
                }
            }
        };
        secret.entries.insert(key.clone(), value.to_owned());
        let secret_key_ref = SecretKeyRef { name: secret.name.clone(), key };
        PrivateValue { value: None, value_from: Some(ValueFrom { secret_key_ref }) }
    }

    pub(super) fn secrets(self) -> Vec<PrivateSecret> {
        self.secrets
    }
}
