//! The Secrets that objects refer to, each watched by its name: the operator may read those and no others.
//!
//! Invariant: of a Secret that does not opt in by label, nothing but its existence is kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use futures::{StreamExt as _, pin_mut};
use k8s_openapi::api::core::v1::Secret;
use kube::{
    Api, Client,
    runtime::{WatchStreamExt as _, watcher},
};
use tenant_contacts_api::{ALLOW_LABEL, manifest::SecretData};
use tokio::task::{AbortHandle, JoinSet};

use super::{Declared, store::SecretName, watch::brief};
use crate::gather::Secrets;

/// What is known of Secrets. `None`: it was looked for, and is not there or may not be read.
#[derive(Default)]
pub(super) struct KnownSecrets(Mutex<(BTreeMap<SecretName, bool>, Arc<Secrets>)>);

impl KnownSecrets {
    /// All Secrets, once each of `wanted` was looked for.
    pub(super) fn all_known(&self, wanted: &BTreeSet<SecretName>) -> Option<Arc<Secrets>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.iter().all(|name| known.0.contains_key(name)).then(|| Arc::clone(&known.1))
    }

    /// Notes what was found. Returns whether that is news.
    fn note(&self, name: &SecretName, found: Option<SecretData>) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (looked_for, secrets) = &mut *known;
        let first = looked_for.insert(name.clone(), found.is_some()).is_none();
        if secrets.get(name).map(|secret| (&secret.metadata.labels, &secret.data))
            == found.as_ref().map(|secret| (&secret.metadata.labels, &secret.data))
        {
            return first;
        }
        let all = Arc::make_mut(secrets);
        match found {
            Some(secret) => all.insert(name.clone(), secret),
            None => all.remove(name),
        };
        true
    }

    fn forget(&self, name: &SecretName) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.0.remove(name);
        Arc::make_mut(&mut known.1).remove(name);
    }
}

/// Watches the Secrets that are referred to, as long as they are.
pub(super) async fn follow(client: Client, declared: Arc<Declared>) {
    let mut changes = declared.changes();
    let mut watches: BTreeMap<SecretName, AbortHandle> = BTreeMap::new();
    let mut tasks = JoinSet::new();
    loop {
        let wanted = declared.lock().secrets();
        watches.retain(|name, watch| {
            let keep = wanted.contains(name);
            if !keep {
                watch.abort();
                declared.secrets.forget(name);
            }
            keep
        });
        for name in wanted {
            watches.entry(name).or_insert_with_key(|name| {
                tasks.spawn(follow_one(client.clone(), name.clone(), Arc::clone(&declared)))
            });
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

async fn follow_one(client: Client, name: SecretName, declared: Arc<Declared>) {
    let api: Api<Secret> = Api::namespaced(client, &name.0);
    let versions = watcher::watch_object(api, &name.1).default_backoff();
    pin_mut!(versions);
    while let Some(version) = versions.next().await {
        let found = match version {
            Ok(found) => found.map(read),
            Err(error) => {
                tracing::warn!(namespace = name.0, secret = name.1, error = brief(&error), "Secret cannot be watched");
                if !is_refused(&error) {
                    continue;
                }
                None
            }
        };
        if declared.secrets.note(&name, found) {
            declared.update(|store| store.secret_changed(&name));
        }
    }
}

/// Whether the API server refuses the Secret to us: then it is as good as missing, and waiting for it helps nobody.
fn is_refused(error: &watcher::Error) -> bool {
    match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status)) => status.code == 403,
        _ => false,
    }
}

fn read(secret: Secret) -> SecretData {
    let allowed = secret.metadata.labels.as_ref().is_some_and(|labels| labels.contains_key(ALLOW_LABEL));
    let data = secret.data.unwrap_or_default().into_iter().filter(|_| allowed);
    SecretData {
        metadata: secret.metadata,
        type_: secret.type_.unwrap_or_default(),
        data: data.map(|(key, value)| (key, value.0.into())).collect(),
        encrypted: false,
    }
}
