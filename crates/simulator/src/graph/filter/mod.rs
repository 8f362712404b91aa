//! `$filter`: parsed to a tree against a schema, then evaluated per object. Contract §2 Query.
//!
//! Invariant: an expression is either understood whole or refused; there is no partial filter.

mod eval;
mod lexer;
mod parser;

pub(crate) use self::parser::parse;

use serde_json::Value;

use crate::schema::Schema;

/// A filter expression.
#[derive(Clone, Debug)]
pub(crate) enum Expr {
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Compare(Operand, Comparison, Value),
    In(Operand, Vec<Value>),
    StartsWith(Operand, String),
    EndsWith(Operand, String),
    /// A property, and what one of its items must satisfy; none = has any item.
    Any(&'static Schema, u8, Option<Box<Expr>>),
}

/// What is compared.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    /// A property of a kind by number, with the rest of the path into it.
    Property(&'static Schema, u8, Option<String>),
    /// The variable of a lambda, with the rest of the path into it.
    Variable(Option<String>),
}

/// Comparison operators Graph's directory serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Eq,
    Ne,
    Ge,
    Le,
}

impl Expr {
    /// Whether it is an advanced query: `ne`, `not`, `endsWith`. [ADV]
    pub(crate) fn is_advanced(&self) -> bool {
        match self {
            Self::And(left, right) | Self::Or(left, right) => left.is_advanced() || right.is_advanced(),
            Self::Not(_) | Self::EndsWith(..) | Self::Compare(_, Comparison::Ne, _) => true,
            Self::Any(_, _, inner) => inner.as_ref().is_some_and(|inner| inner.is_advanced()),
            Self::Compare(..) | Self::In(..) | Self::StartsWith(..) => false,
        }
    }

    /// Calls `visit` with each property the expression looks at.
    pub(crate) fn properties(&self, visit: &mut dyn FnMut(u8)) {
        match self {
            Self::And(left, right) | Self::Or(left, right) => {
                left.properties(visit);
                right.properties(visit);
            }
            Self::Not(inner) => inner.properties(visit),
            Self::Compare(operand, ..)
            | Self::In(operand, _)
            | Self::StartsWith(operand, _)
            | Self::EndsWith(operand, _) => {
                if let Operand::Property(_, number, _) = operand {
                    visit(*number);
                }
            }
            Self::Any(_, number, _) => visit(*number),
        }
    }
}
