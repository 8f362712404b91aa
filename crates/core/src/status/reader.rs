//! A published status as its reader has to take it: whether it speaks of what is declared now, and what it comes to.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use tenant_contacts_api::{
    reason::{Handling, Reason},
    status::{TenantStatus, UNOBSERVED, condition},
};

/// How a status relates to what is declared now, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    /// It speaks of what is declared now.
    Current,
    /// It speaks of an earlier declaration.
    Outdated,
    /// No operator has looked at the object yet.
    Missing,
}

/// How a status relates to an object of this generation.
pub fn freshness(generation: Option<i64>, observed: Option<i64>) -> Freshness {
    match observed {
        None | Some(UNOBSERVED) => Freshness::Missing,
        Some(observed) if generation.is_some_and(|generation| observed < generation) => Freshness::Outdated,
        Some(_) => Freshness::Current,
    }
}

/// What a Tenant's published plan comes to for the one who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outlook {
    /// Nothing is to be written.
    Nothing,
    /// Something is, or would be.
    Changes,
    /// It is not known: the tenant could not be looked at, or a person has to mend something first.
    Unknown,
}

/// What a Tenant's published plan comes to, where the oldest status of Tenant and children is this fresh.
pub fn outlook(status: &TenantStatus, freshness: Freshness) -> Outlook {
    let stalled = matches!(ready(&status.conditions), Ready::No(reason) if reason.handling() == Handling::Stalled);
    if freshness != Freshness::Current || stalled || !was_looked_at(&status.conditions) {
        return Outlook::Unknown;
    }
    match &status.plan {
        Some(plan) if plan.steps > 0 || plan.gated > 0 => Outlook::Changes,
        _ => Outlook::Nothing,
    }
}

/// Where a Tenant stands once a pass that was asked for is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Ready.
    Ready,
    /// It differs, and goes on by itself or with an approval.
    Waits,
    /// It could not be looked at, or a person has to mend something first.
    Wrong,
}

/// Where a Tenant stands, by its conditions.
pub fn settled(conditions: &[Condition]) -> Settled {
    match ready(conditions) {
        Ready::Yes => Settled::Ready,
        Ready::No(reason) if reason.handling() != Handling::Stalled && was_looked_at(conditions) => Settled::Waits,
        Ready::No(_) | Ready::Unreadable => Settled::Wrong,
    }
}

enum Ready {
    Yes,
    No(Reason),
    /// Not there, or in words of another version.
    Unreadable,
}

fn ready(conditions: &[Condition]) -> Ready {
    match find(conditions, condition::READY) {
        Some(ready) if ready.status == "True" => Ready::Yes,
        Some(ready) => reason(&ready.reason).map_or(Ready::Unreadable, Ready::No),
        None => Ready::Unreadable,
    }
}

/// Whether the last pass saw the tenant. `InSync` is unknown where it did not, and while written values are being verified.
/// A suspended Tenant is not looked at because somebody asked for that.
fn was_looked_at(conditions: &[Condition]) -> bool {
    find(conditions, condition::IN_SYNC).is_some_and(|in_sync| {
        in_sync.status != "Unknown"
            || [Reason::AwaitingReplication.as_str(), Reason::Suspended.as_str()].contains(&in_sync.reason.as_str())
    })
}

/// A condition by its type.
pub fn find<'a>(conditions: &'a [Condition], kind: &str) -> Option<&'a Condition> {
    conditions.iter().find(|condition| condition.type_ == kind)
}

/// A reason by its name; `None` for one of a newer version.
pub fn reason(name: &str) -> Option<Reason> {
    Reason::ALL.iter().copied().find(|reason| reason.as_str() == name)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use tenant_contacts_api::status::PlanStatus;

    use super::*;

    fn status(ready: (&str, Reason), in_sync: (&str, Reason), steps: u32, gated: u32) -> TenantStatus {
        let one = |type_: &str, (status, reason): (&str, Reason)| Condition {
            type_: type_.into(),
            status: status.into(),
            reason: reason.as_str().into(),
            message: String::new(),
            last_transition_time: Time(Timestamp::UNIX_EPOCH),
            observed_generation: Some(1),
        };
        TenantStatus {
            conditions: vec![one("Ready", ready), one("InSync", in_sync)],
            plan: Some(PlanStatus { steps, gated, ..PlanStatus::default() }),
            ..TenantStatus::default()
        }
    }

    #[test]
    fn a_status_is_as_old_as_the_generation_it_speaks_of() {
        assert_eq!(freshness(Some(3), Some(3)), Freshness::Current);
        assert_eq!(freshness(Some(3), Some(2)), Freshness::Outdated);
        assert_eq!(freshness(Some(1), None), Freshness::Missing);
        assert_eq!(freshness(Some(1), Some(UNOBSERVED)), Freshness::Missing);
    }

    #[test]
    fn only_a_tenant_that_was_looked_at_has_nothing_to_do() {
        use Reason::{AuthenticationFailed, ChangesPending, InSync, Observing, Suspended, TenantUnreachable};
        let in_sync = status(("True", InSync), ("True", InSync), 0, 0);
        assert_eq!(outlook(&in_sync, Freshness::Current), Outlook::Nothing);
        assert_eq!(outlook(&in_sync, Freshness::Outdated), Outlook::Unknown);
        assert_eq!(outlook(&in_sync, Freshness::Missing), Outlook::Unknown);
        let rows = [
            (status(("True", Observing), ("False", ChangesPending), 1, 0), Outlook::Changes, Settled::Ready),
            (status(("False", Reason::MassChange), ("False", ChangesPending), 0, 1), Outlook::Changes, Settled::Waits),
            (
                status(("False", Reason::AwaitingReplication), ("Unknown", Reason::AwaitingReplication), 0, 0),
                Outlook::Nothing,
                Settled::Waits,
            ),
            (status(("True", Suspended), ("Unknown", Suspended), 0, 0), Outlook::Nothing, Settled::Ready),
            (
                status(("False", TenantUnreachable), ("Unknown", TenantUnreachable), 0, 0),
                Outlook::Unknown,
                Settled::Wrong,
            ),
            (
                status(("False", AuthenticationFailed), ("Unknown", AuthenticationFailed), 2, 0),
                Outlook::Unknown,
                Settled::Wrong,
            ),
            (status(("False", Reason::InvalidSpec), ("True", InSync), 0, 0), Outlook::Unknown, Settled::Wrong),
        ];
        for (status, expected, end) in rows {
            assert_eq!(outlook(&status, Freshness::Current), expected, "{:?}", status.conditions);
            assert_eq!(settled(&status.conditions), end, "{:?}", status.conditions);
        }
        assert_eq!(settled(&[]), Settled::Wrong);
    }
}
