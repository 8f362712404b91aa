//! Entries that end by themselves: until when one is written, and when it is renewed.

use jiff::{Span, Timestamp, tz::TimeZone};

use crate::{
    field::{FieldFacts, Lasting, Writing},
    surface::LiveSlot,
};

fn lasting(facts: &FieldFacts) -> Option<Lasting> {
    match facts.writing {
        Writing::Entries { lasting, .. } => lasting,
        Writing::Set | Writing::Create | Writing::Replace => None,
    }
}

/// When an entry that is written now ends: at the beginning of a day, so that plans of one day are the same.
pub(super) fn expires(facts: &FieldFacts, now: Timestamp) -> Option<Timestamp> {
    let lasting = lasting(facts)?;
    let day = now.to_zoned(TimeZone::UTC).date().checked_add(Span::new().days(lasting.days)).ok()?;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// When an entry that is there is renewed. `None`: it does not end by itself.
pub(super) fn renewed_at(facts: &FieldFacts, live: LiveSlot<'_>) -> Option<Timestamp> {
    let before = lasting(facts)?.renewed_days_before;
    live.expires?.checked_sub(Span::new().hours(i64::from(before) * 24)).ok()
}
