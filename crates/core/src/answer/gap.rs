//! What could not be read.

use crate::model::Unknown;

/// A fact, or a kind of facts, that could not be read, and what it would tell (DOMAIN G1). Unknown is no defect and no green
/// light (DOMAIN G2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// What was to be read: `mailboxes`, `role assignments`, …
    pub what: Box<str>,
    /// Why it could not be.
    pub why: Unknown,
    /// What knowing it would tell, in one sentence.
    pub tells: &'static str,
}
