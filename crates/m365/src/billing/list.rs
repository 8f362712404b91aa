//! Lists of Azure Resource Manager, which spells the link to the next page without `@odata`.

use std::collections::HashSet;

use serde::{Deserialize, de::IgnoredAny};

use super::{Billing, VERSION};
use crate::{
    budget::Cost,
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    value: Vec<Object>,
    #[serde(default)]
    next_link: Option<String>,
    /// An error beside the items: they may not be all.
    #[serde(default)]
    error: Option<IgnoredAny>,
}

impl Billing {
    /// A whole list.
    pub(super) async fn list(&self, path: Path) -> Result<Vec<Object>, Error> {
        let mut call = get(path);
        let (mut items, mut seen) = (Vec::new(), HashSet::new());
        for _ in 0..MOST_PAGES {
            let page: Page = self.sender.read(call).await?.value;
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
        Ok(self.sender.read(get(path)).await?.value)
    }
}

fn get(path: Path) -> Call {
    // Not among Graph's limits.
    Call::get("billing", path.option("api-version", VERSION)).cost(Cost::default()).body_limit(MAX_ANSWER)
}
