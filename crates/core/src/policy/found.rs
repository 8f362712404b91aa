//! What a rule says while it looks.

use std::collections::BTreeSet;

use tenant_contacts_api::notice::Category;

use crate::{
    answer::{Subject, first_few},
    landscape::Wanted,
};

/// What one rule found, before the policy's word on it.
#[derive(Default)]
pub(super) struct Found {
    pub(super) said: Vec<Said>,
    pub(super) wanted: BTreeSet<Wanted>,
}

/// One thing found.
pub(super) struct Said {
    pub(super) subject: Subject,
    pub(super) category: Option<Category>,
    pub(super) message: String,
}

impl Found {
    pub(super) fn say(&mut self, subject: Subject, message: impl Into<String>) {
        self.said.push(Said { subject, category: None, message: message.into() });
    }

    pub(super) fn say_of(&mut self, category: Category, subject: Subject, message: impl Into<String>) {
        self.said.push(Said { subject, category: Some(category), message: message.into() });
    }
}

/// `names` in a sentence: the first five, since more are not read.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    first_few(names, 5)
}
