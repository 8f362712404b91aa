//! What an operator has published of a Tenant, as it is shown: the JSON form, and what the text form is made of. Made of
//! status and declaration alone; no tenant is asked, and no Secret is read.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use schemars::JsonSchema;
use serde::Serialize;
use tenant_contacts_api::{
    digest::Digest,
    field::{Field, Surface},
    reason::Reason,
    status::{ChildStatus, ConsequenceStatus, FieldState, FieldStatus, condition},
    v1alpha1::Tenant,
};
use tenant_contacts_core::{
    desired::{self, DesiredObject, DesiredTarget, Want},
    field,
    status::reader::{Freshness, find, freshness, reason},
};

use crate::{plan::show, printable::printable};

/// Version of the JSON form. Members may be added without a new one.
pub const SCHEMA_VERSION: u32 = 1;

/// A child of the Tenant, as declared and as published.
#[derive(Clone, Debug)]
pub struct Child {
    /// What it declares.
    pub object: DesiredObject,
    /// Its status, if it has one.
    pub status: Option<ChildStatus>,
}

/// What is published of a Tenant.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublishedView {
    /// Version of this form.
    pub schema_version: u32,
    /// The declaring object, as `namespace/name`.
    pub tenant: String,
    /// The tenant id.
    pub tenant_id: String,
    /// Surfaces that may be written; empty: only observed.
    pub enforce: Vec<Surface>,
    /// Whether nothing is read or written for now.
    pub suspended: bool,
    /// Whether the Tenant's status speaks of its present declaration: `current`, `outdated` or `missing`.
    pub status: &'static str,
    /// The condition `Ready`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready: Option<ConditionView>,
    /// The condition `InSync`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_sync: Option<ConditionView>,
    /// How much the plan has of what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<CountsView>,
    /// What the plan would do to who receives notices: first what asks for an approval.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consequences: Vec<ConsequenceStatus>,
    /// Fields that are not as declared, or not known to be.
    pub fields: Vec<FieldView>,
    /// Objects that have something to say as a whole.
    pub objects: Vec<ObjectView>,
    /// Objects that are as declared.
    pub objects_in_sync: usize,
    /// Hash of the steps that wait for an approval, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_hash: Option<Digest>,
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConditionView {
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// Why.
    pub reason: String,
    /// What is known.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<&'static str>,
    /// Since when it has this status.
    #[schemars(with = "String")]
    pub since: Timestamp,
}

/// Counts of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CountsView {
    /// Steps that need no approval.
    pub steps: u32,
    /// Steps that wait for an approval.
    pub gated: u32,
    /// Fields that differ and are not written.
    pub blocked: u32,
}

/// A field that is not as declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldView {
    /// The declaring object.
    pub object: String,
    /// What it declares values of: an account's declared name, or `organization`.
    pub target: String,
    /// The field.
    pub field: Field,
    /// The entry of it, where the field is a map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Its state.
    pub state: FieldState,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<&'static str>,
    /// The values in the tenant, masked where they are private.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<Vec<String>>,
    /// The values that are declared, masked where they are private.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<DeclaredView>,
}

/// What is declared of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeclaredView {
    /// `exactly` these values, `atLeast` these, or `fromSecret`: not shown.
    pub mode: &'static str,
    /// The values.
    pub values: Vec<String>,
}

/// An object that has something to say as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectView {
    /// The object.
    pub object: String,
    /// Whether its status speaks of its present declaration: `current`, `outdated` or `missing`.
    pub status: &'static str,
    /// Why it is not ready, if it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is known.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<&'static str>,
}

/// Shows what is published of a Tenant and its children.
pub fn view(tenant: &Tenant, children: &[Child]) -> PublishedView {
    let reduced = desired::tenant(tenant);
    let status = tenant.status.clone().unwrap_or_default();
    let shown = |kind: &str| find(&status.conditions, kind).map(condition_view);
    let mut view = PublishedView {
        schema_version: SCHEMA_VERSION,
        tenant: format!("{}/{}", reduced.object.namespace, reduced.object.name),
        tenant_id: reduced.key.id.to_string(),
        enforce: reduced.enforce.iter().copied().collect(),
        suspended: reduced.suspend,
        status: word(freshness(tenant.metadata.generation, status.observed_generation)),
        ready: shown(condition::READY),
        in_sync: shown(condition::IN_SYNC),
        plan: status.plan.as_ref().map(|plan| CountsView {
            steps: plan.steps,
            gated: plan.gated,
            blocked: plan.blocked,
        }),
        consequences: status.plan.iter().flat_map(|plan| &plan.consequences).cloned().map(harmless).collect(),
        fields: Vec::new(),
        objects: Vec::new(),
        objects_in_sync: 0,
        approval_hash: status.plan.as_ref().and_then(|plan| plan.approval_hash),
    };
    for child in children {
        let (fields, object) = (fields(child), object(child));
        view.objects_in_sync += usize::from(fields.is_empty() && object.is_none());
        view.fields.extend(fields);
        view.objects.extend(object);
    }
    view
}

/// Names may have been written by an operator that knew less of terminals.
fn harmless(mut of: ConsequenceStatus) -> ConsequenceStatus {
    for name in of.left.iter_mut().chain(&mut of.loses) {
        *name = printable(name);
    }
    of
}

fn word(freshness: Freshness) -> &'static str {
    match freshness {
        Freshness::Current => "current",
        Freshness::Outdated => "outdated",
        Freshness::Missing => "missing",
    }
}

fn condition_view(condition: &Condition) -> ConditionView {
    ConditionView {
        status: condition.status.clone(),
        reason: condition.reason.clone(),
        message: condition.message.clone(),
        remedy: reason(&condition.reason).map(Reason::remedy),
        since: condition.last_transition_time.0,
    }
}

fn fields(child: &Child) -> Vec<FieldView> {
    let Some(status) = &child.status else { return Vec::new() };
    let attested = find(&status.conditions, condition::ATTESTED).is_some_and(|attested| attested.status == "True");
    let told = status.fields.iter().filter(|field| match field.state {
        FieldState::InSync => false,
        // What a person vouches for has nothing to be done about it.
        FieldState::Manual => !(attested && field.reason == Some(Reason::Manual)),
        _ => true,
    });
    told.map(|field| field_view(child, field)).collect()
}

fn field_view(child: &Child, field: &FieldStatus) -> FieldView {
    let FieldStatus { field, entry, state, reason, message, live } = field;
    FieldView {
        object: child.object.key.to_string(),
        target: match &child.object.target {
            DesiredTarget::Account { name, .. } | DesiredTarget::Thing { name, .. } => name.to_string(),
            DesiredTarget::Organization => "organization".into(),
            DesiredTarget::Gateways(_) => "gateways".into(),
        },
        field: *field,
        entry: entry.clone(),
        state: *state,
        reason: *reason,
        message: message.clone(),
        remedy: reason.map(Reason::remedy),
        live: live.clone(),
        declared: declared(&child.object, *field),
    }
}

fn declared(object: &DesiredObject, field: Field) -> Option<DeclaredView> {
    let declared = object.fields.iter().find(|declared| declared.field == field)?;
    if declared.from_secret {
        return Some(DeclaredView { mode: "fromSecret", values: Vec::new() });
    }
    let facts = field::facts(field);
    let shown = |values: &[Box<str>]| values.iter().map(|value| show(facts.as_ref(), value)).collect();
    match &declared.want {
        Want::Exact(values) => Some(DeclaredView { mode: "exactly", values: shown(values) }),
        Want::Contains(values) => Some(DeclaredView { mode: "atLeast", values: shown(values) }),
        // Each entry says what is live, and a plan what is to be.
        Want::Entries { .. } | Want::Unresolved { .. } => None,
    }
}

/// What an object has to say beside its fields: that its status is old, or why it is not ready where no field says so.
fn object(child: &Child) -> Option<ObjectView> {
    let view = |status: Freshness, reason, message: String, remedy| {
        Some(ObjectView { object: child.object.key.to_string(), status: word(status), reason, message, remedy })
    };
    let (generation, status) = (child.object.generation, child.status.clone().unwrap_or_default());
    match freshness(generation, status.observed_generation) {
        Freshness::Missing => view(Freshness::Missing, None, "no operator has processed it yet".into(), None),
        Freshness::Outdated => {
            let (is, was) = (generation.unwrap_or_default(), status.observed_generation.unwrap_or_default());
            let message = format!("changed after the operator's last pass: generation {is}, processed was {was}");
            view(Freshness::Outdated, None, message, None)
        }
        Freshness::Current => {
            let ready = find(&status.conditions, condition::READY).filter(|ready| ready.status != "True")?;
            let told = status.fields.iter().any(|field| field.state != FieldState::InSync);
            if told {
                return None;
            }
            let ConditionView { reason, message, remedy, .. } = condition_view(ready);
            view(Freshness::Current, Some(reason), message, remedy)
        }
    }
}
