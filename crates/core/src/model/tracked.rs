//! A map that knows which of its entries were touched: what was not touched is as it was, so what was concluded of it holds.

use std::{
    borrow::Borrow,
    collections::{BTreeMap, BTreeSet},
    ops::Deref,
};

/// Keys that are remembered as touched one by one. More than a thousand (a full reading, a first pass) are looked through
/// faster by taking all for touched, and a fleet's reading must not keep every key twice.
const MOST_KEYS: usize = 1_000;

/// Reads as the map it is; everything that can change an entry notes its key.
#[derive(Clone, Debug)]
pub struct Tracked<K, V> {
    map: BTreeMap<K, V>,
    touched: Touched<K>,
}

/// Which entries may be others than when the list was last cleared. Keys that are not in the map were removed, or looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched<K> {
    /// These.
    Some(BTreeSet<K>),
    /// Perhaps every one.
    All,
}

impl<K: Ord> Touched<K> {
    /// Whether an entry may be another.
    pub fn has<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        match self {
            Self::Some(keys) => keys.contains(key),
            Self::All => true,
        }
    }

    /// Whether every entry is as it was.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Some(keys) if keys.is_empty())
    }

    fn note(&mut self, key: K) {
        if let Self::Some(keys) = self {
            keys.insert(key);
            if keys.len() > MOST_KEYS {
                *self = Self::All;
            }
        }
    }
}

/// Nothing is known of an empty map's past.
impl<K, V> Default for Tracked<K, V> {
    fn default() -> Self {
        Self { map: BTreeMap::new(), touched: Touched::All }
    }
}

impl<K, V> Deref for Tracked<K, V> {
    type Target = BTreeMap<K, V>;

    fn deref(&self) -> &Self::Target {
        &self.map
    }
}

impl<K: Ord + Clone, V> Tracked<K, V> {
    /// What was touched since [`Tracked::believe`].
    pub fn touched(&self) -> &Touched<K> {
        &self.touched
    }

    /// Whoever draws conclusions has seen what was touched.
    pub fn believe(&mut self) {
        self.touched = Touched::Some(BTreeSet::new());
    }

    /// See [`BTreeMap::insert`].
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.touched.note(key.clone());
        self.map.insert(key, value)
    }

    /// See [`BTreeMap::remove`].
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let (key, value) = self.map.remove_entry(key)?;
        self.touched.note(key);
        Some(value)
    }

    /// See [`BTreeMap::get_mut`].
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let value = self.map.get_mut(key)?;
        self.touched.note(key.clone());
        Some(value)
    }

    /// The entry of `key`, made if there is none.
    pub fn get_or_default(&mut self, key: &K) -> &mut V
    where
        V: Default,
    {
        self.touched.note(key.clone());
        self.map.entry(key.clone()).or_default()
    }

    /// See [`BTreeMap::clear`].
    pub fn clear(&mut self) {
        self.map.clear();
        self.touched = Touched::All;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_changes_an_entry_notes_its_key() {
        let mut map: Tracked<u32, u32> = Tracked::default();
        assert!(map.touched().has(&1), "nothing is known of the past");
        map.believe();
        assert!(map.touched().is_empty());
        map.insert(1, 1);
        *map.get_or_default(&2) += 1;
        map.remove(&3);
        assert_eq!(map.touched(), &Touched::Some(BTreeSet::from([1, 2])), "what was not there is not there");
        map.believe();
        map.remove(&1);
        *map.get_mut(&2).unwrap() += 1;
        assert_eq!(map.touched(), &Touched::Some(BTreeSet::from([1, 2])));
        map.clear();
        assert!(map.touched().has(&9));
        map.believe();
        for key in 0..2_000 {
            map.insert(key, 0);
        }
        assert_eq!(map.touched(), &Touched::All, "the list does not grow with the fleet");
    }
}
