//! What of an answer is shown when one kind of notices is asked for.

use tenant_contacts_api::notice::Category;
use tenant_contacts_core::answer::{Answer, CategoryAnswer, Finding, findings_about};

/// The answers that are shown.
pub(super) fn categories(answer: &Answer, only: Option<Category>) -> Vec<&CategoryAnswer> {
    answer.categories.iter().filter(|one| only.is_none_or(|only| one.category == only)).collect()
}

/// The findings that are shown: of one kind of notices, those that speak of it.
pub(super) fn findings(answer: &Answer, only: Option<Category>) -> Vec<&Finding> {
    match only {
        Some(only) => findings_about(answer, only).collect(),
        None => answer.findings.iter().collect(),
    }
}
