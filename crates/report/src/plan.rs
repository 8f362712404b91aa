//! A plan as it is shown: the JSON form, and what the text form is made of.

use std::{collections::BTreeSet, sync::Arc};

use schemars::JsonSchema;
use serde::Serialize;
use tenant_contacts_api::{
    address,
    digest::Digest,
    field::{Field, Surface},
    notice::{Category, Reach},
    reason::Reason,
};
use tenant_contacts_core::{
    canonical,
    consequences::Consequence,
    desired::{DesiredObject, DesiredTarget, DesiredTenant},
    field::{self, FieldFacts, Shape},
    gate::{Lapse, Lapsed},
    landscape::fold,
    lint::{self, Place},
    model::Observation,
    plan::{self, Plan},
    step::{Cause, Operation, Resolution, Step, Target, Verdict},
    surface::RENAMED,
};

use crate::printable::printable;

/// Version of the JSON form. Members may be added without a new one.
pub const SCHEMA_VERSION: u32 = 1;

/// A plan of one tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    /// Version of this form.
    pub schema_version: u32,
    /// The declaring object, as `namespace/name`.
    pub tenant: String,
    /// The tenant id.
    pub tenant_id: String,
    /// Surfaces that may be written; empty: only observed.
    pub enforce: Vec<Surface>,
    /// What would be, or will be, written.
    pub steps: Vec<StepView>,
    /// What differs or cannot be judged, and is not written.
    pub not_done: Vec<NotDoneView>,
    /// What the steps, taken together, would do to who receives notices. Empty where nothing changes, and where the tenant
    /// was not read as a whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consequences: Vec<ConsequenceView>,
    /// Objects whose every field is as declared.
    pub in_sync: usize,
    /// Whether all of them are, as far as anything but a person's word can tell: nothing to write, to approve or to verify, and
    /// nothing that is not written.
    pub as_declared: bool,
    /// What is worth knowing beside it: approvals that let nothing pass any more, names that do not fit the object id beside
    /// them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<NoteView>,
    /// Hash of all that is shown of the plan, for `apply --plan`.
    pub hash: Digest,
    /// Hash of the steps that need an approval, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_hash: Option<Digest>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    /// The declaring object.
    pub object: String,
    /// What is changed: an account's declared name, or `organization`.
    pub target: String,
    /// The field.
    pub field: Field,
    /// The entry of it, where the field is a map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// `add`, `remove`, `create` or `replace`; absent where the field is set as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<&'static str>,
    /// Values that go.
    pub removes: Vec<String>,
    /// Values that come.
    pub adds: Vec<String>,
    /// Values that stay.
    pub keeps: usize,
    /// Why it is written.
    pub cause: &'static str,
    /// What becomes of it: `write`, `awaitingApproval`, `waiting` (for what `waitsOn` says) or `observeOnly`.
    pub state: &'static str,
    /// What it waits for, apart from an approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_on: Option<String>,
    /// What makes it ask for approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<Reason>,
    /// Identity of the step.
    pub digest: Digest,
}

/// What a plan would do to one kind of notices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsequenceView {
    /// Which.
    pub category: Category,
    /// Whom it reaches now, and whom it would.
    pub before: Reach,
    /// See `before`.
    pub after: Reach,
    /// People who certainly receive it now.
    pub people_before: usize,
    /// People who certainly would.
    pub people_after: usize,
    /// What makes it ask for approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<Reason>,
    /// Who would be left, five at most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    /// Who would certainly receive it, and does not now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gains: Vec<String>,
    /// Who certainly receives it, and would not any more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loses: Vec<String>,
    /// Addresses it would be sent to as well; private ones masked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses_added: Vec<String>,
    /// Addresses it would not be sent to any more; private ones masked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses_removed: Vec<String>,
}

/// Something that is not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotDoneView {
    /// The declaring object.
    pub object: String,
    /// The field, unless it is the whole object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// The entry of it, where the field is a map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Why.
    pub reason: Reason,
    /// What is known.
    pub message: String,
    /// What to do.
    pub remedy: &'static str,
}

/// Something worth knowing that stops nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteView {
    /// `approvalExpired`, `approvalUsed` or `renamed`.
    pub kind: &'static str,
    /// The declaring object.
    pub object: String,
    /// What is known.
    pub message: String,
    /// What to do.
    pub remedy: &'static str,
}

/// Shows a plan. `objects` and `observation` are the ones it was made of.
pub fn view(
    tenant: &DesiredTenant,
    objects: &[Arc<DesiredObject>],
    observation: &Observation,
    plan: &Plan,
) -> PlanView {
    let mut view = PlanView {
        schema_version: SCHEMA_VERSION,
        tenant: format!("{}/{}", tenant.object.namespace, tenant.object.name),
        tenant_id: tenant.key.id.to_string(),
        enforce: tenant.enforce.iter().copied().collect(),
        steps: Vec::new(),
        not_done: Vec::new(),
        consequences: consequences(plan, tenant, observation),
        in_sync: 0,
        as_declared: true,
        notes: plan.lapsed.iter().map(|lapsed| lapsed_view(tenant, lapsed)).collect(),
        hash: plan.hash,
        approval_hash: plan.approval_hash,
    };
    for (object, planned) in objects.iter().zip(&plan.objects) {
        let undone = plan::undone(tenant, object, planned, observation);
        let as_declared = plan::as_declared(object, planned, &undone);
        view.as_declared &= as_declared;
        view.in_sync += usize::from(as_declared && !object.removed);
        view.steps.extend(planned.steps().map(|(step, verdict)| match verdict {
            Verdict::Gated(_, reason) => step_view(object, step, "awaitingApproval", Some(*reason)),
            Verdict::Observe(_) => step_view(object, step, "observeOnly", None),
            Verdict::Waiting(waiting) => {
                StepView { waits_on: Some(waiting.on.to_string()), ..step_view(object, step, "waiting", None) }
            }
            _ => step_view(object, step, "write", None),
        }));
        view.not_done.extend(undone.into_iter().map(|one| NotDoneView {
            object: object.key.to_string(),
            field: one.field,
            entry: one.entry.map(Into::into),
            reason: one.reason,
            message: printable(&one.message),
            remedy: one.reason.remedy(),
        }));
        if matches!(planned.resolution, Resolution::Found { renamed: true, .. }) && !object.removed {
            view.notes.push(NoteView {
                kind: "renamed",
                object: object.key.to_string(),
                message: RENAMED.into(),
                remedy: Reason::Renamed.remedy(),
            });
        }
    }
    view
}

fn consequences(plan: &Plan, tenant: &DesiredTenant, observation: &Observation) -> Vec<ConsequenceView> {
    // What the steps show in full anyway: whoever's it is, it stands in the organization's contact state.
    let open = plan.steps().filter(|(_, step, _)| field::facts(step.field()).is_some_and(|facts| !facts.private));
    let open = open.flat_map(|(_, step, _)| step.before().iter().chain(step.after()));
    let open: BTreeSet<Box<str>> = open.map(|value| fold(value)).collect();
    // Addresses outside the organization may be somebody's own.
    let shown = |one: &str| match lint::place(one, &tenant.own_domains, observation) {
        Place::Inside => one.to_owned(),
        Place::FreeMail | Place::Outside | Place::Unknown(_) if open.contains(&fold(one)) => one.to_owned(),
        Place::FreeMail | Place::Outside | Place::Unknown(_) => address::mask(one),
    };
    plan.consequences.iter().map(|one| consequence(one, tenant.minimum_recipients, &shown)).collect()
}

fn consequence(of: &Consequence, minimum: u32, shown: &impl Fn(&str) -> String) -> ConsequenceView {
    let addresses = |addresses: &[Box<str>]| addresses.iter().map(|one| printable(&shown(one))).collect();
    let names = |names: &[Box<str>]| names.iter().map(|name| printable(name)).collect();
    ConsequenceView {
        category: of.category,
        before: of.before,
        after: of.after,
        people_before: of.people_before,
        people_after: of.people_after,
        gate: of.gate(minimum),
        left: names(&of.left),
        gains: names(&of.gains),
        loses: names(&of.loses),
        addresses_added: addresses(&of.addresses_added),
        addresses_removed: addresses(&of.addresses_removed),
    }
}

fn lapsed_view(tenant: &DesiredTenant, lapsed: &Lapsed) -> NoteView {
    NoteView {
        kind: match lapsed.why {
            Lapse::Expired(_) => "approvalExpired",
            Lapse::Used => "approvalUsed",
        },
        object: tenant.object.to_string(),
        message: lapsed.to_string(),
        remedy: lapsed.remedy(),
    }
}

fn step_view(object: &DesiredObject, step: &Step, state: &'static str, gate: Option<Reason>) -> StepView {
    let facts = field::facts(step.field());
    let shown = |values: &[Box<str>], without: &[Box<str>]| -> Vec<String> {
        values
            .iter()
            .filter(|value| facts.is_none_or(|facts| !canonical::has(facts.shape, without, value)))
            .map(|value| show(facts.as_ref(), value))
            .collect()
    };
    let removes = shown(step.before(), step.after());
    StepView {
        object: object.key.to_string(),
        target: match (&object.target, step.target()) {
            (DesiredTarget::Account { name, .. } | DesiredTarget::Thing { name, .. }, _) if !name.is_empty() => {
                name.to_string()
            }
            (_, Target::Object(_, id)) => id.to_string(),
            (_, Target::Only(Surface::Organization)) => "organization".into(),
            (_, Target::Only(surface)) => surface.as_str().to_owned(),
            (_, Target::Named(_, name) | Target::Absent(_, name)) => name.to_string(),
        },
        field: step.field(),
        entry: step.slot.entry.as_deref().map(Into::into),
        operation: match step.operation {
            Operation::Set { .. } => None,
            _ => Some(step.operation.as_str()),
        },
        keeps: step.before().len() - removes.len(),
        removes,
        adds: shown(step.after(), step.before()),
        cause: match step.cause {
            Cause::Declared => "declared",
            Cause::Drift => "drift",
            Cause::Restore => "restore",
        },
        state,
        waits_on: None,
        gate: gate.or(step.risk),
        digest: step.digest,
    }
}

/// A value as others may see it.
pub(crate) fn show(facts: Option<&FieldFacts>, value: &str) -> String {
    match facts {
        Some(facts) if !facts.private => value.to_owned(),
        Some(facts) if facts.shape == Shape::Addresses => address::mask(value),
        _ => address::mask_text(value),
    }
}
