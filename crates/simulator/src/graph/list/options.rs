//! The query options of a list, one by one.
//!
//! Invariant: an option that is not understood is refused, never ignored.

use rand::Rng;

use crate::{
    graph::{call::Call, error::GraphError, filter::Expr, request::GraphRequest},
    schema::{Entity, Schema, Type},
};

/// Longest value of a query option: real URLs end at 2,048 characters or so, hostile ones must not cost memory.
const MAX_OPTION: usize = 16 * 1024;

/// Refuses what one object is not asked with: all but `$select` and, where something can be expanded, `$expand`.
pub(crate) fn single_options(request: &GraphRequest, expand: &[&str]) -> Result<(), GraphError> {
    known_options(request)?;
    for (key, _) in &request.query {
        let bare = key.trim_start_matches('$').to_lowercase();
        let served = match bare.as_str() {
            "filter" | "top" | "count" | "orderby" | "search" | "skiptoken" | "deltatoken" => false,
            "expand" => !expand.is_empty(),
            _ => true,
        };
        if !served {
            return Err(GraphError::odata(format!(
                "The query specified in the URI is not valid. Query option '{key}' cannot be applied to the requested resource."
            )));
        }
    }
    Ok(())
}

/// Refuses options nobody knows, and values beyond all measure.
pub(crate) fn known_options(request: &GraphRequest) -> Result<(), GraphError> {
    const KNOWN: &[&str] =
        &["select", "filter", "top", "count", "expand", "orderby", "search", "skiptoken", "deltatoken", "format"];
    for (key, value) in &request.query {
        let bare = key.trim_start_matches('$').to_lowercase();
        if bare == "skip" {
            // [UL]
            return Err(GraphError::odata("'$skip' is not supported by the service."));
        }
        if key.starts_with('$') && !KNOWN.contains(&bare.as_str()) {
            return Err(GraphError::odata(format!("The query parameter '{key}' is not supported.")));
        }
        if bare == "format" && !value.to_lowercase().contains("json") {
            return Err(GraphError::odata(format!("The format '{value}' is not supported.")));
        }
        if value.len() > MAX_OPTION {
            return Err(GraphError::odata(format!("The query parameter '{key}' is too long.")));
        }
    }
    Ok(())
}

pub(super) fn page_size(call: &mut Call<'_>) -> Result<usize, GraphError> {
    let paging = call.state.options.paging;
    let size = match call.request.option("$top") {
        None => paging.default,
        Some(text) => match text.parse::<usize>() {
            Ok(top) if top >= 1 && top <= paging.maximum => top,
            Ok(_) => {
                return Err(GraphError::unsupported(format!(
                    "Invalid page size specified: '{text}'. Must be between 1 and {} inclusive.",
                    paging.maximum
                )));
            }
            Err(_) => return Err(GraphError::odata(format!("Invalid value '{text}' for $top query option found."))),
        },
    };
    if paging.empty_first && call.request.option("$skiptoken").is_none() {
        return Ok(0);
    }
    // Contract §10.13: a page may be shorter than asked for.
    Ok(if paging.short && size > 1 { call.state.rng.random_range(1..=size) } else { size })
}

pub(super) fn order(text: &str, schema: &'static Schema) -> Result<(u8, bool), GraphError> {
    let mut words = text.split_whitespace();
    let name = words.next().unwrap_or_default();
    let descending = match words.next().map(str::to_lowercase).as_deref() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(GraphError::odata("Invalid $orderby clause.")),
    };
    match schema.find(name) {
        Some((number, row)) if words.next().is_none() && row.sort && matches!(row.kind, Type::Text | Type::Date) => {
            Ok((number, descending))
        }
        _ => Err(GraphError::unsupported(format!("Sorting by '{text}' is not supported for this resource."))),
    }
}

pub(super) fn guard_filter(filter: Option<&Expr>, entities: &[Entity]) -> Result<(), GraphError> {
    let schema = entities.first().map_or(Entity::User, |entity| *entity).schema();
    let mut open = true;
    if let Some(filter) = filter {
        // A filter on what may not be read would tell it all the same.
        filter.properties(&mut |number| open &= schema.row(number).is_some_and(|row| row.basic));
    }
    if open { Ok(()) } else { Err(GraphError::denied()) }
}

pub(super) fn selects_beyond_basic(columns: &[Vec<u8>], entities: &[Entity]) -> bool {
    columns.iter().zip(entities).any(|(columns, entity)| {
        columns.iter().any(|number| entity.schema().row(*number).is_some_and(|row| !row.basic && !row.by_default))
    })
}
