//! What a plan would do to who receives notices, before anything is written.
//!
//! Invariant: steps are judged together, as they would be written: half of a plan is not what somebody approves. Only what is
//! certain before and no longer after is a loss.

use std::{collections::BTreeSet, sync::Arc};

use tenant_contacts_api::{
    field::Field,
    notice::{Category, Reach, Selected},
    reason::Reason,
};

use crate::{
    answer::{Answer, CategoryAnswer, Declared, NodeKind},
    desired::{DesiredObject, DesiredTenant},
    field::categories,
    landscape::Landscape,
    model::{Fact, Observation},
    routing,
    step::Step,
    surface,
};

/// What a plan would do to one category of notices.
#[derive(Clone, PartialEq, Eq)]
pub struct Consequence {
    /// Which.
    pub category: Category,
    /// Whom it reaches now.
    pub before: Reach,
    /// Whom it would reach.
    pub after: Reach,
    /// How many people certainly receive it now.
    pub people_before: usize,
    /// How many certainly would.
    pub people_after: usize,
    /// Labels of those who certainly would, sorted: [`MOST_LEFT`] at most, which is enough to know whom it then hangs on.
    pub left: Vec<Box<str>>,
    /// Labels of the people who would certainly receive it and do not now, sorted.
    pub gains: Vec<Box<str>>,
    /// Labels of the people who certainly receive it and would not any more, sorted.
    pub loses: Vec<Box<str>>,
    /// Addresses that it would be sent to beside those of now, sorted.
    pub addresses_added: Vec<Box<str>>,
    /// Addresses that it would not be sent to any more, sorted.
    pub addresses_removed: Vec<Box<str>>,
}

/// People that [`Consequence::left`] names. Beyond a handful nobody reads names, and a plan is kept as long as it waits.
pub const MOST_LEFT: usize = 5;

/// Without names and addresses.
impl std::fmt::Debug for Consequence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Consequence")
            .field("category", &self.category)
            .field("people_before", &self.people_before)
            .field("people_after", &self.people_after)
            .finish_non_exhaustive()
    }
}

impl Consequence {
    /// Why a person has to look first (design §4): nobody would be left for certain, where somebody may have been before, or
    /// fewer people than before and than the minimum. What is no worse than before needs nobody.
    pub fn gate(&self, minimum: u32) -> Option<Reason> {
        let minimum = usize::try_from(minimum).unwrap_or(usize::MAX);
        // Nobody who is known is nobody to rely on.
        if self.after.is_nobody_known() && !self.before.is_nobody_known() {
            Some(Reason::EmptiesCategory)
        } else if self.people_after >= self.people_before {
            None
        } else {
            (self.people_after < minimum).then_some(Reason::BelowMinimumRecipients)
        }
    }
}

/// What these steps would do together, judged on the tenant as it was read. Nothing where it was not, or where none of them
/// bears on a notice.
pub(crate) fn of_steps<'a>(
    (tenant, objects): (&DesiredTenant, &[Arc<DesiredObject>]),
    (observation, landscape): (&Observation, Option<&Landscape>),
    steps: &(impl Iterator<Item = &'a Step> + Clone),
) -> Vec<Consequence> {
    let Some(landscape) = landscape else { return Vec::new() };
    if !steps.clone().any(|step| surface::matters(step, observation, Some(landscape))) {
        return Vec::new();
    }
    let declared = Declared::of(tenant, objects);
    let answer = |after| routing::answer(&with_steps(landscape, steps.clone(), after), &declared).answer;
    compare(&answer(false), &answer(true))
}

/// Why a step on this field waits for a person: the gravest of what the plan does to the categories that go by the field.
pub(crate) fn gate(consequences: &[Consequence], field: Field, minimum: u32) -> Option<Reason> {
    let about = consequences.iter().filter(|one| categories(field).contains(&one.category));
    about.filter_map(|one| one.gate(minimum)).min()
}

/// Whether what is known of a field's categories says that enough people would be left: then nobody counts addresses. A
/// category of which nothing certain is known before and after (bills, where no billing account is seen) says nothing.
pub(crate) fn leaves_enough(consequences: &[Consequence], field: Field, minimum: u32) -> bool {
    let minimum = usize::try_from(minimum).unwrap_or(usize::MAX);
    let about = consequences.iter().filter(|one| categories(field).contains(&one.category));
    let open = |one: &&Consequence| (one.before, one.after) == (Reach::Unknown, Reach::Unknown);
    let mut known = about.filter(|one| !open(one)).peekable();
    known.peek().is_some() && known.all(|one| one.people_after >= minimum)
}

/// The landscape as it is before these steps, or as it would be after them. The steps' own values are fresher than what was
/// read for the landscape.
pub fn with_steps<'a>(landscape: &Landscape, steps: impl Iterator<Item = &'a Step>, after: bool) -> Landscape {
    let mut landscape = landscape.clone();
    for step in steps {
        let values = Fact::of_values(if after { step.after().to_vec() } else { step.before().to_vec() });
        (surface::row(step.target().surface()).foresee)(&mut landscape, step, values);
    }
    landscape
}

/// The categories that two answers differ in, in the order of [`Category::ALL`].
pub fn compare(before: &Answer, after: &Answer) -> Vec<Consequence> {
    let pairs = before.categories.iter().filter_map(|one| Some((one, after.category(one.category)?)));
    pairs.filter_map(|(old, new)| consequence((before, old), (after, new))).collect()
}

fn consequence(before: (&Answer, &CategoryAnswer), after: (&Answer, &CategoryAnswer)) -> Option<Consequence> {
    let (old, new) = (people(before), people(after));
    let (sent_before, sent_after) = (addresses(before), addresses(after));
    let labels = |people: &BTreeSet<(NodeKind, Box<str>)>, without: &BTreeSet<(NodeKind, Box<str>)>| {
        let mut labels: Vec<Box<str>> = people.difference(without).map(|(_, label)| label.clone()).collect();
        labels.sort();
        labels
    };
    let consequence = Consequence {
        category: before.1.category,
        before: before.1.reach,
        after: after.1.reach,
        people_before: old.len(),
        people_after: new.len(),
        left: labels(&new, &BTreeSet::new()).into_iter().take(MOST_LEFT).collect(),
        gains: labels(&new, &old),
        loses: labels(&old, &new),
        addresses_added: sent_after.difference(&sent_before).cloned().collect(),
        addresses_removed: sent_before.difference(&sent_after).cloned().collect(),
    };
    let same = consequence.before == consequence.after
        && consequence.gains.is_empty()
        && consequence.loses.is_empty()
        && consequence.addresses_added.is_empty()
        && consequence.addresses_removed.is_empty();
    (!same).then_some(consequence)
}

/// Who certainly receives it.
fn people((answer, category): (&Answer, &CategoryAnswer)) -> BTreeSet<(NodeKind, Box<str>)> {
    let nodes = category.certain.iter().filter_map(|id| answer.node(*id));
    nodes.map(|node| (node.kind.clone(), node.label.clone())).collect()
}

/// The addresses that it may be sent to.
fn addresses((answer, category): (&Answer, &CategoryAnswer)) -> BTreeSet<Box<str>> {
    let chosen = category.recipients.iter().filter(|chosen| chosen.selected != Selected::No);
    let ends = chosen.filter_map(|chosen| answer.node(chosen.end()?));
    ends.filter_map(|node| match &node.kind {
        NodeKind::Address(address) => Some(address.clone()),
        _ => None,
    })
    .collect()
}

#[cfg(test)]
mod tests;
