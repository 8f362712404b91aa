//! An answer's object whose members nobody vouches for: read one by one, by name and expected type.
//!
//! Exchange's cmdlets and Partner Center describe their output in prose only, spell names in two ways (`companyName`,
//! `CompanyName`) and truth in two (`true`, `"True"`). So a member that is missing or of another type is an error of its
//! own ([`Unreadable`]), which the reader of one fact turns into an unknown one.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Deserializer, de::DeserializeSeed};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::weighed::{Members, Scale};

/// Longest text that is taken in, in bytes; Exchange's longest documented properties (filters, notes) are well below.
const MAX_TEXT: usize = 64 * 1024;

/// Most that one object may come to in memory, in bytes. A mailbox with all of its 250 properties comes to some 60 KiB, a list
/// with a thousand references in its restrictions to 200.
const MOST: usize = 4 * 1024 * 1024;

/// A member is missing, or not of the type it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object(Map<String, Value>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut scale = Self::scale();
        Self::weighed(deserializer, &mut scale, &[])
    }
}

impl Object {
    /// Weighs one object.
    pub(crate) fn scale() -> Scale {
        Scale::new(MOST)
    }

    /// Reads the wanted members of an object (all where none is named), and weighs them.
    pub(crate) fn weighed<'de, D: Deserializer<'de>>(
        deserializer: D,
        scale: &mut Scale,
        wanted: &[&str],
    ) -> Result<Self, D::Error> {
        Members { scale, wanted }.deserialize(deserializer).map(Self)
    }

    /// A member by name, without regard to case. `None`: there is none; null is a member.
    fn member(&self, name: &str) -> Option<&Value> {
        self.0
            .get(name)
            .or_else(|| self.0.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value))
    }

    /// Whether there is such a member.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.member(name).is_some()
    }

    /// Names of members that say something: neither null, nor false, nor empty.
    pub(crate) fn telling(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, value)| says_something(value)).map(|(name, _)| name.as_str())
    }

    /// Members that are texts, by name.
    pub(crate) fn texts_by_name(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
    }

    /// An object within.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Self>, Unreadable> {
        match self.member(name).ok_or(Unreadable)? {
            Value::Null => Ok(None),
            Value::Object(members) => Ok(Some(Self(members.clone()))),
            _ => Err(Unreadable),
        }
    }

    /// A text; null and empty are none.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Unreadable> {
        match self.member(name).ok_or(Unreadable)? {
            Value::Null => Ok(None),
            Value::String(text) if text.len() > MAX_TEXT => Err(Unreadable),
            Value::String(text) if text.trim().is_empty() => Ok(None),
            Value::String(text) => Ok(Some(text)),
            _ => Err(Unreadable),
        }
    }

    /// A text that has to be there.
    pub(crate) fn some_text(&self, name: &str) -> Result<&str, Unreadable> {
        self.text(name)?.ok_or(Unreadable)
    }

    /// A list of texts; null is none, and one text alone a list of one.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<&str>, Unreadable> {
        let text = |value: &'_ Value| match value {
            Value::String(text) if text.len() <= MAX_TEXT => Some(()),
            _ => None,
        };
        match self.member(name).ok_or(Unreadable)? {
            Value::Null => Ok(Vec::new()),
            Value::Array(values) if values.iter().all(|value| text(value).is_some()) => {
                Ok(values.iter().filter_map(Value::as_str).filter(|text| !text.trim().is_empty()).collect())
            }
            value @ Value::String(_) => {
                text(value).ok_or(Unreadable)?;
                Ok(value.as_str().into_iter().filter(|text| !text.trim().is_empty()).collect())
            }
            _ => Err(Unreadable),
        }
    }

    /// True or false; null is none.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Unreadable> {
        match self.member(name).ok_or(Unreadable)? {
            Value::Null => Ok(None),
            Value::Bool(flag) => Ok(Some(*flag)),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Value::String(text) if text.is_empty() => Ok(None),
            _ => Err(Unreadable),
        }
    }

    /// True or false where null means false.
    pub(crate) fn is(&self, name: &str) -> Result<bool, Unreadable> {
        Ok(self.flag(name)?.unwrap_or(false))
    }

    /// A whole number, as a number or as its digits; null is none.
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>, Unreadable> {
        match self.member(name).ok_or(Unreadable)? {
            Value::Null => Ok(None),
            Value::Number(number) => number.as_i64().map(Some).ok_or(Unreadable),
            Value::String(text) if text.trim().is_empty() => Ok(None),
            Value::String(text) => text.trim().parse().map(Some).map_err(|_| Unreadable),
            _ => Err(Unreadable),
        }
    }

    /// An id; null, empty and the id of nothing are none.
    pub(crate) fn uuid(&self, name: &str) -> Result<Option<Uuid>, Unreadable> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let id = Uuid::parse_str(text.trim()).map_err(|_| Unreadable)?;
        Ok(Some(id).filter(|id| !id.is_nil()))
    }

    /// A moment. Without a zone it is UTC, as Exchange Online writes it.
    pub(crate) fn time(&self, name: &str) -> Result<Option<Timestamp>, Unreadable> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let text = text.trim();
        if let Ok(time) = text.parse::<Timestamp>() {
            return Ok(Some(time));
        }
        let civil: DateTime = text.parse().map_err(|_| Unreadable)?;
        civil.to_zoned(TimeZone::UTC).map(|zoned| Some(zoned.timestamp())).map_err(|_| Unreadable)
    }
}

/// Reads a member that not every answer has: missing is none.
pub(crate) fn optional<T: Default>(read: Result<T, Unreadable>, object: &Object, name: &str) -> Result<T, Unreadable> {
    match read {
        Err(Unreadable) if !object.has(name) => Ok(T::default()),
        other => other,
    }
}

/// Whether a member's name begins with a word, without regard to case.
pub(crate) fn begins(name: &str, word: &str) -> bool {
    name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) | Value::Number(_) => true,
        Value::String(text) => !text.is_empty() && !text.eq_ignore_ascii_case("false"),
        Value::Array(values) => values.iter().any(says_something),
        Value::Object(members) => members.values().any(says_something),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(json: &str) -> Object {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_member_is_there_none_or_unreadable() {
        let read = object(
            r#"{"A":"x","n":null,"empty":" ","list":["a",""],"odd":["a",7],"one":"a","yes":"True","no":false,"seven":"7",
                "id":"00000000-0000-0000-0000-000000000000","z":"2026-11-20T10:00:00Z","c":"2026-11-20T10:00:00.5"}"#,
        );
        assert_eq!(read.text("a"), Ok(Some("x")), "names are compared without case");
        assert_eq!((read.text("n"), read.text("empty"), read.text("gone")), (Ok(None), Ok(None), Err(Unreadable)));
        assert_eq!(read.text("list"), Err(Unreadable));
        assert_eq!(read.texts("list"), Ok(vec!["a"]));
        assert_eq!(read.texts("odd"), Err(Unreadable), "half of a list is none");
        assert_eq!((read.texts("one"), read.texts("n")), (Ok(vec!["a"]), Ok(vec![])));
        assert_eq!(
            (read.is("yes"), read.is("no"), read.is("n"), read.is("a")),
            (Ok(true), Ok(false), Ok(false), Err(Unreadable))
        );
        assert_eq!((read.number("seven"), read.number("a")), (Ok(Some(7)), Err(Unreadable)));
        assert_eq!(read.uuid("id"), Ok(None));
        assert_eq!(read.time("z").unwrap().unwrap().as_second(), 1_795_168_800);
        assert_eq!(read.time("c").unwrap().unwrap().as_millisecond(), 1_795_168_800_500);
        assert_eq!(read.time("a"), Err(Unreadable));
        assert_eq!(optional(read.text("gone"), &read, "gone"), Ok(None));
        assert_eq!(optional(read.text("list"), &read, "list"), Err(Unreadable));
        let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(MAX_TEXT + 1));
        assert_eq!(object(&long).text("a"), Err(Unreadable));
    }
}
