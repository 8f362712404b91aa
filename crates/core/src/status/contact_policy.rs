//! Status of a ContactPolicy: whether it holds for its Tenant. What it made of findings stands with the findings.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use tenant_contacts_api::{reason::Reason, status::condition, v1alpha1::ContactPolicyStatus};

use super::{conditions::since, standing::Truth};

/// The status of a policy; `tenant_found`: whether the Tenant it names is there. `previous` are the conditions published before.
pub fn contact_policy(
    generation: Option<i64>,
    tenant_found: bool,
    previous: &[Condition],
    now: Timestamp,
) -> ContactPolicyStatus {
    let (state, message) = if tenant_found {
        ((Truth::True, Reason::PolicyHolds), "the policy holds for its Tenant")
    } else {
        ((Truth::False, Reason::TenantNotFound), "the Tenant that tenantRef names is not in this namespace")
    };
    let mut conditions = vec![since(previous, condition::READY, state, message.to_owned(), generation, now)];
    if !tenant_found {
        let stalled = (Truth::True, Reason::TenantNotFound);
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
        let missing = contact_policy(Some(1), false, &[], now);
        let said: Vec<(&str, &str)> = missing.conditions.iter().map(|c| (&*c.type_, &*c.status)).collect();
        assert_eq!(said, [("Ready", "False"), ("Stalled", "True")]);
        let later = now + jiff::SignedDuration::from_hours(1);
        assert_eq!(
            contact_policy(Some(1), false, &missing.conditions, later),
            missing,
            "a time only where something changed"
        );
        let there = contact_policy(Some(1), true, &missing.conditions, later);
        assert_eq!(there.conditions.len(), 1);
        assert_eq!(there.conditions[0].reason, "PolicyHolds");
        assert_eq!(there.conditions[0].last_transition_time.0, later);
    }
}
