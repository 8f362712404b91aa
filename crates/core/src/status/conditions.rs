//! Conditions of kinds that no pass plans: made anew, with the times of what was published before.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use tenant_contacts_api::reason::Reason;

use super::standing::Truth;

/// A condition, with the time at which its status last changed.
pub(super) fn since(
    previous: &[Condition],
    kind: &str,
    (truth, reason): (Truth, Reason),
    message: String,
    generation: Option<i64>,
    now: Timestamp,
) -> Condition {
    let before = previous.iter().find(|condition| condition.type_ == kind && condition.status == truth.as_str());
    Condition {
        type_: kind.to_owned(),
        status: truth.as_str().to_owned(),
        reason: reason.as_str().to_owned(),
        message,
        last_transition_time: before.map_or(Time(now), |before| before.last_transition_time.clone()),
        observed_generation: generation,
    }
}
