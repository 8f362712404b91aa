//! Who may write: a lease that one process holds at a time, judged from what this process saw on its own clock.
//!
//! Invariant: pure. No wall clock is compared between machines: a holder's age is measured from the last change *we* saw,
//! and our own right ends a lease's duration after our last renewal *left*, whatever clocks say and however late its
//! answer came.

use std::time::Duration;

/// How often a lease that somebody else holds is looked at: its age is measured from the last change that was seen, so a
/// take-over comes later by as much as that change was seen late. One small request a second costs nobody anything.
pub const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A lease as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Who holds it. `None`: it was given back.
    pub holder: Option<String>,
    /// Changes with every write to the lease (Kubernetes: `resourceVersion`).
    pub version: String,
    /// How long its holder may rely on a renewal.
    pub duration: Duration,
}

/// What to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Create the lease: there is none.
    Create,
    /// Write ourselves into the lease, provided it still has this version.
    Take {
        /// The version that must still hold.
        version: String,
    },
    /// Somebody else has it: look again after this time.
    Wait(Duration),
}

/// One candidate's view of the lease. All times are on the candidate's monotonic clock.
#[derive(Debug)]
pub struct Elector {
    me: String,
    duration: Duration,
    /// How long a request that left before a deadline may still take effect: a new holder lets it pass.
    aftermath: Duration,
    /// The lease as last seen, and since when it is like that.
    seen: Option<(Record, Duration)>,
    /// Until when we hold it.
    deadline: Option<Duration>,
    /// Before this, what the holder before us sent may still take effect.
    quiet_until: Duration,
}

impl Elector {
    /// A candidate. `me` must differ between processes, a restarted one included: what the old one sent may still be
    /// under way.
    pub fn new(me: String, duration: Duration, aftermath: Duration) -> Self {
        Self { me, duration, aftermath, seen: None, deadline: None, quiet_until: Duration::ZERO }
    }

    /// Who we are.
    pub fn me(&self) -> &str {
        &self.me
    }

    /// How long a renewal holds.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// Judges the lease as it was just read; `None`: there is none.
    pub fn read(&mut self, record: Option<Record>, now: Duration) -> Action {
        let Some(record) = record else {
            // Nobody deletes a lease that is held, except by hand: whoever held it may still write for its duration.
            let held =
                self.seen.take().filter(|(record, _)| record.holder.as_ref().is_some_and(|holder| *holder != self.me));
            if let Some((record, since)) = held {
                self.quiet_until = self.quiet_until.max(since + record.duration + self.aftermath);
            }
            self.deadline = None;
            return Action::Create;
        };
        let since = match &self.seen {
            Some((seen, since)) if *seen == record => *since,
            _ => now,
        };
        let free_at = since + record.duration;
        let holder = record.holder.clone();
        let version = record.version.clone();
        self.seen = Some((record, since));
        match holder {
            Some(holder) if holder == self.me => Action::Take { version },
            None => {
                self.deadline = None;
                Action::Take { version }
            }
            Some(_) => {
                self.deadline = None;
                if now < free_at {
                    return Action::Wait(free_at.saturating_sub(now));
                }
                // It was not given back: what its holder sent last may take effect until its time-out has passed.
                self.quiet_until = self.quiet_until.max(free_at + self.aftermath);
                Action::Take { version }
            }
        }
    }

    /// Our write was taken; it left at `sent`, and the lease is now `record`.
    pub fn written(&mut self, record: Record, sent: Duration, now: Duration) {
        self.deadline = Some(sent + self.duration);
        self.seen = Some((record, now));
    }

    /// We gave it back, or are about to: nothing more may leave.
    pub fn give_up(&mut self) {
        self.deadline = None;
    }

    /// Whether we hold it at all.
    pub fn holds(&self, now: Duration) -> bool {
        self.deadline.is_some_and(|deadline| now < deadline)
    }

    /// From when to when a request may be under way.
    pub fn window(&self) -> Option<Window> {
        self.deadline.map(|until| Window { from: self.quiet_until, until })
    }
}

/// When requests may be under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Not before.
    pub from: Duration,
    /// All must have ended by then.
    pub until: Duration,
}

impl Window {
    /// Whether a request that leaves now and may take `timeout` lies within.
    pub fn permits(&self, now: Duration, timeout: Duration) -> bool {
        now >= self.from && now + timeout < self.until
    }
}

#[cfg(test)]
mod tests;
