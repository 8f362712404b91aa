//! Whom a name or an address leads to, without a copy of every address.
//!
//! Invariant: finds exactly what a map by [folded](super::fold) names would. A tenant has several hundred thousand addresses and
//! an answer looks up a few: what is kept of each is a digest, and a hit is compared with the names it stands for.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::fold;

/// The names of one thing, as they are written.
pub(crate) type NamesOf<T> = for<'a> fn(&'a T) -> Box<dyn Iterator<Item = &'a str> + 'a>;

/// See the module.
pub(crate) struct Lookup<'a, T> {
    /// By digest; of one digest in the order in which they were given.
    entries: Vec<(u64, &'a T)>,
    names: NamesOf<T>,
}

impl<'a, T> Lookup<'a, T> {
    /// Everything in `all`, by its `names`.
    pub(crate) fn of(all: impl IntoIterator<Item = &'a T>, names: NamesOf<T>) -> Self {
        let mut entries: Vec<(u64, &'a T)> = Vec::new();
        for one in all {
            let first = entries.len();
            for name in names(one) {
                let digest = digest(&fold(name));
                // A name that is listed twice is one.
                if entries[first..].iter().all(|(known, _)| *known != digest) {
                    entries.push((digest, one));
                }
            }
        }
        entries.shrink_to_fit();
        entries.sort_by_key(|(digest, _)| *digest);
        Self { entries, names }
    }

    /// Everything that has this [folded](super::fold) name, in the order in which it was given.
    pub(crate) fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &'a T> {
        let digest = digest(name);
        let first = self.entries.partition_point(|(other, _)| *other < digest);
        let same = self.entries[first..].iter().take_while(|(other, _)| *other == digest).count();
        let found = self.entries[first..first + same].iter().map(|(_, one)| *one);
        found.filter(move |one| (self.names)(one).any(|other| *fold(other) == *name))
    }

    /// The first that has this name.
    pub(crate) fn first(&self, name: &str) -> Option<&'a T> {
        self.all(name).next()
    }
}

fn digest(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_has_a_name_is_found_in_its_order_whatever_the_case() {
        let things = [vec!["Ada@x", "b@x"], vec!["B@X", "b@x"], vec!["c@x"], vec!["b@x"]];
        let lookup = Lookup::of(&things, |thing: &Vec<&str>| Box::new(thing.iter().copied()));
        let places = |name: &str| -> Vec<usize> {
            lookup.all(name).map(|found| things.iter().position(|one| std::ptr::eq(one, found)).unwrap()).collect()
        };
        assert_eq!(places("b@x"), [0, 1, 3], "once each");
        assert_eq!(places("ada@x"), [0]);
        assert!(places("nobody@x").is_empty());
        assert!(lookup.all("b@x").next_back().is_some_and(|last| std::ptr::eq(last, &raw const things[3])));
    }

    #[test]
    fn a_digest_that_two_names_share_leads_to_the_one_that_is_called_so() {
        let (ada, ben) = ("ada@x", "ben@x");
        let lookup = Lookup {
            entries: vec![(digest(ada), &ben), (digest(ada), &ada)],
            names: |name: &&str| Box::new(std::iter::once(*name)),
        };
        assert_eq!(lookup.all(ada).collect::<Vec<_>>(), [&ada]);
    }
}
