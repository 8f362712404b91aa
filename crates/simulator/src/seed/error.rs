//! Why a seed is refused.
//!
//! Invariant: a message names the place, and never a secret.

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
    #[error("{place}: there is no {kind} `{name}` in this seed")]
    Unknown {
        /// As `users[3].manager`.
        place: String,
        /// As `user`.
        kind: &'static str,
        /// What was written.
        name: String,
    },
    /// Two objects with one name, id or address.
    #[error("{place}: {kind} `{name}` is taken by another object")]
    Duplicate {
        /// As `users[3].upn`.
        place: String,
        /// As `address`.
        kind: &'static str,
        /// What was written.
        name: String,
    },
    /// A value that is not of the form it must have.
    #[error("{place}: `{value}` is not {expected}")]
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
