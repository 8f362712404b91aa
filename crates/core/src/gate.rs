//! What stops a plan and asks a person (design §4): mass change, approvals, protected accounts.
//!
//! Invariant: closing a plan only ever turns a write into one that waits, never the other way round.

mod lapsed;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use tenant_contacts_api::{
    digest::Digest,
    field::Surface,
    reason::Reason,
    status::{MoreChanges, RecentChange, TenantMemory, UsedApproval},
};
use uuid::Uuid;

use crate::{
    consequences, digest,
    plan::{self, Input, Plan},
    step::{Cause, ObjectPlan, Step, Target, Verdict},
};

pub use lapsed::{Lapse, Lapsed};

/// The sliding window of the mass-change limit.
const MASS_CHANGE_WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Changed objects that are remembered one by one, so that changing one of them again counts once: what a pass may write.
/// More are only counted, each time anew: memory stays small whatever the fleet, and errs on the side of asking.
const MOST_NAMED: usize = 200;

/// Objects that are only counted are counted together for so long.
const COUNTED_TOGETHER: SignedDuration = SignedDuration::from_mins(1);

/// Remembers that an object was changed without an approval.
pub fn count_change(memory: &mut TenantMemory, target: &Target, now: Timestamp) {
    let object = object_digest(target);
    memory.recent_changes.retain(|change| counts(change.at, now));
    memory.more_changes.retain(|more| counts_together(more, now));
    memory.recent_changes.retain(|change| change.object != object);
    memory.recent_changes.push(RecentChange { object, at: now });
    if memory.recent_changes.len() > MOST_NAMED {
        let RecentChange { at, .. } = memory.recent_changes.remove(0);
        match memory.more_changes.last_mut() {
            Some(more) if at.duration_since(more.at) < COUNTED_TOGETHER => {
                more.objects = more.objects.saturating_add(1);
            }
            _ => memory.more_changes.push(MoreChanges { at, objects: 1 }),
        }
    }
}

/// Whether what was changed then still counts.
fn counts(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) < MASS_CHANGE_WINDOW
}

/// The same of objects that are counted together: their time is that of the first, and the last may be a minute younger.
fn counts_together(more: &MoreChanges, now: Timestamp) -> bool {
    now.duration_since(more.at) < MASS_CHANGE_WINDOW + COUNTED_TOGETHER
}

/// Digest of a changed object's identity, for the mass-change memory.
fn object_digest(target: &Target) -> Digest {
    match target {
        // As every version wrote them.
        Target::Only(Surface::Organization) => digest::of("object", [b"organization".as_slice()]),
        // An account is one object, on whichever surface something of it is changed.
        Target::Object(_, id) => digest::of("object", [id.as_bytes().as_slice()]),
        Target::Only(surface) => digest::of("object", [surface.as_str().as_bytes()]),
        Target::Named(surface, name) | Target::Absent(surface, name) => {
            digest::of("object", [surface.as_str().as_bytes(), name.as_bytes()])
        }
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
        || input.tenant.protected.iter().any(|account| account.names(name, Some(id)))
}

/// Turns writes that need an approval they do not have into gated ones, and hashes the plan.
pub(crate) fn close(input: &Input<'_>, mut objects: Vec<ObjectPlan>) -> Plan {
    let mass = mass_changes(input, &objects);
    let consequences =
        consequences::of_steps((input.tenant, input.objects), (input.observation, input.landscape), &steps(&objects));
    let minimum = input.tenant.minimum_recipients;
    for field in objects.iter_mut().flat_map(|object| &mut object.fields) {
        if let Verdict::Write(step) = &field.verdict {
            // People are counted where they are known (DOMAIN F1), and else addresses.
            let counted = step.risk == Some(Reason::BelowMinimumRecipients)
                && consequences::leaves_enough(&consequences, step.field(), minimum);
            let risk = step.risk.filter(|_| !counted);
            let reason = risk.or_else(|| consequences::gate(&consequences, step.field(), minimum));
            let reason = reason.or_else(|| mass.contains(&step.cause).then_some(Reason::MassChange));
            if let Some(reason) = reason {
                field.verdict = Verdict::Gated(step.clone(), reason);
            }
        }
    }
    let open: BTreeSet<Digest> = open_approvals(input);
    let waiting: BTreeSet<Digest> =
        gated(&objects).filter(|step| !open.contains(&step.digest)).map(|step| step.digest).collect();
    let approval_hash = (!waiting.is_empty()).then(|| hash(input, &waiting));
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
    // Last: one approval covers what comes and what goes after it.
    objects.iter_mut().flat_map(|object| &mut object.fields).for_each(|field| field.verdict.hold());
    let approval_hash = approval_hash.filter(|_| newly_used.is_none());
    let lapsed = lapsed::of(input.tenant, input.tenant_memory, approval_hash, input.now);
    let mut plan = Plan { objects, hash: Digest([0; 16]), approval_hash, consequences, lapsed, newly_used };
    plan.hash = plan::hash(input, &plan.objects, &plan.consequences);
    plan
}

/// What would be written, or would be if the surface were enforced.
fn steps(objects: &[ObjectPlan]) -> impl Iterator<Item = &Step> + Clone {
    objects.iter().flat_map(|object| &object.fields).filter_map(|field| match &field.verdict {
        Verdict::Write(step) | Verdict::Observe(step) => Some(&**step),
        _ => None,
    })
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
    let memory = input.tenant_memory;
    let recent = memory.recent_changes.iter().filter(|change| counts(change.at, input.now));
    let recent: BTreeSet<Digest> = recent.map(|change| change.object).collect();
    let more = memory.more_changes.iter().filter(|more| counts_together(more, input.now));
    let more: usize = more.map(|more| more.objects as usize).sum();
    let mut touched: BTreeMap<Cause, BTreeSet<&Target>> = BTreeMap::new();
    for field in objects.iter().flat_map(|object| &object.fields) {
        if let Verdict::Write(step) = &field.verdict
            && step.risk.is_none()
        {
            touched.entry(step.cause).or_default().insert(step.target());
        }
    }
    let limit = limit(input);
    touched
        .into_iter()
        .filter(|(_, targets)| {
            let fresh = targets.iter().filter(|target| !recent.contains(&object_digest(target))).count();
            fresh > 0 && fresh + recent.len() + more > limit
        })
        .map(|(cause, _)| cause)
        .collect()
}

fn limit(input: &Input<'_>) -> usize {
    // What is never written is no part of what may change.
    let may_change = input.objects.iter().filter(|object| !object.removed && object.target.surface().is_some());
    let declared = may_change.count() as u64;
    let share = (declared * u64::from(input.tenant.mass_percent)).div_ceil(100);
    usize::try_from(share.max(u64::from(input.tenant.mass_objects))).unwrap_or(usize::MAX)
}

/// What an approval names. It stays as it is from version to version: approvals lie in people's repositories.
fn hash(input: &Input<'_>, steps: &BTreeSet<Digest>) -> Digest {
    let tenant = input.tenant.key.id;
    digest::of(
        "approval",
        std::iter::once(tenant.as_bytes().as_slice()).chain(steps.iter().map(|step| step.0.as_slice())),
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn counted(memory: &TenantMemory, now: Timestamp) -> usize {
        let named = memory.recent_changes.iter().filter(|change| counts(change.at, now)).count();
        let more = memory.more_changes.iter().filter(|more| counts_together(more, now));
        named + more.map(|more| more.objects as usize).sum::<usize>()
    }

    /// Recorded from an earlier version: approvals with such hashes lie in people's repositories.
    #[test]
    fn a1_approval_hashes_stay_as_they_are() {
        let digest = |first: u8| Digest(std::array::from_fn(|at| first + u8::try_from(at).unwrap()));
        let (tenant, observation) = (plan::testing::tenant(), crate::model::Observation::default());
        let input = Input {
            tenant: &tenant,
            claimed: false,
            objects: &[],
            observation: &observation,
            landscape: None,
            memory: &BTreeMap::new(),
            tenant_memory: &TenantMemory::default(),
            now: at(0),
        };
        let steps = [digest(16), digest(0)].into();
        assert_eq!(hash(&input, &steps).to_string(), "04d180e22856df616920179cb9f61322");
    }

    #[test]
    fn a_fleet_is_remembered_in_little_room_and_counted_for_an_hour() {
        let mut memory = TenantMemory::default();
        for number in 0..10_000_i64 {
            let target = Target::account(Uuid::from_u128(u128::try_from(number).unwrap()));
            count_change(&mut memory, &target, at(number / 10));
        }
        assert_eq!(counted(&memory, at(1_000)), 10_000);
        assert!(memory.recent_changes.len() == MOST_NAMED && memory.more_changes.len() <= 17, "{memory:#?}");
        // What was changed within the hour counts, and nothing for much longer.
        assert!(counted(&memory, at(3_600 + 500)) >= 5_000);
        assert_eq!(counted(&memory, at(3_600 + 1_000 + 60)), 0);
    }

    #[test]
    fn one_object_changed_again_and_again_counts_once() {
        let mut memory = TenantMemory::default();
        for second in 0..1_000 {
            count_change(&mut memory, &Target::ORGANIZATION, at(second));
        }
        assert_eq!(counted(&memory, at(1_000)), 1);
    }
}
