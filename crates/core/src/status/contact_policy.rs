//! Status of a ContactPolicy: whether it holds for its Tenant. What it made of findings stands with the findings.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use tenant_contacts_api::{reason::Reason, status::condition, v1alpha1::ContactPolicyStatus};

use super::{conditions::since, standing::Truth};

/// What is true of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyStanding {
    /// Its Tenant is there, and what it says counts.
    Holds,
    /// Its Tenant is not there.
    TenantMissing,
    /// Its spec does not fit this version, which knows fewer rules, say: what it said before counts on.
    Unreadable,
}

/// The status of a policy. `previous` are the conditions published before.
pub fn contact_policy(
    generation: Option<i64>,
    standing: PolicyStanding,
    previous: &[Condition],
    now: Timestamp,
) -> ContactPolicyStatus {
    let (truth, reason, message) = match standing {
        PolicyStanding::Holds => (Truth::True, Reason::PolicyHolds, "the policy applies to its Tenant"),
        PolicyStanding::TenantMissing => {
            (Truth::False, Reason::TenantNotFound, "the Tenant that tenantRef names is not in this namespace")
        }
        PolicyStanding::Unreadable => (
            Truth::False,
            Reason::InvalidSpec,
            "does not fit this version of the operator: upgrade it, or correct the object",
        ),
    };
    let mut conditions = vec![since(previous, condition::READY, (truth, reason), message.to_owned(), generation, now)];
    if standing != PolicyStanding::Holds {
        let stalled = (Truth::True, reason);
        conditions.push(since(previous, condition::STALLED, stalled, message.to_owned(), generation, now));
    }
    ContactPolicyStatus { observed_generation: generation, conditions }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_ready_where_its_tenant_is_there_and_stalled_where_not() {
        let now: Timestamp = "2026-07-01T08:00:00Z".parse().unwrap();
        let missing = contact_policy(Some(1), PolicyStanding::TenantMissing, &[], now);
        let said: Vec<(&str, &str)> = missing.conditions.iter().map(|c| (&*c.type_, &*c.status)).collect();
        assert_eq!(said, [("Ready", "False"), ("Stalled", "True")]);
        let later = now + jiff::SignedDuration::from_hours(1);
        assert_eq!(
            contact_policy(Some(1), PolicyStanding::TenantMissing, &missing.conditions, later),
            missing,
            "a time only where something changed"
        );
        let there = contact_policy(Some(1), PolicyStanding::Holds, &missing.conditions, later);
        assert_eq!(there.conditions.len(), 1);
        assert_eq!(there.conditions[0].reason, "PolicyHolds");
        assert_eq!(there.conditions[0].last_transition_time.0, later);
    }

    #[test]
    fn a_policy_that_does_not_fit_says_why() {
        let status = contact_policy(Some(2), PolicyStanding::Unreadable, &[], Timestamp::UNIX_EPOCH);
        let said: Vec<&str> = status.conditions.iter().map(|condition| &*condition.reason).collect();
        assert_eq!(said, ["InvalidSpec", "InvalidSpec"]);
    }
}
