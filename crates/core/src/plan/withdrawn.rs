//! Fields that were ours and are no longer declared: restored or forgotten (design §4, Deletion).

use tenant_contacts_api::memory::FieldMemory;

use crate::{
    canonical,
    desired::{DesiredField, Want},
    field::FieldFacts,
    step::Cause,
    surface::LiveSlot,
};

/// What to do about a withdrawn field.
pub(super) enum Withdrawn {
    /// The live value is not the one that we verified: somebody changed it since, and theirs stays.
    NotOurs,
    /// Its original is there.
    Restored,
    /// Its original is wanted back: goes through the same checks as a declared value.
    Wanted(DesiredField, Cause),
}

/// Restores only what has an original, and only while the live value is still the one we verified.
pub(super) fn judge(memory: &FieldMemory, facts: &FieldFacts, live: LiveSlot<'_>) -> Withdrawn {
    let ours = memory.verified == Some(live.digest(memory.field, facts));
    let Some(original) = memory.original.as_ref().filter(|_| ours) else { return Withdrawn::NotOurs };
    let original: Box<[Box<str>]> = original.iter().map(|value| value.as_str().into()).collect();
    if canonical::equal(facts.shape, &original, live.values) {
        return Withdrawn::Restored;
    }
    let field =
        DesiredField { entry: memory.entry.clone(), ..DesiredField::whole(memory.field, Want::Exact(original)) };
    Withdrawn::Wanted(field, Cause::Restore)
}
