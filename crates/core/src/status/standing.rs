//! Where an object stands: its conditions in a compact form that a hundred thousand objects can afford.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use tenant_contacts_api::{
    reason::{Handling, Reason},
    status::condition,
};

/// A condition's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Truth {
    /// `True`
    True,
    /// `False`
    False,
    /// `Unknown`
    Unknown,
}

impl Truth {
    /// As it stands in a condition.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

/// One condition without its message, which is a function of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Its status.
    pub truth: Truth,
    /// Its reason.
    pub reason: Reason,
    /// When its status last changed.
    pub since: Timestamp,
}

/// The conditions of an object. `Reconciling` and `Stalled` exist only while they are true (kstatus).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// `Ready`
    pub ready: State,
    /// `InSync`
    pub in_sync: State,
    /// Since when `Reconciling`, if it is.
    pub reconciling: Option<State>,
    /// Since when `Stalled`, if it is.
    pub stalled: Option<State>,
    /// `Attested`, where something is to be attested.
    pub attested: Option<State>,
    /// `Deliverable`, where it is declared what mail is for.
    pub deliverable: Option<State>,
}

/// What is true now, before it is known since when.
pub(super) struct Now {
    pub(super) ready: (Truth, Reason),
    pub(super) in_sync: (Truth, Reason),
    pub(super) attested: Option<(Truth, Reason)>,
    pub(super) deliverable: Option<(Truth, Reason)>,
}

/// What the conditions say in words: a function of plan and declaration, so it is not kept.
#[derive(Default)]
pub(super) struct Messages {
    pub(super) ready: String,
    pub(super) attested: String,
    pub(super) deliverable: String,
}

impl Standing {
    /// What is true now, with the times of what was true before.
    pub(super) fn of(now: &Now, previous: Option<&Self>, at: Timestamp) -> Self {
        let state = |(truth, reason): (Truth, Reason), before: Option<State>| {
            let since = before.filter(|before| before.truth == truth).map_or(at, |before| before.since);
            State { truth, reason, since }
        };
        let (_, reason) = now.ready;
        let handling = if now.ready.0 == Truth::True { Handling::Fine } else { reason.handling() };
        Self {
            ready: state(now.ready, previous.map(|standing| standing.ready)),
            in_sync: state(now.in_sync, previous.map(|standing| standing.in_sync)),
            reconciling: matches!(handling, Handling::Progress | Handling::Approval)
                .then(|| state((Truth::True, reason), previous.and_then(|standing| standing.reconciling))),
            stalled: (handling == Handling::Stalled)
                .then(|| state((Truth::True, reason), previous.and_then(|standing| standing.stalled))),
            attested: now.attested.map(|attested| state(attested, previous.and_then(|standing| standing.attested))),
            deliverable: now
                .deliverable
                .map(|deliverable| state(deliverable, previous.and_then(|standing| standing.deliverable))),
        }
    }

    /// Reads a standing back from published conditions, so that times survive a restart.
    pub fn read(conditions: &[Condition]) -> Option<Self> {
        let state = |kind: &str| {
            let condition = conditions.iter().find(|condition| condition.type_ == kind)?;
            let truth = match condition.status.as_str() {
                "True" => Truth::True,
                "False" => Truth::False,
                _ => Truth::Unknown,
            };
            let reason = Reason::ALL.iter().copied().find(|reason| reason.as_str() == condition.reason)?;
            Some(State { truth, reason, since: condition.last_transition_time.0 })
        };
        Some(Self {
            ready: state(condition::READY)?,
            in_sync: state(condition::IN_SYNC)?,
            reconciling: state(condition::RECONCILING),
            stalled: state(condition::STALLED),
            attested: state(condition::ATTESTED),
            deliverable: state(condition::DELIVERABLE),
        })
    }

    /// The conditions as published.
    pub(super) fn conditions(&self, generation: Option<i64>, messages: &Messages) -> Vec<Condition> {
        let one = |kind: &str, state: State, message: &str| Condition {
            type_: kind.into(),
            status: state.truth.as_str().into(),
            reason: state.reason.as_str().into(),
            message: message.into(),
            last_transition_time: Time(state.since),
            observed_generation: generation,
        };
        let mut conditions = vec![
            one(condition::READY, self.ready, &messages.ready),
            one(condition::IN_SYNC, self.in_sync, self.in_sync.reason.remedy()),
        ];
        conditions.extend(self.reconciling.map(|state| one(condition::RECONCILING, state, &messages.ready)));
        conditions.extend(self.stalled.map(|state| one(condition::STALLED, state, &messages.ready)));
        conditions.extend(self.attested.map(|state| one(condition::ATTESTED, state, &messages.attested)));
        conditions.extend(self.deliverable.map(|state| one(condition::DELIVERABLE, state, &messages.deliverable)));
        conditions
    }
}
