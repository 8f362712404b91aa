//! One property of the seed as a value of the schema: references resolved, sizes and dates read.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    clock,
    exchange::size,
    schema::{Entity, Property, Type, property::Refers},
    seed::{
        error::{SeedError, written},
        names::{Names, date},
    },
    store::{Store, record::Record},
};

/// What names in the seed stand for.
pub(super) struct Context<'a> {
    pub(super) names: &'a Names,
    pub(super) now: Timestamp,
}

impl Context<'_> {
    /// The key of an account, group, list or contact, by name, id or address.
    pub(super) fn recipient(&self, store: &Store, place: &str, name: &str) -> Result<String, SeedError> {
        let known = self.names.find(place, "recipient", name);
        match known {
            Ok((Entity::User | Entity::Group | Entity::Recipient, id)) => Ok(id),
            Ok(_) | Err(_) => match store.truth().holder(name) {
                Some((_, id)) => Ok(id.to_string()),
                None => Err(SeedError::Unknown {
                    place: place.to_owned(),
                    kind: "account, group, list or contact",
                    name: name.to_owned(),
                }),
            },
        }
    }

    /// Several of them, in the order given.
    pub(super) fn recipients(&self, store: &Store, place: &str, names: &[String]) -> Result<Vec<String>, SeedError> {
        names.iter().map(|name| self.recipient(store, place, name)).collect()
    }

    /// See [`moment`].
    pub(super) fn date(&self, place: &str, text: &str) -> Result<String, SeedError> {
        moment(self.now, place, text)
    }

    /// Sets a property by its name in any case of letters.
    pub(super) fn set(
        &self,
        store: &Store,
        entity: Entity,
        record: &mut Record,
        place: &str,
        (name, value): (&str, &Value),
    ) -> Result<(), SeedError> {
        let (number, row) = entity.schema().find(name).ok_or_else(|| SeedError::Unknown {
            place: place.to_owned(),
            kind: "property",
            name: name.to_owned(),
        })?;
        let place = format!("{place}.{name}");
        let value = self.value(store, &place, row, value)?;
        if !row.accepts(&value) {
            return Err(SeedError::Invalid {
                place,
                value: written(&value),
                expected: "a value of the property's type",
            });
        }
        record.set(number, value);
        Ok(())
    }

    fn value(&self, store: &Store, place: &str, row: &Property, value: &Value) -> Result<Value, SeedError> {
        let refer = |text: &str| -> Result<String, SeedError> {
            let found = self.recipient(store, place, text);
            // Addressees may be outside.
            if row.refers == Refers::Addressee && found.is_err() && text.contains('@') {
                return Ok(text.to_owned());
            }
            found
        };
        Ok(match (row.kind, value) {
            (Type::Size, Value::String(text)) => {
                json!(size::parse(text).ok_or_else(|| SeedError::Invalid {
                    place: place.to_owned(),
                    value: text.clone(),
                    expected: "a size such as `49.5 GB`",
                })?)
            }
            // YAML reads an unquoted `On` or `Off` as a switch.
            (Type::Text, Value::Bool(on)) if row.name == "AutoForwardingMode" => json!(if *on { "On" } else { "Off" }),
            (Type::Date, Value::String(text)) => json!(self.date(place, text)?),
            (Type::Text, Value::String(text)) if row.refers != Refers::Nothing => json!(refer(text)?),
            (Type::Texts, Value::Array(all)) if row.refers != Refers::Nothing => {
                let keys = all.iter().filter_map(Value::as_str).map(refer);
                json!(keys.collect::<Result<Vec<_>, _>>()?)
            }
            // One value for a list of one.
            (Type::Texts, Value::String(text)) if row.refers != Refers::Nothing => json!([refer(text)?]),
            (Type::Texts, Value::String(text)) => json!([text]),
            (_, value) => value.clone(),
        })
    }
}

/// A date, absolute or relative to the start, as Exchange prints it.
pub(in crate::seed) fn moment(now: Timestamp, place: &str, text: &str) -> Result<String, SeedError> {
    let relative = text.strip_prefix(['+', '-']).and_then(|rest| {
        let (number, unit) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
        let hours: i64 = match unit {
            "d" => 24 * 60,
            "h" => 60,
            "m" => 1,
            _ => return None,
        };
        let minutes = number.parse::<i64>().ok()?.checked_mul(hours)?;
        let minutes = if text.starts_with('-') { -minutes } else { minutes };
        now.checked_add(SignedDuration::try_from_mins(minutes)?).ok()
    });
    match relative {
        Some(at) => Ok(clock::print(at)),
        None => date(place, text).map(clock::print),
    }
}
