//! Lists that begin in a batch, read to their end.

use serde::de::DeserializeOwned;
use tenant_contacts_core::model::Unknown;
use tenant_contacts_engine::port::TenantError;

use super::{problem, wire};
use crate::{
    graph::{ItemOutcome, Pages},
    send::{Call, Error, Sender},
};

/// Most pages of a list of domains, assignments or members: at 100 items a page, 100,000 of each.
const MOST_PAGES: usize = 1000;

/// A whole list, of which a batch item's answer is the first page. The outer error is of the service as a whole, the inner
/// one why this list is unknown.
pub(crate) async fn rest<T: DeserializeOwned>(
    sender: &Sender,
    outcome: &ItemOutcome,
    operation: &'static str,
    permission: &'static str,
    what: &'static str,
) -> Result<Result<Vec<T>, Unknown>, TenantError> {
    let reply = match outcome {
        ItemOutcome::Done(reply) => reply,
        ItemOutcome::Refused(error) => return Ok(Err(problem::of_read(error, permission, what))),
        other => return problem::of_batch(other, what).map_or(Ok(Err(Unknown::ReadFailed(what.into()))), Err),
    };
    let first = reply.json::<wire::List<T>>().ok().filter(|first| first.error.is_none());
    let Some(first) = first else { return Ok(Err(Unknown::ReadFailed(what.into()))) };
    let mut items = first.value;
    if let Some(link) = first.next_link {
        let mut pages = Pages::<T>::new(sender, Call::follow(operation, link), MOST_PAGES);
        loop {
            match pages.next().await {
                Ok(Some(page)) => items.extend(page.value),
                Ok(None) => break,
                Err(Error::Service(error)) => return Ok(Err(problem::of_read(&error, permission, what))),
                Err(error) => return Err(problem::of_tenant(&error, what)),
            }
        }
    }
    Ok(Ok(items))
}
