//! `$expand`: what may be named.
//!
//! Invariant: what is asked for may be named, or is refused; nested options other than `$select` are refused.

use crate::graph::{error::GraphError, request::GraphRequest};

/// One name of `$expand`, and the properties of the related objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expand {
    pub(crate) name: String,
    pub(in crate::graph) select: Option<String>,
}

/// Reads the option.
pub(crate) fn read(request: &GraphRequest, allowed: &[&str]) -> Result<Vec<Expand>, GraphError> {
    let refuse = |what: String| GraphError::odata(format!("Parsing OData Select and Expand failed: {what}."));
    let text = request.option("$expand").unwrap_or_default();
    let mut all = Vec::new();
    for part in divided(text, ',') {
        let (name, nested) = part.split_once('(').map_or((part, None), |(name, rest)| (name, Some(rest)));
        if !allowed.contains(&name) {
            return Err(refuse(format!("Could not find a property named '{name}'")));
        }
        let mut select = None;
        if let Some(nested) = nested {
            let nested = nested.strip_suffix(')').ok_or_else(|| refuse("a parenthesis is missing".to_owned()))?;
            for option in divided(nested, ';') {
                let (key, value) = option.split_once('=').unwrap_or((option, ""));
                if !key.trim().trim_start_matches('$').eq_ignore_ascii_case("select") {
                    return Err(GraphError::unsupported(format!(
                        "The query option '{key}' is not supported inside $expand."
                    )));
                }
                select = Some(value.to_owned());
            }
        }
        all.push(Expand { name: name.to_owned(), select });
    }
    Ok(all)
}

/// The parts between separators that do not stand in parentheses.
fn divided(text: &str, separator: char) -> Vec<&str> {
    let mut depth = 0_usize;
    let parts = text.split(move |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == separator && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}
