//! Evaluates the CEL rules of a kind, the very strings the API server evaluates.
//!
//! Invariant: a rule that cannot be evaluated refuses the object; it is never skipped.

use kube::core::cel::{ErrorKind, Validator};
use serde_json::Value;

use super::{path::Path, schema::Schema};
use crate::reason::Reason;

/// A rule that an object breaks.
pub(super) struct Broken {
    pub field: String,
    pub message: String,
    pub reason: Reason,
}

/// Evaluates the rules of `schema` and of everything below it.
pub(super) fn evaluate(
    validator: &Validator,
    schema: &Schema,
    value: &Value,
    path: &Path<'_>,
    broken: &mut Vec<Broken>,
) {
    if !schema.has_rules {
        return;
    }
    if let Some(rules) = &schema.rules
        && let Err(errors) = validator.validate_compiled(rules, value, None)
    {
        broken.extend(errors.into_iter().map(|error| {
            // Every message but a broken rule's own could quote the value.
            let message = match error.kind {
                ErrorKind::ValidationFailure => error.message,
                _ => format!("the rule `{}` cannot be evaluated for this value", error.rule),
            };
            // The rule's own `fieldPath`, a dot first, or nothing.
            Broken { field: format!("{path}{}", error.field_path), reason: reason_of(&message), message }
        }));
    }
    match value {
        Value::Object(entries) => {
            for (name, property) in &schema.properties {
                if let Some(child) = entries.get(name) {
                    evaluate(validator, property, child, &path.field(name), broken);
                }
            }
        }
        Value::Array(values) => {
            if let Some(items) = schema.items.as_ref().filter(|items| items.has_rules) {
                for (index, child) in values.iter().enumerate() {
                    evaluate(validator, items, child, &path.index(index), broken);
                }
            }
        }
        _ => {}
    }
}

/// The reason that a rule's message stands for, where it has one of its own.
fn reason_of(message: &str) -> Reason {
    if message == crate::v1alpha1::PRIVATE_BUSINESS_EMAIL { Reason::PrivateBusinessEmail } else { Reason::InvalidSpec }
}
