//! What is missing from an export, and why: without values, and in as many lines as there are reasons.

use std::collections::BTreeMap;

use crate::model::Unknown;

/// Something that is missing from an export.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// What: a field, or a kind of accounts.
    pub what: String,
    /// Why.
    pub why: String,
    /// Of how many objects.
    pub objects: usize,
    /// Sign-in names of the first accounts it is about, in the order of the export: [`MOST_NAMED`] at most.
    pub accounts: Vec<String>,
    /// Whether it is missing because it could not be read.
    pub unread: bool,
}

/// Accounts that [`LeftOut`] names: whoever has more than a handful to look at looks in the tenant.
pub const MOST_NAMED: usize = 5;

/// Counts what is left out, so that ten thousand accounts without a permission are one line.
#[derive(Default)]
pub(super) struct Notes(BTreeMap<(String, String), Note>);

#[derive(Default)]
struct Note {
    objects: usize,
    accounts: Vec<String>,
    unread: bool,
}

impl Notes {
    pub(super) fn add(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.0.entry((what.into(), why.into())).or_default().objects += 1;
    }

    /// Of an account, which is named.
    pub(super) fn add_of(&mut self, account: &str, what: impl Into<String>, why: impl Into<String>) {
        let note = self.0.entry((what.into(), why.into())).or_default();
        note.objects += 1;
        if note.accounts.len() < MOST_NAMED {
            note.accounts.push(account.to_owned());
        }
    }

    pub(super) fn unread(&mut self, what: impl Into<String>, why: &Unknown) {
        let note = self.0.entry((what.into(), why.to_string())).or_default();
        note.objects += 1;
        note.unread = true;
    }

    pub(super) fn said(self) -> Vec<LeftOut> {
        let left_out = |((what, why), Note { objects, accounts, unread }): ((String, String), Note)| LeftOut {
            what,
            why,
            objects,
            accounts,
            unread,
        };
        self.0.into_iter().map(left_out).collect()
    }
}
