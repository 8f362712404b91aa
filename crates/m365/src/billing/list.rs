//! Lists of Azure Resource Manager, which spells the link to the next page without `@odata`.
//!
//! Invariant: lists lead to lists, so it is the whole reading that has limits: of requests, and of what is made of their answers.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::{Billing, VERSION};
use crate::{
    budget::Cost,
    exchange::Taking,
    graph::{PageError, odata::Path},
    object::Object,
    send::{Call, Error},
};

/// Most items of a list. Each account takes requests of its own, and each profile: more than a thousand are no account that
/// people keep, and would be asked about for hours.
const MOST_ITEMS: usize = 1_000;

/// Most pages of a list. A page has some dozens of items, and an account rarely as many.
const MOST_PAGES: usize = 100;

/// Largest answer, in bytes. An account or a profile has a few KiB, and a page some dozens of them; what is made of it in memory
/// may be a hundred times as much.
const MAX_ANSWER: usize = 2 * 1024 * 1024;

/// Most requests of a reading. A thousand accounts with a thousand profiles each are a million lists; an account and its
/// profiles take two requests and one for each profile.
const MOST_REQUESTS: usize = 2_000;

/// Most that is made of the answers of a reading, in bytes: thousands of objects with a hundred members each.
const MOST_MADE: usize = 64 * 1024 * 1024;

/// What may still be read.
#[derive(Debug)]
pub(super) struct Left {
    requests: AtomicUsize,
    bytes: AtomicUsize,
}

impl Default for Left {
    fn default() -> Self {
        Self { requests: AtomicUsize::new(MOST_REQUESTS), bytes: AtomicUsize::new(MOST_MADE) }
    }
}

impl Left {
    /// Begins a reading.
    pub(super) fn begin(&self) {
        self.requests.store(MOST_REQUESTS, Ordering::Relaxed);
        self.bytes.store(MOST_MADE, Ordering::Relaxed);
    }

    /// Takes note of a request that is about to leave, if one may.
    fn ask(&self) -> Result<(), Error> {
        let spent = self.requests.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        spent.map_or(Err(Error::Paging(PageError::TooMany { limit: MOST_REQUESTS })), |_| Ok(()))
    }

    /// Takes note of what was made of an answer.
    fn made(&self, bytes: usize) {
        let spend = |left: usize| Some(left.saturating_sub(bytes));
        let _ = self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend); // always `Ok`: `spend` gives a number
    }
}

impl Billing {
    /// A whole list.
    pub(super) async fn list(&self, path: Path) -> Result<Vec<Object>, Error> {
        let mut call = get(path);
        let (mut items, mut seen) = (Vec::new(), HashSet::new());
        for _ in 0..MOST_PAGES {
            self.left.ask()?;
            let left = self.left.bytes.load(Ordering::Relaxed);
            let taking = Taking { take: &|object| object, wanted: &[], left, link: "nextLink" };
            let (page, made) = self.sender.read_by(call, |body| taking.page(body)).await?.value;
            self.left.made(made);
            if page.error.is_some() {
                return Err(Error::Paging(PageError::Failed));
            }
            items.extend(page.value);
            if items.len() > MOST_ITEMS {
                return Err(Error::Paging(PageError::TooMany { limit: MOST_PAGES }));
            }
            // An empty link is how some of its providers end a list.
            let Some(link) = page.next_link.filter(|link| !link.is_empty()) else { return Ok(items) };
            call = Call::follow("billing", link.clone()).cost(Cost::default()).body_limit(MAX_ANSWER);
            if !seen.insert(link) {
                return Err(Error::Paging(PageError::Circle));
            }
        }
        Err(Error::Paging(PageError::TooMany { limit: MOST_PAGES }))
    }

    /// One resource.
    pub(super) async fn one(&self, path: Path) -> Result<Object, Error> {
        self.left.ask()?;
        Ok(self.sender.read(get(path)).await?.value)
    }
}

fn get(path: Path) -> Call {
    // Not among Graph's limits.
    Call::get("billing", path.option("api-version", VERSION)).cost(Cost::default()).body_limit(MAX_ANSWER)
}
