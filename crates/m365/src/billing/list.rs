//! Lists of Azure Resource Manager, which spells the link to the next page without `@odata`.

use std::collections::HashSet;

use super::Billing;
use crate::{
    budget::Cost,
    exchange::Taking,
    graph::{PageError, odata::Path},
    object::Object,
    send::{Call, Error},
};

/// Version of the interface.
const VERSION: &str = "2024-04-01";

/// Most items of a list. Each account takes requests of its own, and each profile: more than a thousand are no account that
/// people keep, and would be asked about for hours.
const MOST_ITEMS: usize = 1_000;

/// Most pages of a list. A page has some dozens of items, and an account rarely as many.
const MOST_PAGES: usize = 100;

/// Largest answer, in bytes. An account or a profile has a few KiB, and a page some dozens of them; what is made of it in memory
/// may be a hundred times as much.
const MAX_ANSWER: usize = 2 * 1024 * 1024;

impl Billing {
    /// A whole list.
    pub(super) async fn list(&self, path: Path) -> Result<Vec<Object>, Error> {
        let mut call = get(path);
        let (mut items, mut seen) = (Vec::new(), HashSet::new());
        for _ in 0..MOST_PAGES {
            self.left.ask()?;
            let left = self.left.bytes();
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
