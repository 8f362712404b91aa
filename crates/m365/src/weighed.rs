//! JSON whose shape nobody vouches for, with a limit on what it comes to in memory.
//!
//! A byte of JSON can come to a hundred in memory (`{"":0},` is a whole node of a map), so a limit on the answer is none on
//! what is made of it.
//!
//! Invariant: what is being made never weighs more than its limit, whatever the text says; members that nobody asked for are
//! skipped and not made.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// A map's first node holds eleven keys and values of 56 bytes together, and two words.
const MAP: usize = 640;
/// A further entry; nodes are half full at worst.
const ENTRY: usize = 112;
/// An element of a list, which may have twice the room that it needs.
const ELEMENT: usize = 64;
/// A text beside its bytes: the allocator's part.
const TEXT: usize = 24;

/// Weighs what is made.
#[derive(Debug)]
pub(crate) struct Scale {
    limit: usize,
    weight: usize,
    texts: usize,
    exceeded: bool,
}

impl Scale {
    /// An empty one that takes `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, weight: 0, texts: 0, exceeded: false }
    }

    /// What was made so far, in bytes.
    pub(crate) fn weight(&self) -> usize {
        self.weight
    }

    /// The part of it that is texts: as much as may be kept of it by somebody who keeps no maps.
    pub(crate) fn texts(&self) -> usize {
        self.texts
    }

    /// Whether something was too heavy.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.exceeded
    }

    /// Adds bytes.
    pub(crate) fn add<E: Error>(&mut self, bytes: usize) -> Result<(), E> {
        self.weight = self.weight.saturating_add(bytes);
        self.exceeded = self.weight > self.limit;
        if self.exceeded { Err(E::custom("more than is held of one answer")) } else { Ok(()) }
    }

    fn add_text<E: Error>(&mut self, text: &str) -> Result<(), E> {
        self.texts = self.texts.saturating_add(text.len() + TEXT);
        self.add(text.len() + TEXT)
    }
}

/// Makes a value.
pub(crate) struct AnyValue<'s>(pub(crate) &'s mut Scale);

impl<'de> DeserializeSeed<'de> for AnyValue<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyValue<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.0.add_text(text)?;
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(AnyValue(self.0))? {
            self.0.add(ELEMENT)?;
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        Members { scale: self.0, wanted: &[] }.visit_map(map).map(Value::Object)
    }
}

/// Makes the members of an object: the wanted ones by name, without regard to case; all of them where none is named.
pub(crate) struct Members<'s> {
    pub(crate) scale: &'s mut Scale,
    pub(crate) wanted: &'s [&'s str],
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Map<String, Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self { scale, wanted } = self;
        scale.add(MAP)?;
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if !wanted.is_empty() && !wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(&name)) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            scale.add(ENTRY + name.len())?;
            let value = map.next_value_seed(AnyValue(scale))?;
            members.insert(name, value);
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, limit: usize, wanted: &[&str]) -> (Option<Map<String, Value>>, Scale) {
        let mut scale = Scale::new(limit);
        let mut json = serde_json::Deserializer::from_str(text);
        let read = Members { scale: &mut scale, wanted }.deserialize(&mut json).ok();
        (read, scale)
    }

    #[test]
    fn what_is_read_is_what_serde_json_reads() {
        let text = r#"{"a":[1,-2,0.5,null,true,"x"],"b":{"c":{}},"d":"\u00e9"}"#;
        assert_eq!(read(text, 10_000, &[]).0, serde_json::from_str(text).unwrap());
        assert!(read("[]", 10_000, &[]).0.is_none());
    }

    #[test]
    fn b5_whatever_the_shape_what_is_made_stays_below_its_limit() {
        const LIMIT: usize = 1 << 20;
        for (item, least) in [("{},", 100), ("[],", 10), ("0,", 10), (r#"{"":0},"#, 50), (r#""","#, 10)] {
            let list = item.repeat(LIMIT / 4);
            let text = format!(r#"{{"a":[{}0]}}"#, &list);
            let (made, scale) = read(&text, LIMIT, &[]);
            assert!(made.is_none() && scale.is_exceeded(), "{item}");
            // It gave up early: what it had made when it did was below the limit, and the one thing more is small.
            assert!(scale.weight() < LIMIT + 1_000, "{item}");
            assert!(scale.weight() / item.len() > least, "{item}");
        }
        let deep = format!("{}0{}", r#"{"a":"#.repeat(100), "}".repeat(100));
        assert!(read(&deep, 10_000, &[]).1.is_exceeded());
    }

    #[test]
    fn b5_what_nobody_asked_for_is_not_made() {
        let text = format!(r#"{{"Other":[{}0],"NAME":"x"}}"#, "{},".repeat(100_000));
        let (read, scale) = read(&text, 2_000, &["Name"]);
        assert_eq!(read.unwrap().into_iter().collect::<Vec<_>>(), [("NAME".to_owned(), Value::from("x"))]);
        assert!(scale.texts() < 100 && scale.weight() < 1_000);
    }
}
