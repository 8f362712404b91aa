//! What stops a plan and asks a person (DESIGN §4): mass change, approvals, protected accounts.
//!
//! Invariant: closing a plan only ever turns a write into a gated one, never the other way round.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use tenant_contacts_api::{digest::Digest, reason::Reason, status::UsedApproval};
use uuid::Uuid;

use crate::{
    digest,
    plan::{Cause, Input, ObjectPlan, Plan, Step, Target, Verdict},
};

/// The sliding window of the mass-change limit.
pub const MASS_CHANGE_WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Digest of a changed object's identity, for the mass-change memory.
pub fn object_digest(target: Target) -> Digest {
    match target {
        Target::Organization => digest::of("object", [b"organization".as_slice()]),
        Target::Account(id) => digest::of("object", [id.as_bytes().as_slice()]),
    }
}

/// Whether an account is protected, by declared id, by remembered id, or by its name now.
pub fn is_protected(input: &Input<'_>, id: Uuid) -> bool {
    let name = input
        .observation
        .accounts
        .get(&id)
        .and_then(|fact| fact.present())
        .map(|account| &*account.user_principal_name);
    input.tenant_memory.protected.iter().any(|pinned| pinned.id == id)
        || input.tenant.protected.iter().any(|account| {
            account.object_id == Some(id)
                || name.is_some_and(|name| name.eq_ignore_ascii_case(&account.user_principal_name))
        })
}

/// Turns writes that need an approval they do not have into gated ones, and hashes the plan.
pub(crate) fn close(input: &Input<'_>, mut objects: Vec<ObjectPlan>) -> Plan {
    let mass = mass_changes(input, &objects);
    for field in objects.iter_mut().flat_map(|object| &mut object.fields) {
        if let Verdict::Write(step) = &field.verdict {
            let reason = step.risk.or_else(|| mass.contains(&step.cause).then_some(Reason::MassChange));
            if let Some(reason) = reason {
                field.verdict = Verdict::Gated(step.clone(), reason);
            }
        }
    }
    let open: BTreeSet<Digest> = open_approvals(input);
    let waiting: BTreeSet<Digest> =
        gated(&objects).filter(|step| !open.contains(&step.digest)).map(|step| step.digest).collect();
    let approval_hash = (!waiting.is_empty()).then(|| hash(input, "approval", &waiting));
    let newly_used = approval_hash.and_then(|hash| first_use(input, hash, &waiting));
    for field in objects.iter_mut().flat_map(|object| &mut object.fields) {
        if let Verdict::Gated(step, reason) = &field.verdict
            && (open.contains(&step.digest) || newly_used.is_some())
        {
            let mut step = step.clone();
            step.risk = Some(*reason);
            field.verdict = Verdict::Write(step);
        }
    }
    let mut plan = Plan { objects, hash: Digest([0; 16]), approval_hash, newly_used };
    if plan.newly_used.is_some() {
        plan.approval_hash = None;
    }
    let every: BTreeSet<Digest> = plan.steps().map(|(_, step, _)| step.digest).collect();
    plan.hash = hash(input, "plan", &every);
    plan
}

fn gated(objects: &[ObjectPlan]) -> impl Iterator<Item = &Step> {
    objects.iter().flat_map(|object| &object.fields).filter_map(|field| match &field.verdict {
        Verdict::Gated(step, _) => Some(&**step),
        _ => None,
    })
}

/// The causes for which more objects would change than the limit allows. Each cause is judged by itself, so that drift
/// elsewhere does not spoil the approval of a changed declaration. All steps of the cause are gated, not only those beyond
/// the limit: half of a templating mistake is no better than the whole.
fn mass_changes(input: &Input<'_>, objects: &[ObjectPlan]) -> BTreeSet<Cause> {
    let since = input.now.saturating_sub(MASS_CHANGE_WINDOW).unwrap_or(input.now);
    let recent: BTreeSet<Digest> = input
        .tenant_memory
        .recent_changes
        .iter()
        .filter(|change| change.at > since)
        .map(|change| change.object)
        .collect();
    let mut touched: BTreeMap<Cause, BTreeSet<Target>> = BTreeMap::new();
    for field in objects.iter().flat_map(|object| &object.fields) {
        if let Verdict::Write(step) = &field.verdict
            && step.risk.is_none()
        {
            touched.entry(step.cause).or_default().insert(step.target);
        }
    }
    let limit = limit(input);
    touched
        .into_iter()
        .filter(|(_, targets)| {
            let fresh = targets.iter().filter(|target| !recent.contains(&object_digest(**target))).count();
            fresh > 0 && fresh + recent.len() > limit
        })
        .map(|(cause, _)| cause)
        .collect()
}

fn limit(input: &Input<'_>) -> usize {
    let declared = input.objects.iter().filter(|object| !object.removed).count() as u64;
    let share = (declared * u64::from(input.tenant.mass_percent)).div_ceil(100);
    usize::try_from(share.max(u64::from(input.tenant.mass_objects))).unwrap_or(usize::MAX)
}

fn hash(input: &Input<'_>, domain: &str, steps: &BTreeSet<Digest>) -> Digest {
    let tenant = input.tenant.key.id;
    digest::of(domain, std::iter::once(tenant.as_bytes().as_slice()).chain(steps.iter().map(|step| step.0.as_slice())))
}

fn open_approvals(input: &Input<'_>) -> BTreeSet<Digest> {
    let current = input.tenant_memory.used_approvals.iter().filter(|used| used.until > input.now);
    current.flat_map(|used| used.open.iter().copied()).collect()
}

/// The declared approval of exactly these steps, if it is current and was never used. The same steps may come up again, when
/// a write did not arrive or somebody undid it: approving them again is a new entry, which holds longer than the used one.
fn first_use(input: &Input<'_>, hash: Digest, waiting: &BTreeSet<Digest>) -> Option<UsedApproval> {
    let used = &input.tenant_memory.used_approvals;
    let longest_used = used.iter().filter(|used| used.hash == hash).map(|used| used.until).max();
    let approvals = input.tenant.approvals.iter().filter(|approval| approval.hash == hash);
    let approval = approvals.max_by_key(|approval| approval.until)?;
    (approval.until > input.now && longest_used.is_none_or(|used| approval.until > used)).then(|| UsedApproval {
        hash,
        by: approval.by.to_string(),
        until: approval.until,
        open: waiting.iter().copied().collect(),
    })
}
