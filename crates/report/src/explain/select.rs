//! What of an answer is shown when one kind of notices is asked for.

use tenant_contacts_api::notice::Category;
use tenant_contacts_core::answer::{Answer, CategoryAnswer};

/// The answers that are shown.
pub(super) fn categories(answer: &Answer, only: Option<Category>) -> Vec<&CategoryAnswer> {
    answer.categories.iter().filter(|one| only.is_none_or(|only| one.category == only)).collect()
}
