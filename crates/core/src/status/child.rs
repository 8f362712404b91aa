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
    arrivals::Arrivals,
    claims,
    standing::{Messages, Now, Standing, Truth},
};
use crate::{
    desired::{DesiredObject, DesiredTenant},
    field::{self, Shape},
    lint::{self, Objection},
    model::Observation,
    step::{FieldPlan, ObjectPlan, Resolution, Verdict, WaitingOn},
    surface::RENAMED,
};

/// A child's status and where it stands.
pub struct Child {
    /// Where it stands, to be kept for the next time.
    pub standing: Standing,
    /// The status to publish.
    pub status: ChildStatus,
}

/// What the status of a planned object is a function of.
pub struct ChildFacts<'a> {
    /// The tenant.
    pub tenant: &'a DesiredTenant,
    /// The object.
    pub object: &'a DesiredObject,
    /// Its plan.
    pub plan: &'a ObjectPlan,
    /// What was observed.
    pub observation: &'a Observation,
    /// What becomes of mail, where the tenant was read as a whole.
    pub arrivals: Option<&'a Arrivals>,
    /// What is remembered of it. Goes along unchanged.
    pub memory: &'a Memory,
}

/// The status of a planned object.
pub fn child(facts: &ChildFacts<'_>, previous: Option<&Standing>, now: Timestamp) -> Child {
    let ChildFacts { tenant, object, plan, observation, arrivals, memory } = *facts;
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
    let deliverable = object.mail.as_ref().map(|mail| claims::deliverable(mail, plan, observation, arrivals));
    let (deliverable, delivery) = deliverable.map(|(truth, reason, said)| ((truth, reason), said)).unzip();
    let state = Now { ready: (ready, reason), in_sync: in_sync(plan), attested, deliverable };
    let standing = Standing::of(&state, previous, now);
    let mut fields: Vec<FieldStatus> = plan.fields.iter().filter_map(field_status).collect();
    fields.extend(object.business_email.as_ref().map(|_| FieldStatus {
        field: Field::BusinessEmail,
        entry: None,
        state: FieldState::Manual,
        reason: Some(objection.as_ref().map_or(Reason::Manual, |objection| objection.reason)),
        message: objection.map(|objection| objection.message),
        live: None,
    }));
    fields.extend((!gateways.is_empty()).then_some(FieldStatus {
        field: Field::Gateways,
        entry: None,
        state: FieldState::Manual,
        reason: Some(Reason::Manual),
        message: None,
        live: None,
    }));
    let messages = Messages {
        ready: message,
        attested: claim.map_or_else(|| claims::gateways_message(gateways), claims::attested_message),
        deliverable: delivery.unwrap_or_default(),
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

/// The reason that leads: what needs a person first, then approvals, then work in progress. In a sentence: it is what a person
/// sees first of the object, in its condition and in events.
fn leading(plan: &ObjectPlan, objection: Option<&Objection>) -> (Reason, String) {
    let rank = |reason: Reason| match reason.handling() {
        Handling::Stalled => 0,
        Handling::Approval => 1,
        Handling::Progress => 2,
        Handling::Fine => 3,
    };
    let resolution = match &plan.resolution {
        Resolution::Failed(reason, message) => Some((*reason, sentence(&format!("nothing is written: {message}")))),
        Resolution::Found { .. } | Resolution::Absent(_) => None,
    };
    let objection = objection.map(|objection| {
        (
            objection.reason,
            sentence(&format!("the field {} is not right: {}", Field::BusinessEmail.path(), objection.message)),
        )
    });
    let fields = plan.fields.iter().filter_map(|field| {
        let (state, reason, message) = explain(field)?;
        Some((reason, in_words(field.field, (state, reason), message.as_deref())))
    });
    let worst = resolution.into_iter().chain(objection).chain(fields).min_by_key(|(reason, _)| rank(*reason));
    let renamed = matches!(plan.resolution, Resolution::Found { renamed: true, .. });
    let (reason, message) = match worst {
        Some(worst) => worst,
        None if renamed => return (Reason::Renamed, sentence(RENAMED)),
        None => (Reason::InSync, "Every declared field is as declared.".into()),
    };
    // Whatever else there is to say of the object: it is about another name than the one in the file.
    let renamed = if renamed { format!(" {}", sentence(RENAMED)) } else { String::new() };
    (reason, message + &renamed)
}

/// What is so of a field, as a sentence.
fn in_words(field: Field, (state, reason): (FieldState, Reason), message: Option<&str>) -> String {
    let said = match state {
        FieldState::InSync => "is as declared",
        FieldState::Pending if reason == Reason::Observing => "differs, and is only observed",
        FieldState::Pending if reason == Reason::WaitingOn => "differs, and waits",
        FieldState::Pending => "differs, and is written next",
        FieldState::Verifying => "was written, and is being verified",
        FieldState::AwaitingApproval => "differs, and waits for an approval",
        FieldState::Blocked => "differs, and is not written",
        FieldState::Unknown => "is not known to be as declared",
        FieldState::Manual => "has no API: a person sets it and attests it",
    };
    let why = message.map(|message| format!(": {message}")).unwrap_or_default();
    sentence(&format!("the field {} {said}{why}", field.path()))
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
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
            Verdict::Waiting(waiting) if matches!(waiting.on, WaitingOn::Operation | WaitingOn::Replication) => {
                unknown = unknown.or(Some(waiting.on.reason()));
            }
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
        Verdict::Waiting(waiting) if matches!(waiting.on, WaitingOn::Operation | WaitingOn::Replication) => {
            (FieldState::Verifying, waiting.on.reason(), Some(waiting.on.to_string()))
        }
        Verdict::Waiting(waiting) => (FieldState::Pending, waiting.on.reason(), Some(waiting.on.to_string())),
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
    let live = field.verdict.step().map(|step| shown(field.field, step.before()));
    Some(FieldStatus {
        field: field.field,
        entry: field.entry.as_deref().map(Into::into),
        state,
        reason,
        message,
        live,
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing::{planned, step};

    #[test]
    fn c7_every_message_of_an_object_is_a_sentence() {
        let blocked = |message: &str| Verdict::Blocked(Reason::SynchronisedOnPremises, message.into());
        let verdicts = [
            Verdict::InSync,
            Verdict::Write(Box::new(step())),
            Verdict::Gated(Box::new(step()), Reason::ClearsList),
            Verdict::Observe(Box::new(step())),
            Verdict::Verifying,
            blocked("the account is synchronised: change the attribute mobile in the on-premises directory"),
            Verdict::Forget,
        ];
        let found = verdicts.iter().map(|verdict| planned([verdict.clone()]));
        let unread = found.clone().map(|mut plan| {
            plan.fields[0].live = None;
            plan
        });
        let renamed = found.clone().map(|plan| {
            let target = plan.resolution.target().unwrap().clone();
            ObjectPlan { resolution: Resolution::Found { target, renamed: true }, ..plan }
        });
        let failed = ObjectPlan {
            resolution: Resolution::Failed(Reason::AccountNotFound, "no account has the declared name".into()),
            fields: Vec::new(),
        };
        let objection = Objection { reason: Reason::PrivateBusinessEmail, message: "it is a free-mail address".into() };
        let plans: Vec<ObjectPlan> = found.chain(unread).chain(renamed).chain([failed]).collect();
        for (plan, objection) in plans.iter().flat_map(|plan| [(plan, None), (plan, Some(&objection))]) {
            let (reason, message) = leading(plan, objection);
            let words = message.split_whitespace().count();
            assert!(
                message.starts_with(char::is_uppercase) && message.ends_with('.') && words >= 5,
                "{reason}: {message}"
            );
            let says_renamed = message.contains("another sign-in name");
            assert_eq!(says_renamed, matches!(plan.resolution, Resolution::Found { renamed: true, .. }), "{message}");
        }
        let (_, message) = leading(&planned([Verdict::Gated(Box::new(step()), Reason::ClearsList)]), None);
        assert_eq!(message, "The field technical differs, and waits for an approval.");
    }
}
