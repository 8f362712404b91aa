//! Fields that are maps: their entries come and go one by one.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// One entry of a field that is a map.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its values: the key itself, where being there is all that an entry is.
    pub values: Box<[Box<str>]>,
    /// When it ends by itself.
    pub expires: Option<Timestamp>,
}

/// Without the values: they may be private, and a `{:?}` ends in logs.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// Entries by key, in the key's normal form.
pub type Entries = BTreeMap<Box<str>, Entry>;
