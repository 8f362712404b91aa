//! Objects as JSON: the selected properties, and single objects by id.
//!
//! Invariant: what is not selected is absent, what may not be read is null.

use serde_json::{Map, Value, json};

use super::options::known_options;
use crate::{
    graph::{
        call::Call,
        error::GraphError,
        request::{Answer, GraphRequest},
    },
    schema::Entity,
    store::record::Record,
};

/// One object's selected properties; `restricted` shows null for what needs more permission.
pub(crate) fn render(entity: Entity, record: &Record, columns: &[u8], restricted: bool) -> Map<String, Value> {
    let schema = entity.schema();
    let mut object = Map::new();
    for number in columns {
        if let Some(row) = schema.row(*number) {
            let value = if restricted && !row.basic { None } else { record.get(*number).cloned() };
            // Under-permissioned properties are null, collections too. [OU]
            let absent = || if restricted && !row.basic { Value::Null } else { row.absent() };
            object.insert(row.name.to_owned(), value.unwrap_or_else(absent));
        }
    }
    object
}

/// The columns `$select` asks for per kind, or each kind's default ones.
pub(crate) fn columns(request: &GraphRequest, entities: &[Entity]) -> Result<Vec<Vec<u8>>, GraphError> {
    let defaults = |entity: &Entity| -> Vec<u8> {
        (0..).zip(entity.schema().properties).filter(|(_, row)| row.by_default && !row.hidden).map(|(n, _)| n).collect()
    };
    let Some(text) = request.option("$select").filter(|text| !text.trim().is_empty()) else {
        return Ok(entities.iter().map(defaults).collect());
    };
    let mut all = vec![Vec::new(); entities.len()];
    for name in text.split(',').map(str::trim) {
        let mut known = false;
        for (entity, columns) in entities.iter().zip(&mut all) {
            if name == "*" {
                known = true;
                columns.extend(defaults(entity));
            } else if let Some((number, _)) = entity.schema().find(name) {
                known = true;
                columns.push(number);
            }
        }
        if !known {
            let kind = entities.first().map_or("", |entity| entity.schema().type_name);
            return Err(GraphError::odata(format!(
                "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.{kind}'."
            )));
        }
    }
    // Directory objects always carry their id? Only when selected; the service omits it like any other property.
    Ok(all)
}

/// `GET` of one object by id, from the replica.
pub(crate) fn single(call: &mut Call<'_>, entity: Entity, id: &str, context: &str) -> Result<Answer, GraphError> {
    known_options(call.request)?;
    let columns = columns(call.request, &[entity])?.pop().unwrap_or_default();
    let view = call.view();
    // GUIDs come in any case; ids of assignments are case-sensitive.
    let record = view.get(entity, id).or_else(|| view.get(entity, &id.to_lowercase()));
    let mut object = render(entity, record.ok_or_else(|| GraphError::not_found(id))?, &columns, false);
    object.insert("@odata.context".to_owned(), json!(call.context(context)));
    Ok(Answer::json(200, Value::Object(object)))
}
