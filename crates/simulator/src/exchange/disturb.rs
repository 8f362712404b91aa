//! Changes to Exchange as somebody else would make them, past all permissions.
//!
//! Invariant: journalled with actor `outside`; a change of addresses goes on to the directory like any other.

use serde_json::{Map, Value, json};

use super::{schema::recipient, size, sync};
use crate::{
    disturb::DisturbError,
    schema::{Entity, Property, Type, property::Refers},
    state::State,
    store::record::Record,
};

/// Changes a recipient, or its statistics.
pub(crate) fn mailbox(state: &mut State, key: &str, changes: &Map<String, Value>) -> Result<(), DisturbError> {
    let found = state.exchange_truth().resolve(key).map(|found| found.id.to_string());
    let id = found.ok_or(DisturbError::NotFound)?;
    let is_statistic = |name: &String| Entity::MailboxStatistics.schema().any(name).is_some() && name != "DisplayName";
    let (statistics, own): (Map<_, _>, Map<_, _>) =
        changes.clone().into_iter().partition(|(name, _)| is_statistic(name));
    if !own.is_empty() {
        let record = changed(state, Entity::Recipient, &id, &own)?;
        let origin = state.outside("PATCH", &format!("/_sim/mailboxes/{id}"));
        sync::commit(state, &id, Some(record), origin);
    }
    if !statistics.is_empty() {
        let record = changed(state, Entity::MailboxStatistics, &id, &statistics)?;
        let origin = state.outside("PATCH", &format!("/_sim/mailboxes/{id}"));
        state.commit(Entity::MailboxStatistics, &id, Some(record), origin);
    }
    Ok(())
}

/// Makes or changes any other object of Exchange; `None` removes it.
pub(crate) fn object(
    state: &mut State,
    set: &str,
    key: &str,
    changes: Option<&Map<String, Value>>,
) -> Result<(), DisturbError> {
    let entity = Entity::ALL
        .into_iter()
        .find(|entity| entity.is_exchange() && *entity != Entity::Recipient && entity.schema().set == set)
        .ok_or(DisturbError::NotFound)?;
    let key = key.to_lowercase();
    let record = changes.map(|changes| changed(state, entity, &key, changes)).transpose()?;
    if record.is_none() && state.store.truth().get(entity, &key).is_none() {
        return Err(DisturbError::NotFound);
    }
    let method = if record.is_some() { "PATCH" } else { "DELETE" };
    let origin = state.outside(method, &format!("/_sim/exchange/{set}/{key}"));
    state.commit(entity, &key, record, origin);
    Ok(())
}

/// The object with the changes applied.
fn changed(state: &State, entity: Entity, id: &str, changes: &Map<String, Value>) -> Result<Record, DisturbError> {
    let known = state.store.truth().get(entity, id);
    let mut record = known.map(|record| Record::clone(record)).unwrap_or_default();
    let schema = entity.schema();
    for (name, value) in changes {
        let refuse = || DisturbError::Property(name.clone());
        let number = schema.any(name).ok_or_else(refuse)?;
        let row = schema.row(number).ok_or_else(refuse)?;
        let value = read(state, row, value).filter(|value| value.is_null() || row.accepts(value)).ok_or_else(refuse)?;
        if entity == Entity::Recipient && number == recipient::PRIMARY_ADDRESS {
            return Err(refuse());
        }
        record.set(number, value);
    }
    Ok(record)
}

/// A value as it is kept: names of recipients as keys, sizes as bytes.
fn read(state: &State, row: &Property, value: &Value) -> Option<Value> {
    let exchange = state.exchange_truth();
    let key = |name: &str| -> Option<String> {
        let found = exchange.resolve(name).map(|found| found.id.to_string());
        let outside = (row.refers == Refers::Addressee && name.contains('@')) || row.refers == Refers::Account;
        found.or_else(|| outside.then(|| name.to_owned()))
    };
    match (row.kind, value) {
        (Type::Size, Value::String(text)) => size::parse(text).map(Value::from),
        (_, Value::String(name)) if row.refers != Refers::Nothing => key(name).map(Value::from),
        (_, Value::Array(names)) if row.refers != Refers::Nothing => {
            let keys: Option<Vec<String>> = names.iter().map(|name| key(name.as_str()?)).collect();
            keys.map(|keys| json!(keys))
        }
        (_, value) => Some(value.clone()),
    }
}
