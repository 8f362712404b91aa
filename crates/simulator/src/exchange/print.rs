//! Objects as a cmdlet's JSON: null for an absent text, false for an absent switch, references as names.
//!
//! Invariant: hidden rows are printed for people who look at the truth, and in no answer.

use serde_json::{Map, Value, json};

use super::{
    schema::recipient,
    size,
    view::{Exchange, Recipient},
};
use crate::{
    schema::{Entity, Property, Type, property::Refers},
    store::record::Record,
};

/// A recipient's properties that its kind prints, or those that `shown` names.
pub(crate) fn of_recipient(of: &Recipient<'_>, shown: Option<u8>) -> Map<String, Value> {
    let bit = shown.unwrap_or_else(|| of.kind.shown());
    let rows = (0..).zip(recipient::SCHEMA.properties).filter(|(_, row)| !row.hidden && row.shown & bit != 0);
    rows.map(|(number, row)| {
        let mut value = value(&of.exchange, row, of.value(number));
        if number == recipient::FORWARDING_SMTP_ADDRESS
            && let Value::String(text) = &value
        {
            let bare = text.strip_prefix("smtp:").unwrap_or(text);
            value = if of.exchange.forwarding_prefix { json!(format!("smtp:{bare}")) } else { json!(bare) };
        }
        (row.name.to_owned(), value)
    })
    .collect()
}

/// Everything of a recipient, also what no cmdlet prints.
pub(crate) fn whole_recipient(of: &Recipient<'_>) -> Map<String, Value> {
    let mut object = of_recipient(of, None);
    add_hidden(&mut object, &of.exchange, Entity::Recipient, of.own);
    object
}

/// Everything of any other object.
pub(crate) fn whole_record(exchange: &Exchange<'_>, entity: Entity, record: &Record) -> Map<String, Value> {
    let mut object = of_record(exchange, entity, record);
    add_hidden(&mut object, exchange, entity, Some(record));
    object
}

fn add_hidden(object: &mut Map<String, Value>, exchange: &Exchange<'_>, entity: Entity, record: Option<&Record>) {
    let rows = (0..).zip(entity.schema().properties).filter(|(_, row): &(u8, &Property)| row.hidden);
    for (number, row) in rows {
        if let Some(kept) = record.and_then(|record| record.get(number)) {
            object.insert(row.name.to_owned(), value(exchange, row, Some(kept.clone())));
        }
    }
}

/// Any other object.
pub(crate) fn of_record(exchange: &Exchange<'_>, entity: Entity, record: &Record) -> Map<String, Value> {
    let rows = (0..).zip(entity.schema().properties).filter(|(_, row): &(u8, &Property)| !row.hidden);
    rows.map(|(number, row)| (row.name.to_owned(), value(exchange, row, record.get(number).cloned()))).collect()
}

/// One value as it is printed.
pub(crate) fn value(exchange: &Exchange<'_>, row: &Property, value: Option<Value>) -> Value {
    match (value, row.kind) {
        (None, Type::Bool) => json!(false),
        (None, Type::Size) => json!("Unlimited"),
        (None, Type::Texts | Type::Objects) => json!([]),
        (None, Type::Text | Type::Number | Type::Date | Type::Object) => Value::Null,
        (Some(Value::Number(bytes)), Type::Size) => json!(size::print(bytes.as_u64().unwrap_or_default())),
        (Some(Value::String(key)), _) if row.refers != Refers::Nothing => json!(reference(exchange, row.refers, &key)),
        (Some(Value::Array(keys)), _) if row.refers != Refers::Nothing => {
            let names = keys.iter().filter_map(Value::as_str).map(|key| reference(exchange, row.refers, key));
            names.collect::<Vec<_>>().into()
        }
        (Some(value), _) => value,
    }
}

/// The name of the recipient with the given key. A key that nothing stands behind any more is printed as it is.
fn reference(exchange: &Exchange<'_>, refers: Refers, key: &str) -> String {
    let found = exchange.by_id(key);
    match (refers, found) {
        (Refers::Identity, Some(found)) if exchange.references_are_display_names => {
            found.text(recipient::DISPLAY_NAME).unwrap_or_else(|| found.identity())
        }
        (Refers::Identity, Some(found)) => found.identity(),
        (Refers::Account, Some(found)) => {
            found.text(recipient::USER_PRINCIPAL_NAME).unwrap_or_else(|| found.identity())
        }
        // An account without mail (an administrator without a mailbox) can be a trustee too.
        (Refers::Account, None) => exchange
            .graph
            .user(key)
            .and_then(|(_, record)| record.text(crate::schema::user::USER_PRINCIPAL_NAME).map(str::to_owned))
            .unwrap_or_else(|| key.to_owned()),
        (Refers::Addressee, Some(found)) => format!(
            "\"{}\" [EX:{}]",
            found.text(recipient::DISPLAY_NAME).unwrap_or_default(),
            found.text(recipient::LEGACY_DN).unwrap_or_default()
        ),
        (Refers::Addressee, None) => format!("\"{key}\" [SMTP:{key}]"),
        (Refers::Identity | Refers::Nothing, _) => key.to_owned(),
    }
}
