//! Two declarers of one field (design §3): whichever holds verified memory keeps it; without memory neither is written.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_api::field::Field;

use super::{Input, Target};
use crate::desired::DesiredObject;

/// Per (object index, field) that must not be written: the index of the object it conflicts with.
pub(super) type Conflicts = BTreeMap<(usize, Field), usize>;

/// Finds the conflicts among objects with their targets. A withdrawn field of a removed object declares nothing.
pub(super) fn find(input: &Input<'_>, members: &[(usize, Target)]) -> Conflicts {
    let mut claims: Vec<(Target, Field, usize)> = Vec::with_capacity(members.len());
    for &(index, target) in members {
        let object = &input.objects[index];
        if !object.removed {
            claims.extend(object.fields.iter().map(|field| (target, field.field, index)));
        }
    }
    claims.sort_unstable();
    let mut conflicts = Conflicts::new();
    for run in claims.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|run| run.len() > 1) {
        let holders: Vec<usize> =
            run.iter().filter(|claim| holds(input, claim.2, claim.1)).map(|claim| claim.2).collect();
        for &(_, field, index) in run {
            // With exactly one holder, the holder keeps the field; with none or several nobody writes.
            if holders != [index] {
                let other = run.iter().map(|claim| claim.2).find(|other| *other != index);
                conflicts.extend(
                    other.map(|other| {
                        ((index, field), holders.first().copied().filter(|h| *h != index).unwrap_or(other))
                    }),
                );
            }
        }
    }
    conflicts
}

/// What objects no longer declare and others do: it has a new owner, so nothing of it is restored.
pub(super) fn taken_over(input: &Input<'_>, members: &[(usize, Target)]) -> BTreeSet<(Target, Field)> {
    let objects = || members.iter().map(|&(index, target)| (&input.objects[index], target));
    let claims =
        |object: &DesiredObject, field| !object.removed && object.fields.iter().any(|declared| declared.field == field);
    let mut withdrawn = BTreeSet::new();
    for (object, target) in objects() {
        let remembered = input.memory.get(&object.key).into_iter().flat_map(|memory| &memory.fields);
        let gone = remembered.filter(|remembered| !claims(object, remembered.field));
        withdrawn.extend(gone.map(|remembered| (target, remembered.field)));
    }
    // Nearly always so: then a hundred thousand objects need not be looked through.
    if withdrawn.is_empty() {
        return withdrawn;
    }
    let declared = objects().flat_map(|(object, target)| {
        object.fields.iter().filter(move |field| claims(object, field.field)).map(move |field| (target, field.field))
    });
    declared.filter(|claim| withdrawn.contains(claim)).collect()
}

fn holds(input: &Input<'_>, index: usize, field: Field) -> bool {
    input
        .memory
        .get(&input.objects[index].key)
        .and_then(|memory| memory.field(field))
        .is_some_and(|memory| memory.verified.is_some() || memory.intent.is_some())
}
