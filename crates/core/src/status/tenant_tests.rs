//! That one line about a Tenant contradicts itself in nothing.

use std::collections::BTreeSet;

use tenant_contacts_api::{
    digest::Digest,
    field::Surface,
    status::{PlanStatus, TenantMemory, condition},
};
use uuid::Uuid;

use super::*;
use crate::{
    desired::ApprovalProblem,
    gate::{Lapse, Lapsed},
    model::{Fact, Grants, Observation},
    plan::testing::{self, planned, step},
    status::facts::TenantProblem,
};

/// Everything that can become of a field.
fn verdicts() -> [Verdict; 8] {
    [
        Verdict::InSync,
        Verdict::Write(Box::new(step())),
        Verdict::Gated(Box::new(step()), Reason::ClearsList),
        Verdict::Observe(Box::new(step())),
        Verdict::Verifying,
        Verdict::Blocked(Reason::AccountNotFound, "no account has the declared name".into()),
        Verdict::Blocked(Reason::SynchronisedOnPremises, String::new()),
        Verdict::Forget,
    ]
}

fn plan_of(verdicts: Vec<Verdict>) -> Plan {
    let gated = verdicts.iter().any(|verdict| matches!(verdict, Verdict::Gated(..)));
    Plan {
        objects: vec![planned(verdicts)],
        hash: Digest([0; 16]),
        approval_hash: gated.then_some(Digest([9; 16])),
        consequences: Vec::new(),
        lapsed: vec![Lapsed { hash: Digest([9; 16]), why: Lapse::Used, waits: true }],
        newly_used: None,
    }
}

/// Why nothing goes on though there is a plan.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Trouble {
    None,
    Suspended,
    Problem,
    Failing(Reason),
    Approval,
}

fn status_of(plan: Option<&Plan>, enforce: &[Surface], trouble: Trouble) -> TenantStatus {
    let mut tenant = testing::tenant();
    tenant.enforce = enforce.iter().copied().collect();
    tenant.suspend = trouble == Trouble::Suspended;
    if trouble == Trouble::Approval {
        tenant.approval_problems.push(ApprovalProblem { index: 0, field: "hash" });
    }
    let problem = match trouble {
        Trouble::Problem => Some(TenantProblem { reason: Reason::TenantUnreachable, message: "no answer".into() }),
        Trouble::Suspended => Some(TenantProblem { reason: Reason::Suspended, message: String::new() }),
        _ => None,
    };
    let mut observation = Observation::default();
    if let Trouble::Failing(reason) = trouble {
        observation.credentials.push(CredentialFacts {
            place: 0,
            client_id: Uuid::nil(),
            surfaces: BTreeSet::from([Surface::Users]),
            grants: Grants { permissions: Fact::Absent, directory_roles: Fact::Absent },
            failure: Some(Failure { reason, message: "refused".into(), retry_after: None }),
        });
    }
    let facts = TenantFacts {
        tenant: &tenant,
        objects: &[],
        plan,
        observation: &observation,
        memory: &TenantMemory::default(),
        problem: problem.as_ref(),
    };
    super::tenant(&facts, None, Timestamp::UNIX_EPOCH).1
}

/// What `kubectl get tenants` shows on one line, read as somebody who knows nothing else: the contradictions in it.
fn contradictions(status: &TenantStatus) -> Vec<&'static str> {
    let condition = |kind: &str| {
        let found = status.conditions.iter().find(|condition| condition.type_ == kind).unwrap();
        (found.status.as_str(), Reason::ALL.iter().copied().find(|reason| reason.as_str() == found.reason).unwrap())
    };
    let ((ready, reason), (in_sync, why)) = (condition(condition::READY), condition(condition::IN_SYNC));
    let PlanStatus { steps, gated, blocked, .. } = status.plan.clone().unwrap_or_default();
    let open = steps + gated + blocked > 0;
    let rules = [
        (
            "Ready is True for a reason that somebody has to act on",
            (ready == "True") != (reason.handling() == Handling::Fine),
        ),
        ("InSync as a reason, and not in sync", reason == Reason::InSync && (in_sync != "True" || open)),
        ("in sync, and something is open", in_sync == "True" && open),
        ("in sync for another reason than that", (in_sync == "True") != (why == Reason::InSync)),
        ("changes are pending, and there are none", reason == Reason::ChangesPending && steps == 0),
        ("only observed, and there is nothing to observe", reason == Reason::Observing && steps == 0),
        ("only observed, and it says that it is in sync", reason == Reason::Observing && in_sync != "False"),
        ("fields are blocked, and none is", reason == Reason::FieldsBlocked && blocked == 0),
        ("it waits for an approval, and no step does", reason.handling() == Handling::Approval && gated == 0),
        (
            "steps wait, and there is no hash to approve",
            gated > 0 && status.plan.as_ref().unwrap().approval_hash.is_none(),
        ),
    ];
    rules.into_iter().filter(|(_, broken)| *broken).map(|(rule, _)| rule).collect()
}

/// Every set of verdicts, enforced wholly, in part and not at all, in every sort of trouble.
#[test]
fn a17_reason_and_columns_of_a_tenant_never_contradict_each_other() {
    let verdicts = verdicts();
    let mut seen = BTreeSet::new();
    for subset in 0_u32..1 << verdicts.len() {
        let chosen = verdicts.iter().enumerate().filter(|(at, _)| subset & (1 << at) != 0).map(|(_, one)| one.clone());
        let plan = plan_of(chosen.collect());
        let troubles = [
            Trouble::None,
            Trouble::Suspended,
            Trouble::Problem,
            Trouble::Failing(Reason::AuthenticationFailed),
            Trouble::Failing(Reason::Throttled),
            Trouble::Approval,
        ];
        for trouble in troubles {
            for enforce in [&[][..], &[Surface::Users], &[Surface::Users, Surface::Organization]] {
                let status = status_of(Some(&plan), enforce, trouble);
                assert_eq!(contradictions(&status), [""; 0], "{trouble:?} {enforce:?}: {status:#?}");
                seen.insert(status.conditions[0].reason.clone());
            }
        }
    }
    for reason in [Reason::InSync, Reason::FieldsBlocked, Reason::Observing, Reason::ChangesPending, Reason::ClearsList]
    {
        assert!(seen.contains(reason.as_str()), "{reason} was never said: {seen:?}");
    }
}

#[test]
fn a17_a_tenant_that_was_never_looked_at_says_nothing_about_it() {
    for trouble in [Trouble::None, Trouble::Suspended, Trouble::Problem] {
        let status = status_of(None, &[Surface::Users], trouble);
        assert_eq!(contradictions(&status), [""; 0], "{status:#?}");
    }
}

#[test]
fn a17_what_is_only_observed_beside_an_enforced_surface_is_not_about_to_be_written() {
    let plan = plan_of(vec![Verdict::Observe(Box::new(step()))]);
    let status = status_of(Some(&plan), &[Surface::Users], Trouble::None);
    let ready = &status.conditions[0];
    assert_eq!((ready.status.as_str(), ready.reason.as_str()), ("True", "Observing"), "{}", ready.message);
}

#[test]
fn a17_blocked_fields_are_counted_by_reason() {
    let [.., lost, synchronised, _] = verdicts();
    let plan = plan_of(vec![lost.clone(), synchronised, lost]);
    let message = &status_of(Some(&plan), &[Surface::Users], Trouble::None).conditions[0].message;
    let said = "nothing is left to write; 3 fields are not written: AccountNotFound (2), SynchronisedOnPremises (1)";
    assert!(message.starts_with(said), "{message}");
}

#[test]
fn c2_a_tenant_says_that_an_approval_lets_nothing_pass() {
    let mut plan = plan_of(vec![Verdict::Gated(Box::new(step()), Reason::ClearsList)]);
    plan.lapsed = vec![Lapsed { hash: Digest([9; 16]), why: Lapse::Expired(Timestamp::UNIX_EPOCH), waits: true }];
    let message = &status_of(Some(&plan), &[Surface::Organization], Trouble::None).conditions[0].message;
    assert!(message.contains("expired at 1970-01-01T00:00:00Z, and its steps wait"), "{message}");
}
