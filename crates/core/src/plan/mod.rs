//! The plan: what would be written, what would not, and why. Data only; the executor has no choice left.
//!
//! Invariant: equal inputs give equal plans, whatever order the inputs came in; every declared field has exactly one
//! verdict.

mod build;
mod conflict;
mod difference;
mod open;
mod privilege;
mod quiet;
mod request;
mod resolve;
mod shown;
#[cfg(test)]
pub(crate) mod testing;
mod withdrawn;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use tenant_contacts_api::{
    digest::Digest,
    field::Field,
    memory::{Intent, Memory},
    reason::Reason,
    status::{TenantMemory, UsedApproval},
};
use uuid::Uuid;

pub(crate) use privilege::missing_role;
pub(crate) use shown::hash;

pub use build::{declared_digest, plan, plan_again};
pub use quiet::{is_quiet, is_touched};
pub use request::{Request, requests};
pub use resolve::{RENAMED, Resolution, resolve};
pub use shown::{Undone, as_declared, undone};

use crate::{
    consequences::Consequence,
    desired::{DesiredObject, DesiredTenant, ObjectKey},
    field::Effect,
    gate::Lapsed,
    landscape::Landscape,
    model::Observation,
};

/// Everything a plan is a function of.
pub struct Input<'a> {
    /// The tenant.
    pub tenant: &'a DesiredTenant,
    /// Whether another Tenant object manages this tenant id: then nothing is written.
    pub claimed: bool,
    /// Everything that is, or was, declared of it, in key order.
    pub objects: &'a [Arc<DesiredObject>],
    /// What was observed.
    pub observation: &'a Observation,
    /// The tenant as a whole, where it was read: what is about to change who receives a notice is judged on it.
    pub landscape: Option<&'a Landscape>,
    /// What is remembered of the objects.
    pub memory: &'a BTreeMap<ObjectKey, Memory>,
    /// What is remembered of the tenant.
    pub tenant_memory: &'a TenantMemory,
    /// Now.
    pub now: Timestamp,
}

/// What a step changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// The organization.
    Organization,
    /// An account by object id.
    Account(Uuid),
}

/// Why a value is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// It was declared, or declared differently, since it was last verified.
    Declared,
    /// It was as declared, and somebody else changed it.
    Drift,
    /// It is no longer declared, and its original comes back.
    Restore,
}

/// One value to be written, with nothing left to decide.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Step {
    /// What is changed.
    pub target: Target,
    /// Which field of it.
    pub field: Field,
    /// The live values the decision was made on.
    pub before: Box<[Box<str>]>,
    /// The values to leave behind.
    pub after: Box<[Box<str>]>,
    /// Digest of `before`.
    pub before_digest: Digest,
    /// Digest of `after`.
    pub after_digest: Digest,
    /// Why.
    pub cause: Cause,
    /// What makes it ask for approval, if anything.
    pub risk: Option<Reason>,
    /// Whether a value came from a Secret.
    pub from_secret: bool,
    /// What sending it twice would do.
    pub effect: Effect,
    /// Digest of the declaration it serves.
    pub declared: Option<Digest>,
    /// Identity of the step: tenant, surface, target, field, operation and both digests. What approvals cover.
    pub digest: Digest,
}

/// Without the values: they may be private, and a `{:?}` ends in logs.
impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Step")
            .field("target", &self.target)
            .field("field", &self.field)
            .field("cause", &self.cause)
            .field("risk", &self.risk)
            .field("before_digest", &self.before_digest)
            .field("after_digest", &self.after_digest)
            .finish_non_exhaustive()
    }
}

impl Step {
    /// What is to be remembered of it before it leaves.
    pub fn intent(&self, at: Timestamp) -> Intent {
        match self.effect {
            Effect::Absolute => Intent::absolute(self.after_digest, at),
            Effect::Once => Intent::once(self.after_digest, at, self.declared),
        }
    }
}

/// What is to be done about a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// As declared.
    InSync,
    /// Differs: to be written.
    Write(Box<Step>),
    /// Differs: to be written once approved.
    Gated(Box<Step>, Reason),
    /// Differs: only observed.
    Observe(Box<Step>),
    /// Written, and being verified.
    Verifying,
    /// Differs, or cannot be judged, and is not written.
    Blocked(Reason, String),
    /// No longer declared: to be forgotten.
    Forget,
}

/// One field's plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldPlan {
    /// Which field.
    pub field: Field,
    /// What is to be done.
    pub verdict: Verdict,
    /// Digest of the live values, where they are known.
    pub live: Option<Digest>,
}

/// One object's plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectPlan {
    /// What the object's target was resolved to.
    pub resolution: Resolution,
    /// Its fields, declared ones first, each in field order.
    pub fields: Vec<FieldPlan>,
}

impl ObjectPlan {
    /// Its steps, whatever becomes of them now: written, gated or only observed.
    pub fn steps(&self) -> impl Iterator<Item = (&Step, &Verdict)> {
        self.fields.iter().filter_map(|field| match &field.verdict {
            verdict @ (Verdict::Write(step) | Verdict::Gated(step, _) | Verdict::Observe(step)) => {
                Some((&**step, verdict))
            }
            _ => None,
        })
    }

    /// Whether a step of it is to be written now.
    pub fn is_written(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.verdict, Verdict::Write(_)))
    }

    /// The same plan once these of its steps have left: open, until reads agree.
    pub fn once_sent(&self, steps: &BTreeSet<Digest>) -> Self {
        let mut plan = self.clone();
        for field in &mut plan.fields {
            if matches!(&field.verdict, Verdict::Write(step) if steps.contains(&step.digest)) {
                field.verdict = Verdict::Verifying;
            }
        }
        plan
    }
}

/// A whole plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// One entry per object of the input, in its order.
    pub objects: Vec<ObjectPlan>,
    /// Hash of everything that is shown of the plan (verdicts, gates and reasons included): what `apply --plan` compares.
    pub hash: Digest,
    /// Hash of the gated steps: what an approval names. `None` if nothing is gated.
    pub approval_hash: Option<Digest>,
    /// What it would do to who receives notices; empty where nothing changes, and where the tenant was not read as a whole.
    pub consequences: Vec<Consequence>,
    /// Declared approvals that let nothing pass.
    pub lapsed: Vec<Lapsed>,
    /// An approval that this plan makes use of for the first time: to be remembered before anything is written.
    pub newly_used: Option<UsedApproval>,
}

impl Plan {
    /// Every step that is to be written now, with its object's index.
    pub fn writes(&self) -> impl Iterator<Item = (usize, &Step)> {
        self.steps().filter_map(|(index, step, verdict)| matches!(verdict, Verdict::Write(_)).then_some((index, step)))
    }

    /// Every step whatever becomes of it now: written, gated or only observed.
    pub fn steps(&self) -> impl Iterator<Item = (usize, &Step, &Verdict)> {
        let objects = self.objects.iter().enumerate();
        objects.flat_map(|(index, object)| object.steps().map(move |(step, verdict)| (index, step, verdict)))
    }

    /// How many fields are blocked.
    pub fn blocked(&self) -> usize {
        self.objects
            .iter()
            .flat_map(|object| &object.fields)
            .filter(|field| matches!(field.verdict, Verdict::Blocked(..)))
            .count()
    }

    /// Whether some field is being verified.
    pub fn verifying(&self) -> bool {
        self.objects.iter().flat_map(|object| &object.fields).any(|field| field.verdict == Verdict::Verifying)
    }
}
