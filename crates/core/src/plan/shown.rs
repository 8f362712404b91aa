//! What of a plan is shown, and the hash of exactly that: what `apply --plan` compares.
//!
//! Invariant: two plans that a reader can tell apart by what becomes of a field have different hashes. The hash covers each
//! step with its verdict and gate, what is not done with its reason, and what the steps would do to who receives notices. It
//! covers no message: those may name a time.

use std::{borrow::Cow, collections::BTreeSet};

use tenant_contacts_api::{digest::Digest, field::Field, reason::Reason};

use super::Input;
use crate::{
    consequences::Consequence,
    desired::{DesiredObject, DesiredTenant},
    digest, lint,
    model::Observation,
    step::{Cause, ObjectPlan, Resolution, Step, Verdict, Waiting},
};

/// Something of an object that is not done, or not known to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The field, unless it is the whole object.
    pub field: Option<Field>,
    /// The entry of it, where the field is a map.
    pub entry: Option<Box<str>>,
    /// Why.
    pub reason: Reason,
    /// What is known.
    pub message: Cow<'static, str>,
}

impl Undone {
    fn of(field: Field, reason: Reason, message: &'static str) -> Self {
        Self { field: Some(field), entry: None, reason, message: message.into() }
    }

    /// Whether the tenant is not, or not known to be, as declared. What has no API is a person's to attest, and its calendar
    /// turns no pipeline.
    pub fn differs(&self) -> bool {
        self.reason != Reason::Manual
    }
}

/// What of an object is not done, beside its steps, in the order in which it is shown.
pub fn undone(
    tenant: &DesiredTenant,
    object: &DesiredObject,
    planned: &ObjectPlan,
    observation: &Observation,
) -> Vec<Undone> {
    if let Resolution::Failed(reason, message) = &planned.resolution {
        return vec![Undone { field: None, entry: None, reason: *reason, message: message.clone().into() }];
    }
    let mut all: Vec<Undone> = Vec::new();
    for field in &planned.fields {
        let mut say = |reason, message| {
            all.push(Undone { field: Some(field.field), entry: field.entry.clone(), reason, message });
        };
        match &field.verdict {
            Verdict::Verifying => say(Reason::AwaitingReplication, "written, and being verified".into()),
            Verdict::Blocked(reason, message) => say(*reason, message.clone().into()),
            Verdict::Waiting(waiting) => {
                // Where it is known what is written then, it is shown as a step.
                if let Waiting { on, step: None } = &**waiting {
                    say(on.reason(), on.to_string().into());
                }
            }
            Verdict::InSync | Verdict::Write(_) | Verdict::Gated(..) | Verdict::Observe(_) | Verdict::Forget => {}
        }
    }
    if let Some(claim) = &object.business_email {
        if let Some(objection) = lint::business_email(&claim.address, &tenant.own_domains, observation) {
            let message = objection.message.into();
            all.push(Undone { field: Some(Field::BusinessEmail), entry: None, reason: objection.reason, message });
        } else if claim.attestation.is_none() {
            let message = "it has no API: a person sets it and attests it";
            all.push(Undone::of(Field::BusinessEmail, Reason::Manual, message));
        }
    }
    if !object.removed {
        let unattested = object.target.gateways().iter().filter(|gateway| gateway.attestation.is_none());
        all.extend(unattested.map(|gateway| Undone {
            field: Some(Field::Gateways),
            entry: None,
            reason: Reason::Manual,
            message: format!("{}: it has no API: a person looks what it does, and attests it", gateway.name).into(),
        }));
    }
    all
}

/// Whether an object is as declared, as far as anything but a person's word can tell. An object that is no longer declared and
/// whose account is gone declares nothing that could be otherwise.
pub fn as_declared(object: &DesiredObject, planned: &ObjectPlan, undone: &[Undone]) -> bool {
    if object.removed && matches!(planned.resolution, Resolution::Failed(Reason::AccountNotFound, _)) {
        return true;
    }
    planned.steps().next().is_none() && !undone.iter().any(Undone::differs)
}

/// The hash of what is shown of a plan.
pub(crate) fn hash(input: &Input<'_>, objects: &[ObjectPlan], consequences: &[Consequence]) -> Digest {
    let mut shown: BTreeSet<Digest> = BTreeSet::new();
    for (object, planned) in input.objects.iter().zip(objects) {
        let undone = undone(input.tenant, object, planned, input.observation);
        if undone.is_empty() && planned.steps().next().is_none() {
            continue; // nearly all of a fleet: as declared
        }
        let key = object.key.to_string();
        shown.extend(planned.steps().map(|(step, verdict)| of_step(&key, step, verdict)));
        shown.extend(undone.iter().map(|one| {
            let field = one.field.map_or("", Field::path);
            let words = [key.as_bytes(), field.as_bytes(), one.reason.as_str().as_bytes()];
            digest::of("undone", words.into_iter().chain(one.entry.as_deref().map(str::as_bytes)))
        }));
    }
    let minimum = input.tenant.minimum_recipients;
    shown.extend(consequences.iter().map(|one| of_consequence(one, minimum)));
    let tenant = input.tenant.key.id;
    // A domain of its own: it is no hash of earlier versions, which covered less.
    let parts = std::iter::once(tenant.as_bytes().as_slice()).chain(shown.iter().map(|one| one.0.as_slice()));
    digest::of("shown plan", parts)
}

fn of_step(object: &str, step: &Step, verdict: &Verdict) -> Digest {
    let (state, gate) = match verdict {
        // An approved step is shown with what it was approved for.
        Verdict::Write(_) => ("write", step.risk),
        Verdict::Gated(_, reason) => ("gated", Some(*reason)),
        Verdict::Waiting(_) => ("waiting", step.risk),
        _ => ("observe", None),
    };
    let cause = match step.cause {
        Cause::Declared => "declared",
        Cause::Drift => "drift",
        Cause::Restore => "restore",
    };
    let gate = gate.map_or("", Reason::as_str);
    let words = [object, step.field().path(), state, gate, cause].map(str::as_bytes);
    digest::of("shown step", words.into_iter().chain([step.digest.0.as_slice()]))
}

fn of_consequence(of: &Consequence, minimum: u32) -> Digest {
    let words = [of.category.as_str(), of.before.as_str(), of.after.as_str()];
    let gate = of.gate(minimum).map_or("", Reason::as_str);
    let counts = [of.people_before, of.people_after].map(|people| (people as u64).to_be_bytes());
    let lists = [&of.left, &of.gains, &of.loses, &of.addresses_added, &of.addresses_removed];
    let lists = lists.map(|list| digest::of("list", list.iter().map(|one| one.as_bytes())));
    let words = words.into_iter().chain([gate]).map(str::as_bytes);
    let parts = words.chain(counts.iter().map(<[u8; 8]>::as_slice));
    digest::of("shown consequence", parts.chain(lists.iter().map(|list| list.0.as_slice())))
}

#[cfg(test)]
#[path = "shown_tests.rs"]
mod tests;
