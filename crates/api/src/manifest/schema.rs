//! The OpenAPI schema of a kind, as read from its generated CustomResourceDefinition.
//!
//! Invariant: a keyword that this reader does not know makes [`Schema::read`] fail, so that offline and API server cannot
//! silently come to differ when a kind gains a new sort of rule.

use std::collections::BTreeMap;

use kube::core::cel::{CompiledSchema, compile_schema};
use regex::Regex;
use serde_json::Value;

/// Why a generated schema cannot be evaluated offline. Only a change of the types can bring it about, and a test reads
/// every kind.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// A keyword nobody taught this module.
    #[error("the schema has the keyword `{0}`, which the offline check does not know")]
    Keyword(String),
    /// A keyword with a value of an unexpected shape.
    #[error("the schema's keyword `{0}` has an unexpected value")]
    Shape(String),
    /// A pattern that is no regular expression.
    #[error("a pattern of the schema does not compile")]
    Pattern(#[source] regex::Error),
    /// A CEL rule that does not compile.
    #[error("a CEL rule of the schema does not compile: {0}")]
    Rule(String),
    /// A CustomResourceDefinition without a schema.
    #[error("the CustomResourceDefinition has no schema")]
    Missing,
}

/// JSON types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Object,
    Array,
    String,
    Boolean,
    Integer,
    Number,
}

/// How a list's items relate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum ListType {
    #[default]
    Atomic,
    Set,
    Map(Vec<String>),
}

/// One node of a schema.
#[derive(Debug)]
pub(super) struct Schema {
    pub kind: Type,
    pub properties: BTreeMap<String, Schema>,
    pub required: Vec<String>,
    pub items: Option<Box<Schema>>,
    pub allowed: Option<Vec<String>>,
    pub pattern: Option<Regex>,
    pub length: (Option<usize>, Option<usize>),
    pub count: (Option<usize>, Option<usize>),
    pub range: (Option<f64>, Option<f64>),
    pub date_time: bool,
    pub date: bool,
    pub default: Option<Value>,
    pub list: ListType,
    /// The CEL rules of this node alone, compiled; transition rules are left out, since a file has no older version.
    pub rules: Option<Box<CompiledSchema>>,
    /// Whether this node or one below has rules.
    pub has_rules: bool,
}

impl Schema {
    /// Reads a schema.
    pub fn read(json: &Value) -> Result<Self, SchemaError> {
        let object = json.as_object().ok_or_else(|| SchemaError::Shape("schema".into()))?;
        let mut schema = Self {
            kind: Type::Object,
            properties: BTreeMap::new(),
            required: Vec::new(),
            items: None,
            allowed: None,
            pattern: None,
            length: (None, None),
            count: (None, None),
            range: (None, None),
            date_time: false,
            date: false,
            default: None,
            list: ListType::Atomic,
            rules: own_rules(json)?,
            has_rules: false,
        };
        let mut map_keys = Vec::new();
        for (keyword, value) in object {
            let shape = || SchemaError::Shape(keyword.clone());
            let size = || value.as_u64().and_then(|number| usize::try_from(number).ok()).ok_or_else(shape);
            let texts = || -> Result<Vec<String>, SchemaError> {
                let items = value.as_array().ok_or_else(shape)?;
                items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(shape)).collect()
            };
            match keyword.as_str() {
                "description" | "x-kubernetes-validations" => {}
                "type" => schema.kind = read_type(value).ok_or_else(shape)?,
                "properties" => {
                    for (name, property) in value.as_object().ok_or_else(shape)? {
                        schema.properties.insert(name.clone(), Self::read(property)?);
                    }
                }
                "required" => schema.required = texts()?,
                "items" => schema.items = Some(Box::new(Self::read(value)?)),
                "enum" => schema.allowed = Some(texts()?),
                "pattern" => {
                    let pattern = value.as_str().ok_or_else(shape)?;
                    schema.pattern = Some(Regex::new(pattern).map_err(SchemaError::Pattern)?);
                }
                "minLength" => schema.length.0 = Some(size()?),
                "maxLength" => schema.length.1 = Some(size()?),
                "minItems" => schema.count.0 = Some(size()?),
                "maxItems" => schema.count.1 = Some(size()?),
                "minimum" => schema.range.0 = Some(value.as_f64().ok_or_else(shape)?),
                "maximum" => schema.range.1 = Some(value.as_f64().ok_or_else(shape)?),
                "format" => match value.as_str() {
                    Some("date-time") => schema.date_time = true,
                    Some("date") => schema.date = true,
                    Some("int32" | "int64") => {}
                    _ => return Err(shape()),
                },
                "default" => schema.default = Some(value.clone()),
                "x-kubernetes-list-type" => match value.as_str() {
                    Some("set") => schema.list = ListType::Set,
                    Some("map") => schema.list = ListType::Map(Vec::new()),
                    _ => return Err(shape()),
                },
                "x-kubernetes-list-map-keys" => map_keys = texts()?,
                _ => return Err(SchemaError::Keyword(keyword.clone())),
            }
        }
        if let ListType::Map(keys) = &mut schema.list {
            *keys = map_keys;
        }
        schema.has_rules = schema.rules.is_some()
            || schema.properties.values().any(|property| property.has_rules)
            || schema.items.as_ref().is_some_and(|items| items.has_rules);
        Ok(schema)
    }
}

fn read_type(value: &Value) -> Option<Type> {
    Some(match value.as_str()? {
        "object" => Type::Object,
        "array" => Type::Array,
        "string" => Type::String,
        "boolean" => Type::Boolean,
        "integer" => Type::Integer,
        "number" => Type::Number,
        _ => return None,
    })
}

/// Compiles the rules of one node, without those of the nodes below it (they are evaluated at their own places).
fn own_rules(json: &Value) -> Result<Option<Box<CompiledSchema>>, SchemaError> {
    let Some(rules) = json.get("x-kubernetes-validations").and_then(Value::as_array) else { return Ok(None) };
    let is_transition =
        |rule: &&Value| rule.get("rule").and_then(Value::as_str).is_some_and(|text| text.contains("oldSelf"));
    let standing: Vec<Value> = rules.iter().filter(|rule| !is_transition(rule)).cloned().collect();
    if standing.is_empty() {
        return Ok(None);
    }
    let mut own = without_rules(json);
    own["x-kubernetes-validations"] = Value::Array(standing);
    let compiled = compile_schema(&own);
    match compiled.compilation_errors().first() {
        None => Ok(Some(Box::new(compiled))),
        Some(error) => Err(SchemaError::Rule(error.to_string())),
    }
}

fn without_rules(json: &Value) -> Value {
    match json {
        Value::Object(entries) => entries
            .iter()
            .filter(|(key, _)| *key != "x-kubernetes-validations")
            .map(|(key, value)| (key.clone(), without_rules(value)))
            .collect(),
        Value::Array(items) => items.iter().map(without_rules).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_can_be_read_and_an_unknown_keyword_cannot_be_overlooked() {
        for crd in crate::crds::all() {
            let json = serde_json::to_value(&crd.spec.versions[0].schema.as_ref().unwrap().open_api_v3_schema).unwrap();
            Schema::read(&json["properties"]["spec"]).unwrap();
        }
        let error = Schema::read(&serde_json::json!({"type": "object", "oneOf": []})).unwrap_err();
        assert!(matches!(error, SchemaError::Keyword(word) if word == "oneOf"));
    }
}
