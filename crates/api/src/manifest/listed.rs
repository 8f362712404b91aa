//! A list that ends: what is beyond its end is counted and not kept.
//!
//! Invariant: a file of eight megabytes can hold a million mistakes; it never gives a million problems.

use std::{borrow::Cow, sync::Arc};

use super::{Note, Place, Problem};
use crate::reason::Reason;

/// Most problems, and most notes, that are listed of one file, and of one folder. A person corrects some dozens and looks
/// again; a slip that is in more files than this is one slip of a template. At most a megabyte of text.
pub const MAX_LISTED: usize = 1_000;

/// A list that ends.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    list: Vec<T>,
    more: usize,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { list: Vec::new(), more: 0 }
    }
}

impl<T> Listed<T> {
    /// Adds one, or counts it.
    pub fn push(&mut self, item: T) {
        self.push_with(|| item);
    }

    /// Adds one that is made only where there is room for it.
    pub fn push_with(&mut self, item: impl FnOnce() -> T) {
        if self.list.len() < MAX_LISTED {
            self.list.push(item());
        } else {
            self.more += 1;
        }
    }

    /// Adds what another list holds, each made into what this one lists, and counts what that one does not list.
    pub fn take<U>(&mut self, other: Listed<U>, mut make: impl FnMut(U) -> T) {
        other.list.into_iter().for_each(|item| self.push_with(|| make(item)));
        self.more += other.more;
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && self.more == 0
    }

    /// Keeps only those that fit.
    pub fn retain(&mut self, fits: impl FnMut(&T) -> bool) {
        self.list.retain(fits);
    }

    /// What is listed.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.list.iter()
    }
}

impl<T> IntoIterator for Listed<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    /// What is listed; what is not is forgotten.
    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'l, T> IntoIterator for &'l Listed<T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> Extend<T> for Listed<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.push(item));
    }
}

impl Listed<Problem> {
    /// The problems; the last one says how many are not listed. `whole` is the file or folder that they are of.
    pub fn ended(self, whole: &Arc<str>) -> Vec<Problem> {
        let Self { mut list, more } = self;
        if more > 0 {
            list.push(Problem {
                file: Arc::clone(whole),
                place: Place::default(),
                object: None,
                field: None,
                reason: Reason::InvalidSpec,
                message: format!("at least {more} more problems are not listed"),
                remedy: Cow::Borrowed("Correct those that are listed, and check again."),
            });
        }
        list
    }
}

impl Listed<Note> {
    /// The notes; the last one says how many are not listed. `whole` is the file or folder that they are of.
    pub fn ended(self, whole: &Arc<str>) -> Vec<Note> {
        let Self { mut list, more } = self;
        if more > 0 {
            let message = format!("at least {more} more notes are not listed");
            list.push(Note { file: Arc::clone(whole), place: Place::default(), message });
        }
        list
    }
}
