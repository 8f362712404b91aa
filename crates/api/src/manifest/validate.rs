//! Checks a tree against a schema as the API server would, and turns it into JSON with the schema's defaults.
//!
//! Invariant: every finding has a place and no finding shows a value.

use serde_json::{Map, Number, Value as Json};

use super::{
    listed::Listed,
    path::{Path, PlacesBuilder},
    problem::printable,
    schema::{ListType, Schema, Type},
    shorthand, suggest,
    tree::{Key, Node, Place, Value},
    wording,
};

/// Something wrong in an object, before the object's name and file are put to it.
#[derive(Debug)]
pub(super) struct Finding {
    pub place: Place,
    pub field: String,
    pub message: String,
    pub remedy: String,
}

/// Takes what the walk finds.
#[derive(Default)]
pub(super) struct Sink {
    pub findings: Listed<Finding>,
    /// How many there are, those that are not listed too.
    pub found: usize,
    pub places: PlacesBuilder,
    /// Fields that are written without a value: the API server drops them.
    pub nulls: Listed<(Place, String)>,
}

impl Sink {
    pub fn find(&mut self, place: Place, path: &Path<'_>, message: impl Into<String>, remedy: impl Into<String>) {
        self.find_with(place, path, message, || remedy);
    }

    /// The same with a remedy that has to be looked for: only where the finding is listed.
    pub fn find_with<R: Into<String>>(
        &mut self,
        place: Place,
        path: &Path<'_>,
        message: impl Into<String>,
        remedy: impl FnOnce() -> R,
    ) {
        let finding = || Finding { place, field: path.to_string(), message: message.into(), remedy: remedy().into() };
        self.found += 1;
        self.findings.push_with(finding);
    }
}

/// Checks a node, and gives it as JSON; `None` after a finding that leaves nothing to look at.
pub(super) fn check(schema: &Schema, node: &Node<'_>, path: &Path<'_>, sink: &mut Sink) -> Option<Json> {
    match (schema.kind, &node.value) {
        (Type::Object, Value::Map(entries)) => Some(object(schema, entries, node.place, path, sink)),
        (Type::Array, Value::Seq(items)) => Some(list(schema, items, node.place, path, sink)),
        (Type::String, Value::Text(text)) => {
            string(schema, text, node.place, path, sink);
            Some(Json::String(text.clone().into_owned()))
        }
        (Type::Boolean, Value::Bool(value)) => Some(Json::Bool(*value)),
        (Type::Integer | Type::Number, Value::Int(Some(number))) => {
            range(schema, number.as_f64(), node.place, path, sink);
            Some(Json::Number(number.clone()))
        }
        // A whole number is a whole number in any notation: JSON does not tell 1.0 from 1.
        (Type::Integer, Value::Float(float)) if float.fract() == 0.0 && float.abs() < 9e15 => {
            range(schema, Some(*float), node.place, path, sink);
            #[allow(clippy::cast_possible_truncation)] // a whole number below 2^53
            let whole = *float as i64;
            Some(Json::Number(whole.into()))
        }
        (Type::Number, Value::Float(float)) if float.is_finite() => {
            range(schema, Some(*float), node.place, path, sink);
            Number::from_f64(*float).map(Json::Number)
        }
        (Type::String, Value::Int(_) | Value::Float(_) | Value::Bool(_)) => {
            let what = node.describe();
            sink.find(
                node.place,
                path,
                format!("must be quoted: without quotes YAML reads it as {what}, and a string is expected"),
                "Put the value in quotes.",
            );
            None
        }
        (kind, _) => {
            let expected = match kind {
                Type::Object => "an object",
                Type::Array => "a list",
                Type::String => "a string",
                Type::Boolean => "true or false",
                Type::Integer => "a whole number",
                Type::Number => "a number",
            };
            let message = format!("must be {expected}, and is {}", node.describe());
            sink.find(node.place, path, message, shorthand::remedy(schema, node, path));
            None
        }
    }
}

fn object(schema: &Schema, entries: &[(Key<'_>, Node<'_>)], at: Place, path: &Path<'_>, sink: &mut Sink) -> Json {
    let mut json = Map::new();
    for (key, node) in entries {
        let field = path.field(&key.text);
        let Some(property) = schema.properties.get(key.text.as_ref()) else {
            unknown_field(schema, key, &field, sink);
            continue;
        };
        sink.places.add(&field, key.place);
        // The API server drops a field that is written without a value, before it looks for required ones.
        if matches!(node.value, Value::Null) {
            sink.nulls.push_with(|| (key.place, field.to_string()));
            continue;
        }
        json.insert(key.text.clone().into_owned(), check(property, node, &field, sink).unwrap_or(Json::Null));
    }
    for name in schema.required.iter().filter(|name| !json.contains_key(*name)) {
        let place = entries.iter().find(|(key, _)| key.text == name.as_str()).map_or(at, |(key, _)| key.place);
        sink.find(place, &path.field(name), "is required", format!("Add `{name}`."));
    }
    for (name, property) in &schema.properties {
        if let (Some(default), false) = (&property.default, json.contains_key(name)) {
            json.insert(name.clone(), defaulted(property, default.clone()));
        }
    }
    Json::Object(json)
}

/// A default may hold objects whose own fields have defaults.
fn defaulted(schema: &Schema, mut value: Json) -> Json {
    if let Json::Object(entries) = &mut value {
        for (name, property) in &schema.properties {
            match (entries.remove(name), &property.default) {
                (Some(inner), _) => entries.insert(name.clone(), defaulted(property, inner)),
                (None, Some(default)) => entries.insert(name.clone(), defaulted(property, default.clone())),
                (None, None) => None,
            };
        }
    }
    value
}

fn unknown_field(schema: &Schema, key: &Key<'_>, field: &Path<'_>, sink: &mut Sink) {
    let names = || schema.properties.keys().map(String::as_str);
    let remedy = || match suggest::closest(&key.text, names()) {
        Some(name) => format!("Did you mean `{name}`?"),
        None if schema.properties.is_empty() => "Remove it: no field is known here.".to_owned(),
        None => format!("Remove it, or use one of: {}.", names().collect::<Vec<_>>().join(", ")),
    };
    match wording::at(&key.text, wording::is_invisible) {
        Some(odd) => sink.find(
            key.place,
            field,
            format!("is not a known field: its name has {odd}, which cannot be seen"),
            "Delete that character, or type the line again.",
        ),
        None => sink.find_with(key.place, field, "is not a known field", remedy),
    }
}

fn list(schema: &Schema, items: &[Node<'_>], at: Place, path: &Path<'_>, sink: &mut Sink) -> Json {
    bounds(items.len(), schema.count, "items", at, path, sink);
    // What is beyond the limit is refused as a whole: a thousand further findings would hide the one that matters.
    let limit = schema.count.1.unwrap_or(usize::MAX);
    let mut json = Vec::with_capacity(items.len().min(limit));
    for (index, item) in items.iter().enumerate().take(limit) {
        let item_path = path.index(index);
        sink.places.add(&item_path, item.place);
        let value = match &schema.items {
            Some(items) => check(items, item, &item_path, sink).unwrap_or(Json::Null),
            None => Json::Null,
        };
        json.push(value);
    }
    duplicates(&schema.list, &json, items, path, sink);
    Json::Array(json)
}

fn duplicates(list: &ListType, json: &[Json], items: &[Node<'_>], path: &Path<'_>, sink: &mut Sink) {
    let identity = |value: &Json| match list {
        ListType::Atomic => None,
        ListType::Set => Some(value.to_string()),
        ListType::Map(keys) => {
            Some(keys.iter().map(|key| value[key.as_str()].to_string()).collect::<Vec<_>>().join(","))
        }
    };
    let mut seen = std::collections::HashSet::new();
    for (index, (value, item)) in json.iter().zip(items).enumerate() {
        if !value.is_null() && identity(value).is_some_and(|identity| !seen.insert(identity)) {
            sink.find(item.place, &path.index(index), "is there twice", "Remove one of them.");
        }
    }
}

fn string(schema: &Schema, text: &str, at: Place, path: &Path<'_>, sink: &mut Sink) {
    if let Some(allowed) = &schema.allowed {
        if !allowed.iter().any(|name| name == text) {
            let remedy = || match suggest::closest(text, allowed.iter().map(String::as_str)) {
                Some(name) => format!("Did you mean `{name}`?"),
                None => format!("Use one of: {}.", allowed.join(", ")),
            };
            sink.find_with(at, path, "is not one of the allowed values", remedy);
        }
        return;
    }
    // Lengths are counted in characters, as the API server does; no character is longer than 4 bytes.
    let counted = schema.length.0.is_some() || schema.length.1.is_some_and(|most| text.len() > most);
    if counted && !bounds(text.chars().count(), schema.length, "characters", at, path, sink) {
        return;
    }
    let before = sink.found;
    if let Some(pattern) = &schema.pattern
        && !pattern.is_match(text)
    {
        let (message, remedy) = wording::of(pattern.as_str(), text);
        sink.find(at, path, message, remedy);
    }
    let misshapen = sink.found > before;
    if schema.date && !misshapen && text.parse::<jiff::civil::Date>().is_err() {
        sink.find(at, path, "is not a day of the calendar", "Correct the day.");
    }
    if schema.date_time
        && (text.as_bytes().get(10) != Some(&b'T') || text.contains('[') || text.parse::<jiff::Timestamp>().is_err())
    {
        sink.find(at, path, "is not a date and time", "Write it as in \"2026-01-31T12:00:00Z\".");
    }
}

fn range(schema: &Schema, value: Option<f64>, at: Place, path: &Path<'_>, sink: &mut Sink) {
    let Some(value) = value else { return };
    if let Some(least) = schema.range.0.filter(|least| value < *least) {
        sink.find(at, path, format!("must be at least {least}"), "Use a larger number.");
    }
    if let Some(most) = schema.range.1.filter(|most| value > *most) {
        sink.find(at, path, format!("must be at most {most}"), "Use a smaller number.");
    }
}

fn bounds(
    count: usize,
    (least, most): (Option<usize>, Option<usize>),
    what: &str,
    at: Place,
    path: &Path<'_>,
    sink: &mut Sink,
) -> bool {
    if let Some(least) = least.filter(|least| count < *least) {
        sink.find(
            at,
            path,
            format!("has {count} {what}, and needs at least {least}"),
            format!("Give at least {least} {what}."),
        );
        return false;
    }
    if let Some(most) = most.filter(|most| count > *most) {
        sink.find(
            at,
            path,
            format!("has {count} {what}, and at most {most} are allowed"),
            format!("Use at most {most} {what}."),
        );
        return false;
    }
    true
}

/// A key as a message shows it, in backquotes.
pub(super) fn quoted(key: &str) -> String {
    format!("`{}`", printable(key))
}
