//! Everybody in a list, those of nested lists included: what policies and permissions that name a list mean by it.

use std::collections::BTreeSet;

use crate::{landscape::RecipientKey, model::Unknown};

/// See the module.
#[derive(Default)]
pub(super) struct Closure {
    /// Keys of those in the list, nested lists included.
    pub(super) members: BTreeSet<RecipientKey>,
    /// What could not be read of it.
    pub(super) unread: Option<Unknown>,
}
