//! `$expand`: the related objects inside an object.
//!
//! Invariant: what is asked for is there.

use serde_json::{Map, Value, json};

use super::{
    call::Call,
    error::GraphError,
    list::{self, Row, expanded::Expand},
    relations::{self, Related},
};

/// Most objects of an expanded collection. Documented with `$expand` on directory objects.
const MOST: usize = 20;

/// Puts the related objects into an object.
pub(crate) fn insert(
    call: &Call<'_>,
    row: Row<'_>,
    expands: &[Expand],
    object: &mut Map<String, Value>,
) -> Result<(), GraphError> {
    for expand in expands {
        let print = |row: Row<'_>| printed(call, row, expand.select.as_deref());
        match relations::related(call, row, &expand.name) {
            // An absent relation is absent in the answer.
            Related::One(found) => {
                if let Some(found) = found {
                    object.insert(expand.name.clone(), print(found)?);
                }
            }
            Related::Many(found) => {
                let found = found.into_iter().take(MOST).map(print);
                object.insert(expand.name.clone(), Value::Array(found.collect::<Result<_, _>>()?));
            }
        }
    }
    Ok(())
}

fn printed(call: &Call<'_>, row: Row<'_>, select: Option<&str>) -> Result<Value, GraphError> {
    let columns = list::chosen(select, &call.request.version, &relations::kinds(row.entity))?;
    let columns = columns.into_iter().next().unwrap_or_default();
    let mut object = list::render(row.entity, row.record, &columns, false);
    if row.entity != crate::schema::Entity::RoleDefinition {
        object.insert("@odata.type".to_owned(), json!(format!("#microsoft.graph.{}", row.entity.schema().type_name)));
    }
    Ok(Value::Object(object))
}
