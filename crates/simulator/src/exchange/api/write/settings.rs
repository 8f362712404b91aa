//! Settings of a recipient that are a parameter and a property of the same name.
//!
//! Invariant: a reference is checked when it is set, and kept as a key.

use serde_json::{Value, json};

use super::super::{
    call::{Call, Outcome},
    error::ExchangeError,
    parameters::Change,
};
use crate::{
    exchange::{schema::recipient, size, sync, view::Recipient},
    schema::{Property, Type, property::Refers},
    store::record::Record,
};

/// Properties that a cloud object alone may change; on a synchronised one they are mastered on-premises (per property:
/// UNV, all but these are).
const CLOUD: &[&str] = &[
    "ForwardingSmtpAddress",
    "RetentionPolicy",
    "LitigationHoldEnabled",
    "ProhibitSendReceiveQuota",
    "IsExchangeCloudManaged",
    "Type",
];

/// Refuses what is mastered on-premises.
pub(crate) fn mastered(call: &Call<'_>, of: &Recipient<'_>) -> Result<(), ExchangeError> {
    if !of.is_true(recipient::IS_DIR_SYNCED) || of.is_true(recipient::CLOUD_MANAGED) {
        return Ok(());
    }
    let other = call.parameters.names().find(|name| *name != "Identity" && !CLOUD.contains(name));
    other.map_or(Ok(()), |name| Err(ExchangeError::synchronised(&of.identity(), call.cmdlet.name, name)))
}

/// Sets every given parameter that is a property; `special` are handled elsewhere.
pub(crate) fn apply(
    call: &Call<'_>,
    of: &Recipient<'_>,
    record: &mut Record,
    special: &[&str],
) -> Result<(), ExchangeError> {
    for name in call.parameters.names().filter(|name| *name != "Identity" && !special.contains(name)) {
        let Some((number, row)) = recipient::SCHEMA.find(name) else { continue };
        let value = value(call, of, number, row, name)?;
        // What is derived anyway needs no record.
        if Some(&value) != of.value(number).as_ref() {
            record.set(number, value);
        }
    }
    Ok(())
}

fn value(call: &Call<'_>, of: &Recipient<'_>, number: u8, row: &Property, name: &str) -> Result<Value, ExchangeError> {
    let given = call.parameters.value(name).cloned().unwrap_or_default();
    let truth = call.truth();
    let key = |name: &str| -> Result<String, ExchangeError> {
        truth.resolve(name).map(|found| found.id.to_string()).ok_or_else(|| ExchangeError::not_found(name))
    };
    Ok(match (row.kind, given) {
        (_, Value::Null) => Value::Null,
        (_, Value::String(text)) if text.is_empty() => Value::Null,
        (Type::Size, Value::String(text)) if text.eq_ignore_ascii_case("unlimited") => Value::Null,
        (Type::Size, Value::String(text)) => json!(size::parse(&text).ok_or_else(|| {
            ExchangeError::argument(format!("Cannot convert value \"{text}\" to a size ({name})."))
        })?),
        (Type::Texts, _) => {
            let change = call.parameters.change(name).unwrap_or(Change::Replace(Vec::new()));
            let keys = |names: &[String]| -> Result<Vec<String>, ExchangeError> {
                names
                    .iter()
                    .map(|name| if row.refers == Refers::Nothing { Ok(name.clone()) } else { key(name) })
                    .collect()
            };
            let after = match change {
                Change::Replace(all) => keys(&all)?,
                Change::Alter { add, remove } => {
                    let (add, remove) = (keys(&add)?, keys(&remove)?);
                    let mut all = of.strings(number);
                    all.retain(|have| !remove.contains(have));
                    all.extend(add.into_iter().filter(|key| !of.strings(number).contains(key)));
                    all
                }
            };
            json!(after)
        }
        (_, Value::String(text)) if row.refers != Refers::Nothing => json!(key(&text)?),
        (_, given) => given,
    })
}

/// Writes the record if it differs, and says so if it does not.
pub(crate) fn finish(call: &mut Call<'_>, id: &str, before: Option<Record>, after: Record) -> Outcome {
    if before.unwrap_or_default() == after {
        let name = call.truth().by_id(id).map(|found| found.identity()).unwrap_or_default();
        // A call that changes nothing succeeds with a warning. [EXLIVE]
        call.warnings
            .push(format!("The command completed successfully but no settings of '{name}' have been modified."));
        return Outcome::default();
    }
    let origin = call.origin();
    sync::commit(call.state, id, Some(after), origin);
    Outcome { silent: true, ..Outcome::default() }
}
