//! Why a seed is refused.
//!
//! Invariant: a message names the place, and never a secret; of what was written it shows one short value.

use serde_json::Value;

/// Most characters of a value that a message shows.
const SHOWN: usize = 80;

/// A value as a message shows it. What a list or an object holds is not shown: a slip in the indentation puts half of a seed
/// there, secrets and all.
pub(super) fn written(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        scalar => scalar.to_string(),
    }
}

fn short(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// A seed that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// Not the YAML of a seed; the source has line and column.
    #[error("the seed is not valid YAML for a simulated tenant")]
    Yaml(#[source] Box<serde_saphyr::Error>),
    /// More text than any seed has.
    #[error("the seed has {bytes} bytes, more than 64 MiB")]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// A name that nothing in the seed defines.
    #[error("{place}: there is no {kind} `{}` in this seed", short(name))]
    Unknown {
        /// As `users[3].manager`.
        place: String,
        /// As `user`.
        kind: &'static str,
        /// What was written.
        name: String,
    },
    /// Two objects with one name, id or address.
    #[error("{place}: {kind} `{}` is taken by another object", short(name))]
    Duplicate {
        /// As `users[3].upn`.
        place: String,
        /// As `address`.
        kind: &'static str,
        /// What was written.
        name: String,
    },
    /// A value that is not of the form it must have.
    #[error("{place}: `{}` is not {expected}", short(value))]
    Invalid {
        /// As `tenant.createdDateTime`.
        place: String,
        /// What was written.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A certificate or key set that cannot be read.
    #[error("{place}: not a readable {kind}")]
    Key {
        /// As `applications[0].certificates[0]`.
        place: String,
        /// As `PEM certificate`.
        kind: &'static str,
    },
}
