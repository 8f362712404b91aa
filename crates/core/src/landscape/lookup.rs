//! Whom a name or an address leads to, without a copy of every address.
//!
//! Invariant: finds exactly what a map by [folded](super::fold) names would. A tenant has several hundred thousand addresses and
//! an answer looks up a few: what is kept of each is a digest, and a hit is compared with the names it stands for.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::fold;

/// What a thing has at a place of its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At<'a> {
    /// A name, as it is written.
    Name(&'a str),
    /// Something that is no name.
    Nothing,
    /// Its names end before this place.
    End,
}

impl<'a> At<'a> {
    /// Of a list, whose entries are names as `name` says; behind it may come one name more.
    pub(crate) fn of(
        list: &'a [Box<str>],
        place: usize,
        name: fn(&'a str) -> Option<&'a str>,
        behind: Option<&'a str>,
    ) -> Self {
        match list.get(place) {
            Some(entry) => name(entry).map_or(Self::Nothing, Self::Name),
            None if place == list.len() => behind.map_or(Self::End, Self::Name),
            None => Self::End,
        }
    }
}

/// The names of one thing, by their places from 0 on. Reached at once, wherever they stand: a thing may have thousands.
pub(crate) type NamesOf<T> = for<'a> fn(&'a T, usize) -> At<'a>;

/// A name, by digest: whose it is and where it stands there.
#[derive(Clone, Copy)]
struct Entry {
    digest: u64,
    thing: u32,
    place: u32,
}

/// See the module.
pub(crate) struct Lookup<'a, T> {
    things: Vec<&'a T>,
    /// By digest; of one digest in the order in which they were given.
    entries: Vec<Entry>,
    names: NamesOf<T>,
}

impl<'a, T> Lookup<'a, T> {
    /// Everything in `all`, by its `names`. What stands beyond four thousand million things or names is not found.
    pub(crate) fn of(all: impl IntoIterator<Item = &'a T>, names: NamesOf<T>) -> Self {
        let (mut things, mut entries): (Vec<&'a T>, Vec<Entry>) = Default::default();
        for (one, thing) in all.into_iter().zip(0_u32..) {
            let first = entries.len();
            for place in 0_u32.. {
                match names(one, place as usize) {
                    At::Name(name) => entries.push(Entry { digest: digest(&fold(name)), thing, place }),
                    At::Nothing => {}
                    At::End => break,
                }
            }
            let own = &mut entries[first..];
            own.sort_by_key(|entry| entry.digest);
            // A name that is listed twice is one.
            let mut kept = first;
            for next in first..entries.len() {
                let (entry, before) = (entries[next], entries[first..kept].last().copied());
                let text = |entry: Entry| match names(one, entry.place as usize) {
                    At::Name(name) => Some(fold(name)),
                    At::Nothing | At::End => None,
                };
                if before.is_none_or(|before| before.digest != entry.digest || text(before) != text(entry)) {
                    entries[kept] = entry;
                    kept += 1;
                }
            }
            entries.truncate(kept);
            things.push(one);
        }
        entries.shrink_to_fit();
        things.shrink_to_fit();
        entries.sort_by_key(|entry| entry.digest);
        Self { things, entries, names }
    }

    /// Everything that has this [folded](super::fold) name, in the order in which it was given.
    pub(crate) fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &'a T> {
        let digest = digest(name);
        let first = self.entries.partition_point(|other| other.digest < digest);
        let same = self.entries[first..].iter().take_while(|other| other.digest == digest).count();
        self.entries[first..first + same].iter().filter_map(move |entry| {
            let one = *self.things.get(entry.thing as usize)?;
            let is_so_called =
                matches!((self.names)(one, entry.place as usize), At::Name(other) if *fold(other) == *name);
            is_so_called.then_some(one)
        })
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

    fn at<'a>(names: &'a Vec<&str>, place: usize) -> At<'a> {
        match names.get(place) {
            Some(&"") => At::Nothing,
            Some(name) => At::Name(name),
            None => At::End,
        }
    }

    #[test]
    fn everything_that_has_a_name_is_found_in_its_order_whatever_the_case() {
        let things = [vec!["Ada@x", "", "b@x"], vec!["B@X", "b@x"], vec!["c@x"], vec![], vec!["b@x"]];
        let lookup = Lookup::of(&things, at);
        let places = |name: &str| -> Vec<usize> {
            lookup.all(name).map(|found| things.iter().position(|one| std::ptr::eq(one, found)).unwrap()).collect()
        };
        assert_eq!(places("b@x"), [0, 1, 4], "once each");
        assert_eq!(places("ada@x"), [0]);
        assert!(places("nobody@x").is_empty());
        assert!(lookup.all("b@x").next_back().is_some_and(|last| std::ptr::eq(last, &raw const things[4])));
    }

    #[test]
    fn a_digest_that_two_names_share_leads_to_the_one_that_is_called_so() {
        let things = [vec!["ben@x"], vec!["ben@x", "ada@x"]];
        let digest = digest("ada@x");
        let entry = |thing, place| Entry { digest, thing, place };
        let lookup =
            Lookup { things: things.iter().collect(), entries: vec![entry(0, 0), entry(1, 0), entry(1, 1)], names: at };
        assert_eq!(lookup.all("ada@x").collect::<Vec<_>>(), [&things[1]]);
    }

    #[test]
    fn b6_a_name_is_reached_at_once_however_many_a_thing_has() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static LOOKED_AT: AtomicUsize = AtomicUsize::new(0);
        const MANY: usize = 20_000;
        let names: Vec<String> = (0..MANY).map(|number| format!("alias{number}@x")).collect();
        let lookup = Lookup::of([&names], |names: &Vec<String>, place| {
            LOOKED_AT.fetch_add(1, Ordering::Relaxed);
            names.get(place).map_or(At::End, |name| At::Name(name))
        });
        for name in &names {
            assert!(lookup.first(name).is_some());
        }
        // Once to make it, and once for each that was found; looked for one by one it would be two hundred million.
        assert!(LOOKED_AT.load(Ordering::Relaxed) <= 4 * MANY, "{LOOKED_AT:?}");
    }
}
