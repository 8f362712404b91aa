//! A large map that its copies share until one of them changes it.

use std::{
    borrow::Borrow,
    collections::{BTreeMap, btree_map},
    ops::Index,
    sync::Arc,
};

/// A map in the order of its keys. A copy costs nothing; of a copy that is changed, the entries that are not changed stay shared.
///
/// Entries lie beside the tree and not in it: a tree that grew in no order is a third empty, and an account is ten times as
/// large as the place that is kept for it.
#[derive(Debug, PartialEq, Eq)]
pub struct Shared<K, V>(Arc<BTreeMap<K, Arc<V>>>);

impl<K, V> Clone for Shared<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K, V> Default for Shared<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Ord, V> Shared<K, V> {
    /// See [`BTreeMap::len`].
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// See [`BTreeMap::is_empty`].
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// See [`BTreeMap::get`].
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(key).map(|value| &**value)
    }

    /// See [`BTreeMap::contains_key`].
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.contains_key(key)
    }

    /// See [`BTreeMap::keys`].
    pub fn keys(&self) -> btree_map::Keys<'_, K, Arc<V>> {
        self.0.keys()
    }

    /// See [`BTreeMap::values`].
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator {
        self.0.values().map(|value| &**value)
    }

    /// See [`BTreeMap::iter`].
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.into_iter()
    }
}

impl<K: Ord + Clone, V: Clone> Shared<K, V> {
    /// See [`BTreeMap::get_mut`]. Whoever asks for an entry of a shared map gets one of their own, so look first whether there is
    /// anything to change.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        Arc::make_mut(&mut self.0).get_mut(key).map(Arc::make_mut)
    }

    /// See [`BTreeMap::values_mut`].
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        Arc::make_mut(&mut self.0).values_mut().map(Arc::make_mut)
    }

    /// See [`BTreeMap::insert`].
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        Arc::make_mut(&mut self.0).insert(key, Arc::new(value)).map(Arc::unwrap_or_clone)
    }

    /// See [`BTreeMap::remove`].
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        Arc::make_mut(&mut self.0).remove(key).map(Arc::unwrap_or_clone)
    }

    /// See [`BTreeMap::retain`].
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        Arc::make_mut(&mut self.0).retain(|key, value| keep(key, value));
    }
}

impl<K: Ord, V, Q: Ord + ?Sized> Index<&Q> for Shared<K, V>
where
    K: Borrow<Q>,
{
    type Output = V;

    fn index(&self, key: &Q) -> &V {
        &self.0[key]
    }
}

/// What [`Shared::iter`] gives: keys with their values, in the order of the keys.
pub type Iter<'a, K, V> = std::iter::Map<btree_map::Iter<'a, K, Arc<V>>, fn((&'a K, &'a Arc<V>)) -> (&'a K, &'a V)>;

impl<'a, K, V> IntoIterator for &'a Shared<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(key, value)| (key, &**value))
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for Shared<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Shared<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self(Arc::new(entries.into_iter().map(|(key, value)| (key, Arc::new(value))).collect()))
    }
}

impl<K: Ord + Clone, V: Clone> Extend<(K, V)> for Shared<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        let entries = entries.into_iter().map(|(key, value)| (key, Arc::new(value)));
        Arc::make_mut(&mut self.0).extend(entries);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_one_map_until_one_is_changed_and_share_the_rest_after_that() {
        let map: Shared<u8, String> = [(1, "one".to_owned()), (2, "two".to_owned())].into();
        let mut copy = map.clone();
        assert!(Arc::ptr_eq(&map.0, &copy.0));
        copy.insert(3, "three".to_owned());
        copy.get_mut(&2).unwrap().push('!');
        assert_eq!((map.len(), copy.len()), (2, 3), "the other is as it was");
        assert_eq!((&*map[&2], &*copy[&2]), ("two", "two!"));
        assert!(std::ptr::eq(&raw const map[&1], &raw const copy[&1]), "nothing is copied but what is changed");
    }
}
