//! What can befall a leader. Each twice: what goes well once may have been luck.

use std::time::Instant;

use testkit::{
    cli::{binary::until, small},
    line::Mode,
};

use super::{clock, pair::Pair};

/// How often each story is played.
const TIMES: usize = 2;

#[test]
fn when_the_leader_is_killed_the_other_one_goes_on_and_nothing_is_written_twice() {
    for _ in 0..TIMES {
        let pair = Pair::start("killed", &[], &[]);
        let since = Instant::now();
        pair.first.process.signal("KILL");
        pair.second_takes_over(since);
        let Pair { second, site, .. } = pair;
        second.process.terminate();
        assert_eq!(second.process.end().0, Some(0));
        assert_eq!(site.leader(), "", "it was given back");
    }
}

#[test]
fn a_frozen_leader_writes_nothing_when_it_thaws() {
    for _ in 0..TIMES {
        let pair = Pair::start("frozen", &[], &[]);
        let since = Instant::now();
        pair.first.process.signal("STOP");
        pair.second_takes_over(since);
        let before = pair.written();
        // Something to write for both: only one may.
        pair.site.apply(&small::contact("ann", "  mobilePhone: {value: \"+1 425 555 0166\"}"));
        let mark = pair.first.process.mark();
        pair.first.process.signal("CONT");
        pair.first.process.says_after(mark, &["leadership"]);
        until("it is written", || pair.site.office.user("ann@contoso.com")["mobilePhone"] == "+1 425 555 0166");
        pair.site.ready("usercontact", "ann", "True InSync");
        assert_eq!(pair.written(), before + 1, "written once, by the one that leads");
        pair.first_wrote_nothing_since(mark);
        assert!(pair.site.leader().starts_with("second-"));
    }
}

#[test]
fn a_leader_that_the_api_server_hangs_up_on_stops_before_the_other_one_begins() {
    cut_off(Mode::Refusing);
}

#[test]
fn a_leader_that_hears_nothing_from_the_api_server_stops_before_the_other_one_begins() {
    cut_off(Mode::Silent);
}

/// Hung up on, it knows at once; with silence, it can only wait. The tenant it reaches all the while.
fn cut_off(mode: Mode) {
    for _ in 0..TIMES {
        let pair = Pair::start("cut-off", &[], &[]);
        let (since, mark) = (Instant::now(), pair.first.process.mark());
        pair.first.line.set(mode);
        pair.first.process.says_after(mark, &["leadership ended"]);
        pair.second_takes_over(since);
        // Back again, it stands by.
        pair.first.line.set(Mode::Open);
        let mark = pair.first.process.mark();
        let before = pair.written();
        pair.site.apply(&small::contact("bob", "  mobilePhone: {value: \"+1 425 555 0155\"}"));
        pair.site.ready("usercontact", "bob", "True InSync");
        assert_eq!(pair.written(), before + 1);
        pair.first_wrote_nothing_since(mark);
        assert!(pair.site.leader().starts_with("second-"));
        // It is a good successor all the same.
        let since = Instant::now();
        pair.second.process.signal("KILL");
        until("the first one leads again", || pair.site.leader().starts_with("first-"));
        println!("the first one led again after {:.1?}", since.elapsed());
        pair.site.apply(&small::contact("bob", "  mobilePhone: {value: \"+1 425 555 0156\"}"));
        until("it writes", || pair.site.office.user("bob@contoso.com")["mobilePhone"] == "+1 425 555 0156");
    }
}

#[test]
fn clocks_an_hour_apart_change_nothing() {
    for _ in 0..TIMES {
        for (first, second) in [(3_600, 0), (-3_600, 0)] {
            let (ahead, behind) = (clock::shifted_by(first), clock::shifted_by(second));
            let pair = Pair::start("clocks", &ahead.environment(), &behind.environment());
            let apart = clock::apart(&pair.first.process.said(), &pair.second.process.said());
            assert!(apart.unsigned_abs().as_secs() > 3_000, "the clocks are not apart: {apart:#}");
            let since = Instant::now();
            pair.first.process.signal("KILL");
            pair.second_takes_over(since);
        }
    }
}

#[test]
fn a_write_left_open_by_a_clock_that_is_ahead_is_settled_by_the_one_that_follows() {
    let ahead = clock::shifted_by(3_600);
    let pair = Pair::start("open", &ahead.environment(), &[]);
    // Killed with a write that is not verified yet: verifying takes five seconds.
    let before = pair.written();
    pair.site.apply(&small::contact("ann", "  mobilePhone: {value: \"+1 425 555 0166\"}"));
    until("it is written", || pair.written() > before);
    pair.first.process.signal("KILL");
    let open = |pair: &Pair| {
        let object = pair.site.object("usercontact", "ann").unwrap();
        object["status"]["memory"]["fields"].to_string().contains("intent")
    };
    assert!(open(&pair), "the write was verified too soon for this test");
    pair.site.ready("usercontact", "ann", "True InSync");
    // Status and memory are written one after the other.
    until("nothing is open any more", || !open(&pair));
    assert_eq!(pair.written(), before + 1, "read, and not written again");
}
