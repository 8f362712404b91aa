//! Status of a Tenant.

use jiff::Timestamp;
use tenant_contacts_api::{
    reason::{Handling, Reason},
    status::{PlanStatus, TenantStatus},
};

use super::{
    consequences, credentials,
    facts::TenantFacts,
    standing::{Messages, Now, Standing, Truth},
};
use crate::{
    model::{CredentialFacts, Failure},
    plan::Plan,
    step::{Verdict, WaitingOn},
};

/// The status of a Tenant, and where it stands.
pub fn tenant(facts: &TenantFacts<'_>, previous: Option<&Standing>, now: Timestamp) -> (Standing, TenantStatus) {
    let summary =
        facts.plan.map(|plan| PlanStatus { consequences: consequences::said(facts, plan), ..summarise(plan) });
    let (reason, message) = judge(facts, summary.as_ref());
    let ready = if reason.handling() == Handling::Fine { Truth::True } else { Truth::False };
    let in_sync = match (facts.problem, facts.plan) {
        (Some(problem), _) => (Truth::Unknown, problem.reason),
        (None, Some(plan)) => in_sync(plan, failing(facts).map(|(_, failure)| failure.reason)),
        (None, None) if facts.tenant.suspend => (Truth::Unknown, Reason::Suspended),
        (None, None) => (Truth::Unknown, Reason::WaitingOn),
    };
    let standing =
        Standing::of(&Now { ready: (ready, reason), in_sync, attested: None, deliverable: None }, previous, now);
    let status = TenantStatus {
        observed_generation: facts.tenant.generation,
        conditions: standing.conditions(facts.tenant.generation, &Messages { ready: message, ..Messages::default() }),
        plan: summary,
        credentials: credentials::credentials(facts),
        memory: facts.memory.clone(),
        last_handled_reconcile_at: facts.tenant.requested_at.as_deref().map(Into::into),
    };
    (standing, status)
}

/// A Tenant is ready when it can be read and, as far as enforced, written. What single objects lack is theirs to say; that
/// they lack something is said here, so that no reason claims more than `InSync` and the counts do.
fn judge(facts: &TenantFacts<'_>, summary: Option<&PlanStatus>) -> (Reason, String) {
    if facts.tenant.suspend {
        return (Reason::Suspended, "suspended: nothing is read or written".into());
    }
    if let Some(problem) = facts.problem {
        return (problem.reason, problem.message.clone());
    }
    if let Some((credential, failure)) = failing(facts) {
        return (failure.reason, format!("{} could not be used: {}", credential.name(), failure.message));
    }
    if let Some(problem) = facts.tenant.approval_problems.first() {
        return (Reason::InvalidSpec, format!("approvals[{}].{} cannot be read", problem.index, problem.field));
    }
    let (Some(summary), Some(plan)) = (summary, facts.plan) else {
        return (Reason::WaitingOn, "waiting for the first reconcile pass".into());
    };
    let (reason, message) = of_plan(facts, summary, plan);
    (reason, plan.lapsed.iter().fold(message, |message, lapsed| format!("{message}; {lapsed}")))
}

/// What the plan comes to: what goes on, then what is only observed, then what is left.
fn of_plan(facts: &TenantFacts<'_>, summary: &PlanStatus, plan: &Plan) -> (Reason, String) {
    if let Some(hash) = summary.approval_hash {
        let steps = counted(summary.gated, "step waits", "steps wait");
        let why = consequences::in_words(&summary.consequences);
        return (gate_reason(facts), format!("{steps} for the approval of {hash}{why}"));
    }
    let writes = u32::try_from(plan.writes().count()).unwrap_or(u32::MAX);
    let blocked = match summary.blocked {
        0 => String::new(),
        blocked => format!("; {} not written: {}", counted(blocked, "field is", "fields are"), blocked_by(plan)),
    };
    if writes > 0 {
        let steps = counted(writes, "step is", "steps are");
        return (Reason::ChangesPending, format!("{steps} to be written{blocked}"));
    }
    if plan.verifying() {
        return (Reason::AwaitingReplication, format!("written values are being verified{blocked}"));
    }
    if let Some(on) = plan.waiting().next() {
        return (on.reason(), format!("the remaining steps wait: {on}{blocked}"));
    }
    if summary.steps > 0 {
        let steps = counted(summary.steps, "step", "steps");
        return (Reason::Observing, format!("only observed: {steps} would be written{blocked}"));
    }
    if summary.blocked > 0 {
        return (Reason::FieldsBlocked, format!("nothing is left to write{blocked}"));
    }
    let observed =
        if facts.tenant.enforce.is_empty() { ", and nothing is enforced: spec.enforce is empty" } else { "" };
    (Reason::InSync, format!("every declared field is as declared{observed}"))
}

/// Why fields are not written, and how many each: the most frequent first.
fn blocked_by(plan: &Plan) -> String {
    let mut counts: Vec<(Reason, usize)> = plan.blocked_by().into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count)); // stable: otherwise in the order of the reasons
    counts.iter().map(|(reason, count)| format!("{reason} ({count})")).collect::<Vec<_>>().join(", ")
}

fn counted(number: u32, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

fn gate_reason(facts: &TenantFacts<'_>) -> Reason {
    facts.plan.and_then(first_gate).unwrap_or(Reason::MassChange)
}

/// Why the first step that waits does so.
fn first_gate(plan: &Plan) -> Option<Reason> {
    plan.steps().find_map(|(_, _, verdict)| match verdict {
        Verdict::Gated(_, reason) => Some(*reason),
        _ => None,
    })
}

/// Why steps are not done yet: what is written next first, then what waits for a person, then what is only observed.
fn pending(plan: &Plan) -> Option<Reason> {
    if plan.writes().next().is_some() {
        return Some(Reason::ChangesPending);
    }
    let waits = || plan.waiting().next().map(WaitingOn::reason);
    first_gate(plan).or_else(waits).or_else(|| plan.steps().next().map(|_| Reason::Observing))
}

/// Why the first field that is not written is not.
fn first_blocked(plan: &Plan) -> Option<Reason> {
    plan.objects.iter().flat_map(|object| &object.fields).find_map(|field| match &field.verdict {
        Verdict::Blocked(reason, _) => Some(*reason),
        _ => None,
    })
}

/// The first credential that could not be used: what needs a person first.
fn failing<'a>(facts: &TenantFacts<'a>) -> Option<(&'a CredentialFacts, &'a Failure)> {
    let failing = facts.observation.credentials.iter().filter_map(|one| Some((one, one.failure.as_ref()?)));
    failing.min_by_key(|(_, failure)| failure.reason.handling() != Handling::Stalled)
}

fn in_sync(plan: &Plan, failing: Option<Reason>) -> (Truth, Reason) {
    if let Some(reason) = pending(plan) {
        (Truth::False, reason)
    } else if let Some(reason) = failing {
        // What it serves is not known, and the rest is as declared.
        (Truth::Unknown, reason)
    } else if let Some(reason) = first_blocked(plan) {
        (Truth::False, reason)
    } else if plan.verifying() {
        (Truth::Unknown, Reason::AwaitingReplication)
    } else {
        (Truth::True, Reason::InSync)
    }
}

fn summarise(plan: &Plan) -> PlanStatus {
    let count = |wanted: fn(&Verdict) -> bool| {
        u32::try_from(plan.steps().filter(|(_, _, verdict)| wanted(verdict)).count()).unwrap_or(u32::MAX)
    };
    PlanStatus {
        steps: count(|verdict| !matches!(verdict, Verdict::Gated(..))),
        gated: count(|verdict| matches!(verdict, Verdict::Gated(..))),
        blocked: u32::try_from(plan.blocked()).unwrap_or(u32::MAX),
        approval_hash: plan.approval_hash,
        consequences: Vec::new(),
    }
}

#[cfg(test)]
#[path = "tenant_tests.rs"]
mod tests;
