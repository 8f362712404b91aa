//! `$search`: `"displayName:foo"`, several joined by AND or OR. Contract §2 Query.
//!
//! Invariant: what is not of that form is refused.

use super::error::GraphError;
use crate::{schema::Schema, store::record::Record};

/// Alternatives (OR) of clauses that must all hold (AND): property number and text.
#[derive(Debug)]
pub(crate) struct Search(Vec<Vec<(u8, String)>>);

impl Search {
    pub(crate) fn parse(text: &str, schema: &'static Schema) -> Result<Self, GraphError> {
        let clause = |part: &str| -> Result<(u8, String), GraphError> {
            let refuse = || GraphError::odata("Syntax error in $search: clauses are \"property:text\".");
            let inner = part.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or_else(refuse)?;
            let (name, value) = inner.split_once(':').ok_or_else(refuse)?;
            // Searchable properties of users and groups. [ADV]
            if !["displayName", "mail", "userPrincipalName", "description"].contains(&name) || value.is_empty() {
                return Err(GraphError::unsupported(format!("The property '{name}' cannot be searched.")));
            }
            let (number, _) = schema.find(name).ok_or_else(refuse)?;
            Ok((number, value.to_lowercase()))
        };
        text.split(" OR ")
            .map(|alternative| alternative.split(" AND ").map(clause).collect())
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// A text is found at the beginning of any of the value's words.
    pub(crate) fn matches(&self, record: &Record) -> bool {
        let found = |(number, text): &(u8, String)| {
            let value = record.text(*number).unwrap_or_default().to_lowercase();
            value.starts_with(text.as_str())
                || value.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(text.as_str()))
        };
        self.0.iter().any(|clauses| clauses.iter().all(found))
    }
}
