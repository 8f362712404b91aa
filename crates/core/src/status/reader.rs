//! A published status as its reader has to take it: whether it speaks of what is declared now, and what it comes to.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use tenant_contacts_api::{
    reason::{Handling, Reason},
    status::{ChildStatus, FieldState, FieldStatus, TenantStatus, UNOBSERVED, condition},
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
    /// Everything is as declared, or nothing is looked at because somebody asked for that.
    AsDeclared,
    /// Something is not, or is not known to be yet: to be written, waiting, only observed, or not written.
    Differs,
    /// It is not known: the tenant could not be looked at, or a person has to mend something first.
    Unknown,
}

/// What a Tenant's published plan comes to, where the oldest status of Tenant and children is this fresh.
pub fn outlook(status: &TenantStatus, freshness: Freshness) -> Outlook {
    let stalled = matches!(ready(&status.conditions), Ready::No(reason) if reason.handling() == Handling::Stalled);
    if freshness != Freshness::Current || stalled || !was_looked_at(&status.conditions) {
        return Outlook::Unknown;
    }
    let counted = status.plan.as_ref().is_some_and(|plan| plan.steps + plan.gated + plan.blocked > 0);
    match find(&status.conditions, condition::IN_SYNC) {
        Some(in_sync) if in_sync.reason == Reason::Suspended.as_str() => Outlook::AsDeclared,
        Some(in_sync) if in_sync.status == "True" && !counted => Outlook::AsDeclared,
        _ => Outlook::Differs,
    }
}

/// What a child's published status comes to: what no field of the plan tells, as that its account was not found.
pub fn child_outlook(status: &ChildStatus) -> Outlook {
    let ready = matches!(ready(&status.conditions), Ready::Yes);
    // What has no API is a person's to attest; its calendar turns nothing.
    let told = |field: &FieldStatus| match field.state {
        FieldState::InSync => false,
        FieldState::Manual => field.reason != Some(Reason::Manual),
        _ => true,
    };
    if ready && !status.fields.iter().any(told) { Outlook::AsDeclared } else { Outlook::Differs }
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
    fn a15_only_a_tenant_that_was_looked_at_and_lacks_nothing_is_as_declared() {
        use Reason::{AuthenticationFailed, ChangesPending, InSync, Observing, Suspended, TenantUnreachable};
        let in_sync = status(("True", InSync), ("True", InSync), 0, 0);
        assert_eq!(outlook(&in_sync, Freshness::Current), Outlook::AsDeclared);
        assert_eq!(outlook(&in_sync, Freshness::Outdated), Outlook::Unknown);
        assert_eq!(outlook(&in_sync, Freshness::Missing), Outlook::Unknown);
        let rows = [
            (status(("True", Observing), ("False", ChangesPending), 1, 0), Outlook::Differs, Settled::Ready),
            (status(("False", Reason::MassChange), ("False", ChangesPending), 0, 1), Outlook::Differs, Settled::Waits),
            (
                status(("False", Reason::AwaitingReplication), ("Unknown", Reason::AwaitingReplication), 0, 0),
                Outlook::Differs,
                Settled::Waits,
            ),
            (status(("True", Suspended), ("Unknown", Suspended), 0, 0), Outlook::AsDeclared, Settled::Ready),
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
        let mut blocked = status(("True", Reason::FieldsBlocked), ("False", Reason::AccountNotFound), 0, 0);
        blocked.plan.as_mut().unwrap().blocked = 1;
        assert_eq!(outlook(&blocked, Freshness::Current), Outlook::Differs);
        for (status, expected, end) in rows {
            assert_eq!(outlook(&status, Freshness::Current), expected, "{:?}", status.conditions);
            assert_eq!(settled(&status.conditions), end, "{:?}", status.conditions);
        }
        assert_eq!(settled(&[]), Settled::Wrong);
    }

    #[test]
    fn a15_a_child_is_as_declared_when_it_is_ready_and_only_a_person_has_something_to_do() {
        let child = |ready: (&str, Reason), fields: &[(FieldState, Reason)]| ChildStatus {
            conditions: status(ready, ready, 0, 0).conditions,
            fields: fields
                .iter()
                .map(|(state, reason)| FieldStatus {
                    entry: None,
                    field: tenant_contacts_api::field::Field::MobilePhone,
                    state: *state,
                    reason: Some(*reason),
                    message: None,
                    live: None,
                })
                .collect(),
            ..ChildStatus::default()
        };
        let fine = ("True", Reason::InSync);
        assert_eq!(child_outlook(&child(fine, &[])), Outlook::AsDeclared);
        assert_eq!(child_outlook(&child(fine, &[(FieldState::Manual, Reason::Manual)])), Outlook::AsDeclared);
        for (ready, fields) in [
            (("False", Reason::AccountNotFound), &[][..]),
            (("True", Reason::Observing), &[(FieldState::Pending, Reason::Observing)]),
            (fine, &[(FieldState::Manual, Reason::PrivateBusinessEmail)]),
            (fine, &[(FieldState::Unknown, Reason::NotReadable)]),
        ] {
            assert_eq!(child_outlook(&child(ready, fields)), Outlook::Differs, "{ready:?} {fields:?}");
        }
    }
}
