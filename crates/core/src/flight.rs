//! A write in flight: from the moment its intent is kept until reads say what became of it. One room for all of its life.
//!
//! | state | what is remembered | what leads out of it |
//! |---|---|---|
//! | *intended* | an intent, with the id under which a service takes the request once | the request leaves, or is turned away: forgotten |
//! | *running* | the same, with the address of the operation | the service says that it ended: *sent*, from then on; or that it failed: a refusal |
//! | *sent* | the same | reads that agree, spaced: *agreeing*; the window passes: forgotten, or *unknown* if it must not happen twice |
//! | *agreeing* | the same; how many agree is not kept | enough of them: **verified**; one that does not: *sent* again |
//! | *unknown* | the same, of an effect that must not happen twice | a read that agrees: *agreeing*; another declaration: forgotten |
//! | **verified** | the digest that reads agreed on | within the window a read shows what was there before: *sent*, again ([`reopen`]) |
//! | *refused* | the digest and the reason | another value is declared, or an hour for want of a permission |
//!
//! Invariant: while a write is in flight, no second one to the same slot leaves.

use jiff::{SignedDuration, Timestamp};
use tenant_contacts_api::{
    digest::Digest,
    field::Field,
    memory::{FieldMemory, Intent, Memory, Refusal},
    reason::Reason,
};

use crate::{
    desired::DesiredField,
    digest,
    step::{Verdict, Waiting, WaitingOn},
};

/// How sure a surface's reads make us.
#[derive(Clone, Copy, Debug)]
pub struct Replication {
    /// Fresh reads that must agree in a row. Graph: replicas answer in turn, so one read proves one replica.
    pub agreeing: u8,
    /// Least time between two reads that count. Graph: 5 s, the spacing at which Terraform's azuread provider polls.
    pub spacing: SignedDuration,
    /// How long reads may show something else before the write counts as not having arrived. Two minutes: replication
    /// within Entra is a matter of seconds, rarely more than a minute (third-party experience; Microsoft gives no number).
    pub window: SignedDuration,
}

/// Microsoft Graph's directory.
pub const GRAPH: Replication =
    Replication { agreeing: 2, spacing: SignedDuration::from_secs(5), window: SignedDuration::from_secs(120) };

/// What became of an open intent after looking at a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// There is no open intent.
    None,
    /// Not known yet: no fresh read since the write, or not enough of them.
    Waiting,
    /// Enough reads agree: verified just now.
    Verified,
    /// The window has passed and the value is not there: the write did not arrive, or somebody changed it back.
    NotObserved,
    /// The window of a *once* effect has passed and it is not seen. It stays open: it may have happened all the same, and
    /// happens twice if it is sent again.
    Unknown,
}

/// Looks at a read of the field and moves the memory along. `live` is the digest of the live value and when it was read
/// directly.
pub fn settle(
    memory: &mut FieldMemory,
    live: Option<(Digest, Timestamp)>,
    now: Timestamp,
    rule: Replication,
) -> Settled {
    let Some(intent) = &mut memory.intent else { return Settled::None };
    // What is still being carried out may show any value.
    if intent.operation.is_some() {
        return Settled::Waiting;
    }
    let Some((digest, read_at)) = live.filter(|(_, read_at)| *read_at > intent.at) else {
        return Settled::Waiting;
    };
    if digest == intent.after {
        let spaced = intent.read_at.is_none_or(|last| read_at.duration_since(last) >= rule.spacing);
        if spaced {
            intent.agreeing += 1;
            intent.read_at = Some(read_at);
        }
        if intent.agreeing >= rule.agreeing {
            memory.verified = Some(digest);
            // Which declaration it satisfies is for the plan to say.
            memory.declared = None;
            memory.intent = None;
            memory.refusal = None;
            return Settled::Verified;
        }
        return Settled::Waiting;
    }
    // A replica that is behind, or another writer: start counting anew, and give up only after the window.
    intent.agreeing = 0;
    intent.read_at = None;
    if is_unknown(intent, now, rule) {
        return Settled::Unknown;
    }
    if now.duration_since(intent.at) > rule.window {
        memory.intent = None;
        return Settled::NotObserved;
    }
    Settled::Waiting
}

/// Whether the outcome of an open write is unknown: it must not happen twice, its window has passed, and the last read did
/// not agree. Only a read that agrees, or another declaration, leads out of that.
pub fn is_unknown(intent: &Intent, now: Timestamp, rule: Replication) -> bool {
    intent.once && intent.operation.is_none() && intent.agreeing == 0 && now.duration_since(intent.at) > rule.window
}

/// When an open intent wants its next read: now if it had none since the write, else one spacing after the last.
pub fn next_read(intent: &Intent, now: Timestamp, rule: Replication) -> Timestamp {
    intent.read_at.map_or(now, |last| last.saturating_add(rule.spacing).unwrap_or(now))
}

/// Opens a verified write again where a read shows what was there before one of our writes of the last window: a replica that
/// is behind answered, and is not corrected. `replaced` is when those writes left, and the digest of what they replaced. Whether
/// it is open now.
pub fn reopen(memory: &mut FieldMemory, live: Option<Digest>, replaced: &[(Timestamp, Digest)]) -> bool {
    if memory.intent.is_some() {
        return false;
    }
    let behind = live.is_some_and(|digest| replaced.iter().any(|(_, before)| *before == digest));
    let after = memory.verified.filter(|verified| live.is_some_and(|digest| *verified != digest));
    let (true, Some(after), Some(&(at, _))) = (behind, after, replaced.last()) else { return false };
    // Its outcome is known, whatever its effect: it is only waited for once more.
    memory.intent = Some(Box::new(Intent::absolute(after, at)));
    true
}

/// Whether a map is ours: what was there before us is remembered, and what comes is somebody else's change.
pub fn is_ours(memory: &Memory, map: Field) -> bool {
    memory.field(map).is_some_and(|slot| slot.verified.is_some())
}

/// Takes a map over, before its first write or once it is as declared. `there` are the entries that are to go, with their values: they
/// were there before us. Whether it was not ours before.
pub fn take_over<'a>(
    memory: &mut Memory,
    map: Field,
    restorable: bool,
    there: impl Iterator<Item = (&'a str, &'a [Box<str>])>,
) -> bool {
    if is_ours(memory, map) {
        return false;
    }
    for (key, values) in there {
        let slot = memory.slot_mut(map, Some(key));
        if restorable {
            slot.original.get_or_insert_with(|| values.iter().map(ToString::to_string).collect());
        }
    }
    // Not of any value: that there is one says all.
    memory.field_mut(map).verified = Some(digest::of("map", [map.path().as_bytes()]));
    true
}

/// What a service says of an operation that it took and carries out by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It goes on.
    Running,
    /// It ended well. What it left behind is still to be read.
    Succeeded,
    /// It ended otherwise, and would again.
    Failed(Reason),
    /// The service knows nothing of it (any more): reads tell what became of it.
    Forgotten,
}

/// Moves an operation along. Whether there is anything new to remember.
pub fn progressed(memory: &mut FieldMemory, progress: Progress, now: Timestamp) -> bool {
    let Some(intent) = memory.intent.as_mut().filter(|intent| intent.operation.is_some()) else { return false };
    match progress {
        Progress::Running => false,
        Progress::Succeeded | Progress::Forgotten => {
            // The replicas have their window from here on.
            intent.operation = None;
            intent.at = now;
            true
        }
        Progress::Failed(reason) => {
            memory.refusal = Some(Box::new(Refusal { of: intent.after, reason, at: now }));
            memory.intent = None;
            true
        }
    }
}

/// The verdict on a slot with a write in flight: there is no second write to it.
pub fn verdict(intent: &Intent, now: Timestamp, rule: Replication) -> Verdict {
    if intent.operation.is_some() {
        return Verdict::Waiting(Box::new(Waiting { on: WaitingOn::Operation, step: None }));
    }
    if !is_unknown(intent, now, rule) {
        return Verdict::Verifying;
    }
    Verdict::Blocked(
        Reason::OutcomeUnknown,
        format!(
            "sent at {} and not seen since: look in the tenant whether it happened; it is not sent again by itself",
            intent.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        ),
    )
}

/// Whether a write in flight stands in nobody's way any more. One whose outcome is unknown is answered when what is declared is
/// there after all, or by a person who declares something else.
pub fn is_answered(
    intent: &Intent,
    wanted: &DesiredField,
    as_declared: bool,
    now: Timestamp,
    rule: Replication,
) -> bool {
    let another = || intent.declared != wanted.digest();
    is_unknown(intent, now, rule) && (as_declared || another())
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::field::Field;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn open() -> FieldMemory {
        let mut memory = FieldMemory::new(Field::Technical);
        memory.intent = Some(Box::new(Intent::absolute(Digest([1; 16]), at(0))));
        memory
    }

    #[test]
    fn two_reads_five_seconds_apart_verify() {
        let mut memory = open();
        let good = |s| Some((Digest([1; 16]), at(s)));
        assert_eq!(settle(&mut memory, good(1), at(1), GRAPH), Settled::Waiting);
        assert_eq!(settle(&mut memory, good(3), at(3), GRAPH), Settled::Waiting, "too close to count");
        assert_eq!(settle(&mut memory, good(6), at(6), GRAPH), Settled::Verified);
        assert_eq!(memory.verified, Some(Digest([1; 16])));
        assert!(memory.intent.is_none());
    }

    #[test]
    fn a_read_from_before_the_write_says_nothing() {
        let mut memory = open();
        assert_eq!(settle(&mut memory, Some((Digest([1; 16]), at(-1))), at(10), GRAPH), Settled::Waiting);
        assert_eq!(memory.intent.unwrap().agreeing, 0);
    }

    #[test]
    fn a_disagreeing_replica_starts_the_count_anew_and_the_window_ends_it() {
        let mut memory = open();
        let (good, old) = (Digest([1; 16]), Digest([2; 16]));
        settle(&mut memory, Some((good, at(1))), at(1), GRAPH);
        assert_eq!(settle(&mut memory, Some((old, at(7))), at(7), GRAPH), Settled::Waiting);
        assert_eq!(memory.intent.as_ref().unwrap().agreeing, 0);
        assert_eq!(settle(&mut memory, Some((old, at(121))), at(121), GRAPH), Settled::NotObserved);
        assert!(memory.verified.is_none());
    }
    #[test]
    fn what_must_not_happen_twice_stays_open_until_reads_agree() {
        let mut memory = open();
        memory.intent = Some(Box::new(Intent::once(Digest([1; 16]), at(0), None)));
        let (good, old) = (Digest([1; 16]), Digest([2; 16]));
        assert_eq!(settle(&mut memory, Some((old, at(119))), at(119), GRAPH), Settled::Waiting);
        assert_eq!(settle(&mut memory, Some((old, at(121))), at(121), GRAPH), Settled::Unknown);
        assert_eq!(settle(&mut memory, Some((old, at(9_999))), at(9_999), GRAPH), Settled::Unknown, "for ever");
        assert_eq!(settle(&mut memory, Some((good, at(10_000))), at(10_000), GRAPH), Settled::Waiting);
        assert!(
            !is_unknown(memory.intent.as_ref().unwrap(), at(10_000), GRAPH),
            "one read agrees: it is being settled"
        );
        assert_eq!(settle(&mut memory, Some((good, at(10_005))), at(10_005), GRAPH), Settled::Verified);
        assert!(memory.intent.is_none());
    }
}
