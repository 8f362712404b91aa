//! The lease on virtual clocks: two candidates whose clocks have nothing to do with each other.

use std::time::Duration;

use proptest::prelude::*;

use super::{Action, Elector, LOOK_EVERY, Record};

const LEASE: Duration = Duration::from_mins(1);
const WRITE: Duration = Duration::from_secs(30);

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn elector(me: &str) -> Elector {
    Elector::new(me.into(), LEASE, WRITE)
}

fn held_by(holder: &str, version: u64) -> Record {
    Record { holder: Some(holder.into()), version: version.to_string(), duration: LEASE }
}

#[test]
fn a_lease_that_is_not_there_is_created_and_written_under_at_once() {
    let mut a = elector("a");
    assert_eq!(a.read(None, s(5)), Action::Create);
    a.written(held_by("a", 1), s(5), s(6));
    let window = a.window().unwrap();
    assert!(window.permits(s(6), WRITE));
    // The right counts from when the renewal left, not from when its answer came.
    assert!(window.permits(s(34), WRITE) && !window.permits(s(35), WRITE));
    assert!(a.holds(s(64)) && !a.holds(s(65)));
}

#[test]
fn a_held_lease_is_waited_for_from_the_last_change_that_was_seen() {
    let mut b = elector("b");
    assert_eq!(b.read(Some(held_by("a", 1)), s(100)), Action::Wait(LEASE));
    assert_eq!(b.read(Some(held_by("a", 1)), s(150)), Action::Wait(s(10)));
    // Renewed in between: it counts anew.
    assert_eq!(b.read(Some(held_by("a", 2)), s(155)), Action::Wait(LEASE));
    assert_eq!(b.read(Some(held_by("a", 2)), s(215)), Action::Take { version: "2".into() });
    assert!(b.window().is_none(), "wanting is not having");
    b.written(held_by("b", 3), s(215), s(216));
    let window = b.window().unwrap();
    assert!(!window.permits(s(244), s(1)), "what the other one sent last may still take effect");
    assert!(window.permits(s(245), s(1)));
}

#[test]
fn a_lease_that_was_given_back_is_taken_without_a_wait() {
    let mut b = elector("b");
    b.read(Some(held_by("a", 1)), s(100));
    let free = Record { holder: None, ..held_by("a", 2) };
    assert_eq!(b.read(Some(free), s(101)), Action::Take { version: "2".into() });
    b.written(held_by("b", 3), s(101), s(101));
    assert!(b.window().unwrap().permits(s(101), WRITE));
}

#[test]
fn losing_it_to_somebody_else_ends_the_right_at_once() {
    let mut a = elector("a");
    a.read(None, s(0));
    a.written(held_by("a", 1), s(0), s(0));
    assert_eq!(a.read(Some(held_by("b", 2)), s(10)), Action::Wait(LEASE));
    assert!(a.window().is_none() && !a.holds(s(10)));
}

#[test]
fn our_own_write_whose_answer_was_lost_is_recognised() {
    let mut a = elector("a");
    a.read(None, s(0));
    // The create was taken, the answer lost: no right until a renewal is acknowledged.
    assert!(a.window().is_none());
    assert_eq!(a.read(Some(held_by("a", 1)), s(5)), Action::Take { version: "1".into() });
    a.written(held_by("a", 2), s(5), s(5));
    assert!(a.window().unwrap().permits(s(5), WRITE));
}

#[test]
fn a_lease_deleted_by_hand_does_not_let_two_write() {
    let mut b = elector("b");
    b.read(Some(held_by("a", 1)), s(100));
    assert_eq!(b.read(None, s(110)), Action::Create);
    b.written(held_by("b", 2), s(110), s(110));
    let window = b.window().unwrap();
    assert!(!window.permits(s(189), s(1)), "a may write until 160, and what it sent takes effect until 190");
    assert!(b.holds(s(120)));
}

#[test]
fn a_take_over_takes_no_longer_than_lease_and_write_and_one_look() {
    // The holder dies right after a renewal, at any moment between two looks of the one that stands by.
    for died in (0..1_000).map(Duration::from_millis) {
        let mut b = elector("b");
        let (mut now, mut version) = (Duration::ZERO, 1);
        b.read(Some(held_by("a", version)), now);
        let opened = loop {
            if now >= died {
                version = 2;
            }
            match b.read(Some(held_by("a", version)), now) {
                Action::Wait(wait) => now += wait.min(LOOK_EVERY),
                _ => break now,
            }
        };
        b.written(held_by("b", 3), opened, opened);
        let from = b.window().unwrap().from;
        assert!(from <= died + LEASE + WRITE + LOOK_EVERY, "died at {died:?}, opened at {from:?}");
        assert!(from >= died + LEASE + WRITE, "what it sent last may still take effect");
    }
}

/// What happens next in a random story.
#[derive(Clone, Copy, Debug)]
enum Turn {
    /// A candidate looks, and writes if it may; its clock has moved on meanwhile.
    Look { who: usize },
    /// It looks and writes, but never hears the answer.
    Lost { who: usize },
    /// Time passes for everybody.
    Pass { seconds: u64 },
    /// It gives the lease back.
    GiveBack { who: usize },
    /// It wants to send a request of this time-out.
    Send { who: usize, timeout: u64 },
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let who = 0..3_usize;
    let turn = prop_oneof![
        4 => who.clone().prop_map(|who| Turn::Look { who }),
        1 => who.clone().prop_map(|who| Turn::Lost { who }),
        3 => (0..40_u64).prop_map(|seconds| Turn::Pass { seconds }),
        1 => who.clone().prop_map(|who| Turn::GiveBack { who }),
        4 => (who, 1..31_u64).prop_map(|(who, timeout)| Turn::Send { who, timeout }),
    ];
    proptest::collection::vec(turn, 1..120)
}

proptest! {
    /// Whatever happens, and however far apart the clocks are, no two requests of different holders are under way at the
    /// same time.
    #[test]
    fn requests_of_two_holders_never_overlap(turns in turns(), skew in proptest::array::uniform3(0..100_000_u64)) {
        let names = ["a", "b", "c"];
        let mut electors = names.map(elector);
        let mut lease: Option<Record> = None;
        let mut version = 0;
        let mut now = 0;
        let mut under_way: Option<(usize, u64)> = None;
        for turn in turns {
            let local = |who: usize| s(now + skew[who]);
            match turn {
                Turn::Pass { seconds } => now += seconds,
                Turn::Look { who } | Turn::Lost { who } => {
                    let action = electors[who].read(lease.clone(), local(who));
                    if !matches!(action, Action::Wait(_)) {
                        version += 1;
                        let record = held_by(names[who], version);
                        lease = Some(record.clone());
                        if matches!(turn, Turn::Look { .. }) {
                            electors[who].written(record, local(who), local(who));
                        }
                    }
                }
                Turn::GiveBack { who } => {
                    // Only after what it sent has ended, as an orderly end does.
                    let busy = under_way.is_some_and(|(sender, until)| sender == who && until > now);
                    if !busy && electors[who].holds(local(who)) && lease.as_ref().is_some_and(|record| record.holder.as_deref() == Some(names[who])) {
                        electors[who].give_up();
                        version += 1;
                        lease = Some(Record { holder: None, ..held_by("", version) });
                    }
                }
                Turn::Send { who, timeout } => {
                    if electors[who].window().is_some_and(|window| window.permits(local(who), s(timeout))) {
                        if let Some((other, until)) = under_way {
                            prop_assert!(other == who || until <= now, "{who} sends at {now}, {other} until {until}");
                        }
                        let until = under_way.filter(|(other, _)| *other == who).map_or(0, |(_, until)| until);
                        under_way = Some((who, until.max(now + timeout)));
                    }
                }
            }
        }
    }
}
