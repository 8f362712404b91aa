//! `$expand`: what may be named, and the related objects inside an object.
//!
//! Invariant: what is asked for is there or refused; nested options other than `$select` are refused.

use serde_json::{Map, Value, json};

use super::{
    call::Call,
    error::GraphError,
    list::{self, Row},
    relations::{self, Related},
    request::GraphRequest,
};

/// Most objects of an expanded collection. Documented with `$expand` on directory objects.
const MOST: usize = 20;

/// One name of `$expand`, and the properties of the related objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expand {
    pub(crate) name: String,
    select: Option<String>,
}

/// Reads the option.
pub(crate) fn read(request: &GraphRequest, allowed: &[&str]) -> Result<Vec<Expand>, GraphError> {
    let refuse = |what: String| GraphError::odata(format!("Parsing OData Select and Expand failed: {what}."));
    let text = request.option("$expand").unwrap_or_default();
    let mut all = Vec::new();
    for part in divided(text, ',') {
        let (name, nested) = part.split_once('(').map_or((part, None), |(name, rest)| (name, Some(rest)));
        if !allowed.contains(&name) {
            return Err(refuse(format!("Could not find a property named '{name}'")));
        }
        let mut select = None;
        if let Some(nested) = nested {
            let nested = nested.strip_suffix(')').ok_or_else(|| refuse("a parenthesis is missing".to_owned()))?;
            for option in divided(nested, ';') {
                let (key, value) = option.split_once('=').unwrap_or((option, ""));
                if !key.trim().trim_start_matches('$').eq_ignore_ascii_case("select") {
                    return Err(GraphError::unsupported(format!(
                        "The query option '{key}' is not supported inside $expand."
                    )));
                }
                select = Some(value.to_owned());
            }
        }
        all.push(Expand { name: name.to_owned(), select });
    }
    Ok(all)
}

/// The parts between separators that do not stand in parentheses.
fn divided(text: &str, separator: char) -> Vec<&str> {
    let mut depth = 0_usize;
    let parts = text.split(move |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == separator && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

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
