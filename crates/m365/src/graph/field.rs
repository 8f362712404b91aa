//! Members of an answer that may be left out, null, or of a value unknown today.
//!
//! Invariant: "not said" and "empty" are never confused: Graph leaves out what was not selected and gives null for what
//! has no value, or for what the token may not read.

use serde::{
    Deserialize, Deserializer,
    de::{IntoDeserializer, value},
};

/// A member that is absent, null or there. Use with `#[serde(default)]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Field<T> {
    /// The answer does not have the member: nothing is known.
    #[default]
    Absent,
    /// The member is null.
    Null,
    /// The member has a value.
    Value(T),
}

impl<T> Field<T> {
    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The same by reference.
    pub fn as_ref(&self) -> Field<&T> {
        match self {
            Self::Absent => Field::Absent,
            Self::Null => Field::Null,
            Self::Value(value) => Field::Value(value),
        }
    }

    /// Whether the answer has the member at all.
    pub fn is_present(&self) -> bool {
        !matches!(self, Self::Absent)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
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
        assert!(serde_json::from_str::<User>(r#"{"mail":7}"#).is_err());
    }
}
