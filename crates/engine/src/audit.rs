//! The audit trail: intent before, outcome after, in a hash chain whose head is anchored in status.
//!
//! Invariant: a record holds digests and names of objects, never a value; a record that was changed or removed breaks the
//! chain behind it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenant_contacts_api::{digest::Digest, field::Field, reason::Reason, status::AuditHead};
use tenant_contacts_core::digest;

/// What a record is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "event")]
pub enum AuditEvent {
    /// A write is about to leave.
    Intent {
        /// The declaring object.
        object: String,
        /// The field.
        field: Field,
        /// Digest of the entry's key, where the field is a map.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entry: Option<Digest>,
        /// The step.
        step: Digest,
        /// Digest of the value before.
        before: Digest,
        /// Digest of the value to be left behind.
        after: Digest,
        /// The approval it rests on, if it needed one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approval: Option<Digest>,
    },
    /// What became of it.
    Outcome {
        /// The step.
        step: Digest,
        /// `done`, `accepted`, `refused`, `notDone` or `unknown`.
        outcome: String,
        /// Why, if it was not done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// A field that was ours and is no longer declared was let go.
    Released {
        /// The declaring object.
        object: String,
        /// The field.
        field: Field,
        /// Digest of the entry's key, where the field is a map.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entry: Option<Digest>,
    },
    /// A field of a removed object was let go without its original: restoring it was given up.
    ReleasedUnrestored {
        /// The object that declared it.
        object: String,
        /// The field.
        field: Field,
        /// Digest of the entry's key, where the field is a map.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entry: Option<Digest>,
        /// What stood in the way to the end.
        reason: Reason,
    },
}

/// A link of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditRecord {
    /// Its number; the first is 1.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// Hash of the record before it; 32 zeros for the first.
    pub previous: Digest,
    /// What happened.
    #[serde(flatten)]
    pub what: AuditEvent,
    /// Hash over everything above.
    pub hash: Digest,
}

/// Digest of an entry's key, which may be an address: the trail holds none.
pub fn entry(key: Option<&str>) -> Option<Digest> {
    key.map(|key| digest::of("entry", [key.as_bytes()]))
}

/// Appends an event to the chain that ends at `head`, and moves the head.
pub fn append(head: &mut Option<AuditHead>, at: Timestamp, what: AuditEvent) -> AuditRecord {
    // A head with the last number there is, nobody has written; it comes from outside, and is no reason to stop.
    let next = |head: &AuditHead| (head.sequence.saturating_add(1), head.hash);
    let (sequence, previous) = head.as_ref().map_or((1, Digest([0; 16])), next);
    let hash = hash(sequence, at, previous, &what);
    *head = Some(AuditHead { sequence, hash });
    AuditRecord { sequence, at, previous, what, hash }
}

/// Whether a record is the next link behind `head`, to the byte. Without a head it is the first of what is at hand: the first
/// of all, or one whose predecessors are elsewhere.
pub fn follows(head: Option<&AuditHead>, record: &AuditRecord) -> bool {
    let first = record.sequence == 1;
    let fits = match head {
        Some(head) => record.sequence.checked_sub(1) == Some(head.sequence) && record.previous == head.hash,
        None => record.sequence > 0 && (!first || record.previous == Digest([0; 16])),
    };
    fits && record.hash == hash(record.sequence, record.at, record.previous, &record.what)
}

/// Checks a whole chain. The error is the number of the first record that does not fit.
pub fn verify<'a>(records: impl IntoIterator<Item = &'a AuditRecord>) -> Result<Option<AuditHead>, u64> {
    let mut head: Option<AuditHead> = None;
    for record in records {
        if !follows(head.as_ref(), record) || (head.is_none() && record.sequence != 1) {
            return Err(record.sequence);
        }
        head = Some(AuditHead { sequence: record.sequence, hash: record.hash });
    }
    Ok(head)
}

fn hash(sequence: u64, at: Timestamp, previous: Digest, what: &AuditEvent) -> Digest {
    // The event's own JSON: field order is the declaration's, so equal events are equal bytes.
    let event = serde_json::to_vec(what).unwrap_or_default();
    digest::of("audit", [&sequence.to_be_bytes()[..], &at.as_nanosecond().to_be_bytes(), &previous.0, &event])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> (Vec<AuditRecord>, Option<AuditHead>) {
        let mut head = None;
        let outcome = |step| AuditEvent::Outcome { step: Digest([step; 16]), outcome: "done".into(), reason: None };
        let at = |second: u8| Timestamp::from_second(second.into()).unwrap();
        let records = (1..=3).map(|n| append(&mut head, at(n), outcome(n))).collect();
        (records, head)
    }

    #[test]
    fn behind_the_last_number_there_is_nothing_stops() {
        let mut head = Some(AuditHead { sequence: u64::MAX, hash: Digest([7; 16]) });
        let outcome = AuditEvent::Outcome { step: Digest([1; 16]), outcome: "done".into(), reason: None };
        assert_eq!(append(&mut head, Timestamp::UNIX_EPOCH, outcome).sequence, u64::MAX);
    }

    #[test]
    fn a_chain_verifies_and_any_change_breaks_it() {
        let (records, head) = chain();
        assert_eq!(verify(&records), Ok(head));
        let mut changed = records.clone();
        changed[1].at = Timestamp::from_second(9).unwrap();
        assert_eq!(verify(&changed), Err(2));
        let mut removed = records.clone();
        removed.remove(1);
        assert_eq!(verify(&removed), Err(3));
        assert_eq!(verify(&records[1..]), Err(2), "a whole chain has its first record");
        assert!(follows(None, &records[1]), "the first at hand need not be the first of all");
        let mut forged = records;
        forged[0].previous = Digest([7; 16]);
        assert_eq!(verify(&forged), Err(1), "nothing is before the first");
    }
}
