//! Fields that were ours and are no longer declared: restored or forgotten (design §4, Deletion).

use tenant_contacts_api::memory::FieldMemory;

use super::{Cause, Verdict};
use crate::{
    canonical,
    desired::{DesiredField, Want},
    field::FieldFacts,
};

/// What to do about a withdrawn field.
pub(super) enum Withdrawn {
    /// Settled without a write.
    Now(Verdict),
    /// Its original is wanted back: goes through the same checks as a declared value.
    Wanted(DesiredField, Cause),
}

/// Restores only what has an original, and only while the live value is still the one we verified.
pub(super) fn judge(memory: &FieldMemory, facts: &FieldFacts, live: &[Box<str>]) -> Withdrawn {
    let ours = memory.verified == Some(canonical::digest(memory.field, facts.shape, live));
    let Some(original) = memory.original.as_ref().filter(|_| ours) else {
        return Withdrawn::Now(Verdict::Forget);
    };
    let original: Box<[Box<str>]> = original.iter().map(|value| value.as_str().into()).collect();
    if canonical::equal(facts.shape, &original, live) {
        return Withdrawn::Now(Verdict::Forget);
    }
    let field =
        DesiredField { field: memory.field, want: Want::Exact(original), from_secret: false, inside_allowed: false };
    Withdrawn::Wanted(field, Cause::Restore)
}
