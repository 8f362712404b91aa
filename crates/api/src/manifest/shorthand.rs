//! What to write where a value has another shape than its field: in the names that the schema has there.

use super::{
    path::Path,
    schema::{Schema, Type},
    tree::{Node, Value},
};

/// What to write in place of `node`, which is none of what `schema` takes.
pub(super) fn remedy(schema: &Schema, node: &Node<'_>, path: &Path<'_>) -> String {
    match schema.kind {
        Type::Object => object(schema, node, path),
        Type::Array => match schema.items.as_deref() {
            Some(items) => format!("Write each item on its own line with a dash: `- {}`.", sample(items)),
            None => "Write each item on its own line with a dash, or an inline list in brackets.".to_owned(),
        },
        Type::String => "Write one value, in quotes.".to_owned(),
        Type::Boolean => "Write `true` or `false`, without quotes.".to_owned(),
        Type::Integer => "Write digits only, without quotes.".to_owned(),
        Type::Number => "Write a number, without quotes.".to_owned(),
    }
}

fn object(schema: &Schema, node: &Node<'_>, path: &Path<'_>) -> String {
    // A list where an object with a list was wanted: the list goes one level deeper.
    let of_lists = schema.properties.iter().find(|(_, property)| property.kind == Type::Array);
    if let (Value::Seq(_), Some((name, list))) = (&node.value, of_lists) {
        let item = list.items.as_deref().map(sample).unwrap_or_default();
        return format!("Write `{name}:` below it, indented, and there each item with a dash: `- {item}`.");
    }
    match main_field(schema) {
        Some(_) if path.is_item() => format!("Write it as `- {}`.", sample(schema)),
        Some(_) => format!("Write its fields below it, indented: `{}`.", sample(schema)),
        None => "Write its fields below it, indented.".to_owned(),
    }
}

/// How a value of the schema begins.
fn sample(schema: &Schema) -> String {
    match main_field(schema) {
        Some((name, property)) if property.kind == Type::Array => format!("{name}: […]"),
        Some((name, _)) => format!("{name}: …"),
        None => "…".to_owned(),
    }
}

/// The field that a short form leaves out: the first required one, else the one that holds the value itself.
fn main_field(schema: &Schema) -> Option<(&str, &Schema)> {
    let required = schema.required.first().and_then(|name| schema.properties.get_key_value(name));
    let values =
        ["value", "values", "address", "name"].into_iter().find_map(|name| schema.properties.get_key_value(name));
    let any = || schema.properties.iter().next();
    required.or(values).or_else(any).map(|(name, property)| (name.as_str(), property))
}
