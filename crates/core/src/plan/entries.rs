//! Fields that are maps: one verdict per entry, of those that are declared, those that are there and those that are remembered.
//!
//! Invariant: an entry that nobody declared goes only where the declaration says that there are to be no others, and not before
//! those that come are seen to be there, where the field's order says so.

use std::{collections::BTreeSet, sync::Arc};

use tenant_contacts_api::{
    field::Field,
    memory::{FieldMemory, Memory},
    reason::Reason,
};

use super::{
    Input,
    judge::{failed, judge, unknown, waiting},
};
use crate::{
    desired::{DesiredField, DesiredObject, WantedEntry},
    field::{self, Order, Writing},
    flight, release,
    step::{Cause, FieldPlan, Resolution, Slot, Target, Verdict, WaitingOn},
    surface,
};

/// Plans a field that is a map.
pub(super) fn plan(
    input: &Input<'_>,
    object: &DesiredObject,
    resolution: &Resolution,
    (field, wanted, exact): (&DesiredField, &[WantedEntry], bool),
    memory: Option<&Memory>,
    (plans, going): (&mut Vec<FieldPlan>, &mut BTreeSet<usize>),
) {
    // What is so of all of them is said once.
    let all = |verdict| FieldPlan::whole(field.field, verdict, None);
    let target = match resolution {
        Resolution::Found { target, .. } => target,
        Resolution::Absent(_) => return plans.push(all(waiting(WaitingOn::Creation))),
        Resolution::Failed(reason, message) => return plans.push(all(failed(*reason, message))),
    };
    let live = match surface::live(input.observation, target, field.field) {
        Ok(live) => live,
        Err(why) => return plans.push(all(unknown(why))),
    };
    let slot = |key: &str| memory.and_then(|memory| memory.slot(field.field, Some(key)));
    let judged = |key: &str, cause| judge(input, object, resolution, &field.of_entry(key), slot(key), cause);
    plans.extend(wanted.iter().map(|one| judged(&one.key, None)));
    if !exact {
        return;
    }
    let remembered = memory.into_iter().flat_map(|memory| &memory.fields);
    let remembered = remembered.filter(|one| one.field == field.field).filter_map(|one| one.entry.as_deref());
    let others: BTreeSet<&str> = live.entries().map(|(key, _)| key).chain(remembered).collect();
    let undeclared = |key: &&str| wanted.binary_search_by(|one| (*one.key).cmp(key)).is_err();
    // What came after the map was ours is somebody else's change, and nothing that was there before.
    let ours = memory.is_some_and(|memory| flight::is_ours(memory, field.field));
    for key in others.into_iter().filter(undeclared) {
        let cause = (ours && slot(key).is_none()).then_some(Cause::Drift);
        let mut plan = judged(key, cause);
        let comes_back = |one: &FieldMemory| {
            release::wants_original(object, one) && one.original.as_ref().is_some_and(|original| !original.is_empty())
        };
        if plan.verdict == Verdict::InSync && !slot(key).is_some_and(comes_back) {
            // It is gone, and nothing of it comes back.
            plan.verdict = Verdict::Forget;
        }
        // Nobody is left: as clearing a list that is set as a whole.
        if let Verdict::Write(step) = &mut plan.verdict
            && wanted.is_empty()
        {
            step.risk = step.risk.or(Some(emptied(field.field)));
        }
        going.insert(plans.len());
        plans.push(plan);
    }
}

/// Why the last entry of a map does not go by itself.
fn emptied(field: Field) -> Reason {
    let notices = field::facts(field).is_some_and(|facts| facts.notices);
    if notices { Reason::EmptiesCategory } else { Reason::ClearsList }
}

/// Has entries that go wait for those that come, in fields whose order says so: those that are declared, and those that come back.
/// `going` are the places of the former.
pub(super) fn order(target: &Target, plans: &mut [FieldPlan], going: &BTreeSet<usize>) {
    let is_ordered = |field| {
        let writing = field::facts(field).map(|facts| facts.writing);
        matches!(writing, Some(Writing::Entries { order: Order::AddFirst, .. }))
    };
    let fields: BTreeSet<Field> = going.iter().map(|at| plans[*at].field).filter(|field| is_ordered(*field)).collect();
    for field in fields {
        let coming = plans.iter().enumerate().filter(|(at, plan)| plan.field == field && !going.contains(at));
        let open = coming.filter(|(_, plan)| !matches!(plan.verdict, Verdict::InSync | Verdict::Forget));
        let slot = |plan: &FieldPlan| Slot { target: target.clone(), field, entry: plan.entry.clone() };
        // Shared: a map may have as many entries that go as that come.
        let awaited: Arc<[Slot]> = open.map(|(_, plan)| slot(plan)).collect();
        for at in going {
            let plan = &mut plans[*at];
            if plan.field == field
                && let Verdict::Write(step) | Verdict::Gated(step, _) | Verdict::Observe(step) = &mut plan.verdict
            {
                step.awaits = Arc::clone(&awaited);
            }
        }
    }
}
