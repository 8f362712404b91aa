//! When a tenant is read as a whole, and when it is looked whether something else is declared.
//!
//! Invariant: pure; times are those of the process's monotonic clock. Whatever happens, a tenant is read no more often than
//! somebody asks, than once in ten minutes for what was written, and otherwise than once an hour; sooner only after a reading
//! that failed, in whole or in part, and then ever less often. Nothing that happens often puts off what is due.

use std::time::Duration;

/// How often a tenant is read (design §10: the slow interval).
pub const INTERVAL: Duration = Duration::from_hours(1);

/// At most this much later, so that tenants that began together do not read together for ever: a tenth.
pub(super) const SPREAD: Duration = Duration::from_mins(6);

/// How long after a change it is looked at. What is applied together is a moment apart.
const SETTLE: Duration = Duration::from_secs(1);

/// How long after a write the tenant is read anew: its replicas agree by then as a rule (a contact field takes seconds).
const REPLICATED: Duration = Duration::from_mins(1);

/// How soon after a reading what was written since may cause the next one: as often as passes look by default, so that a
/// fleet that changes all the time is not read all the time.
const BETWEEN: Duration = Duration::from_mins(10);

/// How long after a failed reading the next one comes, doubled each time up to the interval: shorter than a person waits who
/// mends a credential, long enough for a service that is down.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// How soon after a failed reading a change, which may be what mends it, causes the next one.
const MENDED: Duration = Duration::from_secs(5);

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Read all of the tenant, whatever is known of it: somebody asks for it. Never by the clock.
    Anew,
    /// Read the tenant, because it was written, or because a service was busy. What is written shows in listings, so details that
    /// hold are carried over.
    Written,
    /// Read it, unless somebody did within the hour.
    Reading,
    /// Look whether something else is declared, and answer from what is known.
    Look,
    /// The same, and what is known is not current: the last reading failed, and it is too early for the next one.
    Wait,
}

/// When what is due, for one tenant.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// `None`: not while nothing changes.
    reading: Option<Duration>,
    look: Option<Duration>,
    /// When what was written makes a reading due.
    outdated: Option<Duration>,
    /// When the tenant was read last.
    read: Option<Duration>,
    /// When that failed last, since it last succeeded, and how often.
    failed: Option<Duration>,
    failures: u32,
    /// How many readings in a row were interrupted.
    interruptions: u32,
}

impl Schedule {
    /// A reading is due at once.
    pub fn new(now: Duration) -> Self {
        Self { reading: Some(now), look: None, outdated: None, read: None, failed: None, failures: 0, interruptions: 0 }
    }

    /// When something is due, if anything is.
    pub fn next(&self) -> Option<Duration> {
        [self.reading, self.look, self.outdated].into_iter().flatten().min()
    }

    /// Something is declared anew. Counted from the first change, so that a fleet that never rests still gets its answer.
    pub fn changed(&mut self, now: Duration) {
        self.look_within(now, SETTLE);
        if let Some(failed) = self.failed {
            self.reading = self.reading.map(|at| at.min(failed + MENDED));
        }
    }

    /// The tenant was written.
    pub fn written(&mut self, now: Duration) {
        let earliest = self.read.map_or(now, |read| read + BETWEEN);
        self.outdated.get_or_insert(earliest.max(now + REPLICATED));
    }

    /// It is to be looked at again after this time at the latest.
    pub fn look_within(&mut self, now: Duration, wait: Duration) {
        let at = now + wait;
        self.look = Some(self.look.map_or(at, |look| look.min(at)));
    }

    /// What is to be done now; done once.
    pub fn take(&mut self, now: Duration) -> Due {
        self.look = None;
        if self.outdated.is_some_and(|at| at <= now) {
            self.outdated = None;
            return Due::Written;
        }
        match self.reading {
            Some(at) if at > now && self.failed.is_some() => Due::Wait,
            Some(at) if at > now => Due::Look,
            Some(_) | None => Due::Reading,
        }
    }

    /// The tenant was read, this long ago. `random` spreads the next time.
    pub fn succeeded(&mut self, now: Duration, age: Duration, random: u64) {
        let spread = SPREAD.mul_f64(f64::from(u32::try_from(random % 1000).unwrap_or(0)) / 1000.0);
        // A moment more: what is kept for the interval has to have ended.
        self.reading = Some(now + INTERVAL.saturating_sub(age) + SETTLE + spread);
        self.read = Some(now.saturating_sub(age));
        (self.failed, self.failures) = (None, 0);
    }

    /// What was read is all there is.
    pub fn whole(&mut self) {
        self.interruptions = 0;
    }

    /// Of what was read some is unknown that may be known soon: a service was busy or down, and an hour of unknown answers is
    /// long for whoever is on call.
    pub fn interrupted(&mut self, now: Duration) {
        let at = now + after(self.interruptions);
        self.outdated = Some(self.outdated.map_or(at, |outdated| outdated.min(at)));
        self.interruptions = self.interruptions.saturating_add(1);
    }

    /// The tenant could not be read.
    pub fn failed(&mut self, now: Duration) {
        let wait = after(self.failures);
        (self.reading, self.failed) = (Some(now + wait), Some(now));
        self.failures = self.failures.saturating_add(1);
    }

    /// The tenant is not to be read, until something else is declared.
    pub fn suspended(&mut self) {
        (self.reading, self.outdated) = (None, None);
    }
}

/// How long after so many failures in a row the next reading comes.
fn after(failures: u32) -> Duration {
    RETRY_AFTER.saturating_mul(1 << failures.min(10)).min(INTERVAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// A tenant that was read at the start.
    fn read() -> Schedule {
        let mut schedule = Schedule::new(at(0));
        assert_eq!((schedule.next(), schedule.take(at(0))), (Some(at(0)), Due::Reading));
        schedule.succeeded(at(0), at(0), 0);
        schedule
    }

    #[test]
    fn a_tenant_is_read_once_an_hour_and_what_a_pass_read_counts() {
        let mut schedule = read();
        assert_eq!(schedule.next(), Some(at(3601)));
        schedule.succeeded(at(100), at(60), 0);
        assert_eq!(schedule.next(), Some(at(3641)));
        schedule.succeeded(at(100), at(60), u64::MAX);
        assert!(schedule.next().unwrap() > at(3641) && schedule.next().unwrap() <= at(3641) + SPREAD);
    }

    #[test]
    fn a_change_is_looked_at_a_moment_later_however_many_follow() {
        let mut schedule = read();
        for tenth in 0..20 {
            schedule.changed(at(10) + Duration::from_millis(100 * tenth));
        }
        assert_eq!(schedule.next(), Some(at(11)));
        assert_eq!(schedule.take(at(11)), Due::Look);
        assert_eq!(schedule.next(), Some(at(3601)), "the reading is not put off");
    }

    #[test]
    fn a_change_does_not_wait_for_a_look_that_is_due_later() {
        let mut schedule = read();
        schedule.look_within(at(0), at(600));
        schedule.changed(at(10));
        assert_eq!(schedule.next(), Some(at(11)));
    }

    #[test]
    fn what_was_written_is_read_when_it_has_settled_and_not_all_the_time() {
        let mut schedule = read();
        schedule.written(at(2000));
        schedule.written(at(2030));
        assert_eq!(schedule.next(), Some(at(2060)));
        assert_eq!(schedule.take(at(2060)), Due::Written);
        schedule.succeeded(at(2065), at(0), 0);
        schedule.written(at(2070));
        assert_eq!(schedule.next(), Some(at(2665)));
        // What is written just before a reading may not be seen by it.
        let mut schedule = Schedule::new(at(0));
        schedule.written(at(0));
        assert_eq!(schedule.take(at(0)), Due::Reading);
        schedule.succeeded(at(1), at(0), 0);
        assert_eq!(schedule.next(), Some(at(60)));
    }

    #[test]
    fn what_fails_is_tried_ever_less_often_and_soon_when_something_changes() {
        let mut schedule = Schedule::new(at(0));
        let mut now = at(0);
        for wait in [30, 60, 120, 240, 480, 960, 1920, 3600, 3600] {
            assert_eq!(schedule.take(now), Due::Reading);
            schedule.failed(now);
            assert_eq!(schedule.next(), Some(now + at(wait)));
            now += at(wait);
        }
        schedule.failed(now);
        schedule.changed(now);
        assert_eq!(schedule.take(now + SETTLE), Due::Wait, "not by every change");
        assert_eq!(schedule.next(), Some(now + MENDED));
        assert_eq!(schedule.take(now + MENDED), Due::Reading);
        schedule.succeeded(now + MENDED, at(0), 0);
        assert_eq!(schedule.next(), Some(now + MENDED + INTERVAL + SETTLE));
    }

    #[test]
    fn what_was_read_in_part_is_read_again_ever_less_often_until_it_is_whole() {
        let mut schedule = Schedule::new(at(0));
        let mut now = at(0);
        for wait in [30, 60, 120, 240, 480, 960, 1920] {
            schedule.take(now);
            schedule.succeeded(now, at(0), 0);
            schedule.interrupted(now);
            assert_eq!(schedule.next(), Some(now + at(wait)));
            now += at(wait);
            schedule.changed(now.checked_sub(at(5)).unwrap());
            assert_eq!(schedule.take(now.checked_sub(at(4)).unwrap()), Due::Look, "what is known stands until then");
        }
        assert_eq!(schedule.take(now), Due::Written, "and not what is kept");
        schedule.succeeded(now, at(0), 0);
        schedule.whole();
        assert_eq!(schedule.next(), Some(now + at(3601)));
        schedule.interrupted(now);
        assert_eq!(schedule.next(), Some(now + at(30)), "it begins from the start");
    }

    #[test]
    fn a_suspended_tenant_waits_for_a_change_and_is_read_then() {
        let mut schedule = read();
        schedule.written(at(5));
        schedule.suspended();
        assert_eq!(schedule.next(), None);
        schedule.changed(at(9000));
        assert_eq!(schedule.next(), Some(at(9001)));
        assert_eq!(schedule.take(at(9001)), Due::Reading);
    }
}
