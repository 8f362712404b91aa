//! From everything that is declared and observed to a plan: one verdict per slot.

use std::collections::BTreeSet;

use tenant_contacts_api::{field::Field, memory::FieldMemory, reason::Reason};

use super::{
    Input, Plan,
    conflict::{self, Conflicts, TakenOver},
    entries,
    judge::{blocked, failed, judge, unknown, waiting},
    withdrawn::{self, Withdrawn},
};
use crate::{
    desired::{DesiredObject, Want},
    field, flight, gate, release,
    step::{FieldPlan, ObjectPlan, Resolution, Target, Verdict, WaitingOn},
    surface,
};

/// Makes the plan.
pub fn plan(input: &Input<'_>) -> Plan {
    plan_again(input, Vec::new())
}

/// Makes the plan where the plans of some objects are known already: those that were quiet ([`super::is_quiet`]) and were
/// not touched since. `known` has an entry per object; where it ends, nothing more is known.
pub fn plan_again(input: &Input<'_>, mut known: Vec<Option<ObjectPlan>>) -> Plan {
    known.resize_with(input.objects.len(), || None);
    let mut open: Vec<bool> = known.iter().map(Option::is_none).collect();
    // What is planned begins as what its target is resolved to. Each list is made of the one before, in its place: a
    // fleet's plan is large.
    let resolved = |object: &DesiredObject| ObjectPlan {
        resolution: surface::resolve(object, input.memory.get(&object.key), input.observation),
        fields: Vec::new(),
    };
    let parts = known.into_iter().enumerate();
    let parts: Vec<ObjectPlan> =
        parts.map(|(index, known)| known.unwrap_or_else(|| resolved(&input.objects[index]))).collect();
    let members = members(input, &parts, &open);
    let conflicts = conflict::find(input, &members);
    let taken_over = conflict::taken_over(input, &members);
    // What was quiet may have a rival now.
    for (index, _) in conflicts.keys() {
        open[*index] = true;
    }
    let planned = parts.into_iter().enumerate().map(|(index, part)| {
        if open[index] {
            object_plan(input, (&conflicts, &taken_over), index, &input.objects[index], part.resolution)
        } else {
            part
        }
    });
    let objects = planned.collect();
    gate::close(input, objects)
}

/// The objects among which rivals are looked for, with their targets: those that are planned, and those that share a target
/// with one of them. Two known ones are no rivals: one of them would not have been in sync.
fn members<'a>(input: &Input<'_>, parts: &'a [ObjectPlan], open: &[bool]) -> Vec<(usize, &'a Target)> {
    let found = || parts.iter().enumerate().filter_map(|(index, part)| Some((index, part.resolution.target()?)));
    if open.iter().all(|open| *open) {
        return found().collect();
    }
    let targets: BTreeSet<&Target> = found().filter(|(index, _)| open[*index]).map(|(_, target)| target).collect();
    // What one finds absent may be what another made under the same name.
    let is_absent = |index: usize| {
        let named = input.objects[index].target.named();
        named.is_some_and(|(surface, name)| targets.contains(&Target::Absent(surface, name.into())))
    };
    found().filter(|(index, target)| targets.contains(*target) || is_absent(*index)).collect()
}

fn object_plan(
    input: &Input<'_>,
    (conflicts, taken_over): (&Conflicts, &TakenOver),
    index: usize,
    object: &DesiredObject,
    resolution: Resolution,
) -> ObjectPlan {
    let memory = input.memory.get(&object.key);
    let mut fields: Vec<FieldPlan> = Vec::with_capacity(object.fields.len());
    let mut going: BTreeSet<usize> = BTreeSet::new();
    let declared = if object.removed { &[][..] } else { &object.fields[..] };
    for wanted in declared {
        if let Some(&other) = conflicts.get(&(index, wanted.field)) {
            let message = format!("{} declares the same field", input.objects[other].key);
            fields.push(FieldPlan::whole(wanted.field, blocked(Reason::Conflict, message), None));
        } else if let Want::Entries { wanted: entries, exact } = &wanted.want {
            let plans = (&mut fields, &mut going);
            entries::plan(input, object, &resolution, (wanted, entries, *exact), memory, plans);
        } else {
            let remembered = memory.and_then(|memory| memory.field(wanted.field));
            fields.push(judge(input, object, &resolution, wanted, remembered, None));
        }
    }
    // Of a map, what stands in the plan is declared; and while it cannot be looked at, all that is remembered.
    let entries: BTreeSet<(Field, Option<&str>)> = match memory {
        Some(memory) if memory.fields.iter().any(|one| one.entry.is_some()) => {
            fields.iter().map(|planned| (planned.field, planned.entry.as_deref())).collect()
        }
        _ => BTreeSet::new(),
    };
    let is_declared = |remembered: &&FieldMemory| {
        let key = remembered.entry.as_deref();
        let planned = || {
            entries.contains(&(remembered.field, None)) || key.is_some() && entries.contains(&(remembered.field, key))
        };
        declared.iter().any(|wanted| wanted.field == remembered.field) && (key.is_none() || planned())
    };
    let remembered = memory.iter().flat_map(|memory| &memory.fields);
    let undeclared: Vec<&FieldMemory> = remembered.filter(|one| !is_declared(one)).collect();
    for remembered in undeclared {
        if remembered.entry.is_some() && remembered.original.as_ref().is_none_or(Vec::is_empty) {
            going.insert(fields.len());
        }
        fields.push(withdraw(input, object, &resolution, taken_over, remembered));
    }
    if let Some(target) = resolution.target().filter(|_| !going.is_empty()) {
        entries::order(target, &mut fields, &going);
    }
    ObjectPlan { resolution, fields }
}

fn withdraw(
    input: &Input<'_>,
    object: &DesiredObject,
    resolution: &Resolution,
    taken_over: &TakenOver,
    remembered: &FieldMemory,
) -> FieldPlan {
    let now =
        |verdict| FieldPlan { entry: remembered.entry.clone(), ..FieldPlan::whole(remembered.field, verdict, None) };
    // What may have come into being is not forgotten before it would be seen: it would come into being again.
    if let Some(intent) = &remembered.intent
        && release::is_settling(remembered, input.now)
    {
        return now(flight::verdict(intent, input.now, surface::replication_of(remembered.field)));
    }
    if !release::wants_original(object, remembered) {
        return now(Verdict::Forget);
    }
    let (facts, target) = match (field::facts(remembered.field), resolution) {
        (Some(facts), Resolution::Found { target, .. }) => (facts, target),
        // What cannot be looked up now may be restored later; what is gone needs no restoring.
        (Some(_), Resolution::Failed(reason, message)) if *reason != Reason::AccountNotFound => {
            return now(failed(*reason, message));
        }
        _ => return now(Verdict::Forget),
    };
    let live = match surface::live(input.observation, target, remembered.field) {
        Ok(live) => live.slot(remembered.entry.as_deref()),
        Err(why) => return now(unknown(why)),
    };
    if let Some(intent) = &remembered.intent {
        return now(flight::verdict(intent, input.now, surface::replication(target.surface())));
    }
    // Restoring would only fight the object that declares it now.
    if taken_over.has(target, remembered.field, remembered.entry.as_deref()) {
        return now(Verdict::Forget);
    }
    match withdrawn::judge(remembered, &facts, live) {
        // A replica that is behind our last write shows what is not ours.
        Withdrawn::NotOurs if is_written_lately(input, object, target) => now(waiting(WaitingOn::Replication)),
        Withdrawn::NotOurs | Withdrawn::Restored => now(Verdict::Forget),
        Withdrawn::Wanted(wanted, cause) => judge(input, object, resolution, &wanted, Some(remembered), Some(cause)),
    }
}

/// Whether what was read may still be what was before our last write, of which this process need not know: it goes by when it
/// was read, since nothing reads it again while the change feed has nothing to tell.
fn is_written_lately(input: &Input<'_>, object: &DesiredObject, target: &Target) -> bool {
    let written = input.memory.get(&object.key).and_then(|memory| memory.written_at);
    let row = surface::row(target.surface());
    let read = (row.read_at)(input.observation, target);
    written.zip(read).is_some_and(|(written, read)| read.duration_since(written) <= row.replication.window)
}
