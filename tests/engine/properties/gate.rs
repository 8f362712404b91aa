//! (7) The gate: what asks a person, and that nothing goes round it.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;
use tenant_contacts_api::reason::Reason;
use tenant_contacts_core::{plan::Plan, step::Verdict};
use tenant_contacts_engine::Mode;
use testkit::{
    declared::Declared,
    random::{self, Case},
    world::{BETWEEN_READS, World},
};

use super::oracle;

/// What the Tenant's `massChange` is where it is left out: objects, and percent.
const DEFAULT_LIMITS: (u32, u32) = (10, 10);

/// A case, and stricter guard rails for it: lower limits, a greater minimum.
pub fn stricter() -> impl Strategy<Value = (Case, u32, u32, u32)> {
    (random::cases(), 0..10_u32, 0..100_u32, 0..3_u32)
}

/// Objects that may change in an hour without anybody's approval.
fn limit(declared: &Declared) -> usize {
    let rails = &declared.rails;
    let objects = (declared.organizations.len() + declared.users.len()) as u64;
    let share = (objects * u64::from(rails.mass_percent.unwrap_or(DEFAULT_LIMITS.1))).div_ceil(100);
    usize::try_from(share.max(rails.mass_objects.unwrap_or(DEFAULT_LIMITS.0).into())).unwrap()
}

async fn plan(case: &Case) -> Plan {
    let mut world = World::new(&case.seed);
    assert_eq!(world.pass(&case.declared.set(), &Mode::Preview).await.problem, None);
    world.plan().clone()
}

/// Digests of the steps of a verdict.
fn steps(plan: &Plan, wanted: impl Fn(&Verdict) -> bool) -> BTreeSet<String> {
    plan.steps().filter(|(.., verdict)| wanted(verdict)).map(|(_, step, _)| step.digest.to_string()).collect()
}

/// Why each gated step waits.
fn reasons(plan: &Plan) -> BTreeSet<(String, Reason)> {
    let gated = plan.steps().filter_map(|(_, step, verdict)| match verdict {
        Verdict::Gated(_, reason) => Some((step.digest.to_string(), *reason)),
        _ => None,
    });
    gated.collect()
}

/// Digests of the steps that wait.
fn gated(plan: &Plan) -> BTreeSet<String> {
    steps(plan, |verdict| matches!(verdict, Verdict::Gated(..)))
}

fn written(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Write(_))
}

/// Gated for what the step is, not for how many there are.
fn risky(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Gated(_, reason) if *reason != Reason::MassChange)
}

/// Lower limits write a part of what was written before. A greater minimum gates more for what they are; that may bring
/// the rest below the mass limit, but nothing that was gated for what it is gets through, and what gets through stays
/// within the limit.
pub async fn a_stricter_gate_lets_no_more_through((case, objects, percent, more): (Case, u32, u32, u32)) {
    let before = plan(&case).await;
    assert!(objects_written(&before) <= limit(&case.declared));
    let mut lower = case.clone();
    let rails = &mut lower.declared.rails;
    rails.mass_objects = Some(objects.min(rails.mass_objects.unwrap_or(DEFAULT_LIMITS.0)));
    rails.mass_percent = Some(percent.min(rails.mass_percent.unwrap_or(DEFAULT_LIMITS.1)));
    let after = plan(&lower).await;
    assert!(steps(&after, written).is_subset(&steps(&before, written)), "{after:#?}");
    assert!(objects_written(&after) <= limit(&lower.declared));
    let mut greater = case.clone();
    greater.declared.rails.minimum_recipients = Some(greater.declared.rails.minimum_recipients.unwrap_or(2) + more);
    let after = plan(&greater).await;
    assert!(steps(&after, risky).is_superset(&steps(&before, risky)), "{after:#?}");
    assert!(objects_written(&after) <= limit(&greater.declared));
    // All three are plans of the same difference.
    assert_eq!(steps(&after, |_| true), steps(&before, |_| true));
    // And as plans to be shown they are one exactly where the same becomes of every step.
    let same = steps(&after, written) == steps(&before, written) && reasons(&after) == reasons(&before);
    assert_eq!(after.hash == before.hash, same, "{after:#?}");
    assert!(after.approval_hash != before.approval_hash || gated(&after) == gated(&before));
}

fn objects_written(plan: &Plan) -> usize {
    plan.writes().map(|(_, step)| step.target()).collect::<BTreeSet<_>>().len()
}

/// Runs without anybody approving, and looks at what was written with the eyes of somebody who knows only the journal.
pub async fn nothing_gated_is_written_without_its_approval(case: Case) {
    let mut world = World::new(&case.seed);
    for _ in 0..5 {
        world.pass(&case.declared.set(), &Mode::Run).await;
        world.wait(BETWEEN_READS).await;
    }
    let minimum = case.declared.rails.minimum_recipients.unwrap_or(2) as usize;
    let mut objects = BTreeSet::new();
    for entry in world.simulator.journal(0) {
        let recovery = entry.kind == "user" && oracle::privileged(&case.seed, &entry.target);
        assert!(!recovery, "recovery data of an administrator: {entry:?}");
        objects.insert(entry.target.clone());
        for change in &entry.changes {
            let count = |value: &Value| value.as_array().map_or(usize::from(!value.is_null()), Vec::len);
            let (before, after) = (count(&change.before), count(&change.after));
            assert!(before == 0 || after > 0, "cleared: {entry:?}");
            let notices = change.property.contains("Notification") && !change.property.contains("Phones");
            assert!(!notices || after >= before.min(minimum), "fewer recipients than the minimum: {entry:?}");
        }
    }
    assert!(objects.len() <= limit(&case.declared), "more than the limit: {objects:?}");
}
