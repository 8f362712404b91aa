//! Members of an answer that may be left out, null, or of a value unknown today.
//!
//! Invariant: "not said" and "empty" are never confused: Graph leaves out what was not selected and gives null for what
//! has no value, or for what the token may not read. And what is written in a way that nobody understands spoils itself
//! alone, and not the object, page or list that it is in.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IntoDeserializer, value},
};
use serde_json::value::RawValue;

/// A member that is absent, null, there or unreadable. Use with `#[serde(default)]`; for JSON only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Field<T> {
    /// The answer does not have the member: nothing is known.
    #[default]
    Absent,
    /// The member is null.
    Null,
    /// The member has a value.
    Value(T),
    /// The member has a value that is not of its type, such as a list with a null in it.
    Unreadable,
}

impl<T> Field<T> {
    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null | Self::Unreadable => None,
        }
    }

    /// The same by reference.
    pub fn as_ref(&self) -> Field<&T> {
        match self {
            Self::Absent => Field::Absent,
            Self::Null => Field::Null,
            Self::Value(value) => Field::Value(value),
            Self::Unreadable => Field::Unreadable,
        }
    }

    /// Whether the answer has the member at all.
    pub fn is_present(&self) -> bool {
        !matches!(self, Self::Absent)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Apart from the rest, since a deserializer that has failed cannot go on.
        let text = Box::<RawValue>::deserialize(deserializer)?;
        Ok(serde_json::from_str::<Option<T>>(text.get())
            .map_or(Self::Unreadable, |value| value.map_or(Self::Null, Self::Value)))
    }
}

/// A value of an enumeration that Microsoft may extend at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Open<T> {
    /// A member that we know.
    Known(T),
    /// A member that came later. Its text is not kept: nothing can be decided by it.
    Unknown,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Open<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let inner: value::StringDeserializer<value::Error> = text.into_deserializer();
        Ok(T::deserialize(inner).map_or(Self::Unknown, Self::Known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Debug, PartialEq)]
    enum Reason {
        #[serde(rename = "changed")]
        Changed,
    }

    #[derive(Deserialize, Debug, PartialEq)]
    struct User {
        #[serde(default)]
        mail: Field<String>,
        #[serde(default)]
        reason: Field<Open<Reason>>,
    }

    #[test]
    fn absent_null_and_value_are_three_things_and_newer_values_are_tolerated() {
        let read = |json: &str| serde_json::from_str::<User>(json).unwrap();
        assert_eq!(read("{}").mail, Field::Absent);
        assert_eq!(read(r#"{"mail":null,"newer":{"a":[1]}}"#).mail, Field::Null);
        assert_eq!(read(r#"{"mail":"a@b.example"}"#).mail.value().as_deref(), Some("a@b.example"));
        assert_eq!(read(r#"{"reason":"changed"}"#).reason, Field::Value(Open::Known(Reason::Changed)));
        assert_eq!(read(r#"{"reason":"unknownFutureValue"}"#).reason, Field::Value(Open::Unknown));
    }

    #[test]
    fn a3_a_value_of_another_type_spoils_its_own_member_alone() {
        let read = |json: &str| serde_json::from_str::<User>(json).unwrap();
        for odd in ["7", "[null]", "{}", "true"] {
            let user = read(&format!(r#"{{"mail":{odd},"reason":"changed"}}"#));
            assert_eq!(
                (user.mail, user.reason),
                (Field::Unreadable, Field::Value(Open::Known(Reason::Changed))),
                "{odd}"
            );
        }
        assert!(serde_json::from_str::<User>(r#"{"mail":"#).is_err(), "what ends early is read again as a whole");
    }
}
