//! Lists, page by page.
//!
//! Invariant: one page is in memory at a time; a list that never ends is given up after a stated number of pages, one
//! that goes in circles at the first link seen twice.

use std::{collections::HashSet, marker::PhantomData};

use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};
use sha2::{Digest, Sha256};

use super::page_error::PageError;
use crate::send::{Call, DecodeError, Error, Sender};

/// One page of a list.
#[derive(Deserialize)]
pub struct Page<T> {
    /// The items; may be empty although the list goes on.
    pub value: Vec<T>,
    /// `$count`, where it was asked for.
    #[serde(rename = "@odata.count")]
    pub count: Option<u64>,
    #[serde(rename = "@odata.nextLink")]
    pub(crate) next_link: Option<String>,
    /// Where the next delta round begins; on the last page of a delta query only.
    #[serde(rename = "@odata.deltaLink")]
    pub delta_link: Option<String>,
    /// An error where the items should be all.
    pub(crate) error: Option<IgnoredAny>,
    /// What Exchange has to say about the page; nobody vouches for its shape.
    #[serde(rename = "@adminapi.warnings")]
    pub(crate) warnings: Option<serde_json::Value>,
}

/// Reads a list. Usage: `while let Some(page) = pages.next().await? { … }`.
pub struct Pages<'a, T> {
    sender: &'a Sender,
    first: Call,
    next: Option<Call>,
    read: usize,
    limit: usize,
    seen: HashSet<[u8; 32]>,
    items: PhantomData<fn() -> T>,
}

impl<'a, T: DeserializeOwned> Pages<'a, T> {
    /// A list that begins with `first` and has at most `limit` pages. Headers of `first` go with every page.
    pub fn new(sender: &'a Sender, first: Call, limit: usize) -> Self {
        Self::decoded_by_reader(sender, first, limit)
    }

    /// The next page, or `None` after the last one. After an error the same page is tried again.
    pub async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
        let Some(call) = self.following()? else { return Ok(None) };
        let page: Page<T> = self.sender.read(call).await?.value;
        self.turn(&page)?;
        Ok(Some(page))
    }
}

impl<'a, T> Pages<'a, T> {
    /// A list as [`Pages::new`] begins it, whose pages are decoded by whoever reads them.
    pub(crate) fn decoded_by_reader(sender: &'a Sender, first: Call, limit: usize) -> Self {
        let next = Some(first.clone());
        Self { sender, first, next, read: 0, limit, seen: HashSet::new(), items: PhantomData }
    }

    /// The next page as `decode` reads it, and what it says besides.
    pub(crate) async fn next_by<X>(
        &mut self,
        decode: impl Fn(&[u8]) -> Result<(Page<T>, X), DecodeError>,
    ) -> Result<Option<(Page<T>, X)>, Error> {
        let Some(call) = self.following()? else { return Ok(None) };
        let read = self.sender.read_by(call, decode).await?.value;
        self.turn(&read.0)?;
        Ok(Some(read))
    }

    fn following(&self) -> Result<Option<Call>, Error> {
        let Some(call) = self.next.clone() else { return Ok(None) };
        if self.read == self.limit {
            return Err(Error::Paging(PageError::TooMany { limit: self.limit }));
        }
        Ok(Some(call))
    }

    /// Takes note of where the list goes on.
    fn turn(&mut self, page: &Page<T>) -> Result<(), Error> {
        if page.error.is_some() {
            return Err(Error::Paging(PageError::Failed));
        }
        let next = match &page.next_link {
            Some(_) if page.delta_link.is_some() => return Err(Error::Paging(PageError::Contradiction)),
            // Links are long and many; their digests are enough to know them again.
            Some(link) if !self.seen.insert(Sha256::digest(link).into()) => {
                return Err(Error::Paging(PageError::Circle));
            }
            Some(link) => Some(self.first.clone().at_link(link)),
            None => None,
        };
        self.read += 1;
        self.next = next;
        Ok(())
    }
}
