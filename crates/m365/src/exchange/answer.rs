//! Answers of Exchange, and of billing, taken in object by object.
//!
//! Invariant: of an answer one object at a time is made, and of that the members that were asked for; what is kept of a whole
//! reading has a limit, whatever the answers say.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::{
    graph::Page,
    object::Object,
    send::DecodeError,
    weighed::{AnyValue, Scale},
};

/// Most that is kept of a reading, in bytes: all listings together, or the details of one round. A hundred thousand mailboxes
/// come to some 220 MiB as it is counted here (what is kept of them is less: docs/performance.md). The operator's limit in the
/// chart is 512 MiB, and what else it holds fits beside this.
pub(super) const MOST_KEPT: usize = 256 * 1024 * 1024;

/// What an object comes to that was made into something smaller: the texts of what was asked for, and this much more.
const SMALL: usize = 256;

/// Most that warnings come to. A few sentences.
const MOST_WARNINGS: usize = 64 * 1024;

/// How to take an answer in.
#[derive(Clone, Copy)]
pub(crate) struct Taking<'t, F> {
    /// Makes what is kept of an object.
    pub(crate) take: &'t F,
    /// Members that are wanted; all where none is named, and then the objects themselves are kept.
    pub(crate) wanted: &'static [&'static str],
    /// How much may still be kept, in bytes.
    pub(crate) left: usize,
    /// What the link to the next page is called.
    pub(crate) link: &'static str,
}

/// As Exchange calls it.
pub(super) const NEXT_LINK: &str = "@odata.nextLink";

impl<T, F: Fn(Object) -> T> Taking<'_, F> {
    /// A page, and how much is kept of it, in bytes.
    pub(crate) fn page(&self, body: &[u8]) -> Result<(Page<T>, usize), DecodeError> {
        let mut kept = Kept { bytes: 0, exceeded: false };
        let mut json = serde_json::Deserializer::from_slice(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body));
        let read = PageOf { taking: self, kept: &mut kept }.deserialize(&mut json).and_then(|page| {
            json.end()?;
            Ok(page)
        });
        let page = read.map_err(|error| DecodeError::of(&error, kept.exceeded))?;
        Ok((page, kept.bytes))
    }
}

struct Kept {
    bytes: usize,
    exceeded: bool,
}

struct PageOf<'a, 't, F> {
    taking: &'a Taking<'t, F>,
    kept: &'a mut Kept,
}

impl<'de, T, F: Fn(Object) -> T> DeserializeSeed<'de> for PageOf<'_, '_, F> {
    type Value = Page<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Page<T>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T, F: Fn(Object) -> T> Visitor<'de> for PageOf<'_, '_, F> {
    type Value = Page<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Page<T>, A::Error> {
        let (mut value, mut next_link, mut error, mut warnings) = (None, None, None, None);
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "value" => value = Some(map.next_value_seed(Objects { taking: self.taking, kept: &mut *self.kept })?),
                name if name == self.taking.link => next_link = map.next_value::<Option<String>>()?,
                "error" => error = map.next_value::<Option<IgnoredAny>>()?,
                "@adminapi.warnings" => {
                    let mut scale = Scale::new(MOST_WARNINGS);
                    let read = map.next_value_seed(AnyValue(&mut scale));
                    self.kept.exceeded |= scale.is_exceeded();
                    warnings = Some(read?).filter(|read| *read != Value::Null);
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let value = value.ok_or_else(|| serde::de::Error::missing_field("value"))?;
        Ok(Page { value, count: None, next_link, delta_link: None, error, warnings })
    }
}

struct Objects<'a, 't, F> {
    taking: &'a Taking<'t, F>,
    kept: &'a mut Kept,
}

impl<'de, T, F: Fn(Object) -> T> DeserializeSeed<'de> for Objects<'_, '_, F> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T, F: Fn(Object) -> T> Visitor<'de> for Objects<'_, '_, F> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut taken = Vec::new();
        loop {
            let mut scale = Object::scale();
            let read = list.next_element_seed(One { scale: &mut scale, wanted: self.taking.wanted });
            self.kept.exceeded |= scale.is_exceeded();
            let Some(object) = read? else { return Ok(taken) };
            let weight = if self.taking.wanted.is_empty() { scale.weight() } else { scale.texts() + SMALL };
            self.kept.bytes = self.kept.bytes.saturating_add(weight);
            if self.kept.bytes > self.taking.left {
                self.kept.exceeded = true;
                return Err(serde::de::Error::custom("more than is held of one reading"));
            }
            taken.push((self.taking.take)(object));
        }
    }
}

struct One<'s> {
    scale: &'s mut Scale,
    wanted: &'s [&'s str],
}

impl<'de> DeserializeSeed<'de> for One<'_> {
    type Value = Object;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Object, D::Error> {
        Object::weighed(deserializer, self.scale, self.wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taking<'t, F>(take: &'t F, wanted: &'static [&'static str], left: usize) -> Taking<'t, F> {
        Taking { take, wanted, left, link: NEXT_LINK }
    }

    #[test]
    fn a_page_is_what_it_says_it_is() {
        let name = |object: Object| object.some_text("Name").unwrap().to_owned();
        let body = r#"{"@odata.context":"x","value":[{"Name":"a","Other":[1]},{"name":"b"}],"@odata.nextLink":"n",
            "@adminapi.warnings":["more results"]}"#;
        let (page, kept) = taking(&name, &["Name"], 10_000).page(body.as_bytes()).unwrap();
        assert_eq!((page.value, page.next_link.as_deref()), (vec!["a".to_owned(), "b".to_owned()], Some("n")));
        assert!(page.error.is_none() && page.warnings.is_some());
        assert!(kept < 1_000, "{kept}");
        for (body, truncated) in [("{}", false), (r#"{"value":[{"Name":"a"}"#, true), (r#"{"value":[7]}"#, false)] {
            let error = taking(&name, &["Name"], 10_000).page(body.as_bytes()).err().unwrap();
            assert_eq!((error.truncated, error.too_large), (truncated, false), "{body}");
        }
    }

    #[test]
    fn b5_what_is_kept_of_a_page_has_a_limit_whatever_its_objects_look_like() {
        let all = |object: Object| object;
        for object in [r#"{"a":[{},{},{}]}"#, r#"{"a":"text"}"#, "{}", r#"{"a":[0,0,0,0,0,0]}"#] {
            let body = format!(r#"{{"value":[{}{object}]}}"#, format!("{object},").repeat(100_000));
            let error = taking(&all, &[], 1 << 20).page(body.as_bytes()).err().unwrap();
            assert!(error.too_large && !error.truncated, "{object}");
        }
        // One object that would come to hundreds of megabytes, and that nobody asked for: it costs nothing.
        let body = format!(r#"{{"value":[{{"Name":"a","Odd":[{}0]}}]}}"#, "{},".repeat(500_000));
        assert!(taking(&all, &[], usize::MAX).page(body.as_bytes()).err().unwrap().too_large);
        let (page, kept) = taking(&all, &["Name"], 1_000).page(body.as_bytes()).unwrap();
        assert!(page.value.len() == 1 && kept < 1_000);
    }
}
