//! An object of the store by the names of its properties.
//!
//! Invariant: a name that is not in the schema reads as absent.

use serde_json::Value;

use crate::{schema::Entity, store::record::Record};

/// An object's properties by name.
#[derive(Clone, Copy)]
pub(super) struct Row<'a>(pub(super) Entity, pub(super) &'a Record);

impl<'a> Row<'a> {
    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.schema().any(name).and_then(|number| self.1.get(number))
    }

    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        self.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    pub(super) fn texts(self, name: &str) -> Vec<&'a str> {
        self.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    }

    pub(super) fn owned(self, name: &str) -> Vec<String> {
        self.texts(name).into_iter().map(str::to_owned).collect()
    }

    pub(super) fn is_true(self, name: &str) -> bool {
        self.get(name) == Some(&Value::Bool(true))
    }

    pub(super) fn number(self, name: &str) -> Option<i64> {
        self.get(name).and_then(Value::as_i64)
    }

    pub(super) fn is(self, name: &str, wanted: &str) -> bool {
        self.text(name).is_some_and(|text| text.eq_ignore_ascii_case(wanted))
    }
}
