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
        /// `done`, `refused`, `notDone` or `unknown`.
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
    },
    /// A field of a removed object was let go without its original: restoring it was given up.
    ReleasedUnrestored {
        /// The object that declared it.
        object: String,
        /// The field.
        field: Field,
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

/// Appends an event to the chain that ends at `head`, and moves the head.
pub fn append(head: &mut Option<AuditHead>, at: Timestamp, what: AuditEvent) -> AuditRecord {
    let (sequence, previous) = head.as_ref().map_or((1, Digest([0; 16])), |head| (head.sequence + 1, head.hash));
    let hash = hash(sequence, at, previous, &what);
    *head = Some(AuditHead { sequence, hash });
    AuditRecord { sequence, at, previous, what, hash }
}

/// Checks a chain. The error is the number of the first record that does not fit.
pub fn verify<'a>(records: impl IntoIterator<Item = &'a AuditRecord>) -> Result<Option<AuditHead>, u64> {
    let mut head: Option<AuditHead> = None;
    for record in records {
        let expected = append(&mut head, record.at, record.what.clone());
        if expected != *record {
            return Err(record.sequence);
        }
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
    fn a_chain_verifies_and_any_change_breaks_it() {
        let (records, head) = chain();
        assert_eq!(verify(&records), Ok(head));
        let mut changed = records.clone();
        changed[1].at = Timestamp::from_second(9).unwrap();
        assert_eq!(verify(&changed), Err(2));
        let mut removed = records;
        removed.remove(1);
        assert_eq!(verify(&removed), Err(3));
    }
}
