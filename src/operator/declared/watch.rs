//! Watches of the kinds, one per kind and namespace.
//!
//! Invariant: an object that does not fit its type stops no other.

use std::{fmt::Debug, sync::Arc};

use futures::{StreamExt as _, pin_mut};
use kube::{
    Api, Client, Resource,
    core::{DeserializeGuard, NamespaceResourceScope},
    runtime::{
        WatchStreamExt as _,
        watcher::{self, Event},
    },
};
use serde::de::DeserializeOwned;
use tenant_contacts_api::{
    for_each_child,
    kind::Object,
    v1alpha1::{ContactPolicy, Tenant},
};
use tenant_contacts_core::desired::{Kind, ObjectKey};
use tokio::task::JoinSet;

use super::{Declared, Failing, store::Part};
use crate::operator::{records::PAGE, trouble};

/// Watches every kind in a namespace.
pub(super) fn spawn(tasks: &mut JoinSet<()>, client: &Client, namespace: &str, declared: &Arc<Declared>) {
    let part = |kind| (kind, Arc::from(namespace));
    tasks.spawn(follow::<Tenant>(client.clone(), part(Kind::Tenant), Arc::clone(declared)));
    for_each_child!(Child, kind => {
        tasks.spawn(follow::<Child>(client.clone(), part(kind), Arc::clone(declared)));
    });
    tasks.spawn(follow_policies(client.clone(), namespace.into(), Arc::clone(declared)));
}

async fn follow<K>(client: Client, part: Part, declared: Arc<Declared>)
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + 'static,
    Object: From<K>,
{
    let (kind, namespace) = part.clone();
    let take = |event: Event<DeserializeGuard<K>>| {
        declared.update(|store| match event {
            Event::Init => store.list_begins(&part),
            Event::InitDone => store.list_ends(&part),
            Event::InitApply(guarded) | Event::Apply(guarded) => match guarded.0 {
                Ok(object) => store.apply(object.into()),
                Err(invalid) => store.apply_unreadable(kind, &invalid.metadata),
            },
            Event::Delete(guarded) => {
                store.delete(&ObjectKey { kind, namespace: Arc::clone(&namespace), name: name_of(&guarded) });
            }
        });
    };
    watch(client, &namespace, &declared, take).await;
}

async fn follow_policies(client: Client, namespace: Arc<str>, declared: Arc<Declared>) {
    let take = |event: Event<DeserializeGuard<ContactPolicy>>| {
        declared.update_policies(|policies| match event {
            Event::Init => policies.list_begins(&namespace),
            Event::InitDone => policies.list_ends(&namespace),
            Event::InitApply(guarded) | Event::Apply(guarded) => match guarded.0 {
                Ok(object) => policies.apply(object),
                Err(invalid) => policies.apply_unreadable(&invalid.metadata),
            },
            Event::Delete(guarded) => policies.delete(&(Arc::clone(&namespace), name_of(&guarded))),
        });
    };
    watch(client, &namespace, &declared, take).await;
}

fn name_of<K: Resource<DynamicType = ()>>(guarded: &DeserializeGuard<K>) -> Arc<str> {
    guarded.meta().name.as_deref().unwrap_or_default().into()
}

async fn watch<K>(client: Client, namespace: &Arc<str>, declared: &Declared, take: impl Fn(Event<DeserializeGuard<K>>))
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + 'static,
{
    let api: Api<DeserializeGuard<K>> = Api::namespaced(client, namespace);
    let events = watcher::watcher(api, watcher::Config::default().page_size(PAGE)).default_backoff();
    pin_mut!(events);
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => {
                declared.found(&K::kind(&()), namespace);
                take(event);
            }
            // The watch goes on by itself; what is declared stays as it was last seen.
            Err(error) => {
                let (kind, why) = (K::kind(&()), brief(&error));
                tracing::warn!(%kind, %namespace, error = why, "watch interrupted");
                let no_such_kind =
                    matches!(&error, watcher::Error::InitialListFailed(kube::Error::Api(status)) if status.code == 404);
                if declared.failed(&kind, namespace, Failing { why, no_such_kind }) {
                    tracing::error!(
                        %kind,
                        %namespace,
                        "this kind cannot be listed, and is looked for again and again: {}",
                        consequence(&kind)
                    );
                }
            }
        }
    }
}

/// What it means that a kind was never listed.
fn consequence(kind: &str) -> &'static str {
    if *kind == *ContactPolicy::kind(&()) {
        "no ContactPolicy counts until it can; if its CustomResourceDefinition is not installed, there are none"
    } else {
        "nothing is planned until it can; is its CustomResourceDefinition installed, and may the operator list it here?"
    }
}

/// What went wrong with a watch, without anything that was received.
pub(super) fn brief(error: &watcher::Error) -> String {
    use watcher::Error;
    match error {
        Error::WatchError(status) => trouble::named(status.code, &status.reason),
        Error::InitialListFailed(error) => format!("the list failed: {}", trouble::why(error)),
        Error::WatchStartFailed(error) => format!("the watch could not be started: {}", trouble::why(error)),
        Error::WatchFailed(error) => format!("the watch ended: {}", trouble::why(error)),
        Error::NoResourceVersion => "the list names no version".into(),
    }
}
