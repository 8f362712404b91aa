//! Whatever happens to watch events, the store ends at the truth, and says where it changed.

use proptest::prelude::*;
use serde_json::json;
use tenant_contacts_api::v1alpha1::{Tenant, UserContact};

use super::*;

const NAMESPACE: &str = "contoso";

fn part() -> Part {
    (Kind::UserContact, NAMESPACE.into())
}

fn key(number: u8) -> ObjectKey {
    ObjectKey { kind: Kind::UserContact, namespace: NAMESPACE.into(), name: format!("contact-{number}").into() }
}

/// The contact of this number in a generation, naming one of two Tenants.
fn contact(number: u8, generation: i64, tenant: u8) -> Object {
    let contact: UserContact = serde_json::from_value(json!({
        "apiVersion": "tenantcontacts.dev/v1alpha1",
        "kind": "UserContact",
        "metadata": {
            "name": format!("contact-{number}"),
            "namespace": NAMESPACE,
            "generation": generation,
            "uid": format!("00000000-0000-0000-0000-0000000000{tenant:02x}"),
        },
        "spec": {
            "tenantRef": { "name": format!("tenant-{tenant}") },
            "accountRef": { "userPrincipalName": format!("p{number}@contoso.com") },
            "mobilePhone": { "value": format!("+1 425 555 {generation:04}") },
        },
    }))
    .unwrap();
    Object::UserContact(Box::new(contact))
}

/// One of two Tenants.
fn tenant_key(number: u8) -> ObjectKey {
    ObjectKey { kind: Kind::Tenant, namespace: NAMESPACE.into(), name: format!("tenant-{number}").into() }
}

/// An object, by what tells it from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Which {
    Tenant(u8),
    Contact(u8),
}

impl Which {
    fn key(self) -> ObjectKey {
        match self {
            Self::Tenant(number) => tenant_key(number),
            Self::Contact(number) => key(number),
        }
    }

    fn part(self) -> Part {
        (self.key().kind, NAMESPACE.into())
    }
}

/// An object as it was at some time.
#[derive(Clone, Copy, Debug)]
struct Version {
    /// What it declares is a function of this and of `life`.
    generation: i64,
    /// Which object of its name. The Tenant that a contact names never changes within its life.
    life: u8,
    deleting: bool,
    /// Whether it carries our finalizer, which comes and goes without a word of the declaration.
    finalizer: bool,
}

fn object(which: Which, version: Version) -> Object {
    let Version { generation, life, deleting, finalizer } = version;
    let mut metadata = json!({
        "name": *which.key().name,
        "namespace": NAMESPACE,
        "generation": generation,
        "uid": format!("00000000-0000-0000-0000-0000000000{life:02x}"),
    });
    if deleting {
        metadata["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
    }
    if finalizer {
        metadata["finalizers"] = json!([RESTORE_FINALIZER]);
    }
    match which {
        Which::Tenant(number) => {
            let id = format!("11111111-2222-3333-4444-5555555555{number:02x}");
            let secret = json!({"secretKeyRef": {"name": format!("app-{generation}"), "key": "secret"}});
            let spec = json!({
                "tenantId": id, "enforce": [], "credentials": [{"clientId": id, "clientSecret": secret}],
            });
            Object::Tenant(serde_json::from_value(json!({"metadata": metadata, "spec": spec})).unwrap())
        }
        Which::Contact(number) => {
            let value = if generation == 1 {
                json!({"valueFrom": {"secretKeyRef": {"name": format!("phones-{life}"), "key": "p"}}})
            } else {
                json!({"value": format!("+1 425 555 {generation:02}{life:02}")})
            };
            let spec = json!({
                "tenantRef": {"name": format!("tenant-{}", life % 2)},
                "accountRef": {"userPrincipalName": format!("p{number}@contoso.com")},
                "mobilePhone": value,
            });
            Object::UserContact(serde_json::from_value(json!({"metadata": metadata, "spec": spec})).unwrap())
        }
    }
}

#[derive(Clone, Debug)]
enum Heard {
    Applied(Which, Version),
    /// It does not fit its type.
    Unreadable(Which, Version),
    Deleted(Which),
    ListBegins(Part),
    ListEnds(Part),
    /// Not heard: passes were told what changed.
    Taken,
}

fn tell(store: &mut Store, heard: &Heard) {
    match heard {
        Heard::Applied(which, version) => store.apply(object(*which, *version)),
        Heard::Unreadable(which, version) => {
            let object = object(*which, *version);
            store.apply_unreadable(which.key().kind, object.metadata());
        }
        Heard::Deleted(which) => store.delete(&which.key()),
        Heard::ListBegins(part) => store.list_begins(part),
        Heard::ListEnds(part) => store.list_ends(part),
        Heard::Taken => {}
    }
}

fn which() -> impl Strategy<Value = Which> {
    prop_oneof![(0..2_u8).prop_map(Which::Tenant), (0..5_u8).prop_map(Which::Contact)]
}

fn version() -> impl Strategy<Value = Version> {
    let deleting = proptest::bool::weighted(0.1);
    (1..4_i64, 0..4_u8, deleting, any::<bool>()).prop_map(|(generation, life, deleting, finalizer)| Version {
        generation,
        life,
        deleting,
        finalizer,
    })
}

/// Every part that the store waits for.
fn parts() -> [Part; 2] {
    [Which::Tenant(0).part(), Which::Contact(0).part()]
}

/// Anything that a watch may bring, in any order, and what no sane watch would.
fn heard() -> impl Strategy<Value = Heard> {
    let part = prop_oneof![Just(Which::Tenant(0).part()), Just(Which::Contact(0).part())].boxed();
    prop_oneof![
        8 => (which(), version()).prop_map(|(which, version)| Heard::Applied(which, version)),
        4 => (which(), version()).prop_map(|(which, version)| Heard::Unreadable(which, version)),
        4 => which().prop_map(Heard::Deleted),
        1 => part.clone().prop_map(Heard::ListBegins),
        1 => part.prop_map(Heard::ListEnds),
        4 => Just(Heard::Taken),
    ]
}

/// A whole list of what is there.
fn listed(truth: &BTreeMap<Which, Version>) -> Vec<Heard> {
    let whole = parts().into_iter().flat_map(|part| {
        let of_part = truth.iter().filter(|(which, _)| which.part() == part);
        let objects: Vec<Heard> = of_part.map(|(which, version)| Heard::Applied(*which, *version)).collect();
        [vec![Heard::ListBegins(part.clone())], objects, vec![Heard::ListEnds(part)]].concat()
    });
    whole.collect()
}

/// A store that has heard nothing but one list.
fn fresh(truth: &BTreeMap<Which, Version>) -> Store {
    let mut store = Store::new(parts());
    for heard in listed(truth) {
        tell(&mut store, &heard);
    }
    store
}

/// What a pass over a Tenant would be given.
fn given(store: &mut Store, tenant: &ObjectKey) -> Option<String> {
    let set = store.set(tenant, &Arc::default())?;
    Some(format!("{:?} {:?}", set.gathered, set.credentials))
}

/// Everything that anybody can learn from the store, except what changed.
fn content(store: &mut Store) -> String {
    let sets: Vec<Option<String>> = (0..2).map(|number| given(store, &tenant_key(number))).collect();
    let mut set_aside = store.set_aside();
    set_aside.sort_by(|one, other| one.key.cmp(&other.key));
    let keys = (0..2).map(Which::Tenant).chain((0..5).map(Which::Contact)).map(Which::key);
    let metas: Vec<_> = keys.map(|key| store.meta(&key).cloned()).collect();
    format!("{sets:#?} {set_aside:#?} {metas:#?} {:?} {:?} {}", store.tenants(), store.secrets(), store.is_ready())
}

/// What passes know of Tenants if they look only where they are told that something changed.
#[derive(Default)]
struct Passes(BTreeMap<ObjectKey, Option<String>>);

impl Passes {
    fn look(&mut self, store: &mut Store) {
        for key in store.take_dirty() {
            let now = given(store, &key);
            self.0.insert(key, now);
        }
    }

    fn know(&self, tenant: &ObjectKey) -> Option<String> {
        self.0.get(tenant).cloned().flatten()
    }
}

fn truth() -> impl Strategy<Value = BTreeMap<Which, Version>> {
    proptest::collection::btree_map(which(), version(), 0..7)
}

proptest! {
    /// Dropped, doubled, reordered events, lists that are cut off, objects that vanish unseen: after one whole list the
    /// store is as one that never heard anything else, and whoever looked only where something changed knows all of it.
    #[test]
    fn a_whole_list_ends_every_confusion(events in proptest::collection::vec(heard(), 0..60), truth in truth()) {
        let mut store = Store::new(parts());
        let mut passes = Passes::default();
        for event in listed(&BTreeMap::new()).iter().chain(&events).chain(&listed(&truth)) {
            tell(&mut store, event);
            if matches!(event, Heard::Taken) {
                passes.look(&mut store);
            }
        }
        prop_assert_eq!(content(&mut store), content(&mut fresh(&truth)));
        passes.look(&mut store);
        for tenant in (0..2).map(tenant_key) {
            prop_assert_eq!(passes.know(&tenant), given(&mut store, &tenant));
        }
    }

    /// A watch that begins anew at an earlier version repeats what was heard, in its order. Without any list the store ends
    /// where the history ends.
    #[test]
    fn a_history_that_is_heard_in_part_again_ends_where_it_ends(
        before in truth(),
        history in proptest::collection::vec((which(), proptest::option::weighted(0.7, version())), 1..30),
        restarts in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..5),
    ) {
        let event = |index: usize| match history[index] {
            (which, Some(version)) => Heard::Applied(which, version),
            (which, None) => Heard::Deleted(which),
        };
        let mut store = fresh(&before);
        let mut passes = Passes::default();
        passes.look(&mut store);
        let mut next = 0;
        for (until, back_to) in &restarts {
            // From where the watch stands to somewhere, then back to somewhere that was heard already.
            let until = next + until.index(history.len() - next + 1);
            for index in next..until {
                tell(&mut store, &event(index));
            }
            passes.look(&mut store);
            next = back_to.index(until + 1);
        }
        for index in next..history.len() {
            tell(&mut store, &event(index));
        }
        let mut truth = before;
        for (which, version) in history {
            match version {
                Some(version) => truth.insert(which, version),
                None => truth.remove(&which),
            };
        }
        prop_assert_eq!(content(&mut store), content(&mut fresh(&truth)));
        passes.look(&mut store);
        for tenant in (0..2).map(tenant_key) {
            prop_assert_eq!(passes.know(&tenant), given(&mut store, &tenant));
        }
    }
}

#[test]
fn a_status_write_of_our_own_changes_nothing() {
    let mut store = Store::new([]);
    store.apply(contact(1, 1, 0));
    assert_eq!(store.take_dirty().len(), 1);
    store.apply(contact(1, 1, 0));
    assert!(store.take_dirty().is_empty());
    store.apply(contact(1, 2, 0));
    assert_eq!(store.take_dirty().len(), 1);
}

#[test]
fn an_object_that_cannot_be_read_is_not_taken_for_gone() {
    let mut store = Store::new([part()]);
    store.list_begins(&part());
    store.apply(contact(1, 1, 0));
    store.list_ends(&part());
    let Object::UserContact(unreadable) = contact(1, 2, 0) else { unreachable!() };
    store.list_begins(&part());
    store.apply_unreadable(Kind::UserContact, &unreadable.metadata);
    store.list_ends(&part());
    assert_eq!(store.families.len(), 1, "what it declared stays declared");
    assert!(store.set_aside().iter().any(|one| one.unreadable));
    store.apply(contact(1, 3, 0));
    assert!(store.set_aside().iter().all(|one| !one.unreadable), "it can be read again");
}

#[test]
fn the_secret_of_every_credential_is_watched() {
    let tenant: Tenant = serde_json::from_value(json!({
        "apiVersion": "tenantcontacts.dev/v1alpha1",
        "kind": "Tenant",
        "metadata": {"name": "contoso", "namespace": NAMESPACE, "generation": 1},
        "spec": {
            "tenantId": "22222222-2222-3333-4444-555555555555",
            "enforce": [],
            "credentials": [
                {"clientId": "11111111-2222-3333-4444-555555555555", "surfaces": ["Organization"],
                    "clientSecret": {"secretKeyRef": {"name": "organization", "key": "secret"}}},
                {"clientId": "99999999-2222-3333-4444-555555555555",
                    "certificate": {"secretRef": {"name": "everything-else"}}},
            ],
        },
    }))
    .unwrap();
    let mut store = Store::new([]);
    store.apply(Object::Tenant(Box::new(tenant)));
    let watched: Vec<SecretName> = store.secrets().into_iter().collect();
    assert_eq!(watched, ["everything-else", "organization"].map(|name| (NAMESPACE.to_owned(), name.to_owned())));
    store.take_dirty();
    for secret in &watched {
        store.secret_changed(secret);
        assert_eq!(store.take_dirty(), store.tenants(), "a change of {} brings a pass", secret.1);
    }
}

/// The places of a schema that refer to a Secret, as JSON pointers; a list is followed into its first item.
fn references(schema: &serde_json::Value, path: &str, into: &mut Vec<String>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}/{name}");
        if name == "secretKeyRef" || name == "secretRef" {
            into.push(path);
        } else {
            references(property, &path, into);
        }
    }
    if schema["items"].is_object() {
        references(&schema["items"], &format!("{path}/0"), into);
    }
}

/// Puts a value where a pointer leads, and makes what is missing on the way.
fn put(into: &mut serde_json::Value, pointer: &str, value: serde_json::Value) {
    let mut at = into;
    for name in pointer.split('/').skip(1) {
        at = if name.parse::<usize>().is_ok() {
            if !at.is_array() {
                *at = json!([{}]);
            }
            &mut at[0]
        } else {
            if !at.is_object() {
                *at = json!({});
            }
            &mut at[name]
        };
    }
    *at = value;
}

/// From the schemas of the kinds, so that a new field which takes its value from a Secret is watched, or noticed here.
#[test]
fn a19_every_secret_that_a_kind_can_refer_to_is_watched() {
    let mut found = BTreeSet::new();
    for crd in tenant_contacts_api::crds::all() {
        let kind = crd.spec.names.kind.clone();
        let schema = crd.spec.versions[0].schema.as_ref().unwrap().open_api_v3_schema.as_ref().unwrap();
        let schema = serde_json::to_value(schema).unwrap();
        let mut places = Vec::new();
        references(&schema["properties"]["spec"], "", &mut places);
        for place in places {
            let mut spec = match &*kind {
                "Tenant" => json!({
                    "tenantId": "11111111-2222-3333-4444-555555555555", "enforce": [],
                    "credentials": [{"clientId": "11111111-2222-3333-4444-555555555555"}],
                }),
                "UserContact" => json!({
                    "tenantRef": {"name": "tenant-0"}, "accountRef": {"userPrincipalName": "p@contoso.com"},
                }),
                other => panic!("{other}{place}: a Secret that nothing watches: teach the store and this test"),
            };
            let of_a_key = place.ends_with("secretKeyRef");
            let wanted = if of_a_key { json!({"name": "wanted", "key": "k"}) } else { json!({"name": "wanted"}) };
            put(&mut spec, &place, wanted);
            let metadata = json!({"name": "one", "namespace": NAMESPACE});
            let value = json!({"metadata": metadata, "spec": spec});
            let object = match &*kind {
                "Tenant" => serde_json::from_value(value).map(|tenant| Object::Tenant(Box::new(tenant))),
                _ => serde_json::from_value(value).map(|contact| Object::UserContact(Box::new(contact))),
            };
            let mut store = Store::new(Kind::ALL.map(|kind| (kind, NAMESPACE.into())));
            store.apply(object.unwrap_or_else(|error| panic!("{kind}{place}: {error}")));
            let watched = store.secrets();
            assert!(watched.contains(&(NAMESPACE.to_owned(), "wanted".to_owned())), "{kind}{place} is not watched");
            found.insert(format!("{kind}{place}"));
        }
    }
    assert!(found.len() >= 5, "the schemas were not understood: {found:?}");
}
