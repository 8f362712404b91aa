//! What one copy of the directory shows: the log up to a position.
//!
//! Invariant: a view never shows a write after its position, and hides nothing before it.

use std::{ops::Bound, sync::Arc};

use super::{Store, addresses, record::Record};
use crate::schema::{Entity, user};

/// A read-only state of the directory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) store: &'a Store,
    pub(crate) position: u64,
}

impl Store {
    /// The authoritative state.
    pub(crate) fn truth(&self) -> View<'_> {
        self.view(u64::MAX)
    }

    /// The state as of a log position.
    pub(crate) fn view(&self, position: u64) -> View<'_> {
        View { store: self, position }
    }
}

impl<'a> View<'a> {
    pub(crate) fn get(&self, entity: Entity, id: &str) -> Option<&'a Arc<Record>> {
        let versions = self.store.objects[entity as usize].get(id)?;
        versions.iter().rev().find(|(at, _)| *at <= self.position).and_then(|(_, record)| record.as_ref())
    }

    /// An object with the store's own copy of its id.
    pub(crate) fn at(&self, entity: Entity, id: &str) -> Option<(&'a Arc<str>, &'a Arc<Record>)> {
        let (key, _) = self.store.objects[entity as usize].get_key_value(id)?;
        self.get(entity, id).map(|record| (key, record))
    }

    /// All objects of a kind with an id greater than `after`, in order of id.
    pub(crate) fn range(
        &self,
        entity: Entity,
        after: Option<&str>,
    ) -> impl Iterator<Item = (&'a Arc<str>, &'a Arc<Record>)> + use<'a> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let position = self.position;
        self.store.objects[entity as usize].range::<str, _>((from, Bound::Unbounded)).filter_map(
            move |(id, versions)| {
                versions
                    .iter()
                    .rev()
                    .find(|(at, _)| *at <= position)
                    .and_then(|(_, record)| record.as_ref())
                    .map(|record| (id, record))
            },
        )
    }

    /// Like [`Self::range`], without what is deleted.
    pub(crate) fn living(
        &self,
        entity: Entity,
        after: Option<&str>,
    ) -> impl Iterator<Item = (&'a Arc<str>, &'a Arc<Record>)> + use<'a> {
        self.range(entity, after).filter(move |(_, record)| !entity.is_deleted(record))
    }

    /// A group that is not deleted, by object id.
    pub(crate) fn group(&self, id: &str) -> Option<&'a Arc<Record>> {
        self.get(Entity::Group, &id.to_lowercase()).filter(|record| !Entity::Group.is_deleted(record))
    }

    /// A user that is not deleted, by object id or sign-in name (in any case of letters).
    pub(crate) fn user(&self, key: &str) -> Option<(Arc<str>, &'a Arc<Record>)> {
        self.user_with_deleted(key).filter(|(_, record)| record.get(user::DELETED_DATE_TIME).is_none())
    }

    /// A user by object id or sign-in name, soft-deleted ones included.
    pub(crate) fn user_with_deleted(&self, key: &str) -> Option<(Arc<str>, &'a Arc<Record>)> {
        let key = key.to_lowercase();
        if let Some(record) = self.get(Entity::User, &key) {
            return Some((key.into(), record));
        }
        let named = self.store.names.get(&key)?.iter().filter_map(|id| {
            let record = self.get(Entity::User, id)?;
            let name = record.text(user::USER_PRINCIPAL_NAME)?;
            (name.to_lowercase() == key).then(|| (id.clone(), record))
        });
        // A recreated name belongs to the living account, not to its deleted namesake.
        named.min_by_key(|(_, record)| record.get(user::DELETED_DATE_TIME).is_some())
    }

    /// Who holds an SMTP address; soft-deleted holders count, they block it too (contract §2 Duplicate address).
    pub(crate) fn holder(&self, address: &str) -> Option<(Entity, Arc<str>)> {
        let address = address.to_lowercase();
        let hints = self.store.addresses.get(&address)?;
        hints
            .iter()
            .find(|(entity, id)| {
                self.get(*entity, id).is_some_and(|record| addresses(*entity, record).contains(&address))
            })
            .cloned()
    }
}
