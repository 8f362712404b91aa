//! Where the change feed begins.

use tenant_contacts_engine::port::TenantError;

use super::{access::Reader, problem, properties, wire};
use crate::{
    graph::{Pages, odata::Path},
    send::Call,
};

/// Most pages until the feed is at its end: it is opened there, and one is enough.
const MOST_PAGES: usize = 1_000;

/// Opens the feed at its present end (`$deltatoken=latest`, delta query overview).
pub(super) async fn open(reader: &Reader<'_>) -> Result<Option<String>, TenantError> {
    let path = Path::new("users/delta").select(&properties::account()).option("$deltatoken", "latest");
    let mut pages = Pages::<wire::Id>::new(reader.sender, Call::get("openDelta", path), MOST_PAGES);
    let mut link = None;
    loop {
        match pages.next().await {
            Ok(Some(page)) => link = page.delta_link.or(link),
            Ok(None) => return Ok(link),
            Err(error) => return Err(problem::of_tenant(&error, "the change feed")),
        }
    }
}
