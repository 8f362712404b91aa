//! Details that outlast the reading they come from.
//!
//! Listings are read once an hour. What takes a request for every mailbox and list (its rules, its size, who is in it, who
//! opens it) is read once a day and carried over in between.
//!
//! Invariant: pure. A detail is carried over only while the listing shows its recipient exactly as it was, and no longer than
//! a day; what could not be read is asked for again with every reading. What was read together falls due spread over half a
//! day, so that a tenant is never asked for all of it at once again.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use jiff::{SignedDuration, Timestamp};
use tenant_contacts_core::landscape::{Exchange, Landscape, Recipient, RecipientKey, Wanted};

use super::{
    detail::{copy, known, recipient},
    schedule::{INTERVAL, SPREAD},
};

/// The age at which no answer rests on a detail any more (DESIGN §10: report-only reads daily).
pub const OLDEST: SignedDuration = SignedDuration::from_hours(24);

/// Details of earlier readings.
#[derive(Clone, Debug, Default)]
pub struct Details {
    /// Nothing but the details.
    facts: Exchange,
    read_at: BTreeMap<Wanted, Timestamp>,
    /// What the listing showed of their recipients.
    shown: BTreeMap<RecipientKey, Recipient>,
}

impl Details {
    /// What a landscape knows that may be carried over into the next one.
    pub fn of(landscape: &Landscape) -> Self {
        let mut details = Self::default();
        let (Some(read_at), Some(recipients)) = (landscape.read_at, landscape.exchange.recipients.present()) else {
            return details;
        };
        for wanted in known(landscape) {
            let Some((key, shown)) = recipient(&wanted).and_then(|key| recipients.get_key_value(key)) else { continue };
            copy(&wanted, &landscape.exchange, &mut details.facts);
            details.shown.entry(key.clone()).or_insert_with(|| shown.clone());
            let read_at = landscape.details_read_at.get(&wanted).copied().unwrap_or(read_at);
            details.read_at.insert(wanted, read_at);
        }
        details
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.read_at.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.read_at.is_empty()
    }

    /// Puts into a landscape, whose listings were read `now`, the details that still hold.
    pub fn carry_into(&self, landscape: &mut Landscape, now: Timestamp) {
        let Some(recipients) = landscape.exchange.recipients.present().cloned() else { return };
        for (wanted, read_at) in &self.read_at {
            let Some(key) = recipient(wanted) else { continue };
            let same = recipients.get(key).is_some_and(|one| self.shown.get(key) == Some(one));
            if same && now.duration_since(*read_at) < holds_for(wanted) {
                copy(wanted, &self.facts, &mut landscape.exchange);
                landscape.details_read_at.insert(wanted.clone(), *read_at);
            }
        }
    }
}

/// How long a detail holds: between half of the longest time and the whole of it, each detail always the same. A reading
/// comes up to an interval after the moment in which a detail falls due.
fn holds_for(wanted: &Wanted) -> SignedDuration {
    let mut hasher = DefaultHasher::new();
    wanted.hash(&mut hasher);
    let longest = OLDEST - SignedDuration::from_secs((INTERVAL + SPREAD).as_secs().cast_signed());
    let parts = i32::try_from(hasher.finish() % 1_000).unwrap_or(0);
    longest / 2 + longest / 2_000 * parts
}
