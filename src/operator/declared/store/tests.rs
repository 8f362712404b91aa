//! Whatever happens to watch events, a list that was read to its end leaves the truth behind.

use proptest::prelude::*;
use serde_json::json;
use tenant_contacts_api::v1alpha1::UserContact;

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

#[derive(Clone, Debug)]
enum Heard {
    Applied { number: u8, generation: i64, tenant: u8 },
    Deleted { number: u8 },
    ListBegins,
    ListEnds,
}

fn heard() -> impl Strategy<Value = Heard> {
    prop_oneof![
        6 => (0..6_u8, 1..5_i64, 0..2_u8)
            .prop_map(|(number, generation, tenant)| Heard::Applied { number, generation, tenant }),
        3 => (0..6_u8).prop_map(|number| Heard::Deleted { number }),
        1 => Just(Heard::ListBegins),
        1 => Just(Heard::ListEnds),
    ]
}

/// What the store holds: child, Tenant, generation.
fn content(store: &Store) -> BTreeSet<(ObjectKey, ObjectKey, Option<i64>)> {
    let children = store.families.iter().flat_map(|(tenant, family)| {
        family.children.iter().map(|(key, child)| (key.clone(), tenant.clone(), child.meta.generation))
    });
    children.collect()
}

proptest! {
    /// Dropped, doubled, reordered events, lists that are cut off: after one whole list the store is what was listed.
    #[test]
    fn a_whole_list_ends_every_confusion(
        events in proptest::collection::vec(heard(), 0..60),
        truth in proptest::collection::btree_map(0..6_u8, (1..5_i64, 0..2_u8), 0..6),
    ) {
        let mut store = Store::new([part()]);
        for event in events {
            match event {
                Heard::Applied { number, generation, tenant } => store.apply(contact(number, generation, tenant)),
                Heard::Deleted { number } => store.delete(&key(number)),
                Heard::ListBegins => store.list_begins(&part()),
                Heard::ListEnds => store.list_ends(&part()),
            }
        }
        store.list_begins(&part());
        for (number, (generation, tenant)) in &truth {
            store.apply(contact(*number, *generation, *tenant));
        }
        store.list_ends(&part());
        let wanted: BTreeSet<_> = truth
            .iter()
            .map(|(number, (generation, tenant))| {
                let tenant = ObjectKey {
                    kind: Kind::Tenant,
                    namespace: NAMESPACE.into(),
                    name: format!("tenant-{tenant}").into(),
                };
                (key(*number), tenant, Some(*generation))
            })
            .collect();
        prop_assert_eq!(content(&store), wanted);
        prop_assert!(store.is_ready());
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
    assert_eq!(content(&store).len(), 1, "what it declared stays declared");
    assert!(store.set_aside().iter().any(|one| one.unreadable));
    store.apply(contact(1, 3, 0));
    assert!(store.set_aside().iter().all(|one| !one.unreadable), "it can be read again");
}
