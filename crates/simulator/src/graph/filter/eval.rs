//! Evaluation of a filter on one object.
//!
//! Invariant: texts compare without regard to case, as the directory does; an absent value equals null only.

use std::{borrow::Cow, cmp::Ordering};

use serde_json::Value;

use super::{Comparison, Expr, Operand};
use crate::store::record::Record;

impl Expr {
    /// Whether the object satisfies the filter.
    pub(crate) fn matches(&self, record: &Record) -> bool {
        self.holds(record, None)
    }

    fn holds(&self, record: &Record, item: Option<&Value>) -> bool {
        match self {
            Self::And(left, right) => left.holds(record, item) && right.holds(record, item),
            Self::Or(left, right) => left.holds(record, item) || right.holds(record, item),
            Self::Not(inner) => !inner.holds(record, item),
            Self::Compare(operand, comparison, literal) => {
                let value = value(operand, record, item);
                match comparison {
                    Comparison::Eq => same(value.as_deref(), literal),
                    Comparison::Ne => !same(value.as_deref(), literal),
                    Comparison::Ge => order(value.as_deref(), literal).is_some_and(Ordering::is_ge),
                    Comparison::Le => order(value.as_deref(), literal).is_some_and(Ordering::is_le),
                }
            }
            Self::In(operand, literals) => {
                let value = value(operand, record, item);
                literals.iter().any(|literal| same(value.as_deref(), literal))
            }
            Self::StartsWith(operand, prefix) => value(operand, record, item)
                .as_deref()
                .and_then(Value::as_str)
                .is_some_and(|text| text.to_lowercase().starts_with(&prefix.to_lowercase())),
            Self::EndsWith(operand, suffix) => value(operand, record, item)
                .as_deref()
                .and_then(Value::as_str)
                .is_some_and(|text| text.to_lowercase().ends_with(&suffix.to_lowercase())),
            Self::Any(schema, property, inner) => {
                let value = schema.value(record, *property);
                let mut items = value.as_array().into_iter().flatten();
                items.any(|item| inner.as_ref().is_none_or(|inner| inner.holds(record, Some(item))))
            }
        }
    }
}

/// A value as it reads, with what reads where nobody wrote.
fn value<'a>(operand: &Operand, record: &'a Record, item: Option<&'a Value>) -> Option<Cow<'a, Value>> {
    let (start, rest) = match operand {
        Operand::Property(schema, number, rest) => (Some(schema.value(record, *number)), rest),
        Operand::Variable(rest) => (item.map(Cow::Borrowed), rest),
    };
    match rest {
        None => start,
        Some(path) => {
            let start = start?;
            path.split('/').try_fold(&*start, |value, name| value.get(name)).cloned().map(Cow::Owned)
        }
    }
}

fn same(value: Option<&Value>, literal: &Value) -> bool {
    match (value, literal) {
        (None | Some(Value::Null), literal) => literal.is_null(),
        (Some(Value::String(left)), Value::String(right)) => {
            left.eq_ignore_ascii_case(right) || left.to_lowercase() == right.to_lowercase()
        }
        (Some(value), literal) => value == literal,
    }
}

fn order(value: Option<&Value>, literal: &Value) -> Option<Ordering> {
    match (value?, literal) {
        (Value::String(left), Value::String(right)) => Some(left.to_lowercase().cmp(&right.to_lowercase())),
        (Value::Number(left), Value::Number(right)) => left.as_f64()?.partial_cmp(&right.as_f64()?),
        _ => None,
    }
}
