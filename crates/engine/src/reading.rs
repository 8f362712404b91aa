//! When accounts are read in full, and when the change feed will do.
//!
//! A change feed that was opened by one replica and a listing answered by another, older one can together miss a change
//! for ever. So the feed is trusted only after a second full reading, a replication window after it was opened; and once
//! in a while everything is read again all the same.

use jiff::{SignedDuration, Timestamp};
use tenant_contacts_core::{flight, model::Observation};

use crate::port::Read;

/// Full readings before the feed is trusted.
const READINGS_FOR_TRUST: u32 = 2;

/// Even a trusted feed is not trusted for longer: six hours bound how long a change that the feed lost goes unseen, and
/// cost a hundred requests a tenant of 100,000 four times a day.
const FULL_READING_EVERY: SignedDuration = SignedDuration::from_hours(6);

/// How to read now.
pub fn choose(observation: &Observation, now: Timestamp) -> Read {
    let (Some(_), Some(last)) = (&observation.cursor, observation.full_reading_at) else { return Read::Full };
    let age = now.duration_since(last);
    let young = observation.full_readings < READINGS_FOR_TRUST && age > flight::GRAPH.window;
    if young || age > FULL_READING_EVERY { Read::Full } else { Read::Changes }
}
