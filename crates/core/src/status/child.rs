//! Status of a child of a Tenant.

use jiff::Timestamp;
use tenant_contacts_api::{
    address,
    field::Field,
    memory::Memory,
    reason::{Handling, Reason},
    status::{ChildStatus, FieldState, FieldStatus},
};

use super::{
    claims,
    standing::{Messages, Now, Standing, Truth},
};
use crate::{
    desired::{DesiredObject, DesiredTenant},
    field::{self, Shape},
    lint::{self, Objection},
    model::Observation,
    plan::{FieldPlan, ObjectPlan, Resolution, Verdict},
};

/// A child's status and where it stands.
pub struct Child {
    /// Where it stands, to be kept for the next time.
    pub standing: Standing,
    /// The status to publish.
    pub status: ChildStatus,
}

/// The status of a planned object. `memory` goes along unchanged.
pub fn child(
    tenant: &DesiredTenant,
    object: &DesiredObject,
    plan: &ObjectPlan,
    observation: &Observation,
    memory: &Memory,
    previous: Option<&Standing>,
    now: Timestamp,
) -> Child {
    let objection = object
        .business_email
        .as_ref()
        .and_then(|claim| lint::business_email(&claim.address, &tenant.own_domains, observation));
    let (reason, message) = leading(plan, objection.as_ref());
    let ready = if reason.handling() == Handling::Fine { Truth::True } else { Truth::False };
    let gateways = object.target.gateways();
    let claim = object.business_email.as_ref().map(|claim| claim.attestation.as_ref());
    let attested = claim.map(|attestation| claims::attested(attestation, now));
    let attested = attested.or_else(|| claims::gateways_attested(gateways, now));
    let deliverable = object.mail.as_ref().map(|mail| claims::deliverable(mail, plan, observation));
    let state = Now { ready: (ready, reason), in_sync: in_sync(plan), attested, deliverable };
    let standing = Standing::of(&state, previous, now);
    let mut fields: Vec<FieldStatus> = plan.fields.iter().filter_map(field_status).collect();
    fields.extend(object.business_email.as_ref().map(|_| FieldStatus {
        field: Field::BusinessEmail,
        state: FieldState::Manual,
        reason: Some(objection.as_ref().map_or(Reason::Manual, |objection| objection.reason)),
        message: objection.map(|objection| objection.message),
        live: None,
    }));
    fields.extend((!gateways.is_empty()).then_some(FieldStatus {
        field: Field::Gateways,
        state: FieldState::Manual,
        reason: Some(Reason::Manual),
        message: None,
        live: None,
    }));
    let messages = Messages {
        ready: message,
        attested: claim.map_or_else(|| claims::gateways_message(gateways), claims::attested_message),
        deliverable: object.mail.as_ref().map(|mail| claims::deliverable_message(mail)).unwrap_or_default(),
    };
    let status = ChildStatus {
        observed_generation: object.generation,
        conditions: standing.conditions(object.generation, &messages),
        fields,
        memory: memory.clone(),
        last_handled_reconcile_at: object.requested_at.as_deref().map(Into::into),
    };
    Child { standing, status }
}

/// The status of an object that no pass looks at: its Tenant is missing, or it cannot be read. `memory` goes along unchanged.
pub fn set_aside(
    generation: Option<i64>,
    (reason, message): (Reason, String),
    memory: &Memory,
    previous: Option<&Standing>,
    now: Timestamp,
) -> Child {
    let state =
        Now { ready: (Truth::False, reason), in_sync: (Truth::Unknown, reason), attested: None, deliverable: None };
    let standing = Standing::of(&state, previous, now);
    let status = ChildStatus {
        observed_generation: generation,
        conditions: standing.conditions(generation, &Messages { ready: message, ..Messages::default() }),
        fields: Vec::new(),
        memory: memory.clone(),
        last_handled_reconcile_at: None,
    };
    Child { standing, status }
}

/// The reason that leads: what needs a person first, then approvals, then work in progress.
fn leading(plan: &ObjectPlan, objection: Option<&Objection>) -> (Reason, String) {
    let rank = |reason: Reason| match reason.handling() {
        Handling::Stalled => 0,
        Handling::Approval => 1,
        Handling::Progress => 2,
        Handling::Fine => 3,
    };
    let resolution = match &plan.resolution {
        Resolution::Failed(reason, message) => Some((*reason, message.clone())),
        Resolution::Found { .. } => None,
    };
    let objection = objection.map(|objection| (objection.reason, format!("businessEmail: {}", objection.message)));
    let fields = plan.fields.iter().filter_map(|field| {
        let (_, reason, message) = explain(field)?;
        Some((
            reason,
            message
                .map_or_else(|| field.field.path().to_owned(), |message| format!("{}: {message}", field.field.path())),
        ))
    });
    let worst = resolution.into_iter().chain(objection).chain(fields).min_by_key(|(reason, _)| rank(*reason));
    match worst {
        Some((reason, message)) if rank(reason) < 3 => (reason, message),
        Some((Reason::Observing, _)) => {
            (Reason::Observing, "differs, and the surface is not in enforce: only observed".into())
        }
        _ if matches!(plan.resolution, Resolution::Found { renamed: true, .. }) => {
            (Reason::Renamed, "the account has another name now; it is still the same account".into())
        }
        _ => (Reason::InSync, "every declared field is as declared".into()),
    }
}

fn in_sync(plan: &ObjectPlan) -> (Truth, Reason) {
    if let Resolution::Failed(reason, _) = plan.resolution {
        return (Truth::Unknown, reason);
    }
    let mut unknown = None;
    for field in &plan.fields {
        match &field.verdict {
            Verdict::InSync | Verdict::Forget => {}
            Verdict::Blocked(reason, _) if field.live.is_none() => unknown = unknown.or(Some(*reason)),
            Verdict::Verifying => unknown = unknown.or(Some(Reason::AwaitingReplication)),
            _ => {
                let reason = explain(field).map_or(Reason::ChangesPending, |(_, reason, _)| reason);
                return (Truth::False, reason);
            }
        }
    }
    unknown.map_or((Truth::True, Reason::InSync), |reason| (Truth::Unknown, reason))
}

/// State, reason and message of a field that is not simply in sync.
fn explain(field: &FieldPlan) -> Option<(FieldState, Reason, Option<String>)> {
    Some(match &field.verdict {
        Verdict::InSync | Verdict::Forget => return None,
        Verdict::Write(_) => (FieldState::Pending, Reason::ChangesPending, None),
        Verdict::Gated(_, reason) => (FieldState::AwaitingApproval, *reason, None),
        Verdict::Observe(_) => (FieldState::Pending, Reason::Observing, None),
        Verdict::Verifying => (FieldState::Verifying, Reason::AwaitingReplication, None),
        Verdict::Blocked(reason, message) => {
            let state = if field.live.is_none() { FieldState::Unknown } else { FieldState::Blocked };
            (state, *reason, Some(message.clone()))
        }
    })
}

fn field_status(field: &FieldPlan) -> Option<FieldStatus> {
    if field.verdict == Verdict::Forget {
        return None;
    }
    let (state, reason, message) = explain(field)
        .map_or((FieldState::InSync, None, None), |(state, reason, message)| (state, Some(reason), message));
    let live = match &field.verdict {
        Verdict::Write(step) | Verdict::Gated(step, _) | Verdict::Observe(step) => {
            Some(shown(field.field, &step.before))
        }
        _ => None,
    };
    Some(FieldStatus { field: field.field, state, reason, message, live })
}

/// Values as others may see them.
fn shown(field: Field, values: &[Box<str>]) -> Vec<String> {
    let facts = field::facts(field);
    values
        .iter()
        .map(|value| match facts {
            Some(facts) if !facts.private => value.to_string(),
            Some(facts) if facts.shape == Shape::Addresses => address::mask(value),
            _ => address::mask_text(value),
        })
        .collect()
}
