//! The plan: what would be written, what would not, and why. Data only; the executor has no choice left.
//!
//! Invariant: equal inputs give equal plans, whatever order the inputs came in; every declared field has exactly one
//! verdict.

mod build;
mod conflict;
mod difference;
mod entries;
#[cfg(test)]
mod flight_tests;
mod judge;
mod quiet;
mod renewal;
mod request;
mod shown;
#[cfg(test)]
pub(crate) mod testing;
mod withdrawn;

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use tenant_contacts_api::{
    digest::Digest,
    memory::Memory,
    reason::Reason,
    status::{TenantMemory, UsedApproval},
};

pub(crate) use shown::hash;

pub use build::{plan, plan_again};
pub use quiet::{is_quiet, is_touched};
pub use request::{Change, Request, requests};
pub use shown::{Undone, as_declared, undone};

use crate::{
    consequences::Consequence,
    desired::{DesiredObject, DesiredTenant, ObjectKey},
    gate::Lapsed,
    landscape::Landscape,
    model::Observation,
    step::{FieldPlan, ObjectPlan, Step, Verdict, WaitingOn},
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

    /// Every step whatever becomes of it now: written, gated, waiting or only observed.
    pub fn steps(&self) -> impl Iterator<Item = (usize, &Step, &Verdict)> {
        let objects = self.objects.iter().enumerate();
        objects.flat_map(|(index, object)| object.steps().map(move |(step, verdict)| (index, step, verdict)))
    }

    fn fields(&self) -> impl Iterator<Item = &FieldPlan> {
        self.objects.iter().flat_map(|object| &object.fields)
    }

    /// How many slots are blocked.
    pub fn blocked(&self) -> usize {
        self.fields().filter(|field| matches!(field.verdict, Verdict::Blocked(..))).count()
    }

    /// The same by reason.
    pub fn blocked_by(&self) -> BTreeMap<Reason, usize> {
        let mut counts = BTreeMap::new();
        for field in self.fields() {
            if let Verdict::Blocked(reason, _) = &field.verdict {
                *counts.entry(*reason).or_default() += 1;
            }
        }
        counts
    }

    /// Whether some slot is being verified, or written by a service that takes its time.
    pub fn verifying(&self) -> bool {
        self.fields().any(|field| match &field.verdict {
            Verdict::Verifying => true,
            Verdict::Waiting(waiting) => matches!(waiting.on, WaitingOn::Operation | WaitingOn::Replication),
            _ => false,
        })
    }

    /// What slots wait for, apart from an approval.
    pub fn waiting(&self) -> impl Iterator<Item = &WaitingOn> {
        self.fields().filter_map(|field| match &field.verdict {
            Verdict::Waiting(waiting) => Some(&waiting.on),
            _ => None,
        })
    }

    /// When a verdict may next change by itself.
    pub fn due(&self) -> Option<Timestamp> {
        self.fields().filter_map(|field| field.due).min()
    }
}
