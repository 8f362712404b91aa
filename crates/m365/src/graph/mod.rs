//! Microsoft Graph's mechanics: addresses, lists, batches, and members that may be missing.
//!
//! Invariant: nothing here knows what a user or an organization is.

mod batch;
mod field;
pub mod odata;
mod page;
mod page_error;

pub use batch::{BatchItem, ItemOutcome, ItemReply, MAX_BATCH, Order, send_batch};
pub use field::{Field, Open};
pub use page::{Page, Pages};
pub use page_error::PageError;

pub(crate) use batch::BATCHES_AT_ONCE;

#[cfg(test)]
mod tests;
