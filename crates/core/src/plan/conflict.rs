//! Two declarers of one field (design §3): whichever holds verified memory keeps it; without memory neither is written.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_api::field::{Field, Surface};

use super::Input;
use crate::{
    desired::{DesiredField, DesiredObject, Want},
    step::Target,
};

/// Per (object index, field) that must not be written: the index of the object it conflicts with.
pub(super) type Conflicts = BTreeMap<(usize, Field), usize>;

/// What of a field is claimed: all of it, or one entry.
type Claim<'a> = (&'a Target, Field, Option<&'a str>);

/// What a declared field claims: the whole field, but where entries are declared beside which there may be others.
fn claims(field: &DesiredField) -> impl Iterator<Item = Option<&str>> {
    let (entries, whole) = match &field.want {
        Want::Entries { wanted, exact: false } => (&wanted[..], None),
        _ => (&[][..], Some(None)),
    };
    whole.into_iter().chain(entries.iter().map(|entry| Some(&*entry.key)))
}

/// Finds the conflicts among objects with their targets. A withdrawn field of a removed object declares nothing.
pub(super) fn find(input: &Input<'_>, members: &[(usize, &Target)]) -> Conflicts {
    let mut all: Vec<(Claim<'_>, usize)> = Vec::with_capacity(members.len());
    let there = there(input, members);
    for &(index, target) in members {
        // Whoever declares by name what somebody else made declares the same thing.
        let target = match target {
            Target::Absent(surface, name) => there.get(&(*surface, &**name)).copied().unwrap_or(target),
            Target::Only(_) | Target::Object(..) | Target::Named(..) => target,
        };
        let object = &input.objects[index];
        if !object.removed {
            let fields = object.fields.iter();
            all.extend(fields.flat_map(|field| claims(field).map(move |entry| ((target, field.field, entry), index))));
        }
    }
    all.sort_unstable();
    let mut conflicts = Conflicts::new();
    for run in all.chunk_by(|a, b| (a.0.0, a.0.1) == (b.0.0, b.0.1)).filter(|run| run.len() > 1) {
        // Whoever claims the whole field claims every entry of it.
        let whole = run.iter().any(|(claim, _)| claim.2.is_none());
        if whole {
            settle(input, run, &mut conflicts);
        } else {
            for run in run.chunk_by(|a, b| a.0 == b.0) {
                settle(input, run, &mut conflicts);
            }
        }
    }
    conflicts
}

/// What is there of what some object finds absent, by the name that it is declared by.
fn there<'a>(input: &'a Input<'_>, members: &[(usize, &'a Target)]) -> BTreeMap<(Surface, &'a str), &'a Target> {
    let is_absent = |target: &Target| matches!(target, Target::Absent(..));
    if !members.iter().any(|(_, target)| is_absent(target)) {
        return BTreeMap::new();
    }
    let found = members.iter().filter(|(_, target)| !is_absent(target));
    found.filter_map(|&(index, target)| Some((input.objects[index].target.named()?, target))).collect()
}

/// Among these claims with one another: with exactly one holder, the holder keeps the field; with none or several nobody
/// writes.
fn settle(input: &Input<'_>, run: &[(Claim<'_>, usize)], conflicts: &mut Conflicts) {
    let rivals: BTreeSet<usize> = run.iter().map(|(_, index)| *index).collect();
    if rivals.len() < 2 {
        return;
    }
    let field = run[0].0.1;
    let holders: Vec<usize> = rivals.iter().copied().filter(|index| holds(input, *index, field)).collect();
    for &index in &rivals {
        if holders != [index] {
            let other = rivals.iter().copied().find(|other| *other != index);
            let holder = holders.first().copied().filter(|holder| *holder != index);
            conflicts.extend(holder.or(other).map(|other| ((index, field), other)));
        }
    }
}

/// What objects no longer declare and others do.
#[derive(Default)]
pub(super) struct TakenOver(BTreeSet<(Target, Field, Option<Box<str>>)>);

impl TakenOver {
    /// Whether a slot has a new owner, so that nothing of it is restored.
    pub(super) fn has(&self, target: &Target, field: Field, entry: Option<&str>) -> bool {
        !self.0.is_empty()
            && (self.0.contains(&(target.clone(), field, None))
                || entry.is_some_and(|entry| self.0.contains(&(target.clone(), field, Some(entry.into())))))
    }
}

/// Finds what objects no longer declare and others do.
pub(super) fn taken_over(input: &Input<'_>, members: &[(usize, &Target)]) -> TakenOver {
    let objects = || members.iter().map(|&(index, target)| (&input.objects[index], target));
    let is_declared = |object: &DesiredObject, field, entry: Option<&str>| {
        !object.removed
            && object.fields.iter().any(|declared| {
                declared.field == field && claims(declared).any(|claim| claim.is_none() || claim == entry)
            })
    };
    let mut withdrawn: BTreeSet<(&Target, Field)> = BTreeSet::new();
    for (object, target) in objects() {
        let remembered = input.memory.get(&object.key).into_iter().flat_map(|memory| &memory.fields);
        let gone = remembered.filter(|one| !is_declared(object, one.field, one.entry.as_deref()));
        withdrawn.extend(gone.map(|remembered| (target, remembered.field)));
    }
    // Nearly always so: then a hundred thousand objects need not be looked through.
    if withdrawn.is_empty() {
        return TakenOver::default();
    }
    let declared = objects().filter(|(object, _)| !object.removed).flat_map(|(object, target)| {
        let fields = object.fields.iter().filter(|field| withdrawn.contains(&(target, field.field)));
        fields
            .flat_map(move |field| claims(field).map(move |entry| (target.clone(), field.field, entry.map(Into::into))))
    });
    TakenOver(declared.collect())
}

fn holds(input: &Input<'_>, index: usize, field: Field) -> bool {
    let remembered = input.memory.get(&input.objects[index].key).into_iter().flat_map(|memory| &memory.fields);
    remembered.filter(|one| one.field == field).any(|one| one.verified.is_some() || one.intent.is_some())
}
