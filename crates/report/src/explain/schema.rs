//! The JSON Schema of the JSON form. Published as `docs/schemas/explain.schema.json`; a test compares the two.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::view::AnswerView;

/// The JSON Schema (draft 2020-12) of [`super::json`].
pub fn schema() -> Value {
    let mut schema =
        SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<AnswerView>();
    schema.insert("title".into(), "Who receives a tenant's notices".into());
    schema.to_value()
}
