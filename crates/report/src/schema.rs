//! The JSON Schemas of what verbs print with `--output json`: whole documents, as they come out of the program. Published as
//! `docs/schemas/<verb>.schema.json`; tests compare them with the types, and validate the program's real output.

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::Value;

use crate::{
    answers::{ApprovedView, CheckView, ReadyView, SuspensionView},
    explain::AnswerView,
    plan::PlanView,
    published::PublishedView,
    worklist::WorklistView,
};

/// The verbs that print JSON, each with the schema (draft 2020-12) of what it prints.
pub fn schemas() -> [(&'static str, Value); 10] {
    [
        ("apply", document("Plans after they were applied, one for each tenant", list::<PlanView>)),
        ("approve", document("What was approved", one::<ApprovedView>)),
        ("check", document("What is wrong with manifests", one::<CheckView>)),
        ("explain", document("Who receives tenants' notices, one answer for each tenant", list::<AnswerView>)),
        (
            "plan",
            document("Plans, one for each tenant: of a folder of manifests, or as an operator published them", plans),
        ),
        ("reconcile", document("What an operator published after its pass", list::<PublishedView>)),
        ("resume", document("Whether the Tenant is suspended", one::<SuspensionView>)),
        ("run", document("One line of a running process: an object's Ready condition turned", one::<ReadyView>)),
        ("suspend", document("Whether the Tenant is suspended", one::<SuspensionView>)),
        ("worklist", document("What only a person can do, one list for each tenant", list::<WorklistView>)),
    ]
}

fn document(title: &str, shape: fn(&mut SchemaGenerator) -> Schema) -> Value {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = shape(&mut generator);
    schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("title".into(), title.into());
    schema.insert("$defs".into(), Value::Object(generator.take_definitions(true)));
    schema.to_value()
}

fn one<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

fn list<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let items = one::<T>(generator);
    json_schema!({ "type": "array", "items": items })
}

fn plans(generator: &mut SchemaGenerator) -> Schema {
    let (looked_at, published) = (one::<PlanView>(generator), one::<PublishedView>(generator));
    json_schema!({ "type": "array", "items": { "anyOf": [looked_at, published] } })
}
