//! One object's properties, compact: only what has a value, ordered by the schema's property number.
//!
//! Invariant: null is never stored; a property without a value is absent.

use std::sync::Arc;

use serde_json::Value;

/// Property values of one object. 100,000 of them must fit, so there is no map, no repeated name, and what many objects
/// have alike (service plans) is kept once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Record {
    fields: Vec<(u8, Arc<Value>)>,
}

impl Record {
    pub(crate) fn get(&self, property: u8) -> Option<&Value> {
        let at = self.fields.binary_search_by_key(&property, |(number, _)| *number).ok()?;
        self.fields.get(at).map(|(_, value)| &**value)
    }

    /// Property numbers and values, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u8, &Value)> {
        self.fields.iter().map(|(number, value)| (*number, &**value))
    }

    pub(crate) fn text(&self, property: u8) -> Option<&str> {
        self.get(property).and_then(Value::as_str)
    }

    pub(crate) fn is_true(&self, property: u8) -> bool {
        self.get(property) == Some(&Value::Bool(true))
    }

    /// The strings of a collection; none for an absent one.
    pub(crate) fn strings(&self, property: u8) -> impl Iterator<Item = &str> {
        self.get(property).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// Sets or, with null, removes a property.
    pub(crate) fn set(&mut self, property: u8, value: Value) {
        self.share(property, Arc::new(value));
    }

    /// Like [`Self::set`], with a value that other objects have too.
    pub(crate) fn share(&mut self, property: u8, value: Arc<Value>) {
        match (self.fields.binary_search_by_key(&property, |(number, _)| *number), value.is_null()) {
            (Ok(at), true) => {
                self.fields.remove(at);
            }
            (Ok(at), false) => {
                if let Some(field) = self.fields.get_mut(at) {
                    field.1 = value;
                }
            }
            (Err(_), true) => {}
            (Err(at), false) => self.fields.insert(at, (property, value)),
        }
    }

    /// Adds a string to a collection unless it is there; true when it was added.
    pub(crate) fn insert(&mut self, property: u8, text: &str) -> bool {
        if self.strings(property).any(|have| have == text) {
            return false;
        }
        let mut all: Vec<Value> = self.get(property).and_then(Value::as_array).cloned().unwrap_or_default();
        all.push(text.into());
        self.set(property, Value::Array(all));
        true
    }

    /// Removes a string from a collection; true when it was there.
    pub(crate) fn remove(&mut self, property: u8, text: &str) -> bool {
        let before = self.strings(property).count();
        let kept: Vec<Value> = self.strings(property).filter(|have| *have != text).map(Value::from).collect();
        let removed = kept.len() < before;
        if removed {
            self.set(property, Value::Array(kept));
        }
        removed
    }

    /// The properties in which two states of an object differ.
    pub(crate) fn changed(before: Option<&Self>, after: Option<&Self>) -> Vec<u8> {
        let numbers = |record: Option<&Self>| -> Vec<u8> {
            record.map(|record| record.fields.iter().map(|(number, _)| *number).collect()).unwrap_or_default()
        };
        let mut all = numbers(before);
        all.extend(numbers(after));
        all.sort_unstable();
        all.dedup();
        all.retain(|number| before.and_then(|r| r.get(*number)) != after.and_then(|r| r.get(*number)));
        all
    }
}
