//! Objects as JSON: the selected properties, and single objects by id.
//!
//! Invariant: what is not selected is absent, what may not be read is null.

use serde_json::{Map, Value, json};

use super::options::single_options;
use crate::{
    graph::{
        call::Call,
        error::GraphError,
        request::{Answer, GraphRequest},
    },
    schema::{Entity, Schema},
    store::record::Record,
};

/// One object's selected properties; `restricted` shows null for what needs more permission.
pub(crate) fn render(entity: Entity, record: &Record, columns: &[u8], restricted: bool) -> Map<String, Value> {
    let schema = entity.schema();
    let mut object = Map::new();
    for number in columns {
        if let Some(row) = schema.row(*number) {
            if row.unshown {
                continue;
            }
            // Under-permissioned properties are null, collections too. [OU]
            let value = if restricted && !row.basic { Value::Null } else { schema.value(record, *number).into_owned() };
            object.insert(row.name.to_owned(), value);
        }
    }
    object
}

/// The columns `$select` asks for per kind, or each kind's default ones.
pub(crate) fn columns(request: &GraphRequest, entities: &[Entity]) -> Result<Vec<Vec<u8>>, GraphError> {
    chosen(request.option("$select"), &request.version, entities)
}

/// Like [`columns`], for a selection that stands elsewhere.
pub(crate) fn chosen(select: Option<&str>, version: &str, entities: &[Entity]) -> Result<Vec<Vec<u8>>, GraphError> {
    let defaults = |entity: &Entity| entity.schema().defaults(version);
    let Some(text) = select.filter(|text| !text.trim().is_empty()) else {
        return Ok(entities.iter().map(defaults).collect());
    };
    let mut all = vec![Vec::new(); entities.len()];
    for name in text.split(',').map(str::trim) {
        let mut known = false;
        for (entity, columns) in entities.iter().zip(&mut all) {
            if name == "*" {
                known = true;
                columns.extend(defaults(entity));
            } else if let Some((number, _)) = entity.schema().find_in(name, version) {
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

/// Refuses columns that take a permission of their own, and in a list those that only a single object has.
pub(crate) fn readable(
    call: &Call<'_>,
    entities: &[Entity],
    columns: &[Vec<u8>],
    in_list: bool,
) -> Result<(), GraphError> {
    for (entity, columns) in entities.iter().zip(columns) {
        for row in columns.iter().filter_map(|number| entity.schema().row(*number)) {
            if let Some(permission) = row.needs {
                // Whoever may write it may read it.
                let write = permission.replace(".Read", ".ReadWrite");
                call.require(&[permission, write.as_str()])?;
            }
            if in_list && row.single {
                // [UL]
                return Err(GraphError::new(
                    501,
                    "NotImplemented",
                    format!("The property '{}' can be read of a single object only.", row.name),
                ));
            }
        }
    }
    Ok(())
}

/// An object made of another service's data: its type's properties, absent ones as they read, and of them the selected.
pub(crate) fn shaped(request: &GraphRequest, schema: &Schema, object: Value) -> Result<Map<String, Value>, GraphError> {
    let Value::Object(mut object) = object else { return Ok(Map::new()) };
    for row in schema.properties.iter().filter(|row| !row.hidden) {
        object.entry(row.name).or_insert_with(|| row.nothing());
    }
    let names: Vec<&str> = match request.option("$select").filter(|text| !text.trim().is_empty()) {
        Some(select) => select.split(',').map(str::trim).collect(),
        None => return Ok(object),
    };
    if let Some(unknown) = names.iter().find(|name| schema.find(name).is_none() && **name != "*") {
        return Err(GraphError::odata(format!(
            "Parsing OData Select and Expand failed: Could not find a property named '{unknown}' on type 'microsoft.graph.{}'.",
            schema.type_name
        )));
    }
    if !names.contains(&"*") {
        object.retain(|name, _| name == "id" || names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)));
    }
    Ok(object)
}

/// `GET` of one object by id, from the replica.
pub(crate) fn single(call: &mut Call<'_>, entity: Entity, id: &str, context: &str) -> Result<Answer, GraphError> {
    single_options(call.request, &[])?;
    let columns = columns(call.request, &[entity])?;
    readable(call, &[entity], &columns, false)?;
    let columns = columns.concat();
    let view = call.view();
    // GUIDs come in any case; ids of assignments are case-sensitive.
    let record = view.get(entity, id).or_else(|| view.get(entity, &id.to_lowercase()));
    let mut object = render(entity, record.ok_or_else(|| GraphError::not_found(id))?, &columns, false);
    object.insert("@odata.context".to_owned(), json!(call.context(context)));
    Ok(Answer::json(200, Value::Object(object)))
}
