//! What a client sends as properties of an object: checked against the table, for every kind alike.
//!
//! Invariant: a member that is not understood is refused, never dropped; a value that the property has already is no
//! change, whoever may write it.

use serde_json::{Map, Value};

use super::{call::Call, error::GraphError};
use crate::{
    schema::{Property, Schema, Write, facts},
    store::record::Record,
};

/// A value for a row of the schema.
pub(crate) type Change = (u8, &'static Property, Value);

/// The type's name as errors print it.
pub(crate) fn resource(schema: &Schema) -> String {
    let mut letters = schema.type_name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub(crate) fn invalid(schema: &Schema, name: &str) -> GraphError {
    GraphError::bad(format!("Invalid value specified for property '{name}' of resource '{}'.", resource(schema)))
}

/// The members of a body that creates an object.
pub(crate) fn creation(
    call: &Call<'_>,
    schema: &'static Schema,
    body: &Map<String, Value>,
) -> Result<Vec<Change>, GraphError> {
    let missing = schema.properties.iter().find(|row| {
        let given = body.iter().find(|(name, _)| name.eq_ignore_ascii_case(row.name));
        row.demanded && given.is_none_or(|(_, value)| value.is_null())
    });
    if let Some(row) = missing {
        return Err(GraphError::bad(format!(
            "A value is required for property '{}' of resource '{}'.",
            row.name,
            resource(schema)
        )));
    }
    changes(call, schema, body, None)
}

/// The members of a body that change an object.
pub(crate) fn update(
    call: &Call<'_>,
    schema: &'static Schema,
    body: &Map<String, Value>,
    before: &Record,
) -> Result<Vec<Change>, GraphError> {
    if body.is_empty() {
        return Err(GraphError::odata("Empty Payload. JSON content expected."));
    }
    let all = changes(call, schema, body, Some(before))?;
    // Documented with users and groups.
    if body.len() > 1
        && let Some((_, row, _)) = all.iter().find(|(_, row, _)| row.alone)
    {
        return Err(GraphError::bad(format!(
            "Property '{}' must be updated in a request of its own, without other properties.",
            row.name
        )));
    }
    Ok(all)
}

fn changes(
    call: &Call<'_>,
    schema: &'static Schema,
    body: &Map<String, Value>,
    before: Option<&Record>,
) -> Result<Vec<Change>, GraphError> {
    let nothing = Record::default();
    let mut all = Vec::with_capacity(body.len());
    for (name, value) in body {
        let found = schema.find_in(name, &call.request.version);
        let (number, row) = found.ok_or_else(|| GraphError::bad(format!("Invalid property '{name}'.")))?;
        let value = told(row, value);
        // Null at creation is what nobody wrote.
        if before.is_none() && value.is_null() && (row.kept || row.nullable) {
            continue;
        }
        // An object as it was read can be sent back: the documented example of `PATCH /groups/{id}` does so with groupTypes and
        // mailEnabled. What may be written is written again all the same, by whoever may.
        let written = row.is_written(before.is_none());
        // What only a change may carry a creation may not, default or not. Documented with creating groups.
        let misplaced = before.is_none() && row.write == Write::Update;
        let refusable = (!written && !misplaced) || (value.is_null() && row.kept);
        if refusable && *schema.value(before.unwrap_or(&nothing), number) == whole(row, &value) {
            continue;
        }
        if !written {
            // proxyAddresses among them. [PROXY]; text UNV.
            return Err(GraphError::bad(format!("Property '{name}' is read-only and cannot be set.")));
        }
        if row.person && !call.state.options.switches.applications_write_profiles {
            return Err(GraphError::denied());
        }
        let cleared = value.is_null() && row.kept;
        if cleared || !row.accepts(&value) || !row.fits(&value) {
            return Err(invalid(schema, name));
        }
        all.push((number, row, value));
    }
    Ok(all)
}

/// A complex value without the annotations that told its type.
fn told(row: &Property, value: &Value) -> Value {
    fn strip(value: &Value) -> Value {
        match value {
            Value::Object(object) => {
                object.iter().filter(|(name, _)| *name != "@odata.type").map(|(k, v)| (k.clone(), strip(v))).collect()
            }
            Value::Array(items) => items.iter().map(strip).collect(),
            value => value.clone(),
        }
    }
    if facts::members(row.of).is_some() { strip(value) } else { value.clone() }
}

fn whole(row: &Property, value: &Value) -> Value {
    if row.accepts(value) { facts::whole(row.of, value) } else { value.clone() }
}
