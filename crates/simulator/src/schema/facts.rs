//! Facts of Microsoft's metadata: which properties a type has, and of what type each is.
//!
//! Invariant: nothing here is this project's opinion; `docs/contract/metadata.md` says where the table is from.

use std::{collections::HashMap, sync::LazyLock};

use serde_json::{Map, Value};

use super::value_type::Type;

/// A row of `properties.tsv`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fact {
    pub(crate) name: &'static str,
    /// As `Edm.String` or `graph.assignedPlan`; `-> graph.directoryObject` is a relation.
    pub(crate) of: &'static str,
    pub(crate) many: bool,
    pub(crate) nullable: bool,
}

#[derive(Debug, Default)]
struct Table {
    /// Of entities and complex types, by name.
    types: HashMap<&'static str, Vec<Fact>>,
    /// Base types of entities.
    parents: HashMap<&'static str, &'static str>,
    enums: HashMap<&'static str, Vec<&'static str>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    for line in include_str!("properties.tsv").lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let mut next = || columns.next().unwrap_or_default();
        let (kind, name, property) = (next(), next(), next());
        match kind {
            "entity" | "complex" => {
                let (name, parent) = name.split_once(" : ").map_or((name, None), |(name, parent)| (name, Some(parent)));
                if let Some(parent) = parent {
                    table.parents.insert(name, parent);
                }
                let fact = Fact { name: property, of: next(), many: next() == "many", nullable: next() == "yes" };
                table.types.entry(name).or_default().push(fact);
            }
            "enum" => {
                table.enums.insert(name, property.split('|').collect());
            }
            _ => {}
        }
    }
    // In beta alone (resource group, microsoftgraph/microsoft-graph-docs-contrib api-reference/beta).
    let of = |name, of| Fact { name, of, many: false, nullable: true };
    table.types.insert(
        "groupWritebackConfiguration",
        vec![of("isEnabled", "Edm.Boolean"), of("onPremisesGroupType", "Edm.String")],
    );
    table
});

/// The properties and relations of a type, inherited ones last.
pub(crate) fn of(type_name: &str) -> impl Iterator<Item = &'static Fact> {
    let own = TABLE.types.get(type_name).map_or(&[][..], Vec::as_slice);
    let parent = TABLE.parents.get(type_name).and_then(|parent| TABLE.types.get(parent));
    own.iter().chain(parent.map_or(&[][..], Vec::as_slice))
}

pub(crate) fn find(type_name: &str, name: &str) -> Option<&'static Fact> {
    of(type_name).find(|fact| fact.name == name)
}

/// All types that are objects of their own.
#[cfg(test)]
pub(crate) fn types() -> impl Iterator<Item = &'static str> {
    TABLE.types.keys().copied().filter(|name| TABLE.parents.contains_key(name))
}

/// How values of a type are kept.
pub(crate) fn kind(of: &str, many: bool) -> Type {
    let complex = members(of).is_some() || (!of.starts_with("Edm.") && choices(of).is_none());
    match (of, many) {
        (_, true) if complex => Type::Objects,
        (_, true) => Type::Texts,
        (_, false) if complex => Type::Object,
        ("Edm.Boolean", _) => Type::Bool,
        ("Edm.Int32" | "Edm.Int64", _) => Type::Number,
        ("Edm.DateTimeOffset", _) => Type::Date,
        _ => Type::Text,
    }
}

/// How a relation is kept: by the ids of the other end.
pub(crate) fn relation(many: bool) -> Type {
    if many { Type::Texts } else { Type::Text }
}

/// The name without its namespace.
fn bare(of: &str) -> &str {
    of.rsplit('.').next().unwrap_or(of)
}

fn choices(of: &str) -> Option<&'static [&'static str]> {
    TABLE.enums.get(bare(of)).map(Vec::as_slice)
}

/// The members of a complex type; none for other types.
pub(crate) fn members(of: &str) -> Option<&'static [Fact]> {
    if of.starts_with("Edm.") || of.is_empty() {
        return None;
    }
    TABLE.types.get(bare(of)).map(Vec::as_slice)
}

/// Whether one value (not a collection) is of the type.
pub(crate) fn fits(of: &str, value: &Value) -> bool {
    match (of, value) {
        ("Edm.Boolean", Value::Bool(_)) => true,
        ("Edm.Int32", Value::Number(number)) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        ("Edm.Int64", Value::Number(number)) => number.is_i64(),
        ("Edm.DateTimeOffset", Value::String(text)) => text.parse::<jiff::Timestamp>().is_ok(),
        ("Edm.Guid", Value::String(text)) => crate::ids::is_guid(text),
        ("Edm.Boolean" | "Edm.Int32" | "Edm.Int64", _) => false,
        (_, Value::String(text)) if of.starts_with("Edm.") => !text.is_empty() || of == "Edm.String",
        (_, Value::String(text)) => choices(of).is_some_and(|all| all.contains(&text.as_str())),
        (_, Value::Object(object)) => match members(of) {
            Some(members) => object.iter().all(|(name, value)| name == "@odata.type" || has(members, name, value)),
            // Types that the table does not have are open ones.
            None => !of.starts_with("Edm.") && choices(of).is_none(),
        },
        _ => false,
    }
}

fn has(members: &[Fact], name: &str, value: &Value) -> bool {
    members.iter().find(|member| member.name == name).is_some_and(|member| match value {
        Value::Null => member.nullable || member.many,
        Value::Array(items) => member.many && items.iter().all(|item| fits(member.of, item)),
        value => !member.many && fits(member.of, value),
    })
}

/// A complex value with all its members, and without what only told its type.
pub(crate) fn whole(of: &str, value: &Value) -> Value {
    match (value, members(of)) {
        (Value::Object(object), Some(members)) => {
            let printed = |member: &Fact| {
                let value = object.get(member.name).filter(|value| !value.is_null());
                let none = if member.many { Value::Array(Vec::new()) } else { Value::Null };
                (member.name.to_owned(), value.map_or(none, |value| whole(member.of, value)))
            };
            let own = members.iter().filter(|member| !member.of.starts_with("-> "));
            Value::Object(own.map(printed).collect::<Map<_, _>>())
        }
        (Value::Array(items), Some(_)) => items.iter().map(|item| whole(of, item)).collect(),
        (value, _) => value.clone(),
    }
}
